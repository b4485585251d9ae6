"""Where the services are that some tests need: the environment says it, else the usual local address."""

import os
import shutil
import socket
from functools import cache
from urllib.parse import urlsplit, urlunsplit

USUAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/eclosion"
USUAL_REDIS = "redis://127.0.0.1:6379/15"
USUAL_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _answers(url: str, port: int) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or port), timeout=2):
            return True
    except OSError:
        return False


def postgres_url() -> str:
    """The PostgreSQL that the environment names, else the usual local one (answering or not)."""
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else os.environ.get("POSTGRES_URL", USUAL_POSTGRES)


def redis_url() -> str:
    return os.environ.get("REDIS_URL", USUAL_REDIS)


@cache
def redis_answers() -> bool:
    return _answers(redis_url(), 6379)


@cache
def postgres_answers() -> bool:
    """Whether PostgreSQL lets us in: on its own database, as tests make theirs."""
    import psycopg

    parts = urlsplit(postgres_url())
    try:
        psycopg.connect(
            urlunsplit(parts._replace(scheme="postgresql", path="/postgres")), connect_timeout=3
        ).close()
    except psycopg.Error:
        return False
    return True


@cache
def chromium() -> str | None:
    """The path of a Chromium: CHROMIUM, else the first one on the PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    return next((path for name in USUAL_CHROMIUM if (path := shutil.which(name))), None)


def missing(marker: str, vendor: str) -> str | None:
    """Why a test with this marker cannot run here, or None."""
    if marker == "requires_postgres" and vendor != "postgresql":
        return (
            f"runs on PostgreSQL only: set DATABASE_URL (one answers at {postgres_url()})"
            if postgres_answers()
            else f"needs PostgreSQL: none answers at {postgres_url()}"
        )
    if marker == "requires_redis" and not redis_answers():
        return f"needs Redis: none answers at {redis_url()} (REDIS_URL names another)"
    if marker == "requires_chromium" and chromium() is None:
        return "needs Chromium: none on the PATH (CHROMIUM names one; Debian's package is chromium)"
    return None


def hosts() -> frozenset[str]:
    """The hosts that tests may reach besides this machine."""
    urls = (os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", ""))
    return frozenset(host for url in urls if (host := urlsplit(url).hostname))
