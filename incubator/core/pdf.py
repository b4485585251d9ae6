"""Tagged PDF from our own pages. An optional extra: WeasyPrint needs Pango, which not every machine has."""

import logging
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.translation import gettext_lazy as _

log = logging.getLogger(__name__)

# PDF/UA: the structure of the page (headings, lists, tables, language, title) goes into the file for screen readers.
VARIANT = "pdf/ua-1"


NOT_INSTALLED = _(
    "This site makes no PDF: the component that draws it (Pango) is not installed. Print the page instead."
)


class Unavailable(Exception):
    """This machine cannot make a PDF; the message says so to people."""


def _engine():
    try:
        import weasyprint
    except (ImportError, OSError) as error:  # OSError: the package is there, Pango is not
        log.info("no PDF: %s", error)
        raise Unavailable(NOT_INSTALLED) from error
    return weasyprint


def why_not() -> str:
    """The sentence that says why there is no PDF here; empty where there is one."""
    try:
        _engine()
    except Unavailable as error:
        return str(error.args[0])
    return ""


def make(html: str, *, styles: tuple[str, ...] = ()) -> bytes:
    """The page as a tagged PDF. ``styles`` are paths of our static files; nothing is fetched from elsewhere.

    Raises :class:`Unavailable` where WeasyPrint or Pango is missing.
    """
    weasyprint = _engine()
    closed = _closed()
    sheets = [weasyprint.CSS(string=_style(path), url_fetcher=closed) for path in styles]
    return weasyprint.HTML(string=html, url_fetcher=closed).write_pdf(stylesheets=sheets, pdf_variant=VARIANT)


def _closed():
    """A fetcher that opens nothing: a record is made of its own words, and no address is called to draw it."""
    from weasyprint.urls import URLFetcher, URLFetchingError

    class Closed(URLFetcher):
        def fetch(self, url, headers=None):
            raise URLFetchingError(f"not opened: {url}")

    return Closed()


def _style(path: str) -> str:
    found = finders.find(path) or Path(settings.STATIC_ROOT) / path
    return Path(found).read_text(encoding="utf-8")
