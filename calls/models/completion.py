"""What the manager asks a team to complete after it has submitted: some questions, until a day."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.core import clock


class CompletionQuerySet(models.QuerySet):
    def waiting(self):
        """Neither answered by the team nor closed by the manager. At most one an application."""
        return self.filter(completed_at__isnull=True, closed_at__isnull=True)


class CompletionRequest(models.Model):
    """Opens the named questions of a submitted application again, and nothing else.

    ``before`` keeps what stood there when it was asked, ``after`` what the team sent: by question key,
    ``{"value": …, "file": <id of a PrivateFile or None>}``.
    """

    application = models.ForeignKey("calls.Application", on_delete=models.PROTECT, related_name="completions")
    keys = models.JSONField(_("questions"))
    message = models.TextField(_("what is missing"))
    due_on = models.DateField(_("until"))
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = CompletionQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for completion")
        verbose_name_plural = _("requests for completion")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(completed_at=None, closed_at=None),
                name="completion_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(completed_at=None) | models.Q(closed_at=None),
                name="completion_ends_once",
            ),
        ]

    def __str__(self):
        return f"{self.application_id}: {', '.join(self.keys)}"

    @property
    def is_waiting(self) -> bool:
        return self.completed_at is None and self.closed_at is None

    @property
    def is_late(self) -> bool:
        """The day has passed: said to both, and still possible until the manager closes it."""
        return self.is_waiting and self.due_on < clock.today()
