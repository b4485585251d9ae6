"""The journal: who did what to which thing, and who read named scores. Rows are only ever added."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.core import clock
from incubator.core.models.base import AppendOnly, AppendOnlyQuerySet
from incubator.core.rules import can_read_journal, within_scope


class JournalQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user):
        """For a manager: what was done in their own programmes, and what belongs to the whole authority."""
        return self.filter(within_scope(user, "target")) if can_read_journal(user) else self.none()


class JournalEntry(AppendOnly):
    verb = models.CharField(_("act"), max_length=80, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,  # empty: the site itself, through its worker
        on_delete=models.PROTECT,  # people are anonymised in place, never deleted
        related_name="journal_entries",
    )
    target_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    target_pk = models.CharField(max_length=40)
    target_label = models.CharField(_("about"), max_length=200)
    data = models.JSONField(_("facts"), default=dict, blank=True)
    created_at = models.DateTimeField(_("at"), default=clock.now, db_index=True)

    objects = JournalQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["target_type", "target_pk"], name="journal_target")]

    def __str__(self):
        return f"{self.created_at:%Y-%m-%d %H:%M} {self.verb} {self.target_label}"
