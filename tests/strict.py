"""What makes the test suite strict: each rule here turns a habit into a failure.

* an undefined variable in one of our templates raises (Wagtail's, allauth's and crispy's are exempt);
* a GET that writes raises, but for the tables named below;
* nothing may reach the network, but for this machine and the services that the environment names.
"""

import re
import socket
import sys
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.template.base import Node

# -- Templates -------------------------------------------------------------------------------------


class UndefinedVariable(AssertionError):
    """One of our templates uses a variable that its view does not give."""


def is_ours(path: str) -> bool:
    return path.startswith(str(settings.BASE_DIR)) and "site-packages" not in path


class Undefined(str):
    """Django's ``string_if_invalid``: the empty string for other people's templates, an error in ours."""

    __slots__ = ()

    def _refuse_in_ours(self) -> None:
        frame = sys._getframe(2)
        while frame is not None:
            node = frame.f_locals.get("self")
            if isinstance(node, Node) and getattr(node, "origin", None) is not None:
                if is_ours(node.origin.name):
                    raise UndefinedVariable(
                        f"{node.origin.name}, line {getattr(node.token, 'lineno', '?')}: "
                        f"undefined variable in {node!r}"
                    )
                return
            frame = frame.f_back

    def __bool__(self) -> bool:
        self._refuse_in_ours()
        return False

    def __contains__(self, item) -> bool:
        self._refuse_in_ours()
        return item == ""


# -- A GET may not write ---------------------------------------------------------------------------

WRITE = re.compile(
    r"^\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO|TRUNCATE(?:\s+TABLE)?)\s+\"?(\w+)",
    re.IGNORECASE,
)
MAY_BE_WRITTEN_BY_A_GET = frozenset(
    {
        "django_session",  # a session begins with a visit
        "wagtailadmin_editingsession",  # Wagtail notes who has a page open
        "wagtailcore_pagesubscription",  # Wagtail notes who follows the comments of a page being edited
        "wagtailusers_userprofile",  # Wagtail makes it at the first visit of the admin
        "core_journalentry",  # readings of named scores are journaled
        "juries_resultssnapshot",  # the figures of a sitting, computed by whoever reads them first
    }
)


class WritingGet(AssertionError):
    """A GET, HEAD or OPTIONS request changed the database."""


def refuse_writes(execute, sql, params, many, context):
    written = WRITE.match(sql)
    if written and written.group(1) not in MAY_BE_WRITTEN_BY_A_GET:
        raise WritingGet(f"A GET may not write: {sql[:200]}")
    return execute(sql, params, many, context)


class GetMayNotWrite:
    """Middleware of the test settings; allauth's own pages under /compte/ are exempt."""

    exempt = ("/compte/",)

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in {"GET", "HEAD", "OPTIONS"} or request.path.startswith(self.exempt):
            return self.get_response(request)
        with connection.execute_wrapper(refuse_writes):
            response = self.get_response(request)
            if hasattr(response, "render") and not response.is_rendered:
                response.render()
        return response


# -- The network -----------------------------------------------------------------------------------


class NetworkBlocked(AssertionError):
    """A test tried to reach another machine."""


@contextmanager
def only_this_machine(also: frozenset[str] = frozenset()):
    """Refuse connections and name look-ups beyond loopback and the hosts in ``also``."""
    real_connect, real_connect_ex, real_lookup = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def check(host) -> None:
        text = host.decode() if isinstance(host, bytes) else str(host or "localhost")
        if not (text.startswith("127.") or text in {"localhost", "::1", "0.0.0.0", ""} or text in also):  # noqa: S104
            raise NetworkBlocked(f"Tests may not reach {text}")

    def connect(self, address):
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            check(address[0])
        return real_connect(self, address)

    def connect_ex(self, address):
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            check(address[0])
        return real_connect_ex(self, address)

    def lookup(host, *args, **kwargs):
        check(host)
        return real_lookup(host, *args, **kwargs)

    socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo = connect, connect_ex, lookup
    try:
        yield
    finally:
        socket.socket.connect = real_connect
        socket.socket.connect_ex = real_connect_ex
        socket.getaddrinfo = real_lookup
