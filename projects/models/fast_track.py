"""A question to the chief executive's office that cannot wait for the next body."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.core import clock


class FastTrackQuerySet(models.QuerySet):
    def open(self) -> "FastTrackQuerySet":
        """Neither answered nor taken back."""
        return self.filter(answered_at__isnull=True, withdrawn_at__isnull=True)

    def silent(self) -> "FastTrackQuerySet":
        """Open, and the day by which an answer was needed has passed."""
        return self.open().filter(answer_by__lt=clock.today())


class FastTrackRequest(models.Model):
    """What a team asks, and by when. The answer is a decision: its words stand in ``transition``."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.PROTECT, related_name="fast_track_requests"
    )
    question = models.TextField(_("the question"))
    why = models.TextField(_("why it cannot wait"))
    answer_by = models.DateField(_("answer needed by"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"), default=clock.now)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    transition = models.OneToOneField(
        "projects.Transition", null=True, blank=True, on_delete=models.PROTECT, related_name="fast_track"
    )

    objects = FastTrackQuerySet.as_manager()

    class Meta:
        verbose_name = _("fast-track question")
        verbose_name_plural = _("fast-track questions")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(answered_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_fast_track",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, transition__isnull=True)
                | models.Q(answered_at__isnull=False, transition__isnull=False, withdrawn_at__isnull=True),
                name="fast_track_answer_is_a_decision",
            ),
        ]

    def __str__(self):
        return f"{self.project}: {self.question[:60]}"

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.withdrawn_at is None

    @property
    def is_late(self) -> bool:
        return self.is_open and self.answer_by < clock.today()
