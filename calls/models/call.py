"""The call and its questions. State says what can be done; the page (calls.models.pages) what can be read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.blocks import FormBlocks
from calls.enums import CallState
from calls.rules import managed_programmes
from incubator.core import clock
from incubator.core.fields import StreamField
from incubator.core.models import AbstractTransition, AppendOnly


class CallQuerySet(models.QuerySet):
    def open_now(self):
        """Open calls whose closing hour has not passed."""
        return self.filter(state=CallState.OPEN, closes_at__gt=clock.now())

    def visible_to(self, user):
        """The calls this person runs. What everybody reads of a call is its page."""
        return self.filter(programme__in=managed_programmes(user))


class CallFormQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(call__programme__in=managed_programmes(user))


class Call(models.Model):
    code = models.SlugField(_("code"), unique=True)
    programme = models.ForeignKey(
        "projects.Programme", verbose_name=_("programme"), on_delete=models.PROTECT, related_name="calls"
    )
    cohort = models.ForeignKey(
        "projects.Cohort", verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="calls"
    )
    title = models.CharField(_("title"), max_length=150)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=CallState.choices,
        default=CallState.DRAFT,
        db_index=True,
        editable=False,
    )
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"))
    grace_minutes = models.PositiveSmallIntegerField(
        _("minutes of grace for drafts already begun"),
        default=0,
        validators=[MaxValueValidator(2 * 24 * 60)],
        help_text=_(
            "After the closing hour, nobody may begin; a draft begun before may still be submitted for so many "
            "minutes. 0: no grace. 120: two hours."
        ),
    )
    # Set when more time was given: the closing hour that had been announced first, and why it moved.
    extended_from = models.DateTimeField(_("closing first announced"), null=True, blank=True, editable=False)
    extension_reason = models.CharField(
        _("why more time is given"), max_length=300, blank=True, editable=False
    )
    preselection_on = models.DateField(_("preselection on"), null=True, blank=True)
    hackathon_on = models.DateField(_("hackathon on"), null=True, blank=True)
    preincubation_from = models.DateField(_("pre-incubation from"), null=True, blank=True)
    jury_on = models.DateField(_("jury on"), null=True, blank=True)
    max_team_size = models.PositiveSmallIntegerField(
        _("people in a team, at most"), default=5, validators=[MinValueValidator(1)]
    )
    minutes_to_apply = models.PositiveSmallIntegerField(
        _("minutes that an application takes"), default=20, validators=[MinValueValidator(1)]
    )
    reminder_days_before = models.PositiveSmallIntegerField(
        _("days before closing when unfinished drafts are reminded"),
        default=3,
        validators=[MaxValueValidator(60)],
        help_text=_("0: no reminder."),
    )
    # The frozen questions that a new application is asked; empty until the call opens.
    current_version = models.ForeignKey(
        "calls.CallFormVersion",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call for intrapreneurs")
        verbose_name_plural = _("calls")
        ordering = ["-opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=CallState.values), name="call_state_known"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="call_closes_after_opening",
                violation_error_message=_("The call closes before it opens: correct one of the two dates."),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the programme says its hours."""
        return ZoneInfo(self.programme.time_zone)

    @property
    def takes_applications(self) -> bool:
        """Open, and its hour has not passed: the clock counts, even before the worker has closed the call."""
        return self.state == CallState.OPEN and clock.now() < self.closes_at

    @property
    def grace_ends_at(self) -> datetime:
        """The last moment when a draft begun before the closing hour may be submitted.

        Counted in UTC: two hours are two hours, also in the night when clocks change.
        """
        return self.closes_at.astimezone(UTC) + timedelta(minutes=self.grace_minutes)

    @property
    def in_grace(self) -> bool:
        """Closed to whoever has not begun, still open to drafts begun before."""
        return (
            bool(self.grace_minutes)
            and self.is_over
            and self.state != CallState.ARCHIVED
            and clock.now() < self.grace_ends_at
        )

    @property
    def takes_drafts(self) -> bool:
        """A draft that was begun in time may be submitted now."""
        return self.takes_applications or self.in_grace

    @property
    def is_over(self) -> bool:
        return self.state in (CallState.CLOSED, CallState.ARCHIVED) or (
            self.state == CallState.OPEN and clock.now() >= self.closes_at
        )


class CallForm(models.Model):
    """The questions while they are being written. Opening the call freezes them into a CallFormVersion."""

    call = models.OneToOneField(Call, verbose_name=_("call"), on_delete=models.PROTECT, related_name="form")
    sections = StreamField(FormBlocks(), verbose_name=_("steps and questions"), blank=True, default=list)

    objects = CallFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("questions of a call")
        verbose_name_plural = _("questions of calls")

    def __str__(self):
        return str(self.call)


class CallTransition(AbstractTransition):
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="transitions")

    class Meta(AbstractTransition.Meta):
        verbose_name = _("change of state of a call")
        verbose_name_plural = _("changes of state of calls")


class CallFormVersion(AppendOnly):
    """The questions as they were asked: frozen when the call opens, never edited, shared by the applications.

    ``schema`` is a list of sections ``{"key", "title", "intro", "questions": [{"key", "kind", "label",
    "help", "required", "max_words", "choices", "for_jury"}]}`` (``calls.schema`` reads and checks it).
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="form_versions")
    number = models.PositiveSmallIntegerField(_("version"))
    schema = models.JSONField(_("questions"))
    digest = models.CharField(_("fingerprint"), max_length=64)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("version of a form")
        verbose_name_plural = _("versions of a form")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="form_version_number_once"),
            models.UniqueConstraint(fields=["call", "digest"], name="form_version_content_once"),
        ]

    def __str__(self):
        return f"{self.call} v{self.number}"
