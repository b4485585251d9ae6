"""The problem of an application as its project presents it."""

from calls.conditions import asked
from calls.enums import QuestionKind

PROBLEM_KEYS = ("problem", "probleme", "le-probleme", "irritant")
PROBLEM_MAX = 600


def problem_text(sections: list[dict], answers: dict) -> str:
    """The answer to the question about the problem, else the first long text; at most ``PROBLEM_MAX`` characters.

    ``answers``: values by question key. Never one that holds personal data: many people read a project.
    """
    questions = [question for _section, question in asked(sections, answers) if not question.get("personal")]
    named = [q for q in questions if q["key"] in PROBLEM_KEYS]
    long_texts = [q for q in questions if q["kind"] == QuestionKind.LONG_TEXT]
    for question in (*named, *long_texts):
        text = answers.get(question["key"])
        if isinstance(text, str) and text.strip():
            text = text.strip()
            return text if len(text) <= PROBLEM_MAX else text[: PROBLEM_MAX - 1].rstrip() + "…"
    return ""
