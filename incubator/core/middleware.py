"""What stands before every view: an identifier for each request, and a door that is shut unless opened."""

import re
import uuid
from contextvars import ContextVar

from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware

_request_id: ContextVar[str] = ContextVar("request_id", default="-")
_ACCEPTABLE = re.compile(r"^[A-Za-z0-9-]{8,64}$")


def request_id() -> str:
    """The identifier of the request being answered ("-" outside of one), for logs and error pages."""
    return _request_id.get()


class RequestIdMiddleware:
    """Give each request an identifier (the proxy's, if it sends a plain one) and say it in the answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-ID", "")
        request.id = given if _ACCEPTABLE.match(given) else uuid.uuid4().hex
        token = _request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        response["X-Request-ID"] = request.id
        return response


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Every view asks for a sign-in unless it is marked ``@login_not_required``, or is one of these of others:

    Wagtail's pages and documents (their own view restrictions decide), the choice of language, and
    static files of the development server. allauth marks its own views.
    """

    OPEN = frozenset(
        {
            "wagtail_serve",
            "wagtailcore_authenticate_with_password",
            "wagtaildocs_serve",
            "wagtaildocs_authenticate_with_password",
            "set_language",
        }
    )

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.resolver_match is not None and request.resolver_match.view_name in self.OPEN:
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)
