"""The project: what the authority decides about for years, its team and its phases."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.core import clock
from incubator.core.models import AbstractTransition
from projects.enums import AccompanimentKind, Maturity, Outcome, PhaseKind, Stage, TeamRole
from projects.models.querysets import ProjectQuerySet


class Project(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(_("code"), max_length=30, unique=True)
    programme = models.ForeignKey("projects.Programme", on_delete=models.PROTECT, related_name="projects")
    cohort = models.ForeignKey("projects.Cohort", on_delete=models.PROTECT, related_name="projects")
    title = models.CharField(_("title"), max_length=120)
    problem = models.TextField(_("the problem, in two sentences"), blank=True)
    theme = models.CharField(_("theme"), max_length=80, blank=True)
    directorate = models.ForeignKey(
        "accounts.Directorate", null=True, blank=True, on_delete=models.PROTECT, related_name="projects"
    )
    stage = models.CharField(
        _("stage"), max_length=30, choices=Stage.choices, default=Stage.APPLIED, db_index=True, editable=False
    )
    maturity = models.CharField(
        _("step of startup mode"),
        max_length=20,
        choices=Maturity.choices,
        blank=True,
        default="",
        editable=False,
    )
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged_projects",
        editable=False,
    )
    keep_for_next_call = models.BooleanField(_("kept for the next call"), default=False)
    next_decision_on = models.DateField(_("next decision on"), null=True, blank=True)
    next_decision_label = models.CharField(_("next decision"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), default=clock.now)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(stage__in=Stage.values), name="project_stage_known"),
            models.CheckConstraint(
                condition=models.Q(stage="merged", merged_into__isnull=False)
                | (~models.Q(stage="merged") & models.Q(merged_into__isnull=True)),
                name="project_merged_says_where",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def stage_member(self) -> Stage:
        """The stage as an enum member, for badges and labels."""
        return Stage(self.stage)

    @property
    def maturity_member(self) -> Maturity:
        return Maturity(self.maturity)


class Membership(models.Model):
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=TeamRole.choices, default=TeamRole.MEMBER)
    joined_on = models.DateField(_("since"), default=clock.today)
    left_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("member of a team")
        verbose_name_plural = _("members of a team")
        ordering = ["role", "joined_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"], condition=models.Q(left_on__isnull=True), name="membership_once"
            )
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}"


class Accompaniment(models.Model):
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="accompaniments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="accompaniments"
    )
    kind = models.CharField(_("as"), max_length=10, choices=AccompanimentKind.choices)
    starts_on = models.DateField(_("since"), default=clock.today)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("accompaniment")
        verbose_name_plural = _("accompaniments")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user", "kind"],
                condition=models.Q(ends_on__isnull=True),
                name="accompaniment_once",
            )
        ]

    def __str__(self):
        return f"{self.user}: {self.get_kind_display()}"


class Commitment(models.Model):
    """The letter that frees an agent's time for the project."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="commitments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="commitments")
    share_of_time = models.PositiveSmallIntegerField(
        _("share of working time, in %"), validators=[MinValueValidator(5), MaxValueValidator(100)]
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    replacement = models.TextField(_("how the work is covered meanwhile"), blank=True)
    agreed_by = models.CharField(_("agreed by (line manager or sponsor)"), max_length=150)
    signed_on = models.DateField(_("signed on"))

    class Meta:
        verbose_name = _("letter of commitment")
        verbose_name_plural = _("letters of commitment")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="commitment_dates_in_order",
                violation_error_message=_(
                    "The commitment ends before it starts: correct one of the two dates."
                ),
            )
        ]

    def __str__(self):
        return f"{self.user}: {self.share_of_time} %"


class Transition(AbstractTransition):
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="transitions")
    outcome = models.CharField(_("outcome"), max_length=30, choices=Outcome.choices, blank=True)
    deciding_body = models.CharField(_("decided by"), max_length=120, blank=True)

    class Meta(AbstractTransition.Meta):
        verbose_name = _("change of stage")
        verbose_name_plural = _("changes of stage")
        ordering = ["effective_on", "pk"]


class Phase(models.Model):
    """A dated stretch of work. Only a transition opens or closes it (``opened_by``, ``closed_by``)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="phases")
    kind = models.CharField(_("phase"), max_length=20, choices=PhaseKind.choices)
    planned_start = models.DateField(_("planned start"))
    planned_end = models.DateField(_("planned end"))
    actual_start = models.DateField(_("real start"), null=True, blank=True)
    actual_end = models.DateField(_("real end"), null=True, blank=True)
    opened_by = models.ForeignKey(Transition, on_delete=models.PROTECT, related_name="opened_phases")
    started_by = models.ForeignKey(
        Transition, null=True, blank=True, on_delete=models.PROTECT, related_name="started_phases"
    )
    closed_by = models.ForeignKey(
        Transition, null=True, blank=True, on_delete=models.PROTECT, related_name="closed_phases"
    )

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering = ["planned_start", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(planned_end__gte=models.F("planned_start")), name="phase_planned_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(actual_end__isnull=True)
                | models.Q(actual_start__isnull=False, actual_end__gte=models.F("actual_start")),
                name="phase_actual_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(actual_end__isnull=True) | models.Q(closed_by__isnull=False),
                name="phase_closed_by_someone",
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(actual_start__isnull=False, actual_end__isnull=True),
                name="one_open_phase",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.project})"
