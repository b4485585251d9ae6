"""« Aujourd'hui »: what waits for one person, from every package.

Each provider below answers tasks for one role and costs a fixed number of queries; a person pays only
for the roles they hold.
"""

from datetime import date, timedelta

from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.domain.completion import completions_asked_of
from calls.domain.line_manager import unanswered_about_manager
from calls.models import Application, Call, Redirection
from calls.queries import call_url, open_calls
from home.queries.managing import managing
from home.queries.task import Task
from home.queries.task import day_of as _day
from incubator.accounts.enums import Role
from incubator.accounts.rules import has_role
from incubator.core import clock, words
from juries.enums import SeatRole, SittingState
from juries.models import Decision, Evaluation, Hearing, Sitting
from juries.verdicts import corrections_to_agree
from projects.enums import ENGAGING_OUTCOMES, AccompanimentKind, Stage
from projects.models import FastTrackRequest, Milestone, Project
from projects.rules import is_manager, is_sponsor

MILESTONES_AHEAD = timedelta(days=14)
SILENCE = timedelta(days=14)
FAR = timedelta(days=30)  # what is due later than this comes after everything else


def waiting_for(user) -> list[Task]:
    """Everything that waits for this person: what is late, what others wait for, then the oldest first; what has
    more than a month at the end, by its day."""
    tasks = [
        *_drafts(user),
        *_to_complete(user),
        *_about_manager(user),
        *_asked(user),
        *_work(user),
        *_scoring(user),
        *_presiding(user),
    ]
    if is_sponsor(user):
        tasks += [*_to_agree(user), *_corrections(user), *_fast_track(user), *_late_committees(user)]
    if is_manager(user):
        tasks += managing(user)
    if has_role(user, Role.AMBASSADOR):
        tasks += _spreading()
    return sorted(tasks, key=_rank)


def _rank(task: Task) -> tuple:
    is_far = task.due_on is not None and task.due_on > clock.today() + FAR
    first = task.due_on if is_far else task.since
    return (not task.is_late, not task.others_wait, is_far, first, task.due_on or date.max)


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


def _to_complete(user) -> list[Task]:
    """Questions of a submitted application that its manager has asked this person's team again."""
    waiting = completions_asked_of(user).select_related("application__call__programme")
    return [
        Task(
            title=_("Complete your application “%(title)s”") % {"title": request.application.title},
            url=reverse("calls:complete", args=[request.application.uuid]),
            action=_("Read what is asked"),
            since=_day(request.asked_at),
            due=request.due_on,
            note=ngettext(
                "%(count)d question is open again. After this day you can still answer.",
                "%(count)d questions are open again. After this day you can still answer.",
                len(request.keys),
            )
            % {"count": len(request.keys)},
            others_wait=True,
        )
        for request in waiting
    ]


def _about_manager(user) -> list[Task]:
    """Projects that were retained, while this person has not said whether their line manager may know."""
    return [
        Task(
            title=_("Say whether your line manager may be told about “%(title)s”")
            % {"title": place.application.title},
            url=reverse("calls:follow", args=[place.application.uuid]) + "#hierarchie",
            action=_("Answer yes or no"),
            since=place.asked_on or _day(place.application.submitted_at),
            note=_("Without your answer, nothing is said to them."),
        )
        for place in unanswered_about_manager(user)
    ]


def _asked(user) -> list[Task]:
    """Ideas handed to this person's directorate, that they answer."""
    waiting = (
        Redirection.objects.waiting().filter(recipient=user).select_related("application__call__programme")
    )
    return [
        Task(
            title=_("Answer the idea “%(title)s”") % {"title": redirection.application.title},
            url=reverse("calls:redirection", args=[redirection.uuid]),
            action=_("Read it and answer"),
            since=_day(redirection.created_at),
            due=redirection.due_on,
            note=redirection.application.call.programme.name,
            others_wait=True,
        )
        for redirection in waiting
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
            url=reverse("projects:reach", args=[milestone.project.code, milestone.pk]),
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
                    url=reverse("projects:meeting", args=[project.code]),
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
        tasks.append(
            Task(
                title=title,
                url=url,
                action=action,
                since=_day(sitting.starts_at),
                note=name,
                others_wait=True,
            )
        )
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
            others_wait=True,
        )
        for row in waiting
    ]


def _corrections(user) -> list[Task]:
    """Corrections that engage money or staff: they wait for the sponsor."""
    return [
        Task(
            title=_("Agree to the correction about “%(project)s”")
            % {"project": draft.decision.hearing.project.title},
            url=reverse("juries:sign_off", args=[draft.decision.hearing.sitting.code]),
            action=_("Read and agree"),
            since=_day(draft.prepared_at),
            note=draft.decision.hearing.sitting.body,
            others_wait=True,
        )
        for draft in corrections_to_agree(user)
        if is_sponsor(user, draft.decision.hearing.sitting.programme)
    ]


def _fast_track(user) -> list[Task]:
    """Questions that wait for the sponsor; the day by which an answer is needed makes them late."""
    waiting = (
        FastTrackRequest.objects.open()
        .filter(project__in=Project.objects.visible_to(user))
        .select_related("project__programme")
    )
    return [
        Task(
            title=_("Answer “%(project)s”: %(question)s")
            % {"project": question.project.title, "question": question.question},
            url=reverse("projects:fast_track_answer", args=[question.project.code, question.pk]),
            action=_("Answer"),
            since=_day(question.asked_at),
            due=question.answer_by,
            note=_("Fast track: without an answer, the project waits."),
            others_wait=True,
        )
        for question in waiting
        if is_sponsor(user, question.project.programme)
    ]


def _late_committees(user) -> list[Task]:
    """Startups whose committee should have met: ending without a decision is the trap to avoid."""
    late = Project.objects.visible_to(user).with_late_committee().select_related("programme")
    return [
        Task(
            title=_("The committee about “%(project)s” has not met") % {"project": project.title},
            url=reverse("projects:detail", args=[project.code]),
            action=_("Read the page of the project"),
            since=project.next_decision_on,
            due=project.next_decision_on,
            note=_("A startup is looked at every six months: ask the manager for a date."),
        )
        for project in late
        if is_sponsor(user, project.programme)
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
