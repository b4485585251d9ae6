"""One way to write the journal: every domain verb calls :func:`record` inside its transaction."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from incubator.core import public
from incubator.core.models import JournalEntry


def record(*, verb: str, actor, target: models.Model, **data: Any) -> JournalEntry:
    """Add a journal entry.

    ``verb`` is ``"package.what_was_done"``; ``actor`` a user, or None when the site acts by itself;
    ``data`` holds plain JSON values, never the text of an application nor a score.
    """
    public.heard(verb)
    return JournalEntry.objects.create(
        verb=verb,
        actor=actor if actor is not None and actor.pk else None,
        target_type=ContentType.objects.get_for_model(target),
        target_pk=str(target.pk),
        target_label=str(target)[:200],
        data=data,
    )


def entries_about(target: models.Model) -> models.QuerySet[JournalEntry]:
    """The journal of one object, newest first."""
    return JournalEntry.objects.filter(
        target_type=ContentType.objects.get_for_model(target), target_pk=str(target.pk)
    ).select_related("actor")


_labels: dict[str, Any] = {}


def describe(labels: dict[str, Any]) -> None:
    """Give the acts of a package words that people read: ``{"package.verb": _("What was done")}``."""
    _labels.update(labels)


def label(verb: str) -> str:
    """The words for an act; its code where nobody gave any."""
    return str(_labels.get(verb, verb))


def labels() -> dict[str, str]:
    """Every act that has words, in the active language."""
    return {verb: str(words) for verb, words in _labels.items()}
