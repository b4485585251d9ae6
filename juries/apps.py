from django.apps import AppConfig


class JuriesConfig(AppConfig):
    name = "juries"
    label = "juries"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from incubator.core import badges
        from juries import notifications
        from juries.domain.sittings import close_hearings_when_a_project_leaves
        from juries.enums import SeatRole, SittingState
        from projects.workflow import lifecycle

        badges.register(
            {
                SittingState.PREPARING: "neutral",
                SittingState.SCORING: "active",
                SittingState.DELIBERATING: "waiting",
                SittingState.PRONOUNCED: "good",
                SittingState.CANCELLED: "ended",
            }
        )
        badges.register(
            {
                SeatRole.PRESIDENT: "active",
                SeatRole.JUROR: "neutral",
                SeatRole.SECRETARY: "neutral",
                SeatRole.OBSERVER: "neutral",
            }
        )
        notifications.register_letters()
        lifecycle.listen(close_hearings_when_a_project_leaves)
