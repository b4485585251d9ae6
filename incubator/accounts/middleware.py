"""What stands between a signed-in person and the site: the first password, the door of the admin, the language."""

from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect


class FirstPasswordMiddleware:
    """Whoever came in with a one-time password chooses their own before anything else.

    Deny by default: only the views named here answer before that.
    """

    OPEN = frozenset({"account_first_password", "account_logout", "core:set_language", "core:theme"})

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.resolver_match.view_name in self.OPEN or not request.user.is_authenticated:
            return None
        if not request.user.must_change_password:
            return None
        url = reverse("account_first_password")
        if request.method == "GET" and not request.htmx:
            url = f"{url}?{urlencode({'next': request.get_full_path()})}"
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


class AdminDoorMiddleware:
    """``/admin/`` stands behind the site's own sign-in. Without it, Wagtail would send someone who is
    signed in but may not enter back to the sign-in page, which would send them back here, for ever."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not request.path.startswith(reverse("wagtailadmin_home")):
            return None
        if not request.user.is_authenticated:
            if getattr(view_func, "login_required", True) is False:
                return None
            query = urlencode({"next": request.get_full_path()})
            return redirect(f"{resolve_url(settings.LOGIN_URL)}?{query}")
        if not request.user.has_perm("wagtailadmin.access_admin"):
            raise PermissionDenied("accounts.open_admin")
        return None


class LanguageCookieMiddleware:
    """Keep in the language cookie what a person chose on their page, and what they had chosen when they sign in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        language = getattr(request, "language_chosen", None)
        if language:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                path=settings.LANGUAGE_COOKIE_PATH,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response
