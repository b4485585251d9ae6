"""Dates, delays, amounts and numbers as they are read, in the language of the page."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.utils import timezone, translation
from django.utils.dateformat import format as format_date
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from incubator.core import clock

NBSP = "\u00a0"
_CLOSING = re.compile(r" ([?!:;»%€])")
_OPENING = re.compile(r"(«) ")


def in_language_of(person):
    """The words of a block in the language in which this person is written to."""
    return translation.override(getattr(person, "language", "") or settings.LANGUAGE_CODE)


def typeset(text) -> str:
    """French spacing: what precedes « ? ! : ; » % € stays on their line, on English pages too, which show what people
    have written in French. The text is otherwise untouched: markup that was safe to show still is."""
    fine = _OPENING.sub("\\1" + NBSP, _CLOSING.sub(NBSP + "\\1", str(text)))
    return SafeString(fine) if isinstance(text, SafeString) else fine


def labelled(label, value) -> str:
    """« Thème : Écologie », “Theme: Ecology”."""
    return f"{label}{colon()} {value}"


def colon() -> str:
    """What parts a label from what it says: “:”, with its no-break space in French."""
    return f"{NBSP}:" if _is_french() else ":"


def unbroken(text) -> str:
    """A number to call, or anything else that is read in one go: it stays on one line."""
    return str(text).replace(" ", NBSP)


def _is_french() -> bool:
    return (get_language() or "fr").startswith("fr")


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def day(value: date | datetime | None) -> str:
    """« 7 juillet 2020 », “7 July 2020”; empty for None."""
    if not value:
        return ""
    value = _local(value)
    if _is_french() and value.day == 1:
        return "1er " + format_date(value, "F Y")
    return format_date(value, "j F Y")


def hour(value: datetime) -> str:
    """« 14 h », « 14 h 30 »; “14:00”. The spaces inside do not break."""
    value = _local(value)
    if not _is_french():
        return format_date(value, "H:i")
    minutes = f"{NBSP}{value.minute:02d}" if value.minute else ""
    return f"{value.hour}{NBSP}h{minutes}"


def in_words(value: date | datetime | None) -> str:
    """« mardi 7 juillet 2020 à 14 h »; a plain date has no hour. Empty for None."""
    if not value:
        return ""
    value = _local(value)
    words = f"{format_date(value, 'l')} {day(value)}"
    if isinstance(value, datetime):
        return gettext("%(day)s at %(hour)s") % {"day": words, "hour": hour(value)}
    return words


def ago(value: date | datetime | None) -> str:
    """How far a day is from today: « aujourd'hui », « demain », « il y a 3 jours », « dans 2 mois »."""
    if not value:
        return ""
    value = _local(value)
    that_day = value.date() if isinstance(value, datetime) else value
    days = (that_day - clock.today()).days
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("tomorrow")
    if days == -1:
        return gettext("yesterday")
    span = _span(abs(timedelta(days=days)).days)
    return (gettext("in %(span)s") if days > 0 else gettext("%(span)s ago")) % {"span": span}


def _span(days: int) -> str:
    if days < 60:
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if days < 730:
        months = round(days / 30.44)
        return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}
    years = days // 365
    return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}


def _decimal(value) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def number(value) -> str:
    """« 6 500 », « 66,7 »: grouped, no needless zeros. Empty for nothing or for what is no number."""
    decimal = _decimal(value)
    if decimal is None:
        return ""
    return number_format(plain(decimal), use_l10n=True, force_grouping=True)


def plain(value: Decimal) -> Decimal:
    """The same number without needless zeros or exponent: 38.000 is 38, 1E+3 is 1000."""
    value = value.normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def amount(value) -> str:
    """Euros: « 50 000 € », “€50,000”; cents only where there are some."""
    decimal = _decimal(value)
    if decimal is None:
        return ""
    places = 0 if decimal == decimal.to_integral_value() else 2
    figure = number_format(decimal, decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{figure}{NBSP}€" if _is_french() else f"€{figure}"


def with_unit(value, unit: str) -> str:
    """A number and its unit: « 40 % », « 50 000 € », « 12 jours »."""
    if _decimal(value) is None:
        return ""
    if unit == "€":
        return amount(value)
    if not unit:
        return number(value)
    if unit == "%" and not _is_french():
        return f"{number(value)}%"
    return f"{number(value)}{NBSP}{unit}"
