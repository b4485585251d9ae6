"""Enter the demonstration as someone. None of this exists where ``DEMO`` is not set."""

from functools import wraps

from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from home.demo.personas import PERSONAS


def demo_only(view):
    """Answer 404 unless the site is a demonstration. Stands outermost, so that nothing else answers first."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    wrapped.login_required = False
    return wrapped


@demo_only
@require_safe
def index(request):
    return render(
        request,
        "home/demo.html",
        {"personas": PERSONAS.values(), "next_url": get_next_redirect_url(request) or ""},
    )


@demo_only
@require_POST
def enter(request, persona):
    """Sign in as the persona, then open ``next``: only an address of this site is followed."""
    if persona not in PERSONAS:
        raise Http404
    user = get_user_model().objects.filter(username=PERSONAS[persona].username, is_active=True).first()
    if user is None:
        back = get_next_redirect_url(request)
        messages.error(request, _("The demonstration is not loaded: run “make demo”, then try again."))
        return redirect(reverse("home:demo", query={"next": back} if back else None))
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(get_next_redirect_url(request) or reverse("home:today"))
