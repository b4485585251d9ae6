"""An extension books its own jury: the hearing at its end is put on a sitting as soon as it is pronounced."""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from incubator.core import journal
from incubator.core.calendar import working_day_on_or_after
from incubator.core.journal import entries_about
from juries.domain import sittings
from juries.enums import SittingState
from juries.models import Hearing, Seat, Sitting
from juries.workflow import SITTING
from projects.dates import parse_day
from projects.domain.projects import end_after_pause
from projects.enums import Gate, Outcome, PhaseKind

HOUR = time(9)
BOOKED = "juries.sitting_booked"


@transaction.atomic
def book_extension(*, actor, sitting: Sitting, project, outcome: str, demands: dict) -> Hearing | None:
    """Put an extended project on the list of a sitting in preparation, made when there is none on that day.

    Called by the verbs that pronounce and correct, inside their transaction. The members of the jury that
    extended (``sitting``) are proposed; the manager changes whatever they like. None for any other outcome.
    """
    if outcome != Outcome.EXTEND:
        return None
    return _book(actor, sitting, project, parse_day(demands["ends_on"]))


def _book(actor, heard: Sitting, project, ends_on: date) -> Hearing:
    day = working_day_on_or_after(ends_on)
    sitting = _waiting_sitting(heard, day) or _new_sitting(actor, heard, day)
    known = sitting.hearings.filter(project=project).first()
    if known is not None:
        return known
    last = sitting.hearings.aggregate(last=Max("position"))["last"] or 0
    hearing = Hearing.objects.create(sitting=sitting, project=project, position=last + 1)
    journal.record(verb="juries.hearing_booked", actor=actor, target=sitting, project=project.code)
    return hearing


@transaction.atomic
def unbook(*, actor, project) -> None:
    """The extension is taken back, or pauses: its hearing leaves the sittings still in preparation.

    A sitting that an extension had booked for itself and that hears nobody any more is cancelled.
    """
    booked = Hearing.objects.filter(
        project=project, sitting__gate=Gate.EXTENSION_END, sitting__state=SittingState.PREPARING
    ).select_related("sitting")
    for hearing in booked:
        journal.record(
            verb="juries.hearing_removed", actor=actor, target=hearing.sitting, project=project.code
        )
        hearing.recusals.all().delete()
        hearing.delete()
        sitting = hearing.sitting
        if not sitting.hearings.exists() and entries_about(sitting).filter(verb=BOOKED).exists():
            SITTING.perform(
                sitting,
                "cancel",
                actor=actor,
                public_reason=_("No project is left to be heard on that day."),
                system=True,  # who may take the extension back, or pause the project, was asked by the caller
            )
            journal.record(verb="juries.sitting_cancelled", actor=actor, target=sitting)


def follow_the_pause(transition) -> None:
    """Listens to the projects' workflow: the booked hearing follows the extension, which a pause makes longer.

    Suspending takes the hearing off the sitting in preparation, so that nobody prepares or reads for a day that
    no longer holds; taking the project up again books it at the new end.
    """
    if transition.name == "suspend":
        unbook(actor=transition.actor, project=transition.project)
    elif transition.name == "resume":
        ends_on = end_after_pause(transition, PhaseKind.EXTENSION)
        heard = _sitting_that_extended(transition.project)
        if ends_on is not None and heard is not None:
            _book(transition.actor, heard, transition.project, ends_on)


def _sitting_that_extended(project) -> Sitting | None:
    """Where the extension that runs was decided; None when it was decided without a sitting."""
    extended = project.transitions.filter(outcome=Outcome.EXTEND).order_by("pk").last()
    return Sitting.objects.filter(
        Q(hearings__decision__transition=extended) | Q(hearings__decision__corrections__transition=extended)
    ).first()


def _waiting_sitting(heard: Sitting, day) -> Sitting | None:
    """The sitting at the end of the extension that the manager has already set for that day."""
    starts = timezone.make_aware(datetime.combine(day, time.min))
    ends = timezone.make_aware(datetime.combine(day, time.max))
    return (
        Sitting.objects.filter(
            cohort=heard.cohort_id,
            gate=Gate.EXTENSION_END,
            state=SittingState.PREPARING,
            starts_at__range=(starts, ends),
        )
        .order_by("starts_at", "pk")
        .first()
    )


def _new_sitting(actor, heard: Sitting, day) -> Sitting:
    sitting = Sitting.objects.create(
        code=sittings.free_code(_("extension jury %(day)s") % {"day": day.isoformat()}),
        programme=heard.programme,
        cohort=heard.cohort,
        gate=Gate.EXTENSION_END,
        body=heard.body,
        starts_at=timezone.make_aware(datetime.combine(day, HOUR)),
        place=heard.place,
        grid_version=heard.grid_version,
        quorum=heard.quorum,
        created_by=actor,
    )
    Seat.objects.bulk_create(
        Seat(sitting=sitting, user=seat.user, role=seat.role)
        for seat in heard.seats.select_related("user").filter(user__is_active=True)
    )
    journal.record(verb=BOOKED, actor=actor, target=sitting, after=heard.code)
    return sitting
