"""What stands around every view: an identifier and a log line for each request, a door that is shut
unless opened, the policy of what a page may load, and plain pages where the machine says no."""

import logging
import re
import time
import uuid
from base64 import b64encode
from contextvars import ContextVar
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.db import DataError, InterfaceError, OperationalError
from django.utils.datastructures import MultiValueDictKeyError

from incubator.core.views import errors

access_log = logging.getLogger("incubator.request")

_request_id: ContextVar[str] = ContextVar("request_id", default="-")
_ACCEPTABLE = re.compile(r"^[A-Za-z0-9-]{8,64}$")


def request_id() -> str:
    """The identifier of the request being answered ("-" outside of one), for logs and error pages."""
    return _request_id.get()


class RequestIdMiddleware:
    """Give each request an identifier (the proxy's, if it sends a plain one), and one line in the log.

    The line never holds the query string (people search for names) nor an IP address.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-ID", "")
        request.id = given if _ACCEPTABLE.match(given) else uuid.uuid4().hex
        token = _request_id.set(request.id)
        started = time.monotonic()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request.id
            if not request.path.startswith(settings.STATIC_URL):
                user = getattr(request, "_cached_user", None)  # never a query for the log's sake
                access_log.info(
                    "%s %s",
                    request.method,
                    request.path,
                    extra={
                        "status": response.status_code,
                        "ms": round((time.monotonic() - started) * 1000),
                        "user": str(getattr(user, "uuid", "-")),
                    },
                )
            return response
        finally:
            _request_id.reset(token)


class PlainRefusalMiddleware:
    """Where the machine would answer 500 to nonsense or to a database that is away: a plain page that says so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return errors.bad_request(request)
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, (OperationalError, InterfaceError)):
            return errors.unavailable(request, exception)
        # PostgreSQL takes no null byte in a text, and says so in its own way each time.
        if isinstance(exception, (ValueError, DataError)) and "NUL" in str(exception):
            return errors.bad_request(request)
        if request.path.startswith("/admin/") and _asks_for_no_number(exception):
            return errors.bad_request(request)
        # Half of a form of Wagtail's (its blocks without their count): what was sent cannot be read.
        if isinstance(exception, MultiValueDictKeyError):
            return errors.bad_request(request)
        return None


def _asks_for_no_number(exception) -> bool:
    """Wagtail's choosers look for whatever stands in their address as a number: for “x”, or one of thirty digits."""
    is_nonsense = isinstance(exception, ValueError) and "expected a number but got" in str(exception)
    return is_nonsense or isinstance(exception, OverflowError)


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Every view asks for a sign-in unless it is marked ``@login_not_required`` or is one of these of others:

    Wagtail's pages and documents, whose own view restrictions decide.
    allauth marks its own views.
    """

    OPEN = frozenset(
        {
            "wagtail_serve",
            "wagtailcore_authenticate_with_password",
            "wagtaildocs_serve",
            "wagtaildocs_authenticate_with_password",
        }
    )

    def process_view(self, request, view_func, view_args, view_kwargs):
        # Asked before the user is: an open page costs no session query, and /sante/ answers without a database.
        if not getattr(view_func, "login_required", True) or self._is_open(request.resolver_match):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def _is_open(self, match) -> bool:
        return match is not None and match.view_name in self.OPEN


class PermissionsPolicyMiddleware:
    """No page of ours uses the camera, the place or the microphone: no page may."""

    POLICY = ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer",
            "browsing-topics",
            "camera",
            "display-capture",
            "geolocation",
            "gyroscope",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "usb",
            "xr-spatial-tracking",
        )
    )

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", self.POLICY)
        return response


class AdminCSPMiddleware:
    """Wagtail's admin under our strict policy (https://github.com/wagtail/wagtail/issues/1288).

    Its date fields, inline panels and choosers still start by a small inline script: each one, and only
    one of exactly these shapes (a known name called with plain data), is allowed by its hash. Its rich text
    editor needs inline styles. Listed after CSPMiddleware in ``MIDDLEWARE``, so that it answers before it.
    """

    _TEXT = rb"\"(?:[^\"\\<>\n]|\\u[0-9A-Fa-f]{4})*\""  # a literal as Django's escapejs writes it
    _JSON = rb"\{(?:[\s\w:,.{}\[\]+-]|\"(?:[^\"\\<>\n]|\\.)*\")*\}"  # plain data: no call, no operator
    SCRIPT = re.compile(
        rb"<script>(\s*init(?:Date|DateTime|Time)Chooser\(" + _TEXT + rb",\s*" + _JSON + rb"\);\s*"
        rb"|\s*\(function\(\) \{\s*var panel = new (?:InlinePanel|MultipleChooserPanel)\("
        rb"JSON\.parse\(" + _TEXT + rb"\)\);\s*\}\)\(\);\s*"
        rb"|new (?:Page|Image|Document)?Chooser\(" + _TEXT + rb",\s*" + _JSON + rb"\);)</script>"
    )

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not request.path.startswith("/admin/"):
            return response
        update = {"style-src": ["'unsafe-inline'"], "img-src": ["blob:"], "worker-src": ["blob:"]}
        if not response.streaming and b"<script>" in response.content:
            update["script-src"] = [
                f"'sha256-{b64encode(sha256(script).digest()).decode()}'"
                for script in self.SCRIPT.findall(response.content)
            ]
        response._csp_update = update
        return response
