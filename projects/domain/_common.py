"""What the verbs of this package share."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from incubator.core import clock
from incubator.core.models import Refused


def need(permitted: bool, verb: str) -> None:
    """Raise PermissionDenied unless ``permitted``; ``verb`` is what was asked."""
    if not permitted:
        raise PermissionDenied(verb)


def not_in_the_future(day: date, field: str) -> None:
    if day > clock.today():
        raise Refused({field: _("This day has not come yet. Write the day when it happened.")})


def not_blank(text: str, field: str, sentence) -> str:
    """The text without spaces around it; refuses with ``sentence`` when nothing is left."""
    text = (text or "").strip()
    if not text:
        raise Refused({field: sentence})
    return text


def save_checked(obj):
    """Validate every field and constraint of ``obj`` (sentences by field), then save it."""
    obj.full_clean()
    obj.save()
    return obj


def save_new(obj):
    """The same for a row whose relations and keys this code has just made: its own fields are validated, the
    database holds the rest. Spares a query for each relation and each constraint."""
    obj.clean_fields(exclude={field.name for field in obj._meta.fields if field.is_relation})
    obj.save(force_insert=True)
    return obj
