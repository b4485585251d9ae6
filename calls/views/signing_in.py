"""At sign-in, the drafts begun in this browser become the person's own."""

from django.contrib import messages
from django.utils.translation import gettext as _

from calls.domain.applications import claim_application
from calls.views.access import SESSION_KEY, forget_tokens


def claim_drafts(sender, request, user, **kwargs) -> None:
    """Receiver of ``user_logged_in``. A request without a session (a script) has no drafts."""
    session = getattr(request, "session", None)
    if session is None or not session.get(SESSION_KEY):
        return
    claimed = [claim_application(user=user, token=token) for token in session[SESSION_KEY].values()]
    forget_tokens(request)
    if any(claimed) and hasattr(request, "_messages"):
        messages.success(request, _("Your draft is now kept with your account."))
