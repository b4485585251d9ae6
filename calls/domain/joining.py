"""Two applications about the same problem become one project. The words of both stay readable."""

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from calls import notifications, rules
from calls.domain.notes import clean
from calls.enums import ApplicationState
from calls.models import Applicant, Application
from calls.similar import forget_hints
from calls.workflow import application_workflow
from incubator.core import journal
from incubator.core.models import Refused
from projects.domain import projects as project_verbs
from projects.enums import Stage

JOINABLE = frozenset({Stage.APPLIED, Stage.PRESELECTED})
RECEIVING = frozenset({Stage.APPLIED, Stage.PRESELECTED, Stage.SELECTED})


@dataclass(frozen=True)
class JoinPlan:
    """What joining would do: who comes into the team, who is written to, what to think of before."""

    application: Application
    into: Application
    newcomers: list[Applicant] = field(default_factory=list)
    already_there: list[Applicant] = field(default_factory=list)
    told: list[Applicant] = field(default_factory=list)
    team_size: int = 0

    @property
    def is_large(self) -> bool:
        return self.team_size > self.into.call.max_team_size


def plan_join(application: Application, into: Application) -> JoinPlan:
    """What :func:`join_applications` would do now. Two queries; raises Refused when it would refuse."""
    need_joinable(application, into)
    leaving = list(application.applicants.select_related("user"))
    staying = list(into.applicants.select_related("user"))
    known = {person.user_id for person in staying if person.user_id}
    newcomers = [person for person in leaving if person.user_id and person.user_id not in known]
    return JoinPlan(
        application=application,
        into=into,
        newcomers=newcomers,
        already_there=[person for person in leaving if person.user_id in known],
        told=[person for person in (*leaving, *staying) if person.user_id],
        team_size=len(staying) + len(newcomers),
    )


def need_joinable(application: Application, into: Application) -> None:
    """Refuse with a sentence what cannot be joined."""
    if application.pk == into.pk:
        raise Refused(_("An application cannot be joined with itself. Choose another one."))
    if application.call.cohort_id != into.call.cohort_id:
        raise Refused(
            _("These two applications belong to two cohorts: only those of one cohort can be joined.")
        )
    for one, stages in ((application, JOINABLE), (into, RECEIVING)):
        if one.state == ApplicationState.DRAFT or one.project is None:
            raise Refused(_("“%(title)s” is still a draft: it cannot be joined.") % {"title": one.title})
        if one.state == ApplicationState.JOINED or one.project.stage not in stages:
            raise Refused(
                _("“%(title)s” can no longer be joined: it is “%(stage)s”.")
                % {"title": one.title, "stage": Stage(one.project.stage).label}
            )


@transaction.atomic
def join_applications(*, actor, application: Application, into: Application, reason: str) -> Application:
    """``application`` joins ``into``: its people join the team, its project's address leads to the other one,
    everyone of both teams is written to (held), and both texts stay as they were."""
    if not (rules.can_join(actor, application) and rules.can_join(actor, into)):
        raise PermissionDenied("join_applications")
    # Both rows, always in the same order: two managers who join crosswise wait for one another.
    rows = {
        row.pk: row
        for row in Application.objects.select_for_update(of=("self",))
        .filter(pk__in=[application.pk, into.pk])
        .select_related("call__programme", "project")
        .order_by("pk")
    }
    leaving, staying = rows[application.pk], rows[into.pk]
    need_joinable(leaving, staying)
    reason = clean(reason)
    if not reason:
        raise Refused({"reason": _("Write the reason: the team will read it.")})
    application_workflow.perform(
        leaving, "join", actor=actor, public_reason=reason, facts={"into": staying.receipt_number}
    )
    project_verbs.merge(actor=actor, project=leaving.project, into=staying.project, reason=reason)
    notifications.joined(leaving, staying, notifications.reachable(leaving), reason=reason)
    notifications.joined_by(leaving, staying, notifications.reachable(staying), reason=reason)
    journal.record(verb="calls.join_applications", actor=actor, target=leaving, into=staying.receipt_number)
    forget_hints(leaving, staying)
    application.refresh_from_db()
    into.refresh_from_db()
    return into
