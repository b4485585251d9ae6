"""Scores. A missing score is NULL, never a number that stands for nothing."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.core import clock
from incubator.core.models import AppendOnly
from juries.enums import MarkChannel


class Evaluation(models.Model):
    """What one juror says of one hearing; blind until ``submitted_at``."""

    hearing = models.ForeignKey("juries.Hearing", on_delete=models.PROTECT, related_name="evaluations")
    juror = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="evaluations")
    comment = models.TextField(_("in one sentence"), blank=True)
    submitted_at = models.DateTimeField(_("given at"), null=True, blank=True)
    saved_at = models.DateTimeField(_("last saved at"), default=clock.now)
    skipped_at = models.DateTimeField(
        _("passed at"), null=True, blank=True
    )  # the juror left it for later: its marks are missing, never zero
    channel = models.CharField(
        _("how the marks came"), max_length=10, choices=MarkChannel.choices, default=MarkChannel.SCREEN
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # who copied a paper grid for the juror

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints = [
            models.UniqueConstraint(fields=["hearing", "juror"], name="evaluation_once"),
            models.CheckConstraint(
                condition=models.Q(channel=MarkChannel.SCREEN, entered_by__isnull=True)
                | models.Q(channel=MarkChannel.PAPER, entered_by__isnull=False),
                name="paper_evaluation_says_who_entered_it",
            ),
            models.CheckConstraint(
                condition=models.Q(skipped_at__isnull=True) | models.Q(submitted_at__isnull=True),
                name="evaluation_passed_or_given",
            ),
        ]

    def __str__(self):
        return f"{self.juror}: {self.hearing}"


class Score(models.Model):
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey("juries.Criterion", on_delete=models.PROTECT, related_name="scores")
    value = models.PositiveSmallIntegerField(_("mark"), null=True, blank=True)
    created_at = models.DateTimeField(_("first given at"), default=clock.now)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "criterion"], name="score_once"),
            models.CheckConstraint(
                # 1 to 5 on a scale, 1 or 0 for yes or no: the verb knows which
                condition=models.Q(value__isnull=True) | models.Q(value__gte=0, value__lte=5),
                name="score_in_range",
            ),
        ]

    def __str__(self):
        return f"{self.criterion}: {self.value}"


class ScoreChange(AppendOnly):
    """Each change of a mark: who, when, from, to.

    ``late`` says that it came after the deliberation had begun: the mark itself then stays as it was frozen,
    and the change is shown beside it.
    """

    score = models.ForeignKey(Score, on_delete=models.PROTECT, related_name="changes")
    old = models.PositiveSmallIntegerField(null=True, blank=True)
    new = models.PositiveSmallIntegerField(null=True, blank=True)
    late = models.BooleanField(_("after the deliberation began"), default=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("change of a mark")
        verbose_name_plural = _("changes of marks")
        ordering = ["created_at", "pk"]

    def __str__(self):
        return f"{self.old} → {self.new}"
