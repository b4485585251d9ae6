"""What waits for those who run a programme: letters, new applications, sittings, decisions, follow-ups."""

from datetime import timedelta

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.enums import ApplicationState
from calls.models import Application, Redirection
from home.queries.task import Task
from home.queries.task import day_of as _day
from incubator.core import clock, words
from incubator.core.models import Letter
from juries.enums import SittingState
from juries.models import Hearing, Sitting
from juries.verdicts import unanswered_sittings
from projects.enums import STARTUP_STAGES, Gate, PhaseKind, Stage
from projects.models import FastTrackRequest, FollowUp, Phase, Programme, Project

DECISIONS_AHEAD = timedelta(days=45)
_MAY_START = frozenset({Stage.SELECTED, Stage.PREINCUBATION, *STARTUP_STAGES})


def managing(user) -> list[Task]:
    programmes = Programme.objects.managed_by(user).values("pk")
    return [
        *_letters(user),
        *_applications_to_sort(programmes),
        *_late_answers(programmes),
        *_teams_to_tell(user),
        *_silent_departments(programmes),
        *_sittings_to_prepare(user),
        *_decisions_to_take(programmes),
        *_phases_to_start(programmes),
        *_silent_questions(programmes),
        *_follow_ups(programmes),
        *_lessons_owed(programmes),
    ]


def _letters(user) -> list[Task]:
    """Letters to read before they go, and those that a person must print or say by phone."""
    State, Channel = Letter.State, Letter.Channel
    by_hand = Q(state=State.APPROVED) & ~Q(channel=Channel.EMAIL)
    counted = Letter.objects.visible_to(user).aggregate(
        held=Count("pk", filter=Q(state=State.HELD)),
        by_hand=Count("pk", filter=by_hand),
        uncertain=Count("pk", filter=Q(state=State.UNCERTAIN)),
        since=Min("created_at", filter=Q(state__in=[State.HELD, State.UNCERTAIN]) | by_hand),
    )
    total = counted["held"] + counted["by_hand"] + counted["uncertain"]
    if not total:
        return []
    parts = [
        sentence % {"count": number}
        for number, sentence in (
            (counted["held"], ngettext("%(count)d to read", "%(count)d to read", counted["held"])),
            (
                counted["by_hand"],
                ngettext(
                    "%(count)d to print or say by phone",
                    "%(count)d to print or say by phone",
                    counted["by_hand"],
                ),
            ),
            (
                counted["uncertain"],
                ngettext("%(count)d perhaps sent", "%(count)d perhaps sent", counted["uncertain"]),
            ),
        )
        if number
    ]
    return [
        Task(
            title=ngettext("%(count)d letter waits for you", "%(count)d letters wait for you", total)
            % {"count": total},
            url=reverse("core:outbox"),
            action=_("Open the letters"),
            since=_day(counted["since"]),
            note=", ".join(parts),
        )
    ]


def _applications_to_sort(programmes) -> list[Task]:
    waiting = (
        Application.objects.filter(state=ApplicationState.SUBMITTED, call__programme__in=programmes)
        .order_by()
        .values("call__code", "call__title")
        .annotate(n=Count("pk"), since=Min("submitted_at"))
    )
    return [
        Task(
            title=ngettext("Read %(count)d new application", "Read %(count)d new applications", row["n"])
            % {"count": row["n"]},
            url=reverse("calls:applications", args=[row["call__code"]]),
            action=_("Read them"),
            since=_day(row["since"]),
            note=row["call__title"],
        )
        for row in waiting
    ]


def _late_answers(programmes) -> list[Task]:
    late = Application.objects.unanswered().filter(
        call__programme__in=programmes, answer_due_on__lt=clock.today()
    )
    found = late.aggregate(n=Count("pk"), since=Min("answer_due_on"), code=Min("call__code"))
    if not found["n"]:
        return []
    return [
        Task(
            title=ngettext(
                "%(count)d person or team still has no answer",
                "%(count)d persons or teams still have no answer",
                found["n"],
            )
            % {"count": found["n"]},
            url=reverse("calls:applications", args=[found["code"]]) + "?answer=retard",
            action=_("See who"),
            since=found["since"],
            due=found["since"],
        )
    ]


def _teams_to_tell(user) -> list[Task]:
    """Decisions pronounced whose letter has not left: fifteen working days, those who wait longest first."""
    return [
        Task(
            title=ngettext("Answer %(count)d team", "Answer %(count)d teams", teams) % {"count": teams},
            url=reverse("juries:answers", args=[sitting.code]),
            action=_("Tell the teams"),
            since=_day(sitting.starts_at),
            due=due_on,
            note=_("%(body)s, %(cohort)s") % {"body": sitting.body, "cohort": sitting.cohort.name},
            others_wait=True,
        )
        for sitting, teams, due_on in unanswered_sittings(user)
    ]


def _silent_departments(programmes) -> list[Task]:
    """Problems handed to someone whose day has passed without an answer."""
    late = (
        Redirection.objects.late()
        .filter(application__call__programme__in=programmes)
        .select_related("application", "directorate")
        .order_by("due_on", "pk")
    )
    return [
        Task(
            title=_("%(name)s has not answered about “%(title)s”")
            % {"name": redirection.recipient_name, "title": redirection.application.title},
            url=reverse("calls:application", args=[redirection.application.uuid]),
            action=_("Ask again, or write down the answer"),
            since=redirection.due_on,
            due=redirection.due_on,
            note=redirection.directorate.name,
        )
        for redirection in late
    ]


def _sittings_to_prepare(user) -> list[Task]:
    sittings = Sitting.objects.managed_by(user).filter(state=SittingState.PREPARING).select_related("cohort")
    return [
        Task(
            title=_("Prepare “%(body)s”: members, projects, scoring") % {"body": sitting.body},
            url=reverse("juries:detail", args=[sitting.code]),
            action=_("Prepare"),
            since=_day(sitting.created_at),
            due=sitting.starts_at,
            note=sitting.cohort.name,
        )
        for sitting in sittings
    ]


def _decisions_to_take(programmes) -> list[Task]:
    """Projects whose next decision is near and whom no sitting will hear; committees that should have met."""
    heard = (
        Hearing.objects.open()
        .filter(project=OuterRef("pk"), sitting__in=Sitting.objects.live())
        .order_by("sitting__starts_at")
        .values("sitting__code")[:1]
    )
    extended = Phase.objects.filter(project=OuterRef("pk"), kind=PhaseKind.EXTENSION)
    projects = (
        Project.objects.filter(
            programme__in=programmes, next_decision_on__lte=clock.today() + DECISIONS_AHEAD
        )
        .annotate(sitting_code=Subquery(heard), was_extended=Exists(extended))
        .order_by("next_decision_on", "pk")
    )
    return [
        _committee_not_held(project) if project.sitting_code else _no_sitting_for(project)
        for project in projects
        if not project.sitting_code or _should_have_met(project)
    ]


def _should_have_met(project: Project) -> bool:
    return project.stage in STARTUP_STAGES and project.next_decision_on < clock.today()


def _no_sitting_for(project: Project) -> Task:
    return Task(
        title=_("Put “%(project)s” before a body") % {"project": project.title},
        url=reverse("juries:new") + f"?cohort={project.cohort_id}&gate={_gate_of(project)}",
        action=_("Prepare a sitting"),
        since=project.next_decision_on - DECISIONS_AHEAD,
        due=project.next_decision_on,
        note=project.next_decision_label,
    )


def _committee_not_held(project: Project) -> Task:
    return Task(
        title=_("Hold the committee about “%(project)s”") % {"project": project.title},
        url=reverse("juries:detail", args=[project.sitting_code]),
        action=_("Open the sitting"),
        since=project.next_decision_on,
        due=project.next_decision_on,
        note=_("It should have met: a startup is looked at every six months."),
    )


def _gate_of(project: Project) -> str:
    if project.stage != Stage.PREINCUBATION:
        return Gate.COMMITTEE.value
    return (Gate.EXTENSION_END if project.was_extended else Gate.PREINCUBATION_END).value


def _silent_questions(programmes) -> list[Task]:
    """Questions of the fast track whose day has passed without an answer."""
    silent = (
        FastTrackRequest.objects.silent()
        .filter(project__programme__in=programmes)
        .select_related("project")
        .order_by("answer_by", "pk")
    )
    return [
        Task(
            title=_("No answer to “%(project)s” yet: %(question)s")
            % {"project": question.project.title, "question": question.question},
            url=reverse("projects:detail", args=[question.project.code]),
            action=_("Remind the chief executive's office"),
            since=question.answer_by,
            due=question.answer_by,
            note=_("Fast track: without an answer, the project waits."),
            others_wait=True,
        )
        for question in silent
    ]


def _phases_to_start(programmes) -> list[Task]:
    """Phases that a decision planned and whose day has come."""
    planned = Phase.objects.filter(
        project__programme__in=programmes,
        actual_start__isnull=True,
        closed_by__isnull=True,
        planned_start__lte=clock.today(),
    ).select_related("project")
    return [
        Task(
            title=_("Start “%(phase)s” of “%(project)s”")
            % {"phase": PhaseKind(phase.kind).label, "project": phase.project.title},
            url=reverse(
                "projects:start" if phase.project.stage == Stage.SELECTED else "projects:start_phase",
                args=[phase.project.code],
            ),
            action=_("Start"),
            since=phase.planned_start,
            note=_("Planned from %(day)s") % {"day": words.day(phase.planned_start)},
        )
        for phase in planned
        if phase.project.stage in _MAY_START
    ]


def _follow_ups(programmes) -> list[Task]:
    due = FollowUp.objects.filter(
        project__programme__in=programmes, checked_on__isnull=True, due_on__lte=clock.today()
    ).select_related("project")
    return [
        Task(
            title=_("Ask what became of “%(project)s”") % {"project": follow_up.project.title},
            url=reverse("projects:follow_up", args=[follow_up.project.code, follow_up.pk]),
            action=_("Note it"),
            since=follow_up.due_on,
            due=follow_up.due_on,
        )
        for follow_up in due
    ]


def _lessons_owed(programmes) -> list[Task]:
    stopped = (
        Project.objects.filter(programme__in=programmes, stage=Stage.STOPPED, post_mortem__isnull=True)
        .annotate(stopped_on=Max("transitions__effective_on"))
        .order_by("pk")
    )
    return [
        Task(
            title=_("Keep what “%(project)s” has taught") % {"project": project.title},
            url=reverse("projects:post_mortem", args=[project.code]),
            action=_("Write it with the team"),
            since=project.stopped_on,
            due=project.stopped_on + timedelta(days=30),
        )
        for project in stopped
    ]
