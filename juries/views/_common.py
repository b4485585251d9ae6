"""What the views of this room share."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from juries import queries, rules
from juries.models import Hearing, Seat, Sitting


def sitting_or_404(request, code: str) -> Sitting:
    """A sitting that this person may know of; otherwise it does not exist."""
    sittings = Sitting.objects.visible_to(request.user).select_related(
        "programme", "cohort", "grid_version__grid"
    )
    sitting = get_object_or_404(sittings, code=code)
    queries.remember_that_juries_concern(request.user)
    return sitting


def sitting_and_seats_or_404(request, code: str) -> tuple[Sitting, list[Seat]]:
    """A sitting and all its seats with their people, in one query (two for a sitting where nobody sits)."""
    seats = list(
        Seat.objects.filter(sitting__in=Sitting.objects.visible_to(request.user), sitting__code=code)
        .select_related(
            "user__directorate", "sitting__programme", "sitting__cohort", "sitting__grid_version__grid"
        )
        .order_by("pk")
    )
    if not seats:
        return sitting_or_404(request, code), []
    sitting = seats[0].sitting
    rules.remember_seats(sitting, seats)
    queries.remember_that_juries_concern(request.user)
    return sitting, seats


def hearing_or_404(request, code: str, uuid) -> Hearing:
    hearings = Hearing.objects.visible_to(request.user).select_related("sitting__programme", "project")
    return get_object_or_404(hearings, sitting__code=code, uuid=uuid)


def require(allowed: bool) -> None:
    """403: the page is known to this person, the act is not theirs."""
    if not allowed:
        raise PermissionDenied


def require_known(allowed: bool) -> None:
    """404: this person may not know that there is something here."""
    if not allowed:
        raise Http404


def act(request, code: str, verb, *, done: str, then: str = "juries:detail", **arguments):
    """Call a verb and come back with a message: what was done, or the sentence that refused it."""
    try:
        verb(actor=request.user, **arguments)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect(then, code=code)
