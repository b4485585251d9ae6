"""Decisions: prepared silently, then pronounced; and the minutes that keep them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.core import clock
from projects.enums import Outcome


class Decision(models.Model):
    """One outcome for one hearing.

    ``demands`` holds what the outcome must record (``projects.outcomes`` says which keys each needs).
    """

    hearing = models.OneToOneField("juries.Hearing", on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(_("outcome"), max_length=30, choices=Outcome.choices)
    reason = models.TextField(_("reason, as the team will read it"))
    demands = models.JSONField(_("what the outcome records"), default=dict, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(default=clock.now)
    signed_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_off_at = models.DateTimeField(_("agreed by the sponsor at"), null=True, blank=True)
    pronounced_at = models.DateTimeField(_("pronounced at"), null=True, blank=True)
    transition = models.OneToOneField(
        "projects.Transition", null=True, blank=True, on_delete=models.PROTECT, related_name="decision"
    )

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="decision_outcome_known"
            ),
            models.CheckConstraint(
                condition=models.Q(pronounced_at__isnull=True, transition__isnull=True)
                | models.Q(pronounced_at__isnull=False, transition__isnull=False),
                name="decision_pronounced_has_transition",
            ),
        ]

    def __str__(self):
        return f"{self.hearing.project}: {self.get_outcome_display()}"

    @property
    def outcome_member(self) -> Outcome:
        return Outcome(self.outcome)


class Minutes(models.Model):
    """The record of a sitting, numbered and frozen when it pronounces (``content`` is plain data)."""

    sitting = models.OneToOneField("juries.Sitting", on_delete=models.PROTECT, related_name="minutes")
    number = models.CharField(_("number"), max_length=30, unique=True)
    content = models.JSONField(_("content"))
    sealed_at = models.DateTimeField(_("sealed at"), default=clock.now)
    sealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")

    def __str__(self):
        return self.number
