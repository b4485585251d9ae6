"""The words of a letter: our own files, or the authority's words instead.

Our files ``templates/letters/<kind>.<language>.txt`` are Django templates, written by developers.
The authority's words (LetterTemplate) are typed by people in the admin: there, ``{{ name }}`` is
replaced by a value and nothing else happens, whatever stands in the text.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.template import Context, TemplateDoesNotExist, engines
from django.utils import translation

from incubator.core import words
from incubator.core.models import LetterTemplate, SiteSettings

PLACEHOLDER = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_VARIABLE = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)")
_FILTERED = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)[^}]*\}\}")
_BRACES = re.compile(r"\{\{(.*?)\}\}", re.S)
_TAG = re.compile(r"\{[%#].*?[%#]\}", re.S)

# Every letter may name these.
COMMON = (
    "name",
    "site_name",
    "site_url",
    "authority_name",
    "contact_phone",
    "contact_email",
    "contact_hours",
)


@dataclass(frozen=True)
class Text:
    subject: str
    body: str


def render(kind: str, language: str, channel: str, context: dict[str, Any]) -> Text:
    """The subject and the body of one letter in ``language``, as the authority words it."""
    values = {**_common(), **context}
    with translation.override(language):
        own = LetterTemplate.objects.filter(kind=kind, language=language).first()
        if own is not None and channel != "sms":
            return Text(_one_line(fill(own.subject, values)), fill(own.body, values).strip() + "\n")
        return _split(_source(kind, language, channel).render(Context(values, autoescape=False)))


def fill(text: str, values: dict[str, Any]) -> str:
    """Replace each ``{{ name }}`` by its value; a name without a value is left out."""
    return PLACEHOLDER.sub(lambda found: in_words(values.get(found[1], "")), text)


def in_words(value: Any) -> str:
    """A value as a letter says it, in the active language."""
    if value is None:
        return ""
    if isinstance(value, date):  # a datetime is one too
        return words.in_words(value)
    return words.number(value) if isinstance(value, (int, float, Decimal)) else str(value)


def placeholders(kind: str) -> list[str]:
    """The names that the authority's own words for this kind may use: those of our files, and the common ones."""
    names = set(COMMON)
    for language, _label in settings.LANGUAGES:
        try:
            source = _source(kind, language, "email").source
        except TemplateDoesNotExist:
            continue
        names.update(_VARIABLE.findall(source))
    return sorted(names)


def starting_point(kind: str, language: str) -> Text:
    """Our own words, as someone may begin to change them: each value by its bare name, no filter, no tag."""
    source = _TAG.sub("", _source(kind, language, "email").source)
    source = _FILTERED.sub(r"{{ \1 }}", source)
    return _split(re.sub(r"\n{3,}", "\n\n", source))


def unknown_names(kind: str, text: str) -> list[str]:
    """What stands between double braces in ``text`` and is not a name that letters of this kind know."""
    known = set(placeholders(kind))
    return [raw.strip() for raw in _BRACES.findall(text) if raw.strip() not in known]


def _source(kind: str, language: str, channel: str):
    """Our file for this kind: the short one for a text message when there is one; French when a language lacks."""
    wanted = [f"letters/{kind}.{language}.txt", f"letters/{kind}.{settings.LANGUAGE_CODE}.txt"]
    if channel == "sms":
        wanted.insert(0, f"letters/{kind}.sms.{language}.txt")
    return engines["django"].engine.select_template(wanted)


def _split(text: str) -> Text:
    # The subject ends at the first blank line, so that a line break in a value cannot end it earlier.
    head, _gap, body = text.replace("\r\n", "\n").lstrip().partition("\n\n")
    if not head.startswith("Subject:"):
        raise ValueError("a letter's text begins with 'Subject: …' and a blank line")
    return Text(_one_line(head.removeprefix("Subject:")), body.strip() + "\n")


def _one_line(text: str) -> str:
    """A subject never holds a line break: it would end the header of the e-mail."""
    return " ".join(text.split())[:200]


def _common() -> dict[str, str]:
    site = SiteSettings.objects.select_related("site").order_by("-site__is_default_site").first()
    common = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL.rstrip("/")}
    for name in ("authority_name", "contact_phone", "contact_email", "contact_hours"):
        common[name] = getattr(site, name, "")
    return common
