"""The version of what visitors read: one number in the database, raised by whatever changes a public page.

The acts that change one are named by their packages (:func:`register`) and heard when they are journaled;
Wagtail's own log is heard too, so that every editorial act counts. The number is raised in the transaction
of the change: whoever reads a new number reads the change with it, in every process, with Redis or without.
"""

from django.db.models import F

from incubator.core.models import PublicVersion

_ROW = 1
_acts: set[str] = set()


def register(*verbs: str) -> None:
    """Name journaled acts after which a public page may read otherwise."""
    _acts.update(verbs)


def heard(verb: str) -> None:
    """Called for each journal entry: raise the number when the act is one that visitors can see."""
    if verb in _acts:
        change()


def change() -> None:
    """Say that what visitors read has changed."""
    if not PublicVersion.objects.filter(pk=_ROW).update(number=F("number") + 1):
        PublicVersion.objects.get_or_create(pk=_ROW, defaults={"number": 1})


def current() -> int:
    """The number now. One query."""
    return next(iter(PublicVersion.objects.filter(pk=_ROW).values_list("number", flat=True)), 0)


def listen() -> None:
    """Hear Wagtail's log: pages published, moved and unpublished, settings, images."""
    from django.db.models.signals import post_save
    from wagtail.models import ModelLogEntry, PageLogEntry

    for log in (PageLogEntry, ModelLogEntry):
        post_save.connect(_logged, sender=log, dispatch_uid=f"core.public.{log.__name__}")


def _logged(**_kwargs) -> None:
    change()
