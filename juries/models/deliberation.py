"""What happens while a body deliberates: a clock, notes, marks that a juror changes with leave."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incubator.core import clock


class HearingClock(models.Model):
    """The time given to one hearing. It runs towards ``ends_at``; stopped, it keeps ``left_seconds``."""

    hearing = models.OneToOneField("juries.Hearing", on_delete=models.PROTECT, related_name="timer")
    ends_at = models.DateTimeField(_("runs until"), null=True, blank=True)
    left_seconds = models.PositiveIntegerField(_("seconds left when stopped"), null=True, blank=True)

    class Meta:
        verbose_name = _("clock of a hearing")
        verbose_name_plural = _("clocks of hearings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True, left_seconds__isnull=False)
                | models.Q(ends_at__isnull=False, left_seconds__isnull=True),
                name="clock_runs_or_is_stopped",
            )
        ]

    def __str__(self):
        return str(self.hearing)

    @property
    def is_running(self) -> bool:
        return self.ends_at is not None

    @property
    def seconds_left(self) -> int:
        """Never below zero: a time that is over is over."""
        if self.ends_at is None:
            return self.left_seconds
        return max(0, round((self.ends_at - clock.now()).total_seconds()))

    @property
    def left_in_words(self) -> str:
        """« 4 min 30 s »."""
        minutes, seconds = divmod(self.seconds_left, 60)
        return gettext("%(minutes)d min %(seconds)02d s") % {"minutes": minutes, "seconds": seconds}


class DeliberationNote(models.Model):
    """What the president or the secretary writes down for the body about one project; each their own."""

    hearing = models.ForeignKey("juries.Hearing", on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("note"), blank=True)
    saved_at = models.DateTimeField(_("last saved at"), default=clock.now)

    class Meta:
        verbose_name = _("note of deliberation")
        verbose_name_plural = _("notes of deliberation")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["hearing", "author"], name="note_once_an_author")]

    def __str__(self):
        return f"{self.author}: {self.hearing}"


class LateLeave(models.Model):
    """The president lets one juror change their marks for one project after the deliberation began."""

    seat = models.ForeignKey("juries.Seat", on_delete=models.PROTECT, related_name="late_leaves")
    hearing = models.ForeignKey("juries.Hearing", on_delete=models.PROTECT, related_name="late_leaves")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(_("given at"), default=clock.now)

    class Meta:
        verbose_name = _("leave to change marks late")
        verbose_name_plural = _("leaves to change marks late")
        constraints = [models.UniqueConstraint(fields=["seat", "hearing"], name="late_leave_once")]

    def __str__(self):
        return f"{self.seat.user}: {self.hearing}"
