from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


def _sync_managers_group(sender, **kwargs):
    """After ``migrate``: managers hold the permissions of what was added since."""
    from incubator.accounts.domain.access import refresh_manager_group

    refresh_manager_group()


def _entries(user):
    """“My projects” for whoever is signed in: the list says what will stand there when it is empty."""
    from incubator.core.navigation import Entry, Section

    if not user.is_authenticated:
        return []
    return [Entry(_("My projects"), reverse("projects:mine"), Section.SPACE, order=20)]


def _register_public_acts():
    """A programme's phone, gates and durations stand on the pages of its calls."""
    from incubator.core import public

    public.register("projects.update_programme", "projects.update_cohort")


def _register_badges():
    from incubator.core import badges
    from projects.enums import FollowUpState, Maturity, Outcome, Quality, Stage

    badges.register(
        {
            Stage.APPLIED: "waiting",
            Stage.PRESELECTED: "active",
            Stage.SELECTED: "active",
            Stage.PREINCUBATION: "active",
            Stage.STARTUP_TERRITORY: "active",
            Stage.STARTUP_INTERNAL: "active",
            Stage.STARTUP_INCUBATOR: "active",
            Stage.SUSTAINED: "good",
            Stage.NOT_SELECTED: "ended",
            Stage.REDIRECTED: "ended",
            Stage.MERGED: "ended",
            Stage.HANDED_OVER: "good",
            Stage.STOPPED: "ended",
            Stage.WITHDRAWN: "ended",
            Stage.SUSPENDED: "waiting",
            Stage.DORMANT: "waiting",
        }
    )
    badges.register(
        {
            Maturity.NONE: "neutral",
            Maturity.CONSTRUCTION: "active",
            Maturity.ACCELERATION: "active",
            Maturity.CONSOLIDATION: "active",
        }
    )
    badges.register(
        {
            Outcome.RETAIN: "good",
            Outcome.NOT_THIS_TIME: "ended",
            Outcome.REDIRECT: "ended",
            Outcome.STARTUP_TERRITORY: "good",
            Outcome.STARTUP_INTERNAL: "good",
            Outcome.STARTUP_INCUBATOR: "good",
            Outcome.EXTEND: "waiting",
            Outcome.HAND_OVER: "good",
            Outcome.STOP: "ended",
            Outcome.ADJOURN: "waiting",
            Outcome.CONTINUE: "good",
            Outcome.NEXT_MATURITY: "good",
            Outcome.PROVISIONAL: "waiting",
            Outcome.DORMANT: "waiting",
            Outcome.SUSTAIN: "good",
            Outcome.GRANTED: "good",
            Outcome.REFUSED: "ended",
        }
    )
    badges.register(
        {
            FollowUpState.ALIVE: "good",
            FollowUpState.CHANGED: "waiting",
            FollowUpState.ENDED: "ended",
            FollowUpState.UNKNOWN: "neutral",
        }
    )
    badges.register(
        {
            Quality.A: "good",
            Quality.B: "good",
            Quality.C: "neutral",
            Quality.D: "neutral",
        }
    )


class ProjectsConfig(AppConfig):
    name = "projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from incubator.accounts.rules import register_power_test
        from incubator.core import journal, navigation
        from incubator.core.rules import register_scope, register_staff_test
        from projects import acts, notifications, rules, tasks  # noqa: F401 - models are ready only now
        from projects.domain.fast_track import close_questions_when_a_project_leaves
        from projects.models import Cohort, Programme, Project
        from projects.workflow import lifecycle

        notifications.register()
        lifecycle.listen(close_questions_when_a_project_leaves)
        register_staff_test(rules.is_manager)
        register_power_test(rules.is_sponsor)
        for model in (Programme, Cohort, Project):
            register_scope(model._meta.label, model.objects.managed_by)
        register_scope("projects.population")  # counted once for all
        _register_badges()
        _register_public_acts()
        journal.describe(acts.WORDS)
        navigation.register(_entries)
        post_migrate.connect(_sync_managers_group, sender=self)
