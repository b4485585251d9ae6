"""Decisions: prepared silently, then pronounced; and the minutes that keep them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.core import clock
from incubator.core.models import AppendOnly
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


class Minutes(AppendOnly):
    """The record of a sitting, numbered and frozen when it pronounces (``content`` is plain data): never changed."""

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


class MinutesFile(models.Model):
    """The minutes as a PDF, with the corrections there were when it was made."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="files")
    corrections = models.PositiveSmallIntegerField(_("corrections included"), default=0)
    file = models.ForeignKey("core.PrivateFile", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made at"), default=clock.now)

    class Meta:
        verbose_name = _("minutes as a PDF")
        verbose_name_plural = _("minutes as PDF")
        constraints = [
            models.UniqueConstraint(fields=["minutes", "corrections"], name="minutes_file_once"),
        ]

    def __str__(self):
        return f"{self.minutes} ({self.corrections})"


class Feedback(models.Model):
    """Three sentences to the team, without which the letter of a decision does not leave."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="feedback")
    convinced = models.TextField(_("what convinced"))
    lacked = models.TextField(_("what was missing"))
    what_next = models.TextField(_("what comes next"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written at"), default=clock.now)

    class Meta:
        verbose_name = _("feedback to a team")
        verbose_name_plural = _("feedback to teams")

    def __str__(self):
        return str(self.decision)


class CorrectionDraft(models.Model):
    """A correction that waits for the sponsor's agreement; it becomes a :class:`Correction` or is given up."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="correction_draft")
    outcome = models.CharField(_("outcome"), max_length=30, choices=Outcome.choices)
    reason = models.TextField(_("reason, as the team will read it"))
    demands = models.JSONField(_("what the outcome records"), default=dict, blank=True)
    why = models.TextField(_("why the decision is corrected"))
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("correction waiting for the sponsor")
        verbose_name_plural = _("corrections waiting for the sponsor")

    def __str__(self):
        return str(self.decision)


class Correction(AppendOnly):
    """A new act beside a decision (*rectificatif*): what is read from now on, why, by whom. Never changed.

    ``number`` counts the corrections of one decision. ``transition`` is what it changed in the project; empty
    when only words were corrected.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="corrections")
    number = models.PositiveSmallIntegerField(_("number"))
    outcome = models.CharField(_("outcome"), max_length=30, choices=Outcome.choices)
    reason = models.TextField(_("reason, as the team will read it"))
    demands = models.JSONField(_("what the outcome records"), default=dict, blank=True)
    why = models.TextField(_("why the decision is corrected"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    signed_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    transition = models.OneToOneField(
        "projects.Transition", null=True, blank=True, on_delete=models.PROTECT, related_name="correction"
    )

    class Meta:
        verbose_name = _("correction of a decision")
        verbose_name_plural = _("corrections of decisions")
        ordering = ["written_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "number"], name="correction_numbered"),
        ]

    def __str__(self):
        return f"{self.decision} ({self.number})"

    @property
    def outcome_member(self) -> Outcome:
        return Outcome(self.outcome)
