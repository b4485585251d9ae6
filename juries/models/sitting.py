"""One meeting of a body at a gate: who sits, which projects are heard, who stands aside."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.core import clock
from incubator.core.models import AbstractTransition, AppendOnly
from juries.enums import MarksShown, NamesReturn, RecusalSource, SeatRole, SittingState
from juries.models.querysets import HearingQuerySet, SittingQuerySet
from projects.enums import Gate


class Sitting(models.Model):
    code = models.SlugField(_("code"), max_length=60, unique=True)
    programme = models.ForeignKey("projects.Programme", on_delete=models.PROTECT, related_name="sittings")
    cohort = models.ForeignKey("projects.Cohort", on_delete=models.PROTECT, related_name="sittings")
    gate = models.CharField(_("gate"), max_length=20, choices=Gate.choices)
    body = models.CharField(_("body"), max_length=120)
    starts_at = models.DateTimeField(_("starts at"))
    place = models.CharField(_("place"), max_length=150, blank=True)
    online = models.BooleanField(_("online"), default=False)
    link = models.URLField(_("link of the meeting"), max_length=500, blank=True)
    # What the hours of passage are made from: ``breaks`` is ``[{"after": 3, "minutes": 15, "label": "…"}]``,
    # after so many projects.
    minutes_each = models.PositiveSmallIntegerField(_("minutes for each project"), null=True, blank=True)
    breaks = models.JSONField(_("breaks"), default=list, blank=True)
    grid_version = models.ForeignKey(
        "juries.GridVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="sittings"
    )
    quorum = models.PositiveSmallIntegerField(_("members who must be present"), default=2)
    reading_opens_at = models.DateTimeField(_("dossiers can be read from"), null=True, blank=True)
    scores_close_at = models.DateTimeField(_("scores until"), null=True, blank=True)
    names_hidden = models.BooleanField(_("names are hidden from the jurors"), default=False)
    names_return = models.CharField(
        _("names are shown again"), max_length=12, choices=NamesReturn.choices, default=NamesReturn.PRESIDENT
    )
    marks_shown = models.CharField(
        _("jurors read the marks of the others"),
        max_length=12,
        choices=MarksShown.choices,
        default=MarksShown.DELIBERATION,
    )
    readers_each = models.PositiveSmallIntegerField(
        _("readers for each project"), null=True, blank=True
    )  # empty: everyone reads everything
    min_readers = models.PositiveSmallIntegerField(_("readers each project must keep"), default=2)
    places = models.PositiveSmallIntegerField(
        _("projects that can be kept"), null=True, blank=True
    )  # where the cut falls in the results; empty where the body does not choose among the projects
    state = models.CharField(
        _("state"),
        max_length=15,
        choices=SittingState.choices,
        default=SittingState.PREPARING,
        editable=False,
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = _("sitting")
        verbose_name_plural = _("sittings")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=SittingState.values), name="sitting_state_known"
            ),
            models.CheckConstraint(condition=models.Q(gate__in=Gate.values), name="sitting_gate_known"),
            models.CheckConstraint(condition=models.Q(quorum__gte=1), name="sitting_quorum_positive"),
            models.CheckConstraint(
                condition=models.Q(min_readers__gte=1), name="sitting_min_readers_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(readers_each__isnull=True) | models.Q(readers_each__gte=1),
                name="sitting_readers_each_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(marks_shown__in=MarksShown.values), name="sitting_marks_shown_known"
            ),
            models.CheckConstraint(
                condition=models.Q(names_return__in=NamesReturn.values), name="sitting_names_return_known"
            ),
        ]

    def __str__(self):
        return f"{self.body}, {self.starts_at:%Y-%m-%d}"

    @property
    def state_member(self) -> SittingState:
        return SittingState(self.state)

    @property
    def reading_is_open(self) -> bool:
        """Whether its date has come; the state says whether there is anything to read."""
        return self.reading_opens_at is None or self.reading_opens_at <= clock.now()


class SittingTransition(AbstractTransition):
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="transitions")

    class Meta(AbstractTransition.Meta):
        verbose_name = _("change of state of a sitting")
        verbose_name_plural = _("changes of state of sittings")


class Seat(models.Model):
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(_("role"), max_length=10, choices=SeatRole.choices, default=SeatRole.JUROR)
    present = models.BooleanField(_("present"), default=False)
    declared_at = models.DateTimeField(_("links of interest declared at"), null=True, blank=True)

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "user"], name="seat_once"),
            models.UniqueConstraint(
                fields=["sitting"], condition=models.Q(role="president"), name="one_president_a_sitting"
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}"

    @property
    def role_member(self) -> SeatRole:
        return SeatRole(self.role)


class Hearing(models.Model):
    """A project before a body: its place in the order, its hour, and its dossier as frozen for the jurors.

    ``dossier`` is ``{"title", "problem", "answers": [{"key", "label", "text"}], "facts": [...], "words"}``:
    jurors read this and never the project itself. Where names are hidden it is the redacted copy, and ``original``
    the frozen text that it was made from; otherwise ``original`` stays empty. ``redaction`` is what the
    organiser adds by hand: ``{"hide": [words], "keep": [words]}``.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="hearings")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="hearings")
    position = models.PositiveSmallIntegerField(_("order of passage"), default=0)
    starts_at = models.DateTimeField(_("hour of passage"), null=True, blank=True)
    dossier = models.JSONField(_("dossier"), default=dict)
    original = models.JSONField(_("dossier with its names"), default=dict, blank=True)
    redaction = models.JSONField(_("words hidden or kept by hand"), default=dict, blank=True)
    frozen_at = models.DateTimeField(_("frozen at"), null=True, blank=True)
    closed_at = models.DateTimeField(
        _("closed at"), null=True, blank=True
    )  # the project withdrew before the sitting

    objects = HearingQuerySet.as_manager()

    class Meta:
        verbose_name = _("hearing")
        verbose_name_plural = _("hearings")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["sitting", "project"], name="hearing_once")]

    def __str__(self):
        return f"{self.dossier.get('title') or self.project} ({self.sitting})"


class LiftedLink(AppendOnly):
    """A link that the site found wrongly, and that the organiser lifted: it bars nobody any more."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="lifted_links")
    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="lifted_links")
    found = models.CharField(_("link that the site had found"), max_length=200)
    reason = models.CharField(_("why it was lifted"), max_length=500)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(_("lifted at"), default=clock.now)

    class Meta:
        verbose_name = _("link of interest lifted")
        verbose_name_plural = _("links of interest lifted")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["seat", "hearing"], name="link_lifted_once")]

    def __str__(self):
        return f"{self.seat.user}: {self.hearing}"


class Recusal(models.Model):
    """A juror stands aside on one hearing. The score is then missing: never a zero."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="recusals")
    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="recusals")
    source = models.CharField(
        _("how it is known"), max_length=10, choices=RecusalSource.choices, default=RecusalSource.DECLARED
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        constraints = [models.UniqueConstraint(fields=["seat", "hearing"], name="recusal_once")]

    def __str__(self):
        return f"{self.seat.user}: {self.hearing}"
