"""The questions of a call as plain JSON: made from the builder, frozen, and asked answers of.

A schema is a list of sections ``{"key", "title", "intro", "questions"}``; a question is ``{"key",
"kind", "label", "help", "required", "for_jury"}`` and, by kind, ``"max_words"``, ``"choices"`` (a list
of ``{"key", "label"}``), ``"min"``, ``"max"`` (decimals as text), ``"unit"``, ``"range"``. Two more stand
there only when they apply, so that a form without them keeps its fingerprint: ``"personal"`` (the answer
holds personal data: no jury reads it) and ``"only_if"`` (``calls.conditions``). ``calls.kinds`` says what
answers are.
"""

import json
import re
from hashlib import sha256
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from calls import conditions
from calls.conditions import hidden_keys, questions_of
from calls.enums import QuestionKind
from calls.kinds import (
    KEPT_MAX,
    SHORT_TEXT_MAX,
    TEXT_KINDS,
    TITLE_KEY,
    TITLE_MAX,
    count_words,
    in_words,
    is_empty,
    problem,
    read_date,
    read_link,
    read_number,
    tidy,
)

__all__ = [
    "KEPT_MAX",
    "SHORT_TEXT_MAX",
    "TEXT_KINDS",
    "TITLE_KEY",
    "TITLE_MAX",
    "count_words",
    "hidden_keys",
    "in_words",
    "is_empty",
    "problem",
    "questions_of",
    "read_date",
    "read_link",
    "read_number",
    "tidy",
]

TEAM_STEP = "equipe"
REVIEW_STEP = "relecture"
# Addresses below an application that are not steps of its form.
RESERVED_STEPS = frozenset(
    {
        TEAM_STEP,
        REVIEW_STEP,
        "deposer",
        "recepisse",
        "retirer",
        "dossier",
        "recevable",
        "fichiers",
        "oublier",
        "a-plusieurs",
        "completer",
        "textes",
        "hierarchie",
        "demander",
    }
)
KEY_MAX = 60
# What the pages of an application call their own fields; a question is called otherwise.
_RESERVED_KEY = re.compile(
    r"(seen|asked|remove|pick|author)-.*|at-field|prendre|envoyer|quitter|another|team|csrfmiddlewaretoken|.*_(from|to)"
)


def is_reserved_key(key: str) -> bool:
    """Whether a page of an application already has a field of this name."""
    return _RESERVED_KEY.fullmatch(key) is not None


def make_key(label: str, taken: set[str], fallback: str = "question") -> str:
    """A short key from a label, different from those ``taken``."""
    base = (slugify(label)[: KEY_MAX - 5].strip("-_")) or fallback
    if is_reserved_key(base):
        base = f"q-{base}".replace("_", "-")
    key, suffix = base, 2
    while key in taken:
        key, suffix = f"{base}-{suffix}", suffix + 1
    return key


def from_stream(stream) -> list[dict]:
    """The schema that the builder's value describes. Keys must have been filled in (``calls.domain.forms``)."""
    sections = written(stream)
    conditions.resolve(sections)
    return sections


def written(stream) -> list[dict]:
    """The same with conditions as they were written (``calls.conditions.resolve``)."""
    return [
        {
            "key": block.value.get("key") or "",
            "title": block.value["title"],
            "intro": block.value.get("intro") or "",
            "questions": [_question(child.block_type, child.value) for child in block.value["questions"]],
        }
        for block in stream
    ]


def _question(kind: str, value) -> dict:
    personal = bool(value.get("personal"))
    question: dict[str, Any] = {
        "key": value.get("key") or "",
        "kind": kind,
        "label": value["label"],
        "help": value.get("help") or "",
        "required": bool(value.get("required")),
        # Personal data wins: a jury never reads it, even if both boxes are ticked.
        "for_jury": bool(value.get("for_jury")) and not personal,
    }
    if personal:
        question["personal"] = True
    if kind == QuestionKind.LONG_TEXT:
        question["max_words"] = value.get("max_words") or None
    if kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
        taken: set[str] = set()
        question["choices"] = []
        for line in _lines(value["choices"]):
            key = make_key(line, taken, "choice")
            taken.add(key)
            question["choices"].append({"key": key, "label": line})
    if kind == QuestionKind.NUMBER:
        for name, column in (("min", "minimum"), ("max", "maximum")):
            bound = value.get(column)
            question[name] = None if bound is None else str(bound)
        question["unit"] = value.get("unit") or ""
    if kind == QuestionKind.AMOUNT:
        question["unit"] = value.get("unit") or "€"
        question["range"] = bool(value.get("as_range"))
    name, answers = (value.get("only_if_question") or "").strip(), _lines(value.get("only_if_answers"))
    if name or answers:
        question["only_if"] = {"question": name, "answers": answers}
    return question


def _lines(text) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def to_stream(sections: list[dict]) -> list[dict]:
    """Raw data for the builder's StreamField from a list of sections written in code (demo data, copies)."""
    known = {question.get("key"): question for question in questions_of(sections)}
    return [
        {
            "type": "section",
            "value": {
                "title": str(section["title"]),
                "intro": str(section.get("intro", "")),
                "key": section.get("key", ""),
                "questions": [
                    {"type": str(question["kind"]), "value": _raw(question, known)}
                    for question in section["questions"]
                ],
            },
        }
        for section in sections
    ]


def _raw(question: dict, known: dict[str, dict]) -> dict:
    value = {
        "label": str(question["label"]),
        "help": str(question.get("help", "")),
        "required": question.get("required", True),
        "for_jury": question.get("for_jury", True),
        "personal": question.get("personal", False),
        "key": question.get("key", ""),
    }
    if condition := question.get("only_if"):
        source = known.get(condition["key"])
        labels = dict(_answers_by_key(source)) if source else {}
        value["only_if_question"] = condition["key"]
        value["only_if_answers"] = "\n".join(str(labels.get(key, key)) for key in condition["answers"])
    if question["kind"] == QuestionKind.LONG_TEXT:
        value["max_words"] = question.get("max_words")
    if question["kind"] == QuestionKind.NUMBER:
        value |= {
            "minimum": question.get("min"),
            "maximum": question.get("max"),
            "unit": question.get("unit", ""),
        }
    if question["kind"] == QuestionKind.AMOUNT:
        value |= {"unit": question.get("unit", "€"), "as_range": question.get("range", False)}
    if "choices" in question:
        value["choices"] = "\n".join(
            str(choice["label"] if isinstance(choice, dict) else choice) for choice in question["choices"]
        )
    return value


def _answers_by_key(source: dict) -> list[tuple[str, str]]:
    if source["kind"] == QuestionKind.YES_NO:
        return conditions.answers_offered(source)
    return [
        (choice["key"], choice["label"]) for choice in source.get("choices", ()) if isinstance(choice, dict)
    ]


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


def section_of(sections: list[dict], key: str) -> dict | None:
    return next((section for section in sections if section["key"] == key), None)


def steps_of(sections: list[dict]) -> list[tuple[str, str]]:
    """The keys and titles of the steps of an application: the form's own, who applies, the review."""
    return [
        *((section["key"], section["title"]) for section in sections),
        (TEAM_STEP, _("You and your team")),
        (REVIEW_STEP, _("Read over and submit")),
    ]
