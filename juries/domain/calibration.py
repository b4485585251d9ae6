"""The calibration file: a fictitious dossier that every member scores before the others, then all discuss.

A calibration with described marks does more for agreement than any formula (domain notes §2.9). Its marks are no
evaluations: they stand in ``CalibrationBallot``, and nothing of them reaches the results.
"""

from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from incubator.core import clock, journal
from incubator.core.models import Refused
from juries import rules
from juries.domain import dossiers
from juries.domain.locks import lock
from juries.enums import SCORING_ROLES, SittingState
from juries.models import CalibrationBallot, CalibrationFile, Criterion, Seat, Sitting

OPEN = frozenset({SittingState.PREPARING, SittingState.SCORING})
LENGTHS = {"title": 150, "problem": 1_000, "text": 10_000}


@dataclass(slots=True)
class Spread:
    """How the marks of one criterion lie: how many gave each, from the lowest mark to the highest."""

    criterion: Criterion
    counts: list[tuple[int, str, int, bool]]  # mark, in words, how many, mine
    n: int
    lowest: int | None
    highest: int | None

    @property
    def width(self) -> int:
        """How far the members stand from one another, in marks; a yes beside a no is as far as 1 from 5."""
        if self.lowest is None:
            return 0
        return (self.highest - self.lowest) * (1 if self.criterion.counts else 4)

    @property
    def finding(self) -> str:
        label = {"label": self.criterion.label}
        if self.lowest is None:
            return _("“%(label)s”: no mark.") % label
        low, high = self.criterion.in_words(self.lowest), self.criterion.in_words(self.highest)
        if low == high:
            return _("“%(label)s”: everyone says %(mark)s.") % (label | {"mark": low})
        if not self.criterion.counts:
            return _("“%(label)s”: some say yes, others no. Say why.") % label
        found = label | {"low": low, "high": high}
        if self.width == 1:
            return _("“%(label)s”: from %(low)s to %(high)s, you read it alike.") % found
        return _("“%(label)s”: from %(low)s to %(high)s. Say why before you read the dossiers.") % found


def _require_open(sitting: Sitting) -> None:
    lock(sitting)
    if sitting.state not in OPEN:
        raise Refused(_("The deliberation has begun: the calibration is over."))


def file_of(sitting: Sitting) -> CalibrationFile | None:
    found = CalibrationFile.objects.filter(sitting=sitting).first()
    if found is not None:
        found.sitting = sitting
    return found


@transaction.atomic
def write_file(*, actor, sitting: Sitting, title: str, problem: str, text: str) -> CalibrationFile:
    """Write the fictitious dossier, or change it as long as nobody has scored it."""
    if not rules.can_organise(actor, sitting):
        raise PermissionDenied("juries.write_calibration")
    _require_open(sitting)
    given = {"title": title, "problem": problem, "text": text}
    given = {key: (value or "").replace("\x00", "").strip()[: LENGTHS[key]] for key, value in given.items()}
    sentences = {
        "title": _("Give the fictitious dossier a title."),
        "problem": _("Write the problem in one or two sentences."),
        "text": _("Write the text that the members will score."),
    }
    if errors := {key: sentence for key, sentence in sentences.items() if not given[key]}:
        raise Refused(errors)
    known = file_of(sitting)
    if known is not None and known.ballots.exists():
        raise Refused(_("Someone has scored this dossier: it no longer changes."))
    dossier = dossiers.fictitious(**given)
    found, _new = CalibrationFile.objects.update_or_create(sitting=sitting, defaults={"dossier": dossier})
    journal.record(verb="juries.calibration_written", actor=actor, target=sitting)
    return found


@transaction.atomic
def open_file(*, actor, sitting: Sitting) -> CalibrationFile:
    """Give the dossier to all members with a voice: from now on they score it before any other."""
    if not rules.can_organise(actor, sitting):
        raise PermissionDenied("juries.open_calibration")
    _require_open(sitting)
    found = file_of(sitting)
    if found is None:
        raise Refused(_("Write the fictitious dossier first."))
    if found.opened_at is not None:
        raise Refused(_("The members have this dossier already."))
    if sitting.grid_version_id is None:
        raise Refused(_("There is no grid: choose one, so that every juror scores the same things."))
    if sitting.seats.filter(role__in=SCORING_ROLES).count() < 2:
        raise Refused(_("A calibration needs two members with a voice at least: add members first."))
    found.opened_at = clock.now()
    found.save(update_fields=["opened_at"])
    journal.record(verb="juries.calibration_opened", actor=actor, target=sitting)
    return found


def waits_for(sitting: Sitting, user) -> bool:
    """Whether this person has the calibration file to score before they read anything else; one query."""
    return (
        CalibrationFile.objects.filter(
            sitting=sitting, opened_at__isnull=False, discussed_at__isnull=True,
            sitting__seats__in=Seat.objects.filter(
                user=user, role__in=SCORING_ROLES, calibration_ballot__isnull=True
            ),
        )
    ).exists()  # fmt: skip


@transaction.atomic
def score_file(*, actor, sitting: Sitting, marks: dict, comment: str = "") -> CalibrationBallot:
    """Give one's marks on the fictitious dossier, or change them until they are shown: every criterion at once.

    With the last ballot, the marks are shown to all.
    """
    seat = (
        Seat.objects.select_for_update().filter(sitting=sitting, user=actor, role__in=SCORING_ROLES).first()
    )
    if seat is None:
        raise PermissionDenied("juries.score_calibration")
    _require_open(sitting)
    found = file_of(sitting)
    if found is None or found.opened_at is None:
        raise Refused(_("There is no calibration file to score yet."))
    if found.discussed_at is not None:
        raise Refused(_("The marks are shown to all: they no longer change. Discuss them together."))
    ballot, _new = CalibrationBallot.objects.update_or_create(
        file=found,
        seat=seat,
        defaults={
            "marks": _checked(sitting, marks),
            "comment": comment.replace("\x00", "").strip()[:2_000],
            "given_at": clock.now(),
        },
    )
    journal.record(verb="juries.calibration_scored", actor=actor, target=sitting)
    waiting = sitting.seats.filter(role__in=SCORING_ROLES, calibration_ballot__isnull=True)
    if not waiting.exists():
        _show(found, None)
    return ballot


def _checked(sitting: Sitting, marks: dict) -> dict[str, int]:
    given, errors = {}, {}
    for criterion in Criterion.objects.filter(version=sitting.grid_version_id):
        typed = str(marks.get(criterion.key, "")).strip()
        mark = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 3 else None
        if mark in criterion.allowed:
            given[criterion.key] = mark
        elif criterion.counts:
            errors[criterion.key] = _("For “%(label)s”, choose a mark from 1 to 5.") % {
                "label": criterion.label
            }
        else:
            errors[criterion.key] = _("For “%(label)s”, choose yes or no.") % {"label": criterion.label}
    if errors:
        raise Refused(errors)
    return given


@transaction.atomic
def begin_discussion(*, actor, sitting: Sitting) -> CalibrationFile:
    """Show the marks to all before everyone has given theirs: the president's choice, or the manager's."""
    if not (rules.can_pronounce(actor, sitting) or rules.can_organise(actor, sitting)):
        raise PermissionDenied("juries.discuss_calibration")
    _require_open(sitting)
    found = file_of(sitting)
    if found is None or found.opened_at is None:
        raise Refused(_("There is no calibration file to discuss yet."))
    if found.discussed_at is not None:
        raise Refused(_("The marks are shown to all already."))
    if not found.ballots.exists():
        raise Refused(_("Nobody has scored this dossier yet: there is nothing to show."))
    _show(found, actor)
    return found


def _show(found: CalibrationFile, actor) -> None:
    found.discussed_at, found.discussed_by = clock.now(), actor
    found.save(update_fields=["discussed_at", "discussed_by"])
    journal.record(verb="juries.calibration_discussed", actor=actor, target=found.sitting)


def spreads(found: CalibrationFile, own: CalibrationBallot | None = None) -> list[Spread]:
    """The marks by criterion, those to talk about first on top; two queries. Who gave which is not said."""
    ballots = list(found.ballots.values_list("marks", flat=True))
    result = []
    for criterion in Criterion.objects.filter(version=found.sitting.grid_version_id):
        given = Counter(marks[criterion.key] for marks in ballots if criterion.key in marks)
        mine = own.marks.get(criterion.key) if own is not None else None
        result.append(
            Spread(
                criterion=criterion,
                counts=[
                    (mark, criterion.in_words(mark), given[mark], mark == mine)
                    for mark in sorted(criterion.allowed)
                ],
                n=sum(given.values()),
                lowest=min(given, default=None),
                highest=max(given, default=None),
            )
        )
    return sorted(result, key=lambda one: -one.width)
