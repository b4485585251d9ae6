"""The figures of a sitting, kept so that they are computed once for each change of the marks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.core import clock


class ResultsSnapshot(models.Model):
    """What ``juries.domain.figures`` computed, for the state of the marks that ``fingerprint`` stands for.

    A cache with a place of its own: it can be thrown away at any time and holds nothing that the marks do not.
    ``data`` has the shape of ``juries.domain.figures.Figures.as_json``.
    """

    sitting = models.OneToOneField(
        "juries.Sitting", on_delete=models.CASCADE, primary_key=True, related_name="results_snapshot"
    )
    fingerprint = models.CharField(max_length=64)
    computed_at = models.DateTimeField(default=clock.now)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("results of a sitting")
        verbose_name_plural = _("results of sittings")

    def __str__(self):
        return f"{self.sitting_id}: {self.computed_at:%Y-%m-%d %H:%M}"
