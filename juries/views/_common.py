"""What the views of this room share."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from juries.models import Hearing, Sitting


def sitting_or_404(request, code: str) -> Sitting:
    """A sitting that this person may know of; otherwise it does not exist."""
    sittings = Sitting.objects.visible_to(request.user).select_related(
        "programme", "cohort", "grid_version__grid"
    )
    return get_object_or_404(sittings, code=code)


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


def act(request, sitting: Sitting, verb, *, done: str, then: str = "juries:detail", **arguments):
    """Call a verb and come back with a message: what was done, or the sentence that refused it."""
    try:
        verb(actor=request.user, **arguments)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect(then, code=sitting.code)
