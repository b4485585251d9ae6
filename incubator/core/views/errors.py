"""Pages for what cannot be answered. They need no database, no session and no context processor."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token
from django.views.defaults import server_error as django_server_error

from incubator.core.files import weight


def plain(request, *, status: int, title: str, text: str) -> HttpResponse:
    """A page that says what happened and what to do, and nothing else."""
    page = render_to_string(
        "core/plain.html",
        {
            "title": title,
            "text": text,
            "SITE_NAME": settings.SITE_NAME,
            "request_id": getattr(request, "id", "-"),
        },
    )
    # Given here too, because some of these pages are answered before CSPMiddleware.
    return HttpResponse(
        page, status=status, headers={"Content-Security-Policy": "default-src 'none'; style-src 'self'"}
    )


@requires_csrf_token
def bad_request(request, exception=None) -> HttpResponse:
    """400 and 413: what was sent cannot be read."""
    if isinstance(exception, RequestDataTooBig):
        return plain(
            request,
            status=413,
            title=_("What you sent is too big"),
            text=_(
                "The limit is %(limit)s. Go back with your browser: what you typed is still there. "
                "Choose a smaller file, then send again."
            )
            % {"limit": weight(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)},
        )
    if isinstance(exception, (TooManyFieldsSent, TooManyFilesSent)):
        return plain(
            request,
            status=413,
            title=_("You sent too many things at once"),
            text=_("Go back with your browser, then send in several times."),
        )
    return plain(
        request,
        status=400,
        title=_("This address or form cannot be read"),
        text=_("Go back with your browser and try again. If it happens again, call us."),
    )


def too_many_requests(request, exception=None) -> HttpResponse:
    response = plain(
        request,
        status=429,
        title=_("Too many tries in a short time"),
        text=_("Wait one minute, then try again. Nothing that you had saved is lost."),
    )
    response["Retry-After"] = "60"
    return response


def unavailable(request, exception=None) -> HttpResponse:
    """503: the database is away, or so busy that it gave up."""
    response = plain(
        request,
        status=503,
        title=_("The site takes a short break"),
        text=_("Nothing that you had saved is lost. Try again in a few minutes."),
    )
    response["Retry-After"] = "120"
    return response


@requires_csrf_token
def server_error(request) -> HttpResponse:
    """500, or 503 when it is the database that is away (also outside of the view, in a middleware)."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return unavailable(request)
    return django_server_error(request)
