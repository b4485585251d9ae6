"""Who reads what, and the fictitious dossier that everyone scores first."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.core import clock
from juries.enums import AssignmentSource


class Assignment(models.Model):
    """A dossier given to one reader, in a sitting where each is read by ``readers_each`` members."""

    seat = models.ForeignKey("juries.Seat", on_delete=models.PROTECT, related_name="assignments")
    hearing = models.ForeignKey("juries.Hearing", on_delete=models.PROTECT, related_name="assignments")
    source = models.CharField(
        _("how it was given"),
        max_length=10,
        choices=AssignmentSource.choices,
        default=AssignmentSource.AUTOMATIC,
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("dossier to read")
        verbose_name_plural = _("dossiers to read")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["seat", "hearing"], name="assignment_once")]

    def __str__(self):
        return f"{self.seat.user}: {self.hearing}"


class CalibrationFile(models.Model):
    """A fictitious dossier of one sitting: scored by all members before the rest, then discussed.

    It is no hearing: nothing of it enters the results. ``dossier`` has the shape of a hearing's.
    """

    sitting = models.OneToOneField("juries.Sitting", on_delete=models.PROTECT, related_name="calibration")
    dossier = models.JSONField(_("dossier"), default=dict)
    opened_at = models.DateTimeField(_("given to the members at"), null=True, blank=True)
    discussed_at = models.DateTimeField(_("marks shown to all at"), null=True, blank=True)
    discussed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("calibration file")
        verbose_name_plural = _("calibration files")

    def __str__(self):
        return f"{self.dossier.get('title', '')} ({self.sitting})"


class CalibrationBallot(models.Model):
    """What one member gave to the calibration file: ``marks`` is ``{criterion key: mark}``."""

    file = models.ForeignKey(CalibrationFile, on_delete=models.PROTECT, related_name="ballots")
    seat = models.OneToOneField("juries.Seat", on_delete=models.PROTECT, related_name="calibration_ballot")
    marks = models.JSONField(_("marks"), default=dict)
    comment = models.TextField(_("in one sentence"), blank=True)
    given_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("marks on the calibration file")
        verbose_name_plural = _("marks on the calibration file")

    def __str__(self):
        return f"{self.seat.user}: {self.file}"
