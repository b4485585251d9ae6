"""Who wrote what and when: for the team every text, for the manager who wrote each answer that was submitted."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from calls import histories, rules
from calls.enums import ApplicationState
from calls.views import writing
from calls.views.access import token_for, with_application
from incubator.core.models import Refused


@with_application
def texts(request, application):
    """Each answer with its earlier texts; a writer puts one back in its place by a button."""
    holder = bool(token_for(request, application))
    if not (holder or rules.is_applicant(request.user, application)):
        raise Http404  # what a team wrote and erased before submitting is its own
    if request.method == "POST":
        try:
            writing.choose_text(request, application)
        except PermissionDenied:
            raise Http404 from None
        except Refused as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(
                request,
                _("The other text stands here now. The one that it replaces is kept with the earlier texts."),
            )
        return redirect("calls:texts", uuid=application.uuid)
    may_write = application.state == ApplicationState.DRAFT and (
        holder or rules.can_write(request.user, application)
    )
    context = {
        "application": application,
        "call": application.call,
        "rows": histories.texts_of(application),
        "may_write": may_write,
    }
    return render(request, "calls/texts.html", context)
