"""« Aujourd'hui »: what waits for one person, from every package, oldest first.

Each provider below answers tasks for one role and costs a fixed number of queries; a person pays only
for the roles they hold.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.urls import NoReverseMatch
from django.urls import reverse as django_reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.enums import ApplicationState
from calls.models import Application, Call
from calls.queries import call_url, open_calls
from incubator.accounts.enums import Role
from incubator.accounts.rules import has_role
from incubator.core import clock, words
from incubator.core.models import Letter
from juries.enums import SeatRole, SittingState
from juries.models import Decision, Evaluation, Hearing, Sitting
from projects.enums import ENGAGING_OUTCOMES, AccompanimentKind, Gate, Stage
from projects.models import FollowUp, Milestone, Programme, Project
from projects.rules import is_manager, is_sponsor


def reverse(name: str, args=()) -> str:
    """The address, while some rooms of the house are still being fitted."""
    try:
        return django_reverse(name, args=args)
    except NoReverseMatch:
        return "/aujourdhui/"


MILESTONES_AHEAD = timedelta(days=14)
DECISIONS_AHEAD = timedelta(days=45)
SILENCE = timedelta(days=14)


@dataclass(frozen=True)
class Task:
    """One thing to do: what, where, since when it waits, until when."""

    title: str
    url: str
    action: str
    since: date
    due: date | datetime | None = None
    note: str = ""

    @property
    def due_on(self) -> date | None:
        if isinstance(self.due, datetime):
            return timezone.localtime(self.due).date()
        return self.due

    @property
    def is_late(self) -> bool:
        return self.due_on is not None and self.due_on < clock.today()


def waiting_for(user) -> list[Task]:
    """Everything that waits for this person: what is late first, then what has waited longest."""
    tasks = [*_drafts(user), *_work(user), *_scoring(user), *_presiding(user)]
    if is_sponsor(user):
        tasks += _to_agree(user)
    if is_manager(user):
        tasks += _managing(user)
    if has_role(user, Role.AMBASSADOR):
        tasks += _spreading()
    return sorted(tasks, key=lambda task: (not task.is_late, task.since, task.due_on or date.max))


def _day(moment: datetime | date) -> date:
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


def _drafts(user) -> list[Task]:
    drafts = (
        Application.objects.drafts()
        .of_person(user)
        .filter(call__in=Call.objects.open_now())
        .select_related("call")
    )
    return [
        Task(
            title=_("Finish your application “%(title)s”") % {"title": draft.title or _("untitled")},
            url=reverse("calls:follow", args=[draft.uuid]),
            action=_("Go on"),
            since=_day(draft.saved_at),
            due=draft.call.closes_at,
            note=_("Saved %(when)s. What you have written is kept.") % {"when": words.ago(draft.saved_at)},
        )
        for draft in drafts
    ]


def _work(user) -> list[Task]:
    """Milestones of my projects that are late or near; teams I coach that I have not heard of."""
    mine = Project.objects.of_person(user)
    milestones = Milestone.objects.filter(
        project__in=mine, reached_on__isnull=True, due_on__lte=clock.today() + MILESTONES_AHEAD
    ).select_related("project")
    tasks = [
        Task(
            title=milestone.title,
            url=reverse("projects:detail", args=[milestone.project.code]),
            action=_("Note what is done"),
            since=milestone.due_on - MILESTONES_AHEAD,
            due=milestone.due_on,
            note=_("Milestone of “%(project)s”") % {"project": milestone.project.title},
        )
        for milestone in milestones
    ]
    coached = (
        Project.objects.filter(
            stage=Stage.PREINCUBATION,
            accompaniments__user=user,
            accompaniments__kind__in=[AccompanimentKind.COACH, AccompanimentKind.SENIOR],
            accompaniments__ends_on__isnull=True,
            phases__actual_start__isnull=False,
            phases__actual_end__isnull=True,
        )
        .annotate(heard_on=Max("coaching_notes__held_on"), started_on=Max("phases__actual_start"))
        .order_by("pk")
    )
    for project in coached:
        last = max(filter(None, [project.heard_on, project.started_on]))
        if clock.today() - last >= SILENCE:
            tasks.append(
                Task(
                    title=_("Ask “%(project)s” how it goes") % {"project": project.title},
                    url=reverse("projects:detail", args=[project.code]),
                    action=_("Note a meeting"),
                    since=last + SILENCE,
                    note=_("Last meeting noted %(when)s.") % {"when": words.ago(last)},
                )
            )
    return tasks


def _scoring(user) -> list[Task]:
    given = Evaluation.objects.filter(hearing=OuterRef("pk"), juror=user, submitted_at__isnull=False)
    waiting = (
        Hearing.objects.to_score_by(user)
        .exclude(Exists(given))
        .order_by()
        .values("sitting__code", "sitting__body", "sitting__scores_close_at", "sitting__starts_at")
        .annotate(n=Count("pk", distinct=True), since=Min("frozen_at"))
    )
    return [
        Task(
            title=ngettext("Score %(count)d application", "Score %(count)d applications", row["n"])
            % {"count": row["n"]},
            url=reverse("juries:score_next", args=[row["sitting__code"]]),
            action=_("Score the next one"),
            since=_day(row["since"]) if row["since"] else clock.today(),
            due=row["sitting__scores_close_at"] or row["sitting__starts_at"],
            note=row["sitting__body"],
        )
        for row in waiting
    ]


def _presiding(user) -> list[Task]:
    """Deliberations that I preside: projects without a decision, or all decided and waiting to be pronounced."""
    open_hearings = Q(hearings__closed_at__isnull=True)
    unsigned = Q(
        hearings__decision__outcome__in=ENGAGING_OUTCOMES, hearings__decision__signed_off_at__isnull=True
    )
    sittings = (
        Sitting.objects.filter(
            state=SittingState.DELIBERATING, seats__user=user, seats__role=SeatRole.PRESIDENT
        )
        .annotate(
            undecided=Count(
                "hearings", filter=open_hearings & Q(hearings__decision__isnull=True), distinct=True
            ),
            unsigned=Count("hearings", filter=open_hearings & unsigned, distinct=True),
        )
        .select_related("cohort")
    )
    tasks = []
    for sitting in sittings:
        name = _("%(body)s, %(cohort)s") % {"body": sitting.body, "cohort": sitting.cohort.name}
        if sitting.undecided:
            title = ngettext(
                "Decide about %(count)d project", "Decide about %(count)d projects", sitting.undecided
            ) % {"count": sitting.undecided}
            url, action = reverse("juries:decisions", args=[sitting.code]), _("Open the board")
        elif sitting.unsigned:
            continue  # the sponsor's agreement is awaited: nothing to do here
        else:
            title, action = _("Pronounce the decisions"), _("Read them once more")
            url = reverse("juries:pronounce", args=[sitting.code])
        tasks.append(Task(title=title, url=url, action=action, since=_day(sitting.starts_at), note=name))
    return tasks


def _to_agree(user) -> list[Task]:
    waiting = (
        Decision.objects.filter(
            outcome__in=ENGAGING_OUTCOMES,
            signed_off_at__isnull=True,
            pronounced_at__isnull=True,
            hearing__closed_at__isnull=True,
            hearing__sitting__in=Sitting.objects.visible_to(user).filter(state=SittingState.DELIBERATING),
        )
        .order_by()
        .values("hearing__sitting__code", "hearing__sitting__body", "hearing__sitting__cohort__name")
        .annotate(n=Count("pk"), since=Min("prepared_at"))
    )
    return [
        Task(
            title=ngettext(
                "Agree to %(count)d decision that commits money or staff",
                "Agree to %(count)d decisions that commit money or staff",
                row["n"],
            )
            % {"count": row["n"]},
            url=reverse("juries:sign_off", args=[row["hearing__sitting__code"]]),
            action=_("Read and agree"),
            since=_day(row["since"]),
            note=_("%(body)s, %(cohort)s")
            % {"body": row["hearing__sitting__body"], "cohort": row["hearing__sitting__cohort__name"]},
        )
        for row in waiting
    ]


def _managing(user) -> list[Task]:
    programmes = Programme.objects.managed_by(user).values("pk")
    return [
        *_letters(),
        *_applications_to_sort(programmes),
        *_late_answers(programmes),
        *_sittings_to_prepare(user),
        *_decisions_without_sitting(programmes),
        *_follow_ups(programmes),
        *_lessons_owed(programmes),
    ]


def _letters() -> list[Task]:
    """Letters to read before they go, and those that a person must print or say by phone."""
    State, Channel = Letter.State, Letter.Channel
    by_hand = Q(state=State.APPROVED) & ~Q(channel=Channel.EMAIL)
    counted = Letter.objects.aggregate(
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
    late = Application.objects.sent().filter(
        call__programme__in=programmes, answer_due_on__lt=clock.today(), project__stage=Stage.APPLIED
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
            url=reverse("calls:applications", args=[found["code"]]),
            action=_("See who"),
            since=found["since"],
            due=found["since"],
        )
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


def _decisions_without_sitting(programmes) -> list[Task]:
    """Projects whose next decision is near and whom no sitting will hear."""
    heard = Hearing.objects.open().filter(project=OuterRef("pk"), sitting__in=Sitting.objects.live())
    projects = (
        Project.objects.filter(
            programme__in=programmes, next_decision_on__lte=clock.today() + DECISIONS_AHEAD
        )
        .exclude(Exists(heard))
        .order_by("next_decision_on", "pk")
    )
    return [
        Task(
            title=_("Put “%(project)s” before a body") % {"project": project.title},
            url=reverse("juries:new") + f"?cohort={project.cohort_id}&gate={_gate_of(project)}",
            action=_("Prepare a sitting"),
            since=project.next_decision_on - DECISIONS_AHEAD,
            due=project.next_decision_on,
            note=project.next_decision_label,
        )
        for project in projects
    ]


def _gate_of(project: Project) -> str:
    return (Gate.PREINCUBATION_END if project.stage == Stage.PREINCUBATION else Gate.COMMITTEE).value


def _follow_ups(programmes) -> list[Task]:
    due = FollowUp.objects.filter(
        project__programme__in=programmes, checked_on__isnull=True, due_on__lte=clock.today()
    ).select_related("project")
    return [
        Task(
            title=_("Ask what became of “%(project)s”") % {"project": follow_up.project.title},
            url=reverse("projects:detail", args=[follow_up.project.code]),
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
            url=reverse("projects:detail", args=[project.code]),
            action=_("Write it with the team"),
            since=project.stopped_on,
            due=project.stopped_on + timedelta(days=30),
        )
        for project in stopped
    ]


def _spreading() -> list[Task]:
    return [
        Task(
            title=_("Tell your colleagues about “%(call)s”") % {"call": call.title},
            url=call_url(call),
            action=_("See the call"),
            since=_day(call.opens_at),
            due=call.closes_at,
            note=_("You may sit down with someone and write with them, on their phone or on paper."),
        )
        for call in open_calls()
    ]


@dataclass(frozen=True)
class Coming:
    """A date to come."""

    on: datetime | date
    label: Any
    note: str = ""
    url: str = ""

    @property
    def day(self) -> date:
        return _day(self.on)


def agenda_of(user, *, most: int = 6) -> list[Coming]:
    """The next dates of this person, nearest first: calls, sittings, decisions about their projects, answers due."""
    today = clock.today()
    dates = [
        Coming(call.closes_at, _("The call closes"), call.title, call_url(call)) for call in open_calls()
    ]
    sittings = Sitting.objects.visible_to(user).live().filter(starts_at__gte=clock.now())
    dates += [
        Coming(
            sitting.starts_at,
            sitting.body,
            sitting.cohort.name,
            reverse("juries:detail", args=[sitting.code]),
        )
        for sitting in sittings.select_related("cohort").order_by("starts_at")[:most]
    ]
    projects = Project.objects.of_person(user).filter(next_decision_on__gte=today)
    dates += [
        Coming(
            project.next_decision_on,
            project.next_decision_label,
            project.title,
            reverse("projects:detail", args=[project.code]),
        )
        for project in projects.order_by("next_decision_on")[:most]
    ]
    answers = (
        Application.objects.sent()
        .of_person(user)
        .filter(answer_due_on__gte=today, project__stage=Stage.APPLIED)
        .select_related("call")
    )
    dates += [
        Coming(
            application.answer_due_on,
            _("Answer to your application, at the latest"),
            application.title,
            reverse("calls:follow", args=[application.uuid]),
        )
        for application in answers
    ]
    return sorted(dates, key=lambda coming: coming.day)[:most]
