"""Work to do later. The row is the truth; a Celery message only carries its id."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incubator.core import clock
from incubator.core.rules import can_run_jobs


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The site's own work is for those who look after the site."""
        return self if can_run_jobs(user) else self.none()


class Job(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("job", "Waiting")
        RUNNING = "running", pgettext_lazy("job", "Running")
        DONE = "done", pgettext_lazy("job", "Done")
        FAILED = "failed", pgettext_lazy("job", "Failed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    payload = models.JSONField(_("what it needs"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    key = models.CharField(_("only once key"), max_length=120, null=True, blank=True)
    run_after = models.DateTimeField(_("not before"), default=clock.now)
    lease_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("attempts allowed"), default=5)
    error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("asked at"), default=clock.now)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["run_after", "pk"]
        indexes = [models.Index(fields=["state", "run_after"], name="job_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(state="queued"), name="job_queued_once_by_key"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "done", "failed"]), name="job_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="running") | models.Q(lease_until__isnull=False),
                name="job_running_has_lease",
            ),
        ]

    def __str__(self):
        return f"{self.kind} #{self.pk}"
