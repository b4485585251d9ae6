"""Each kind of answer: what may be kept of it, what is wrong with it, and how it is read.

Answers are plain JSON: text, the key of a choice, a list of keys, a decimal as text, an ISO date,
``"yes"`` or ``"no"``; an amount is one text, or ``[from, to]`` when a range is asked; a site is
``[code, label]``, its name as it was on the day it was chosen.
"""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.enums import QuestionKind
from incubator.core import words

TITLE_KEY = "title"
TITLE_MAX = 120
SHORT_TEXT_MAX = 200
LINK_MAX = 2000
# A draft keeps whatever was typed, up to this many characters (about 300,000 words).
KEPT_MAX = 2_000_000
TEXT_KINDS = frozenset({QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT})

_unreadable = re.compile("[\x00\ud800-\udfff]")
_currency = re.compile(r"(?i)\s*(€|eur|euros?)\s*\Z")
_no_address = re.compile(r"[\s\x00-\x20\x7f<>\"\\^`{|}]")


def count_words(text: str) -> int:
    return len(text.split())


def tidy(value: Any) -> Any:
    """What can be stored of a value as it was typed: no null byte, no half character, a bounded length."""
    if isinstance(value, str):
        return _unreadable.sub("", value).replace("\r\n", "\n")[:KEPT_MAX]
    if isinstance(value, list | tuple):
        return [tidy(item) for item in value[:200]]
    if isinstance(value, date | Decimal | int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if value is None else _unreadable.sub("", str(value))[:KEPT_MAX]


def is_empty(value: Any) -> bool:
    if isinstance(value, list):
        return all(is_empty(item) for item in value)
    return value is None or (isinstance(value, str) and not value.strip())


# -- What is wrong -----------------------------------------------------------------------------------


def problem(question: dict, value: Any, *, has_file: bool = False) -> str | None:
    """The sentence that says why this answer cannot be submitted, or None. An empty one is only a problem if needed."""
    kind = question["kind"]
    if (not has_file) if kind == QuestionKind.FILE else is_empty(value):
        return _missing(question) if question["required"] else None
    check = _checks.get(kind)
    return check(question, value) if check else None


def _missing(question: dict) -> str:
    kind = question["kind"]
    if kind in (QuestionKind.CHOICE, QuestionKind.YES_NO):
        return _("Choose one answer.")
    if kind == QuestionKind.CHOICES:
        return _("Choose at least one answer.")
    if kind == QuestionKind.FILE:
        return _("Attach a file.")
    if kind == QuestionKind.SITE:
        return _("Choose a place of the list.")
    if kind == QuestionKind.AMOUNT:
        return _("Write an amount.")
    if kind == QuestionKind.LINK:
        return _("Write the address of a page.")
    return _("Write an answer.")


def _text_problem(question: dict, value: Any) -> str | None:
    if not isinstance(value, str):
        return _("Write this answer as text.")
    limit = TITLE_MAX if question["key"] == TITLE_KEY else SHORT_TEXT_MAX
    if question["kind"] == QuestionKind.SHORT_TEXT and len(value) > limit:
        return ngettext(
            "Shorten this by %(count)d character: %(limit)d are allowed.",
            "Shorten this by %(count)d characters: %(limit)d are allowed.",
            len(value) - limit,
        ) % {"count": len(value) - limit, "limit": limit}
    most = question.get("max_words")
    if most and (excess := count_words(value) - most) > 0:
        return ngettext(
            "Shorten this by %(count)d word: %(limit)d are allowed.",
            "Shorten this by %(count)d words: %(limit)d are allowed.",
            excess,
        ) % {"count": excess, "limit": most}
    return None


def _choice_problem(question: dict, value: Any) -> str | None:
    if value not in [choice["key"] for choice in question["choices"]]:
        return _("Choose one of the answers of the list.")
    return None


def _choices_problem(question: dict, value: Any) -> str | None:
    known = {choice["key"] for choice in question["choices"]}
    if not isinstance(value, list) or not all(isinstance(item, str) and item in known for item in value):
        return _("Choose answers of the list only.")
    return None


def read_number(value: Any) -> Decimal | None:
    """A number as people write it: ``1 200,5`` and ``1200.5`` are the same. None when it is not one."""
    text = re.sub(r"[\s\u00a0\u202f]", "", str(value)).replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 15 else None


def _number_problem(question: dict, value: Any) -> str | None:
    number = read_number(value)
    if number is None:
        return _("Write a number with digits, for example 12 or 12.5.")
    if question.get("min") is not None and number < Decimal(question["min"]):
        return _("Write a number of at least %(bound)s.") % {"bound": question["min"]}
    if question.get("max") is not None and number > Decimal(question["max"]):
        return _("Write a number of at most %(bound)s.") % {"bound": question["max"]}
    return None


def read_amount(question: dict, value: Any) -> Decimal | None:
    """One amount as people write it, with or without its unit: ``1 200,50 €`` is 1200.50."""
    text = str(value).strip()
    unit = question.get("unit") or ""
    if unit and text.casefold().endswith(unit.casefold()):
        text = text[: -len(unit)]
    return read_number(_currency.sub("", text) if unit == "€" else text)


def bounds_of(question: dict, value: Any) -> tuple[str, str]:
    """The two texts of an amount as they were typed; the second is empty for one exact amount."""
    if isinstance(value, list):
        low, high, *_more = [*("" if item is None else str(item) for item in value), "", ""]
        return low.strip(), high.strip()
    return ("" if value is None else str(value).strip()), ""


def read_range(question: dict, value: Any) -> tuple[Decimal, Decimal] | None:
    """The lowest and the highest amount, the same twice when it is exact. None when it cannot be read."""
    low_text, high_text = bounds_of(question, value)
    low = read_amount(question, low_text)
    high = read_amount(question, high_text) if high_text else low
    return None if low is None or high is None or high < low else (low, high)


def _amount_problem(question: dict, value: Any) -> str | None:
    low_text, high_text = bounds_of(question, value)
    if not low_text:
        return _(
            "Write the first amount. If you know the exact one, write it there and leave the second empty."
        )
    for text in filter(None, (low_text, high_text)):
        number = read_amount(question, text)
        if number is None:
            return _("Write an amount with digits, for example 1200 or 1200.50.")
        if number < 0:
            return _("An amount cannot be below zero: take the minus sign away.")
        if number != round(number, 2):
            return _("Write two figures at most after the decimal point.")
    if read_range(question, value) is None:
        return _("The first amount is bigger than the second: swap them.")
    return None


def read_link(value: Any) -> str | None:
    """The address of a page, ``https://`` put before a bare one (``www.exemple.fr``). None when it is not one.

    Only http and https; no name and password inside, which are how false addresses look like true ones.
    """
    text = str(value).strip()
    if not text or len(text) > LINK_MAX or _no_address.search(text):
        return None
    bare = not re.match(r"(?i)[a-z][a-z0-9+.-]*:(?!\d)", text)
    try:
        parts = urlsplit(f"https://{text}" if bare else text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    # Without a scheme only what has a dot is taken for an address: "bonjour" is a word.
    if bare and not re.search(r"[^.]\.[^\W\d_]{2,}\.?\Z", host):
        return None
    return parts.geturl()


def _link_problem(question: dict, value: Any) -> str | None:
    if read_link(value) is None:
        return _(
            "Write the whole address of a page, as your browser shows it, for example https://www.example.org/page."
        )
    return None


def _site_problem(question: dict, value: Any) -> str | None:
    # Only calls.domain.sites makes the pair, from a place that exists.
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value)):
        return _("Choose a place of the list.")
    return None


def read_date(value: Any) -> date | None:
    """A date as ``2026-03-31`` or as the language writes it, ``31/03/2026``."""
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(str(value).strip(), pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _date_problem(question: dict, value: Any) -> str | None:
    if read_date(value) is None:
        return _("Write a date as day/month/year, for example 31/03/2026.")
    return None


def _yes_no_problem(question: dict, value: Any) -> str | None:
    return None if value in ("yes", "no") else _("Choose yes or no.")


_checks = {
    QuestionKind.SHORT_TEXT: _text_problem,
    QuestionKind.LONG_TEXT: _text_problem,
    QuestionKind.CHOICE: _choice_problem,
    QuestionKind.CHOICES: _choices_problem,
    QuestionKind.NUMBER: _number_problem,
    QuestionKind.AMOUNT: _amount_problem,
    QuestionKind.DATE: _date_problem,
    QuestionKind.YES_NO: _yes_no_problem,
    QuestionKind.LINK: _link_problem,
    QuestionKind.SITE: _site_problem,
}


# -- How it is read ------------------------------------------------------------------------------------


def in_words(question: dict, value: Any) -> str:
    """An answer as a person reads it. What is not valid is shown as it was typed."""
    if is_empty(value):
        return ""
    read = _readings.get(question["kind"])
    text = read(question, value) if read else None
    return _as_typed(value) if text is None else text


def _as_typed(value: Any) -> str:
    return ", ".join(str(item) for item in value if item) if isinstance(value, list) else str(value)


def _labels(question: dict) -> dict[str, str]:
    return {choice["key"]: choice["label"] for choice in question.get("choices", ())}


def _choice_in_words(question: dict, value: Any) -> str | None:
    return _labels(question).get(value) if isinstance(value, str) else None


def _choices_in_words(question: dict, value: Any) -> str | None:
    if not isinstance(value, list):
        return None
    labels = _labels(question)
    return ", ".join(labels.get(str(item), str(item)) for item in value)


def _yes_no_in_words(question: dict, value: Any) -> str | None:
    return {"yes": _("Yes"), "no": _("No")}.get(str(value))


def _date_in_words(question: dict, value: Any) -> str | None:
    day = read_date(value)
    return formats.date_format(day, "DATE_FORMAT") if day else None


def _number_in_words(question: dict, value: Any) -> str | None:
    number = read_number(value)
    if number is None:
        return None
    text = formats.number_format(number, use_l10n=True, force_grouping=True)
    return f"{text} {question['unit']}".strip() if question.get("unit") else text


def _amount_in_words(question: dict, value: Any) -> str | None:
    bounds = read_range(question, value)
    if bounds is None:
        return None
    low, high = (words.with_unit(bound, question.get("unit") or "") for bound in bounds)
    return low if low == high else _("from %(lowest)s to %(highest)s") % {"lowest": low, "highest": high}


def _link_in_words(question: dict, value: Any) -> str | None:
    return read_link(value)


def _site_in_words(question: dict, value: Any) -> str | None:
    return str(value[1]) if isinstance(value, list) and len(value) == 2 else None


_readings = {
    QuestionKind.CHOICE: _choice_in_words,
    QuestionKind.CHOICES: _choices_in_words,
    QuestionKind.YES_NO: _yes_no_in_words,
    QuestionKind.DATE: _date_in_words,
    QuestionKind.NUMBER: _number_in_words,
    QuestionKind.AMOUNT: _amount_in_words,
    QuestionKind.LINK: _link_in_words,
    QuestionKind.SITE: _site_in_words,
}
