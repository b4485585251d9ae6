"""Answers that name a workplace: kept with the name it had on that day, whatever it is called later."""

from typing import Any

from calls import schema
from calls.enums import QuestionKind
from incubator.accounts.models import Workplace


def freeze_sites(
    questions: dict[str, dict], values: dict[str, Any], stored: dict[str, Any]
) -> dict[str, Any]:
    """The same values, in which the code of a workplace is ``[code, label]``.

    ``questions`` and ``stored`` (the values kept until now) by key. A place chosen before keeps its label of
    that day; a code that names no place stays as it was typed, and is refused when the application is
    submitted. One query when a place was newly chosen, none otherwise.
    """
    codes = {
        key: _code(value)
        for key, value in values.items()
        if key in questions and questions[key]["kind"] == QuestionKind.SITE and not schema.is_empty(value)
    }
    if not codes:
        return values
    kept = {key: stored.get(key) for key, code in codes.items() if _is_frozen(stored.get(key), code)}
    wanted = {code for key, code in codes.items() if key not in kept and code.isdecimal() and len(code) < 10}
    places = (
        {str(place.pk): str(place) for place in Workplace.objects.filter(pk__in=wanted)} if wanted else {}
    )
    frozen = {
        key: kept.get(key) or ([code, places[code]] if code in places else code)
        for key, code in codes.items()
    }
    return {**values, **frozen}


def _code(value: Any) -> str:
    if isinstance(value, Workplace):
        return str(value.pk)
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    return str(schema.tidy(value)).strip()


def _is_frozen(value: Any, code: str) -> bool:
    return isinstance(value, list) and len(value) == 2 and value[0] == code
