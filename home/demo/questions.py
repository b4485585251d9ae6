"""The questions of every call of the demonstration, in three short steps, and what an application answers to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TIMES = ("Une demi-journée par semaine", "Un jour par semaine", "Deux jours par semaine")
IRRITANTS = (
    "Un dispositif mal conçu",
    "Un irritant de tous les jours",
    "Un gaspillage",
    "Un outil dépassé",
)

QUESTIONS = [
    {
        "key": "probleme",
        "title": "Le problème",
        "intro": "Écrivez comme vous parlez. Les fautes ne comptent pas.",
        "questions": [
            {
                "key": "probleme",
                "kind": "long_text",
                "label": "Quel problème voyez-vous dans votre travail ?",
                "help": "Racontez une situation vécue, avec un chiffre si vous en avez un.",
                "max_words": 200,
            },
            {
                "key": "qui",
                "kind": "long_text",
                "label": "Qui le rencontre ?",
                "help": "Des agents, des habitants, des entreprises…",
                "max_words": 80,
            },
            {
                "key": "combien",
                "kind": "number",
                "label": "Combien de personnes, à peu près ?",
                "required": False,
                "min": "1",
                "unit": "personnes",
            },
            {
                "key": "nature",
                "kind": "choice",
                "label": "C’est plutôt…",
                "choices": list(IRRITANTS),
            },
        ],
    },
    {
        "key": "idee",
        "title": "Votre idée",
        "intro": "Une piste suffit : l’enquête servira à la vérifier.",
        "questions": [
            {
                "key": "idee",
                "kind": "long_text",
                "label": "Par quoi commenceriez-vous ?",
                "max_words": 150,
            },
            {
                "key": "essai",
                "kind": "yes_no",
                "label": "Avez-vous déjà essayé quelque chose ?",
                "required": False,
            },
            {
                "key": "piece",
                "kind": "file",
                "label": "Une photo ou un document, si cela aide",
                "required": False,
                "for_jury": False,
            },
        ],
    },
    {
        "key": "vous",
        "title": "Vous",
        "intro": "Votre hiérarchie n’est informée que si vous êtes présélectionné·e, et avec votre accord.",
        "questions": [
            {
                "key": "pourquoi",
                "kind": "long_text",
                "label": "Pourquoi voulez-vous vous y mettre ?",
                "max_words": 100,
            },
            {
                "key": "temps",
                "kind": "choice",
                "label": "Combien de temps aimeriez-vous y passer ?",
                "choices": list(TIMES),
                "for_jury": False,
            },
        ],
    },
]

# What the call that is open today asks besides, after the question of this key.
_ONLY_TODAY = {
    "combien": [
        {
            "key": "lieu",
            "kind": "site",
            "label": "Où le voyez-vous ?",
            "help": "Le lieu où vous le rencontrez le plus souvent.",
            "required": False,
        },
        {
            "key": "cout",
            "kind": "amount",
            "label": "Combien coûte-t-il par an, à votre avis ?",
            "help": "Un ordre de grandeur suffit.",
            "range": True,
            "required": False,
        },
    ],
    "essai": [
        {
            "key": "lecon",
            "kind": "long_text",
            "label": "Qu’avez-vous essayé, et qu’en reste-t-il ?",
            "max_words": 80,
            "required": False,
            "only_if": {"key": "essai", "answers": ["yes"]},
        },
        {
            "key": "lien",
            "kind": "link",
            "label": "Une page qui en parle, si vous en connaissez une",
            "required": False,
        },
    ],
    "temps": [
        {
            "key": "amenagement",
            "kind": "short_text",
            "label": "Un aménagement à prévoir pour vous (horaires, accessibilité, langue) ?",
            "required": False,
            "personal": True,
        },
    ],
}
QUESTIONS_TODAY = [
    {
        **section,
        "questions": [
            question
            for asked in section["questions"]
            for question in (asked, *_ONLY_TODAY.get(asked["key"], ()))
        ],
    }
    for section in QUESTIONS
]


@dataclass(frozen=True)
class Dossier:
    """One application of the demonstration, as its authors wrote it. ``team``: user names, the lead first."""

    code: str
    title: str
    theme: str
    directorate: str
    team: tuple[str, ...]
    problem: str
    who: str
    idea: str
    why: str
    count: int | None = None
    nature: int = 1
    time: int = 1
    tried: bool = False
    more: Mapping = field(default_factory=dict)  # answers to what only today's call asks

    def answers(self, choice_key) -> dict:
        """Values by question; ``choice_key(label)`` is the key under which a choice is stored."""
        values = {
            "title": self.title,
            "probleme": self.problem,
            "qui": self.who,
            "nature": choice_key(IRRITANTS[self.nature]),
            "idee": self.idea,
            "essai": "yes" if self.tried else "no",
            "pourquoi": self.why,
            "temps": choice_key(TIMES[self.time]),
        }
        if self.count:
            values["combien"] = str(self.count)
        return values | self.more
