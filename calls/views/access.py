"""Who opens which application: the signed-in person by their rights, a visitor by the token of their session."""

from functools import partial, wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from calls.domain.answers import holds_token
from calls.enums import ApplicationState
from calls.models import Application

SESSION_KEY = "calls_drafts"
# Drafts begun in this browser under another name than the account's: opened by nobody until the person says.
ASIDE_KEY = "calls_drafts_aside"
# Codes of invitations that this person has typed.
CODES_KEY = "calls_codes"


def one_page_for_all(view):
    """For a button on a page that is the same for every visitor, and so carries no token of theirs.

    Whoever is signed in is asked for their token as everywhere; of a visitor, who has nothing to lose but a new
    draft, the browser's own word is asked: that the click came from a page of this site.
    """

    guarded = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if request.user.is_authenticated:
            return guarded(request, *args, **kwargs)
        if request.method == "POST" and not _comes_from_here(request):
            return csrf_failure(request, "the click came from another site")
        return view(request, *args, **kwargs)

    return wrapped


def _comes_from_here(request) -> bool:
    origin = request.headers.get("Origin")
    if origin is not None:
        here = f"{request.scheme}://{request.get_host()}"
        return origin == here or origin in settings.CSRF_TRUSTED_ORIGINS
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


def remember_token(request, application: Application, token: str) -> None:
    request.session[SESSION_KEY] = {**request.session.get(SESSION_KEY, {}), str(application.uuid): token}


def token_for(request, application: Application) -> str | None:
    """The token this browser holds for this draft, if it still opens it."""
    token = request.session.get(SESSION_KEY, {}).get(str(application.uuid))
    return token if holds_token(application, token) else None


def drafts_in_session(request) -> list[Application]:
    """Drafts begun in this browser without an account."""
    tokens = request.session.get(SESSION_KEY, {})
    if not tokens:
        return []
    found = Application.objects.drafts().filter(uuid__in=list(tokens)).exclude(claim_digest="")
    return [draft for draft in found.select_related("call") if holds_token(draft, tokens[str(draft.uuid)])]


def forget_tokens(request) -> None:
    request.session.pop(SESSION_KEY, None)


def _find(request, uuid, theirs_first: bool) -> Application | None:
    known = Application.objects.with_role_of(request.user).select_related(
        "call__programme", "form_version", "project"
    )
    if theirs_first or request.session.get(SESSION_KEY, {}).get(str(uuid)):
        application = known.filter(uuid=uuid).first()
        if application is not None and (token_for(request, application) or _is_theirs(application)):
            return application
    return known.visible_to(request.user).filter(uuid=uuid).first()


def _is_theirs(application: Application) -> bool:
    """The first part of ``visible_to``, from the role that was read along."""
    return application.role_of_person is not None and application.discarded_at is None


def _joined_into(request, uuid) -> Application | None:
    """The application that stays, when the one asked for has joined it and this person may read the one that stays."""
    joined = Application.objects.filter(uuid=uuid, state=ApplicationState.JOINED)
    return (
        Application.objects.visible_to(request.user)
        .filter(project__in=joined.values("project__merged_into"))
        .exclude(state=ApplicationState.JOINED)
        .order_by("pk")
        .first()
    )


def with_application(view=None, *, theirs_first: bool = False):
    """Give the view its application: 404 for what one may not know, the sign-in page for a visitor.

    A visitor gets the same answer for an application of someone else and for one that does not exist. Whoever may
    not read an application that has joined one of theirs is led to theirs. ``theirs_first``: where people write,
    every few seconds, the short question whether it is theirs comes before the long one who else may read it.
    """
    if view is None:
        return partial(with_application, theirs_first=theirs_first)

    @login_not_required
    @wraps(view)
    def wrapped(request, uuid, *args, **kwargs):
        application = _find(request, uuid, theirs_first)
        if application is None:
            if request.htmx:
                # An autosave must not be answered by a sign-in page: the script says that saving stopped.
                return HttpResponse(status=401)
            if str(uuid) in request.session.get(ASIDE_KEY, {}):
                return redirect("calls:claim")
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.method in ("GET", "HEAD") and (stays := _joined_into(request, uuid)):
                messages.info(request, _("The application that you asked for has joined this one."))
                return redirect("calls:follow", uuid=stays.uuid)
            raise Http404
        return view(request, application, *args, **kwargs)

    return wrapped
