"""Verbs that prepare a sitting, open its scoring and begin its deliberation."""

import re
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from incubator.core import clock, journal
from incubator.core.models import Refused
from juries import rules
from juries.domain import coverage, dossiers, scoring
from juries.domain.locks import lock
from juries.enums import MarksShown, NamesReturn, SeatRole, SittingState
from juries.models import Hearing, Seat, Sitting
from juries.workflow import SITTING
from projects.enums import FINAL_STAGES, GATES_OF_SITTINGS
from projects.models import Project
from projects.workflow import SOURCES_BY_GATE

RESERVED_CODES = frozenset({"nouveau"})


def _require(allowed: bool, verb: str) -> None:
    if not allowed:
        raise PermissionDenied(verb)


def _require_preparing(sitting: Sitting) -> None:
    lock(sitting)
    if sitting.state != SittingState.PREPARING:
        raise Refused(_("The scoring is open: members and projects no longer change."))


def free_code(wanted: str) -> str:
    base = slugify(wanted)[:50].strip("-") or "jury"
    taken = set(Sitting.objects.filter(code__startswith=base).values_list("code", flat=True)) | RESERVED_CODES
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


MOST_MINUTES = 240


def _check(sitting: Sitting) -> None:
    """The rules that hold between the fields of a sitting; Refused says which field to correct."""
    errors = _wrong_frame(sitting) | _wrong_dates(sitting) | _wrong_reading(sitting)
    if errors:
        raise Refused(errors)


def _wrong_frame(sitting: Sitting) -> dict:
    errors = {}
    if not sitting.body:
        errors["body"] = _("Say which body meets, for example “Jury of the hackathon”.")
    if sitting.gate not in GATES_OF_SITTINGS:
        errors["gate"] = _("Choose the gate.")
    if sitting.cohort.programme_id != sitting.programme_id:
        errors["cohort"] = _("This cohort belongs to another programme.")
    version = sitting.grid_version
    if version is not None and version.grid.programme_id != sitting.programme_id:
        errors["grid_version"] = _("This grid belongs to another programme.")
    if sitting.online and not sitting.link:
        errors["link"] = _("The sitting is online: give the link of the meeting, so that members can join.")
    elif sitting.link and not re.match(r"https?://[^\s/]", sitting.link):
        errors["link"] = _(
            "Write the whole address of the meeting, for example https://visio.example.fr/jury."
        )
    if sitting.quorum is None or sitting.quorum < 1:
        errors["quorum"] = _("At least one member must be present.")
    if sitting.places is not None and sitting.places < 1:
        errors["places"] = _("Give the number of projects that can be kept, or leave it empty.")
    return errors


def _wrong_dates(sitting: Sitting) -> dict:
    errors = {}
    starts, opens, closes = sitting.starts_at, sitting.reading_opens_at, sitting.scores_close_at
    for name, moment in (("starts_at", starts), ("reading_opens_at", opens), ("scores_close_at", closes)):
        if moment is not None and timezone.is_naive(moment) or moment is None and name == "starts_at":
            errors[name] = _("Give the date and the hour.")
    if errors or opens is None:
        return errors
    if opens > starts:
        errors["reading_opens_at"] = _("Dossiers are read before the sitting: choose an earlier date.")
    elif closes is not None and opens >= closes:
        errors["scores_close_at"] = _("Scores end before the dossiers can be read: choose a later date.")
    return errors


def _wrong_reading(sitting: Sitting) -> dict:
    errors = {}
    if sitting.marks_shown not in MarksShown.values:
        errors["marks_shown"] = _("Choose one of the rules of the list.")
    if sitting.names_return not in NamesReturn.values:
        errors["names_return"] = _("Choose one of the rules of the list.")
    if sitting.min_readers is None or sitting.min_readers < 1:
        errors["min_readers"] = _("Each project keeps at least one reader.")
    elif sitting.readers_each is not None and sitting.readers_each < sitting.min_readers:
        errors["readers_each"] = _(
            "Each project must keep %(min)d readers: give it at least as many, or leave this empty so that "
            "everyone reads everything."
        ) % {"min": sitting.min_readers}
    if sitting.minutes_each is not None and not 1 <= sitting.minutes_each <= MOST_MINUTES:
        errors["minutes_each"] = _("Give between 1 and %(max)d minutes to each project.") % {
            "max": MOST_MINUTES
        }
    return errors


UPDATABLE = (
    "body",
    "cohort",
    "gate",
    "starts_at",
    "place",
    "online",
    "link",
    "grid_version",
    "quorum",
    "reading_opens_at",
    "scores_close_at",
    "places",
    "minutes_each",
    "breaks",
    "names_hidden",
    "names_return",
    "marks_shown",
    "readers_each",
    "min_readers",
)
# Once the jurors read, what they score and how stays; hours, rooms and deadlines may still move.
UPDATABLE_WHILE_SCORING = frozenset(
    {
        "starts_at",
        "place",
        "online",
        "link",
        "reading_opens_at",
        "scores_close_at",
        "places",
        "quorum",
        "minutes_each",
        "breaks",
        "min_readers",
    }
)
BEGUN = frozenset({SittingState.SCORING, SittingState.DELIBERATING})
_TEXTS = {"body": 120, "place": 150, "link": 500}


def _tidied(values: dict) -> dict:
    """Texts without the blanks around them, never longer than their column."""
    return {
        name: (value or "").strip()[: _TEXTS[name]] if name in _TEXTS else value
        for name, value in values.items()
    }


@transaction.atomic
def prepare_sitting(
    *, actor, programme, cohort, gate, body: str, starts_at: datetime, code: str | None = None, **rest
) -> Sitting:
    """One meeting of ``body`` at ``gate``. ``rest`` are any other fields of ``UPDATABLE``.

    ``places`` is how many projects it can keep, where that is fixed; ``readers_each`` how many members read
    each project (None: everyone reads everything); ``min_readers`` how many each must keep.
    """
    _require(rules.can_prepare(actor, programme), "juries.prepare_sitting")
    if unknown := set(rest) - set(UPDATABLE):
        raise TypeError(f"no such field of a sitting: {', '.join(sorted(unknown))}")
    if code is not None:
        if not re.fullmatch(r"[-a-z0-9_]{1,60}", code) or code in RESERVED_CODES:
            raise Refused({"code": _("Use small letters, figures and hyphens.")})
        if Sitting.objects.filter(code=code).exists():
            raise Refused({"code": _("Another sitting has this code.")})
    given = {"cohort": cohort, "gate": gate, "body": body, "starts_at": starts_at, **rest}
    sitting = Sitting(programme=programme, created_by=actor, **_tidied(given))
    _check(sitting)
    sitting.code = code or free_code(f"{sitting.body} {timezone.localtime(starts_at):%Y-%m-%d}")
    sitting.save(force_insert=True)
    journal.record(verb="juries.sitting_prepared", actor=actor, target=sitting, gate=str(gate))
    return sitting


@transaction.atomic
def update_sitting(*, actor, sitting: Sitting, **values) -> Sitting:
    """Change what was prepared; once the scoring is open, only what ``UPDATABLE_WHILE_SCORING`` names.

    When the sitting moves, the hours of passage move with it.
    """
    _require(rules.can_organise(actor, sitting), "juries.update_sitting")
    lock(sitting)
    if sitting.state not in {SittingState.PREPARING, SittingState.SCORING}:
        raise Refused(_("This sitting is over or in deliberation: it no longer changes."))
    changed = {
        key: value
        for key, value in _tidied(values).items()
        if key in UPDATABLE and getattr(sitting, key) != value
    }
    if sitting.state == SittingState.SCORING:
        for key in changed:
            if key not in UPDATABLE_WHILE_SCORING or key == "reading_opens_at" and sitting.reading_is_open:
                raise Refused({key: _("The scoring is open: this no longer changes.")})
    before = sitting.starts_at
    for key, value in changed.items():
        setattr(sitting, key, value)
    _check(sitting)
    if changed:
        sitting.save(update_fields=list(changed))
        if moved := sitting.starts_at - before:
            sitting.hearings.filter(starts_at__isnull=False).update(starts_at=F("starts_at") + moved)
        journal.record(verb="juries.sitting_updated", actor=actor, target=sitting, fields=sorted(changed))
    return sitting


@transaction.atomic
def add_seat(*, actor, sitting: Sitting, user, role: str = SeatRole.JUROR) -> Seat:
    """Give a seat. Once the scoring is open, only to a substitute: nobody then takes the president's place.

    What links the substitute to a project is looked for at once, and they declare theirs as the others did.
    """
    _require(rules.can_organise(actor, sitting), "juries.add_seat")
    lock(sitting)
    if sitting.state not in {SittingState.PREPARING, SittingState.SCORING}:
        raise Refused(_("The deliberation has begun: members no longer change."))
    if role not in SeatRole.values:
        raise Refused({"role": _("Choose a role of the list.")})
    if sitting.seats.filter(user=user).exists():
        raise Refused({"user": _("%(name)s already has a seat.") % {"name": user}})
    if rules.judges_what_they_manage(user, sitting.programme, role):
        raise Refused(
            {
                "role": _(
                    "%(name)s manages this programme: who prepares a sitting does not judge in it. "
                    "Give them the seat of secretary or of observer."
                )
                % {"name": user}
            }
        )
    if role == SeatRole.PRESIDENT and sitting.seats.filter(role=SeatRole.PRESIDENT).exists():
        raise Refused({"role": _("Someone already presides: a sitting has one president.")})
    try:
        with transaction.atomic():
            seat = Seat.objects.create(sitting=sitting, user=user, role=role)
    except IntegrityError as error:  # the same click twice, at the same moment
        raise Refused({"user": _("%(name)s already has a seat.") % {"name": user}}) from error
    if sitting.state == SittingState.SCORING:
        scoring.stand_aside_if_linked(hearings=list(sitting.hearings.open()), seats=[seat])
    journal.record(verb="juries.seat_added", actor=actor, target=sitting, user=str(user.uuid), role=str(role))
    return seat


@transaction.atomic
def remove_seat(*, actor, seat: Seat) -> None:
    sitting = seat.sitting
    _require(rules.can_organise(actor, sitting), "juries.remove_seat")
    _require_preparing(sitting)
    seat.recusals.all().delete()
    journal.record(verb="juries.seat_removed", actor=actor, target=sitting, user=str(seat.user.uuid))
    seat.delete()


def candidates(sitting: Sitting):
    """The projects of the cohort that stand where this gate finds them, and are not heard here yet."""
    return (
        Project.objects.filter(cohort=sitting.cohort_id, stage__in=SOURCES_BY_GATE[sitting.gate])
        .exclude(hearings__sitting=sitting)
        .exclude(
            # heard by another body at the same gate, which has not pronounced yet
            pk__in=Hearing.objects.open()
            .filter(sitting__gate=sitting.gate, sitting__in=Sitting.objects.live())
            .values("project")
        )
        .order_by("title", "pk")
    )


@transaction.atomic
def add_hearing(*, actor, sitting: Sitting, project, position: int | None = None, starts_at=None) -> Hearing:
    """Put a project on the list, at the end unless ``position`` is given."""
    _require(rules.can_organise(actor, sitting), "juries.add_hearing")
    _require_preparing(sitting)
    if project.programme_id != sitting.programme_id:
        raise Refused({"project": _("This project belongs to another programme.")})
    if project.stage not in SOURCES_BY_GATE[sitting.gate]:
        raise Refused(
            {
                "project": _("“%(title)s” is at “%(stage)s”: this gate does not decide about it.")
                % {"title": project.title, "stage": project.get_stage_display()}
            }
        )
    if sitting.hearings.filter(project=project).exists():
        raise Refused({"project": _("“%(title)s” is already on the list.") % {"title": project.title}})
    if position is None:
        position = (sitting.hearings.aggregate(last=Max("position"))["last"] or 0) + 1
    hearing = Hearing.objects.create(sitting=sitting, project=project, position=position, starts_at=starts_at)
    journal.record(verb="juries.hearing_added", actor=actor, target=sitting, project=project.code)
    return hearing


@transaction.atomic
def remove_hearing(*, actor, hearing: Hearing) -> None:
    sitting = hearing.sitting
    _require(rules.can_organise(actor, sitting), "juries.remove_hearing")
    _require_preparing(sitting)
    hearing.recusals.all().delete()
    journal.record(verb="juries.hearing_removed", actor=actor, target=sitting, project=hearing.project.code)
    hearing.delete()


@transaction.atomic
def reorder_hearings(
    *, actor, sitting: Sitting, order: list[int], hours: dict | None = None
) -> list[Hearing]:
    """Set the order of passage: ``order`` lists the hearings' ids, ``hours`` may give each an hour."""
    _require(rules.can_organise(actor, sitting), "juries.reorder_hearings")
    lock(sitting)
    if sitting.state not in {SittingState.PREPARING, SittingState.SCORING}:
        raise Refused(_("The deliberation has begun: the order of passage no longer changes."))
    hearings = {hearing.pk: hearing for hearing in sitting.hearings.all()}
    if sorted(order) != sorted(hearings):
        raise Refused(_("The list has changed since you opened this page. Reload it, then order it again."))
    for position, pk in enumerate(order, start=1):
        hearing = hearings[pk]
        hearing.position = position
        if hours is not None:
            hearing.starts_at = hours.get(pk)
    Hearing.objects.bulk_update(hearings.values(), ["position", "starts_at"])
    journal.record(verb="juries.hearings_reordered", actor=actor, target=sitting)
    return [hearings[pk] for pk in order]


@transaction.atomic
def open_scoring(*, actor, sitting: Sitting) -> Sitting:
    """Freeze the dossiers, stand aside whoever is linked to a project, share out what is to be shared."""
    lock(sitting)
    SITTING.perform(sitting, "open_scoring", actor=actor)
    hearings = list(sitting.hearings.open().select_related("project"))
    for hearing in hearings:
        if hearing.project.stage not in SOURCES_BY_GATE[sitting.gate]:
            raise Refused(
                _("“%(title)s” is no longer at this gate: take it off the list, then open the scoring.")
                % {"title": hearing.project.title}
            )
    dossiers.freeze(hearings)
    found = scoring.stand_aside_if_linked(hearings=hearings, seats=list(sitting.seats.all()))
    if sitting.readers_each is not None:
        coverage.share_out(actor=actor, sitting=sitting)
    journal.record(
        verb="juries.scoring_opened",
        actor=actor,
        target=sitting,
        hearings=len(hearings),
        recusals_found=found,
    )
    return sitting


def mark_present(sitting: Sitting, present) -> list[Seat]:
    """Hold every seat and write down who is there; ``present`` is a list of seats or of users. Answers the seats."""
    users = {getattr(one, "user_id", one.pk) for one in present}
    seats = list(sitting.seats.select_for_update().order_by("pk"))
    if strangers := users - {seat.user_id for seat in seats}:
        raise Refused(
            {"present": _("%(count)d of these people have no seat here.") % {"count": len(strangers)}}
        )
    for seat in seats:
        seat.present = seat.user_id in users
    Seat.objects.bulk_update(seats, ["present"])
    return seats


@transaction.atomic
def begin_deliberation(*, actor, sitting: Sitting, present) -> Sitting:
    """Close the scoring with the members who are there. ``present`` is a list of seats or of users."""
    _require(rules.can_deliberate(actor, sitting), "juries.begin_deliberation")
    # Locking every seat waits for the marks that are being saved at this moment (scoring locks its own seat).
    seats = mark_present(sitting, present)
    SITTING.perform(sitting, "begin_deliberation", actor=actor)
    # A link may have appeared since the opening (a juror who joined a team): those marks do not count.
    scoring.stand_aside_if_linked(hearings=list(sitting.hearings.open()), seats=seats)
    journal.record(
        verb="juries.deliberation_begun",
        actor=actor,
        target=sitting,
        present=sum(seat.present for seat in seats),
        seats=len(seats),
    )
    return sitting


@transaction.atomic
def cancel_sitting(*, actor, sitting: Sitting, reason: str) -> Sitting:
    if not (reason or "").strip():
        raise Refused({"reason": _("Say in one sentence why the sitting is cancelled.")})
    SITTING.perform(sitting, "cancel", actor=actor, public_reason=reason.strip())
    journal.record(verb="juries.sitting_cancelled", actor=actor, target=sitting)
    return sitting


def close_hearings_when_a_project_leaves(transition) -> None:
    """Listens to the projects' workflow: a project that left is no longer heard anywhere, unless it comes back
    by a correction.

    One that pauses is not decided on: where jurors read already, its hearing closes and the others go on; it
    opens again if the project comes back before the decisions are pronounced.
    """
    live = Hearing.objects.filter(project=transition.project, sitting__in=Sitting.objects.live())
    begun = live.filter(sitting__state__in=BEGUN)
    if transition.name == "correct":
        live.filter(closed_at__isnull=False).update(closed_at=None)
    elif transition.name == "resume":
        begun.filter(closed_at__isnull=False).update(closed_at=None)
    if transition.target in FINAL_STAGES:
        live.filter(closed_at__isnull=True).update(closed_at=clock.now())
    elif transition.name == "suspend":
        begun.filter(closed_at__isnull=True).update(closed_at=clock.now())
