"""A tie-break: a few projects around the cut, compared two by two by the members who are present.

It helps the jury to talk and decides nothing: no decision reads it.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incubator.core import clock


class TieBreak(models.Model):
    sitting = models.ForeignKey("juries.Sitting", on_delete=models.PROTECT, related_name="tie_breaks")
    number = models.PositiveSmallIntegerField(_("number"))
    hearings = models.ManyToManyField("juries.Hearing", related_name="tie_breaks")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened at"), default=clock.now)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("tie-break")
        verbose_name_plural = _("tie-breaks")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "number"], name="tie_break_number_once"),
            models.UniqueConstraint(
                fields=["sitting"], condition=Q(closed_at__isnull=True), name="one_open_tie_break_a_sitting"
            ),
        ]

    def __str__(self):
        return f"{self.sitting}, {self.number}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class TieBreakAnswer(models.Model):
    """Which of two projects one member would study first. No row: no answer, and nothing counted."""

    tie_break = models.ForeignKey(TieBreak, on_delete=models.PROTECT, related_name="answers")
    seat = models.ForeignKey("juries.Seat", on_delete=models.PROTECT, related_name="tie_break_answers")
    first = models.ForeignKey("juries.Hearing", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey("juries.Hearing", on_delete=models.PROTECT, related_name="+")
    preferred = models.ForeignKey("juries.Hearing", on_delete=models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_paper = models.BooleanField(_("given on paper"), default=False)
    answered_at = models.DateTimeField(_("answered at"), default=clock.now)

    class Meta:
        verbose_name = _("answer to a tie-break")
        verbose_name_plural = _("answers to tie-breaks")
        constraints = [
            models.UniqueConstraint(
                fields=["tie_break", "seat", "first", "second"], name="tie_break_answer_once"
            ),
            models.CheckConstraint(
                condition=Q(preferred=F("first")) | Q(preferred=F("second")),
                name="tie_break_prefers_one_of_the_two",
            ),
        ]

    def __str__(self):
        return f"{self.seat.user}: {self.preferred_id}"
