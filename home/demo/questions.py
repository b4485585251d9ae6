"""The questions of every call of the demonstration, in three short steps, and what an application answers to them."""

from dataclasses import dataclass

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
        return values
