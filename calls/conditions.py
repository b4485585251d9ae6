"""Questions that are only asked after a given earlier answer.

A question's ``"only_if"`` is ``{"key", "answers"}``: the key of an earlier question of choice, choices or
yes/no, and the keys of answers of which one is enough. A question is hidden while it does not hold, and
so is whatever depends on it. What was typed in it before is kept; it counts for nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from calls.enums import QuestionKind

CLOSED_KINDS = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES, QuestionKind.YES_NO})
# What people write for yes and no in the builder, whatever the language of the day.
_YES_NO = {"yes": "yes", "oui": "yes", "no": "no", "non": "no"}


def questions_of(sections: list[dict]) -> list[dict]:
    return [question for section in sections for question in section["questions"]]


# -- Answering -----------------------------------------------------------------------------------------


def hidden_keys(sections: list[dict], values: Mapping[str, Any]) -> frozenset[str]:
    """The keys of the questions that are not asked, given these answers by key."""
    hidden: set[str] = set()
    for question in questions_of(sections):
        condition = question.get("only_if")
        if condition and not holds(condition, values, hidden):
            hidden.add(question["key"])
    return frozenset(hidden)


def holds(condition: dict, values: Mapping[str, Any], hidden) -> bool:
    given = values.get(condition["key"])
    if condition["key"] in hidden or given is None:
        return False
    return any(answer in condition["answers"] for answer in (given if isinstance(given, list) else [given]))


def asked(sections: list[dict], values: Mapping[str, Any]) -> Iterator[tuple[dict, dict]]:
    """Each section with each of its questions that is asked, given these answers."""
    hidden = hidden_keys(sections, values)
    for section in sections:
        for question in section["questions"]:
            if question["key"] not in hidden:
                yield section, question


def answers_offered(question: dict) -> list[tuple[str, str]]:
    """The keys and words of what can be answered to a closed question."""
    if question["kind"] == QuestionKind.YES_NO:
        return [("yes", _("Yes")), ("no", _("No"))]
    return [(choice["key"], choice["label"]) for choice in question.get("choices", ())]


def sentence(question: dict, sections: list[dict]) -> str:
    """« Seulement si la réponse à « … » est « Oui ». », or nothing for a question that is always asked."""
    condition = question.get("only_if")
    if not condition:
        return ""
    source = next((one for one in questions_of(sections) if one["key"] == condition["key"]), None)
    if source is None:
        return ""
    said = [_("“%(answer)s”") % {"answer": label} for key, label in answers_offered(source)
            if key in condition["answers"]]  # fmt: skip
    return _("Only if the answer to “%(question)s” is %(answers)s.") % {
        "question": source["label"],
        "answers": _(" or ").join(said),
    }


# -- Building ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """What is wrong with the condition of a question: where it stands, in which field, and what to do."""

    section: int
    question: int
    field: str
    sentence: str


def resolve(sections: list[dict]) -> list[Fault]:
    """Replace what the builder holds (``{"question": words or key, "answers": lines}``) by keys, in place.

    Answers what could not be: those questions lose their condition here, and the builder refuses them.
    """
    faults = []
    earlier: list[dict] = []
    everything = questions_of(sections)
    for section_number, section in enumerate(sections):
        for number, question in enumerate(section["questions"]):
            written = question.pop("only_if", None)
            if written:
                found = _resolved(written, earlier, everything, question)
                if isinstance(found, dict):
                    question["only_if"] = found
                else:
                    faults.append(Fault(section_number, number, *found))
            earlier.append(question)
    return faults


def _resolved(written: dict, earlier: list, everything: list, question: dict) -> dict | tuple[str, str]:
    name, lines = written["question"], written["answers"]
    if not name:
        return "only_if_question", _("Name the earlier question, or empty the answers below.")
    source = _named(name, earlier)
    if source is question or source is None:
        if _named(name, everything) is not None:
            return "only_if_question", _(
                "“%(name)s” is not asked before this question. Move it up, or name an earlier one."
            ) % {"name": name}
        return "only_if_question", _(
            "No earlier question is called “%(name)s”. Write its words as they are asked, or its key."
        ) % {"name": name}
    if source["kind"] not in CLOSED_KINDS:
        return "only_if_question", _(
            "“%(name)s” is answered in free words. Name a question with choices, or answered by yes or no."
        ) % {"name": source["label"]}
    offered = answers_offered(source)
    listed = ", ".join(label for _key, label in offered)
    if not lines:
        return "only_if_answers", _("Write one of its answers at least: %(answers)s.") % {"answers": listed}
    keys = []
    for line in lines:
        key = _answer_called(line, source, offered)
        if key is None:
            return "only_if_answers", _("“%(line)s” is not one of its answers: %(answers)s.") % {
                "line": line,
                "answers": listed,
            }
        if key not in keys:
            keys.append(key)
    return {"key": source["key"], "answers": keys}


def _plain(text: str) -> str:
    return " ".join(str(text).split()).casefold()


def _named(name: str, questions: list[dict]) -> dict | None:
    """The question of this key, else the last one asked in these words."""
    by_key = [one for one in questions if one["key"] and one["key"] == name]
    by_words = [one for one in questions if _plain(one["label"]) == _plain(name)]
    return next(iter([*by_key, *reversed(by_words)]), None)


def _answer_called(line: str, source: dict, offered: list[tuple[str, str]]) -> str | None:
    for key, label in offered:
        if line == key or _plain(label) == _plain(line):
            return key
    return _YES_NO.get(_plain(line)) if source["kind"] == QuestionKind.YES_NO else None
