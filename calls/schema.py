"""The questions of a call as plain JSON: made from the builder, frozen, and asked answers of.

A schema is a list of sections ``{"key", "title", "intro", "questions"}``; a question is ``{"key",
"kind", "label", "help", "required", "for_jury"}`` and, by kind, ``"max_words"``, ``"choices"`` (a list
of ``{"key", "label"}``), ``"min"``, ``"max"`` (decimals as text), ``"unit"``. Answers are plain JSON:
text, the key of a choice, a list of keys, a decimal as text, an ISO date, ``"yes"`` or ``"no"``.
"""

import json
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from django.utils import formats
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.enums import QuestionKind

TITLE_KEY = "title"
TEAM_STEP = "equipe"
REVIEW_STEP = "relecture"
# Addresses below an application that are not steps of its form.
RESERVED_STEPS = frozenset(
    {TEAM_STEP, REVIEW_STEP, "deposer", "recepisse", "retirer", "dossier", "recevable", "fichiers", "oublier"}
)
TITLE_MAX = 120
SHORT_TEXT_MAX = 200
KEY_MAX = 60
# A draft keeps whatever was typed, up to this many characters (about 300,000 words).
KEPT_MAX = 2_000_000
TEXT_KINDS = frozenset({QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT})

_unreadable = re.compile("[\x00\ud800-\udfff]")


def make_key(label: str, taken: set[str], fallback: str = "question") -> str:
    """A short key from a label, different from those ``taken``."""
    base = (slugify(label)[: KEY_MAX - 5].strip("-_")) or fallback
    key, suffix = base, 2
    while key in taken:
        key, suffix = f"{base}-{suffix}", suffix + 1
    return key


def from_stream(stream) -> list[dict]:
    """The schema that the builder's value describes. Keys must have been filled in (``calls.domain.calls``)."""
    sections = []
    for block in stream:
        questions = [_question(child.block_type, child.value) for child in block.value["questions"]]
        sections.append(
            {
                "key": block.value.get("key") or "",
                "title": block.value["title"],
                "intro": block.value.get("intro") or "",
                "questions": questions,
            }
        )
    return sections


def _question(kind: str, value) -> dict:
    question: dict[str, Any] = {
        "key": value.get("key") or "",
        "kind": kind,
        "label": value["label"],
        "help": value.get("help") or "",
        "required": bool(value.get("required")),
        "for_jury": bool(value.get("for_jury")),
    }
    if kind == QuestionKind.LONG_TEXT:
        question["max_words"] = value.get("max_words") or None
    if kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
        taken: set[str] = set()
        question["choices"] = []
        for line in filter(None, (line.strip() for line in value["choices"].splitlines())):
            key = make_key(line, taken, "choice")
            taken.add(key)
            question["choices"].append({"key": key, "label": line})
    if kind == QuestionKind.NUMBER:
        for name, column in (("min", "minimum"), ("max", "maximum")):
            bound = value.get(column)
            question[name] = None if bound is None else str(bound)
        question["unit"] = value.get("unit") or ""
    return question


def to_stream(sections: list[dict]) -> list[dict]:
    """Raw data for the builder's StreamField from a list of sections written in code (demo data, copies)."""
    raw = []
    for section in sections:
        questions = []
        for question in section["questions"]:
            value = {
                "label": str(question["label"]),
                "help": str(question.get("help", "")),
                "required": question.get("required", True),
                "for_jury": question.get("for_jury", True),
                "key": question.get("key", ""),
            }
            if question["kind"] == QuestionKind.LONG_TEXT:
                value["max_words"] = question.get("max_words")
            if question["kind"] == QuestionKind.NUMBER:
                value |= {
                    "minimum": question.get("min"),
                    "maximum": question.get("max"),
                    "unit": question.get("unit", ""),
                }
            if "choices" in question:
                value["choices"] = "\n".join(
                    str(choice["label"] if isinstance(choice, dict) else choice)
                    for choice in question["choices"]
                )
            questions.append({"type": str(question["kind"]), "value": value})
        raw.append(
            {
                "type": "section",
                "value": {
                    "title": str(section["title"]),
                    "intro": str(section.get("intro", "")),
                    "key": section.get("key", ""),
                    "questions": questions,
                },
            }
        )
    return raw


def with_title(sections: list[dict]) -> list[dict]:
    """The schema with the one question that every application has, its title, asked first."""
    if not sections or any(question["key"] == TITLE_KEY for question in questions_of(sections)):
        return sections
    title = {
        "key": TITLE_KEY,
        "kind": str(QuestionKind.SHORT_TEXT),
        "label": _("Give your idea a name"),
        "help": _("A few words. You can change it until you submit."),
        "required": True,
        "for_jury": True,
    }
    first, *others = sections
    return [{**first, "questions": [title, *first["questions"]]}, *others]


def digest(sections: list[dict]) -> str:
    """The fingerprint of a schema: the same questions always give the same one."""
    return sha256(
        json.dumps(sections, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


def questions_of(sections: list[dict]) -> list[dict]:
    return [question for section in sections for question in section["questions"]]


def section_of(sections: list[dict], key: str) -> dict | None:
    return next((section for section in sections if section["key"] == key), None)


def steps_of(sections: list[dict]) -> list[tuple[str, str]]:
    """The keys and titles of the steps of an application: the form's own, who applies, the review."""
    return [
        *((section["key"], section["title"]) for section in sections),
        (TEAM_STEP, _("You and your team")),
        (REVIEW_STEP, _("Read over and submit")),
    ]


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
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def problem(question: dict, value: Any, *, has_file: bool = False) -> str | None:
    """The sentence that says why this answer cannot be submitted, or None. An empty one is only a problem if needed."""
    kind = question["kind"]
    if (not has_file) if kind == QuestionKind.FILE else is_empty(value):
        return _missing(kind) if question["required"] else None
    check = _checks.get(kind)
    return check(question, value) if check else None


def _missing(kind: str) -> str:
    if kind in (QuestionKind.CHOICE, QuestionKind.YES_NO):
        return _("Choose one answer.")
    if kind == QuestionKind.CHOICES:
        return _("Choose at least one answer.")
    if kind == QuestionKind.FILE:
        return _("Attach a file.")
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
    if value not in {choice["key"] for choice in question["choices"]}:
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
    QuestionKind.DATE: _date_problem,
    QuestionKind.YES_NO: _yes_no_problem,
}


def in_words(question: dict, value: Any) -> str:
    """An answer as a person reads it. What is not valid is shown as it was typed."""
    kind = question["kind"]
    if is_empty(value):
        return ""
    labels = {choice["key"]: choice["label"] for choice in question.get("choices", ())}
    if kind == QuestionKind.CHOICE:
        return labels.get(value, str(value))
    if kind == QuestionKind.CHOICES and isinstance(value, list):
        return ", ".join(labels.get(item, str(item)) for item in value)
    if kind == QuestionKind.YES_NO:
        return {"yes": _("Yes"), "no": _("No")}.get(value, str(value))
    if kind == QuestionKind.DATE and (day := read_date(value)):
        return formats.date_format(day, "DATE_FORMAT")
    if kind == QuestionKind.NUMBER and (number := read_number(value)) is not None:
        text = formats.number_format(number, use_l10n=True, force_grouping=True)
        return f"{text} {question['unit']}".strip() if question.get("unit") else text
    return str(value)
