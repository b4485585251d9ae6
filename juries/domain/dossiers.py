"""The dossier that jurors read: frozen when the scoring opens, so that every juror reads the same text."""

from incubator.core import clock
from juries.models import Hearing

WORDS_SHOWN = 300


def build(project, answers: list[dict]) -> dict:
    """Plain data: ``{"title", "problem", "answers": [{"key", "label", "text"}], "facts": [...]}``."""
    return {
        "title": project.title,
        "problem": project.problem,
        "theme": project.theme,
        "answers": [
            {"key": answer["key"], "label": str(answer["label"]), "text": str(answer["text"])}
            for answer in answers
            if str(answer.get("text") or "").strip()
        ],
        "facts": [],
    }


def freeze(hearings: list[Hearing]) -> None:
    """Write the dossier of each hearing; the number of queries does not grow with their number."""
    now = clock.now()
    for hearing in hearings:
        hearing.dossier = build(hearing.project, [])
        hearing.frozen_at = now
    Hearing.objects.bulk_update(hearings, ["dossier", "frozen_at"])
