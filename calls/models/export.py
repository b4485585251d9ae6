"""A list of applications that is too long to be downloaded at once: the worker makes the file."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.enums import ExportFormat
from calls.rules import managed_programmes
from incubator.core import clock


class ApplicationExportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, as long as one runs the call: what may be read of a list differs from person to person."""
        pk = user.pk if user is not None and user.is_authenticated else None
        return self.filter(asked_by=pk, call__programme__in=managed_programmes(user))


class ApplicationExport(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey("calls.Call", on_delete=models.PROTECT, related_name="exports")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    format = models.CharField(_("format"), max_length=5, choices=ExportFormat.choices)
    query = models.TextField(_("filters, as in the address of the list"), blank=True)
    personal = models.BooleanField(_("with personal data"), default=False)
    total = models.PositiveIntegerField(_("applications"), default=0)
    done = models.PositiveIntegerField(_("applications written"), default=0)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("given up at"), null=True, blank=True)
    # Empty until the file is made, and again once it has been deleted.
    file = models.ForeignKey(
        "core.PrivateFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ApplicationExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export of applications")
        verbose_name_plural = _("exports of applications")
        ordering = ["-asked_at", "-pk"]

    def __str__(self):
        return f"{self.call} ({self.format})"

    @property
    def is_ready(self) -> bool:
        return self.file_id is not None

    @property
    def is_over(self) -> bool:
        """Nothing more will happen by itself."""
        return self.finished_at is not None or self.failed_at is not None

    @property
    def kept_until(self):
        """When the file is deleted; None before it is made."""
        return self.finished_at and self.finished_at + timedelta(days=settings.EXPORT_KEPT_DAYS)
