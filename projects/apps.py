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
        }
    )
    badges.register(
        {
            FollowUpState.ALIVE: "good",
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


def _describe_acts():
    from incubator.core import journal

    journal.describe(
        {
            "projects.create_programme": _("Programme created"),
            "projects.update_programme": _("Programme changed"),
            "projects.create_cohort": _("Cohort created"),
            "projects.update_cohort": _("Cohort changed"),
            "projects.grant_programme_role": _("Role in a programme given"),
            "projects.end_programme_role": _("Role in a programme ended"),
            "projects.create_population": _("Population added"),
            "projects.update_population": _("Population changed"),
            "projects.open_project": _("Project opened"),
            "projects.update_project": _("Title or problem changed"),
            "projects.add_member": _("Someone joined the team"),
            "projects.end_membership": _("Someone left the team"),
            "projects.assign_companion": _("Companion named"),
            "projects.end_accompaniment": _("Accompaniment ended"),
            "projects.sign_commitment": _("Letter of commitment recorded"),
            "projects.start_preincubation": _("Pre-incubation started"),
            "projects.start_phase": _("Phase started"),
            "projects.withdraw": _("Project withdrawn"),
            "projects.suspend": _("Project suspended"),
            "projects.resume": _("Project resumed"),
            "projects.wake": _("Project woken"),
            "projects.redirect": _("Problem redirected"),
            "projects.merge": _("Project joined with another"),
            "projects.apply_outcome": _("Decision applied"),
            "projects.plan_milestone": _("Milestone planned"),
            "projects.reach_milestone": _("Milestone reached"),
            "projects.log_meeting": _("Meeting noted"),
            "projects.create_indicator": _("Indicator added"),
            "projects.set_target": _("Target set"),
            "projects.add_measure": _("Value added"),
            "projects.add_budget_line": _("Budget line added"),
            "projects.publish_impact": _("Impact page published"),
            "projects.write_post_mortem": _("What was learnt written down"),
            "projects.plan_follow_up": _("Follow-up planned"),
            "projects.record_follow_up": _("Follow-up recorded"),
        }
    )


class ProjectsConfig(AppConfig):
    name = "projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from incubator.core import journal, navigation
        from incubator.core.rules import register_staff_test
        from projects import acts, rules

        register_staff_test(rules.is_manager)
        _register_badges()
        journal.describe(acts.WORDS)
        navigation.register(_entries)
        _describe_acts()
        post_migrate.connect(_sync_managers_group, sender=self)
