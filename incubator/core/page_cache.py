"""Public pages kept for visitors: who has no session reads the page that was last rendered for one.

A page joins by ``same_for_every_visitor = True`` on its class: nothing on it may depend on the person but
their language. A kept page serves while the public version (incubator.core.public) is the one it was
rendered under, and until the minute turns: the hours at which calls open and close are set to the minute,
and so are the words that say how much time is left. A page may name an earlier moment (``turns_at``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.core.exceptions import DisallowedHost
from django.http import HttpResponse
from django.utils.translation import get_language_from_request

from incubator.core import clock, public

# Someone's: these are answered by the views, never from here.
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
PERSONAL_HEADERS = ("Authorization", "HX-Request", "Range")


@dataclass(frozen=True)
class Kept:
    """A page as it was answered, the public version it shows, and how long its words hold."""

    version: int
    made_at: datetime
    until: datetime
    headers: tuple[tuple[str, str], ...]
    content: bytes

    def holds(self, version: int, now: datetime) -> bool:
        return self.version == version and self.made_at <= now < self.until

    def answer(self) -> HttpResponse:
        response = HttpResponse(self.content)
        for name, value in self.headers:
            response[name] = value
        return response


class VisitorPageCache:
    """Listed before the session's middleware: a kept page costs one query and opens no session."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        key = _key(request)
        if key is None:
            return self.get_response(request)
        request.public_version = request.visitor_page = None
        kept = cache.get(key)
        if kept is not None:
            request.public_version = public.current()
            if kept.holds(request.public_version, clock.now()):
                return kept.answer()
        response = self.get_response(request)
        if _may_be_kept(request, response):
            _keep(key, request, response)
        return response

    def process_view(self, request, view_func, view_args, view_kwargs):
        # Read before the page is: what changes while it is rendered makes it old at once.
        asked = getattr(request, "public_version", False)
        if asked is None and request.resolver_match.view_name in settings.VISITOR_PAGE_VIEWS:
            request.public_version = public.current()

    def process_template_response(self, request, response):
        page = (response.context_data or {}).get("page")
        if getattr(page, "same_for_every_visitor", False) and response.template_name == page.get_template(
            request
        ):
            request.visitor_page = page
        return response


def _key(request) -> str | None:
    """Where the page of this address is kept, or None when the request is someone's or asks something else."""
    if request.method != "GET" or request.META.get("QUERY_STRING"):
        return None
    if any(name in request.COOKIES for name in PERSONAL_COOKIES):
        return None
    if any(name in request.headers for name in PERSONAL_HEADERS):
        return None
    try:
        host = request.get_host()
    except DisallowedHost:
        return None
    return f"visitor:{get_language_from_request(request)}:{request.scheme}://{host}{request.path}"


def _may_be_kept(request, response) -> bool:
    return (
        request.visitor_page is not None
        and request.public_version is not None
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        # A token was written into the page: it is that visitor's own.
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    )


def _keep(key: str, request, response) -> None:
    now = clock.now()
    until = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    turns_at = getattr(request.visitor_page, "turns_at", None)
    if turns_at is not None and now < turns_at < until:
        until = turns_at
    kept = Kept(request.public_version, now, until, tuple(response.items()), response.content)
    cache.set(key, kept, timeout=60)
