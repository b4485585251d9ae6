"""The grid as the screens show it: each criterion with its marks, what was chosen and what is wrong."""

from dataclasses import dataclass

from juries.models import Criterion


@dataclass
class Mark:
    value: int
    word: str  # « 4 », « oui »
    anchor: str
    checked: bool


@dataclass
class Question:
    """One criterion on the screen."""

    criterion: Criterion
    marks: list[Mark]
    error: str = ""


def questions_of(criteria, values: dict[str, str], errors: dict[str, list[str]]) -> list[Question]:
    """``values`` are the chosen marks by key, ``errors`` the sentences of a refusal by key."""
    return [
        Question(
            criterion=criterion,
            marks=[
                Mark(mark, criterion.in_words(mark), anchor, checked=values.get(criterion.key) == str(mark))
                for mark, anchor in criterion.anchors
            ],
            error=" ".join(errors.get(criterion.key, [])),
        )
        for criterion in criteria
    ]


def general_sentences(refused, known: set[str]) -> list[str]:
    """The sentences of a refusal that belong to no criterion of the screen."""
    if refused is None:
        return []
    if not hasattr(refused, "error_dict"):
        return refused.messages
    return [
        sentence
        for key, sentences in refused.message_dict.items()
        if key not in known
        for sentence in sentences
    ]
