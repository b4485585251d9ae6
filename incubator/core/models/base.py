"""Bases that other packages' models build on: append-only rows and the log of transitions."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.core import clock


class AppendOnlyError(Exception):
    """Someone tried to change or delete a row that may only be added."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed")

    def delete(self):
        raise AppendOnlyError(f"{self.model.__name__} rows are never deleted")

    def bulk_update(self, objs, fields, batch_size=None):
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed")


class AppendOnly(models.Model):
    """Rows that may be added and read, nothing else. Migrations add a trigger behind this (core.triggers)."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnlyError(f"{type(self).__name__} rows are never deleted")


class AbstractTransition(AppendOnly):
    """One change of state, as a package's workflow wrote it. Subclasses add the foreign key to their object."""

    name = models.CharField(_("transition"), max_length=60)
    source = models.CharField(_("from"), max_length=40)
    target = models.CharField(_("to"), max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # people are anonymised in place, never deleted
        related_name="+",
    )
    effective_on = models.DateField(_("effective date"))
    public_reason = models.TextField(_("reason, as it may be read"), blank=True)
    data = models.JSONField(_("facts"), default=dict, blank=True)
    created_at = models.DateTimeField(_("recorded at"), default=clock.now)

    class Meta:
        abstract = True
        ordering = ["created_at", "pk"]

    def __str__(self):
        return f"{self.name}: {self.source} → {self.target}"


class Refused(ValidationError):
    """What a verb raises when it will not act: a sentence, or a dict of sentences by field, that says what to do."""
