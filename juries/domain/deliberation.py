"""Verbs of the deliberation itself: who is there, the clock, the notes, and marks changed late with leave."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from incubator.core import clock, journal
from incubator.core.models import Refused
from juries import rules
from juries.domain import grids
from juries.domain.sittings import lock, mark_present
from juries.enums import SCORING_ROLES, SittingState
from juries.models import (
    Criterion,
    DeliberationNote,
    Evaluation,
    Hearing,
    HearingClock,
    LateLeave,
    Score,
    ScoreChange,
    Seat,
    Sitting,
)

LONGEST_MINUTES = 180
LONGEST_NOTE = 10_000
DEFAULT_MINUTES = 15


def _require_deliberating(sitting: Sitting) -> None:
    lock(sitting)
    if sitting.state == SittingState.PRONOUNCED:
        raise Refused(_("The decisions are pronounced: the deliberation is over."))
    if sitting.state != SittingState.DELIBERATING:
        raise Refused(_("Begin the deliberation first."))


def _require_leads(actor, hearing: Hearing, verb: str) -> None:
    """The deliberation about a project is led by the president and the secretary who do not stand aside."""
    if not rules.can_prepare_decision(actor, hearing):
        raise PermissionDenied(verb)
    _require_deliberating(hearing.sitting)
    if hearing.closed_at is not None:
        raise Refused(_("This project has left: there is nothing to decide any more."))


@transaction.atomic
def note_presence(*, actor, sitting: Sitting, present) -> Sitting:
    """Someone has come or left. Below the quorum, or without the president, nothing can be pronounced."""
    if not rules.can_deliberate(actor, sitting):
        raise PermissionDenied("juries.note_presence")
    _require_deliberating(sitting)
    seats = mark_present(sitting, present)
    journal.record(
        verb="juries.presence_noted",
        actor=actor,
        target=sitting,
        present=sum(seat.present for seat in seats),
        seats=len(seats),
    )
    return sitting


# -- The clock -------------------------------------------------------------------------------------


def _minutes(value) -> int:
    try:
        minutes = int(value)
    except (TypeError, ValueError):
        minutes = 0
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise Refused(
            {"minutes": _("Give a whole number of minutes, from 1 to %(most)d.") % {"most": LONGEST_MINUTES}}
        )
    return minutes


def planned_minutes(hearing: Hearing) -> int:
    """The time that the agenda gives: up to the next hour of passage, else a quarter of an hour."""
    if hearing.starts_at is None:
        return DEFAULT_MINUTES
    following = (
        hearing.sitting.hearings.open()
        .filter(starts_at__gt=hearing.starts_at)
        .order_by("starts_at")
        .values_list("starts_at", flat=True)
        .first()
    )
    if following is None:
        return DEFAULT_MINUTES
    return min(LONGEST_MINUTES, max(1, int((following - hearing.starts_at).total_seconds() // 60)))


@transaction.atomic
def start_clock(*, actor, hearing: Hearing, minutes) -> HearingClock:
    """Begin, or begin again, with so many minutes. The clock of another project of the sitting stops."""
    _require_leads(actor, hearing, "juries.start_clock")
    length = timedelta(minutes=_minutes(minutes))
    running = HearingClock.objects.filter(hearing__sitting=hearing.sitting_id, ends_at__isnull=False).exclude(
        hearing=hearing
    )
    for other in running:
        _stop(other)
    timer = HearingClock.objects.filter(hearing=hearing).first() or HearingClock(hearing=hearing)
    timer.ends_at, timer.left_seconds = clock.now() + length, None
    timer.save()
    journal.record(verb="juries.clock_started", actor=actor, target=hearing, minutes=int(minutes))
    return timer


def _timer(hearing: Hearing) -> HearingClock:
    timer = HearingClock.objects.filter(hearing=hearing).first()
    if timer is None:
        raise Refused(_("The clock has not been started."))
    return timer


def _stop(timer: HearingClock) -> None:
    if timer.is_running:
        timer.left_seconds, timer.ends_at = timer.seconds_left, None
        timer.save(update_fields=["left_seconds", "ends_at"])


@transaction.atomic
def stop_clock(*, actor, hearing: Hearing) -> HearingClock:
    """Keep the seconds that are left; stopping twice changes nothing."""
    _require_leads(actor, hearing, "juries.stop_clock")
    timer = _timer(hearing)
    _stop(timer)
    journal.record(verb="juries.clock_stopped", actor=actor, target=hearing)
    return timer


@transaction.atomic
def resume_clock(*, actor, hearing: Hearing) -> HearingClock:
    """Go on with the seconds that were left."""
    _require_leads(actor, hearing, "juries.resume_clock")
    timer = _timer(hearing)
    if not timer.is_running:
        if not timer.left_seconds:
            raise Refused(_("No time is left: add some minutes."))
        timer.ends_at, timer.left_seconds = clock.now() + timedelta(seconds=timer.left_seconds), None
        timer.save(update_fields=["left_seconds", "ends_at"])
        journal.record(verb="juries.clock_resumed", actor=actor, target=hearing)
    return timer


@transaction.atomic
def extend_clock(*, actor, hearing: Hearing, minutes) -> HearingClock:
    """Give more time, whether the clock runs, is stopped or has run out."""
    _require_leads(actor, hearing, "juries.extend_clock")
    more = _minutes(minutes) * 60
    timer = _timer(hearing)
    if timer.is_running:
        timer.ends_at = max(timer.ends_at, clock.now()) + timedelta(seconds=more)
    else:
        timer.left_seconds += more
    timer.save(update_fields=["left_seconds", "ends_at"])
    journal.record(verb="juries.clock_extended", actor=actor, target=hearing, minutes=more // 60)
    return timer


# -- Notes -----------------------------------------------------------------------------------------


@transaction.atomic
def keep_note(*, actor, hearing: Hearing, text: str, seen_at=None, is_new: bool = False) -> DeliberationNote:
    """The writer's own note about one project, read by the body's president and secretary alone.

    ``seen_at`` is the hour of the version that the writer had before their eyes, ``is_new`` says that they saw
    none: when another of their screens has written since, the verb refuses and nothing is lost.
    """
    if not rules.can_note(actor, hearing):
        raise PermissionDenied("juries.keep_note")
    _require_deliberating(hearing.sitting)
    text = (text or "").replace("\x00", "").strip()
    if len(text) > LONGEST_NOTE:
        raise Refused({"text": _("Too long: %(most)d characters at most.") % {"most": LONGEST_NOTE}})
    note = DeliberationNote.objects.select_for_update().filter(hearing=hearing, author=actor).first()
    if note is not None and note.text == text:
        return note
    if note is not None and (is_new or (seen_at is not None and seen_at != note.saved_at)):
        raise Refused(
            _(
                "You have written in another window since: “%(text)s”. Copy what you need, then reload the page."
            )
            % {"text": note.text}
        )
    new = note is None
    note = note or DeliberationNote(hearing=hearing, author=actor)
    note.text, note.saved_at = text, clock.now()
    note.save()
    if new:  # typing saves often: the journal keeps that notes were taken, not each word
        journal.record(verb="juries.note_kept", actor=actor, target=hearing)
    return note


# -- Marks said late -------------------------------------------------------------------------------


@transaction.atomic
def let_change_late(*, actor, hearing: Hearing, seat: Seat) -> LateLeave:
    """The president or the secretary lets one juror say marks for this project: others, or their first ones.

    The frozen marks stay as they are, and late ones enter no mean: they are shown beside, with their hour.
    """
    if not rules.can_let_speak_late(actor, hearing):
        raise PermissionDenied("juries.let_change_late")
    _require_deliberating(hearing.sitting)
    if hearing.closed_at is not None:
        raise Refused(_("This project has left: there is nothing to decide any more."))
    if seat.sitting_id != hearing.sitting_id or seat.role not in SCORING_ROLES:
        raise Refused({"seat": _("Choose a member of this jury who has a voice.")})
    if seat.user_id == actor.pk:
        raise Refused({"seat": _("Nobody gives themselves leave: say what you think in the deliberation.")})
    if hearing.recusals.filter(seat=seat).exists():
        raise Refused({"seat": _("%(name)s stands aside from this project.") % {"name": seat.user}})
    if not _was_asked(hearing, seat):
        raise Refused(
            {
                "seat": _("This dossier was given to other readers: %(name)s gives no mark for it.")
                % {"name": seat.user}
            }
        )
    leave, new = LateLeave.objects.get_or_create(
        seat=seat, hearing=hearing, defaults={"given_by": actor, "given_at": clock.now()}
    )
    if new:
        journal.record(verb="juries.late_leave_given", actor=actor, target=hearing, user=str(seat.user.uuid))
    return leave


def _was_asked(hearing: Hearing, seat: Seat) -> bool:
    return (
        hearing.sitting.readers_each is None
        or hearing.assignments.filter(seat=seat).exists()
        or Evaluation.objects.filter(hearing=hearing, juror=seat.user_id, submitted_at__isnull=False).exists()
    )


@transaction.atomic
def change_marks_late(*, actor, hearing: Hearing, scores: dict) -> list[ScoreChange]:
    """A juror's marks after the deliberation began: kept beside the frozen ones, never in the mean.

    Only with leave, while the body deliberates. ``scores`` is ``{criterion key: 1..5}``; a mark that is the same
    as what this juror last said leaves no trace. Whoever had given none says one for each criterion: they have
    no mark that counts, and each of these is a late one.
    """
    sitting = hearing.sitting
    if not rules.can_score(actor, sitting) or rules.is_recused(actor, hearing):
        raise PermissionDenied("juries.change_marks_late")
    _require_deliberating(sitting)
    if hearing.closed_at is not None:
        raise Refused(_("This project has left: there is nothing to decide any more."))
    if not LateLeave.objects.filter(hearing=hearing, seat__user=actor).exists():
        raise Refused(_("Marks are closed. Ask the president to let you change yours for this project."))
    criteria = {one.key: one for one in Criterion.objects.filter(version=sitting.grid_version_id)}
    if set(scores) - set(criteria):
        raise Refused(_("The grid has changed since you opened this page. Reload it."))
    said = said_last(hearing, actor)
    marks = _late_marks(criteria, scores)
    if missing := [key for key, one in criteria.items() if one.pk not in said and key not in marks]:
        sentence = _("Choose a mark for “%(label)s”: a first mark is given for each criterion.")
        raise Refused({key: sentence % {"label": criteria[key].label} for key in missing})
    wanted = {key: mark for key, mark in marks.items() if mark != said.get(criteria[key].pk)}
    if not wanted:
        return []
    kept = _scores_to_speak_beside(actor, hearing, [criteria[key] for key in wanted])
    changes = [
        ScoreChange(
            score=kept[criteria[key].pk],
            old=said.get(criteria[key].pk),
            new=mark,
            actor=actor,
            late=True,
            created_at=clock.now(),
        )
        for key, mark in wanted.items()
    ]
    ScoreChange.objects.bulk_create(changes)
    journal.record(verb="juries.marks_changed_late", actor=actor, target=hearing, marks=len(changes))
    return changes


def _late_marks(criteria: dict[str, Criterion], scores: dict) -> dict[str, int]:
    marks, errors = {}, {}
    for key, value in scores.items():
        try:
            mark = int(value)
        except (TypeError, ValueError):
            mark = -1
        if mark in criteria[key].allowed:
            marks[key] = mark
        else:
            errors[key] = _("For “%(label)s”, choose one of the marks offered.") % {
                "label": criteria[key].label
            }
    if errors:
        raise Refused(errors)
    return marks


def _scores_to_speak_beside(actor, hearing: Hearing, criteria: list[Criterion]) -> dict[int, Score]:
    """The frozen scores by criterion; where this juror has none, an empty one, which counts for nothing."""
    evaluation, _new = Evaluation.objects.get_or_create(
        hearing=hearing, juror=actor, defaults={"saved_at": clock.now()}
    )
    found = {score.criterion_id: score for score in evaluation.scores.all()}
    Score.objects.bulk_create(
        Score(evaluation=evaluation, criterion=one, value=None, created_at=clock.now())
        for one in criteria
        if one.pk not in found
    )
    grids.freeze(hearing.sitting.grid_version_id)
    return {score.criterion_id: score for score in evaluation.scores.all()}


def said_last(hearing: Hearing, juror) -> dict[int, int]:
    """By criterion id, what this juror last said: the frozen mark, or the late one. A draft was never said."""
    marks = dict(
        Score.objects.filter(
            evaluation__hearing=hearing,
            evaluation__juror=juror,
            evaluation__submitted_at__isnull=False,
            value__isnull=False,
        ).values_list("criterion", "value")
    )
    late = ScoreChange.objects.filter(
        score__evaluation__hearing=hearing, score__evaluation__juror=juror, late=True
    ).order_by("created_at", "pk")
    return marks | dict(late.values_list("score__criterion", "new"))
