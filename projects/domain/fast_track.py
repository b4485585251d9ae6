"""Verbs of the fast track: a team asks the chief executive's office, who answers by a decision."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incubator.core import clock, jobs, journal
from incubator.core.models import Refused
from projects import notifications, rules
from projects.domain._common import need, not_blank, save_checked
from projects.domain.decisions import apply_outcome
from projects.enums import Gate
from projects.models import FastTrackRequest, Project
from projects.workflow import SOURCES_BY_GATE

LONGEST_DAYS = 60
_ALERT_AT = time(8)


@transaction.atomic
def ask(*, actor, project: Project, question: str, why: str, answer_by: date) -> FastTrackRequest:
    """Ask one question, with the day by which the answer is needed. One open question a project.

    The letter to those who may answer waits to be read; on the day after ``answer_by`` a job alerts them and
    the managers if nobody has answered.
    """
    need(rules.can_ask_fast_track(actor, project), "projects.ask_fast_track")
    if project.stage not in SOURCES_BY_GATE[Gate.FAST_TRACK]:
        raise Refused(_("The fast track serves projects that are selected or at work, not this one."))
    question = not_blank(question, "question", _("Write the question in one sentence."))
    why = not_blank(why, "why", _("Say what is blocked until there is an answer."))
    if answer_by <= clock.today():
        raise Refused({"answer_by": _("Give at least one day to answer: choose a later day.")})
    if answer_by > clock.today() + timedelta(days=LONGEST_DAYS):
        raise Refused(
            {
                "answer_by": _(
                    "A question that can wait two months goes to the next body. Choose an earlier day."
                )
            }
        )
    asked = FastTrackRequest(
        project=project, question=question, why=why, answer_by=answer_by, asked_by=actor, asked_at=clock.now()
    )
    already = _("A question is already waiting for its answer. Wait for it, or take it back first.")
    if project.fast_track_requests.open().exists():
        raise Refused(already)
    try:
        with transaction.atomic():
            save_checked(asked)
    except IntegrityError as error:  # the same click twice, at the same moment
        raise Refused(already) from error
    notifications.fast_track_asked(asked)
    alert = timezone.make_aware(datetime.combine(answer_by + timedelta(days=1), _ALERT_AT))
    jobs.enqueue("projects.fast_track_silent", {"question": asked.pk}, run_after=alert, key=_key(asked))
    journal.record(
        verb="projects.ask_fast_track",
        actor=actor,
        target=project,
        question=asked.pk,
        answer_by=str(answer_by),
    )
    return asked


def _key(question: FastTrackRequest) -> str:
    return f"projects.fast_track_silent:{question.pk}"


def _lock(question: FastTrackRequest) -> FastTrackRequest:
    """The question as it stands now; Refused when it is closed. Two answers at once queue here."""
    locked = (
        FastTrackRequest.objects.select_for_update(of=("self",))
        .select_related("project__programme", "asked_by")
        .get(pk=question.pk)
    )
    if locked.answered_at is not None:
        raise Refused(_("This question is answered already: read the answer on the page of the project."))
    if locked.withdrawn_at is not None:
        raise Refused(_("The team has taken this question back: nothing waits for an answer any more."))
    return locked


@transaction.atomic
def answer(
    *, actor, question: FastTrackRequest, outcome: str, reason: str, demands: Mapping[str, Any] | None = None
) -> FastTrackRequest:
    """Grant or refuse. The answer is a decision at the gate of the fast track: same checks, same log."""
    need(rules.can_answer_fast_track(actor, question.project), "projects.answer_fast_track")
    locked = _lock(question)
    decided = apply_outcome(
        actor=actor,
        project=locked.project,
        gate=Gate.FAST_TRACK,
        outcome=outcome,
        reason=reason,
        demands=demands or {},
        deciding_body=gettext("Chief executive's office"),
    )
    locked.answered_at, locked.transition = clock.now(), decided
    if (
        not FastTrackRequest.objects.open()
        .filter(pk=locked.pk)
        .update(answered_at=locked.answered_at, transition=decided)
    ):
        raise Refused(_("This question is answered already: read the answer on the page of the project."))
    jobs.cancel(_key(locked))
    notifications.fast_track_answered(locked)
    journal.record(
        verb="projects.answer_fast_track",
        actor=actor,
        target=locked.project,
        question=locked.pk,
        outcome=outcome,
    )
    return locked


@transaction.atomic
def withdraw_question(*, actor, question: FastTrackRequest) -> FastTrackRequest:
    """The team no longer needs an answer."""
    need(rules.can_ask_fast_track(actor, question.project), "projects.withdraw_fast_track")
    locked = _lock(question)
    locked.withdrawn_at = clock.now()
    locked.save(update_fields=["withdrawn_at"])
    jobs.cancel(_key(locked))
    journal.record(
        verb="projects.withdraw_fast_track", actor=actor, target=locked.project, question=locked.pk
    )
    return locked


@transaction.atomic
def alert_silence(*, actor, question: FastTrackRequest) -> list:
    """Write to those who may answer and to the managers: the day has passed. Once, whatever happens."""
    if not question.is_late:
        return []
    written = notifications.fast_track_silent(question)
    journal.record(
        verb="projects.fast_track_silent", actor=actor, target=question.project, question=question.pk
    )
    return written


def close_questions_when_a_project_leaves(transition) -> None:
    """Listens to the projects' workflow: nothing waits for a project that is no longer at work."""
    if transition.target not in SOURCES_BY_GATE[Gate.FAST_TRACK]:
        FastTrackRequest.objects.open().filter(project=transition.project).update(withdrawn_at=clock.now())
