from django.apps import AppConfig


class JuriesConfig(AppConfig):
    name = "juries"
    label = "juries"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from juries import notifications, panels
        from juries.domain.bookings import follow_the_pause
        from juries.domain.sittings import close_hearings_when_a_project_leaves
        from projects.workflow import lifecycle

        panels.register()
        notifications.register_letters()
        lifecycle.listen(close_hearings_when_a_project_leaves)
        lifecycle.listen(follow_the_pause)
