"""What the team and the coach write down during pre-incubation and after."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.accounts.enums import Category
from incubator.core import clock
from projects.enums import BudgetKind, FollowUpState, MilestoneKind, StopReason


class Milestone(models.Model):
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="milestones")
    phase = models.ForeignKey(
        "projects.Phase", null=True, blank=True, on_delete=models.PROTECT, related_name="milestones"
    )
    title = models.CharField(_("milestone"), max_length=150)
    kind = models.CharField(
        _("kind"), max_length=15, choices=MilestoneKind.choices, default=MilestoneKind.CHECKPOINT
    )
    due_on = models.DateField(_("due on"))
    reached_on = models.DateField(_("reached on"), null=True, blank=True)
    evidence = models.TextField(_("what shows it"), blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on", "pk"]

    def __str__(self):
        return self.title


class CoachingNote(models.Model):
    """The account of one meeting: learnt, decided, next step."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="coaching_notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="coaching_notes"
    )
    held_on = models.DateField(_("date of the meeting"), default=clock.today)
    learnt = models.TextField(_("what we learnt"))
    decided = models.TextField(_("what we decided"), blank=True)
    next_step = models.TextField(_("next step"), blank=True)
    private_note = models.TextField(_("private note, read by you alone"), blank=True)
    users_met = models.PositiveSmallIntegerField(_("users met since the last meeting"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-held_on", "-pk"]

    def __str__(self):
        return f"{self.held_on}: {self.project}"


class BudgetLine(models.Model):
    """Money as it was decided or spent, of a project or of a whole cohort.

    An amount or a range in euros; empty means “not valued”, never zero. Staff is counted in full-time
    equivalents and has no amount unless someone has valued it.
    """

    project = models.ForeignKey(
        "projects.Project", null=True, blank=True, on_delete=models.PROTECT, related_name="budget_lines"
    )
    cohort = models.ForeignKey(
        "projects.Cohort", null=True, blank=True, on_delete=models.PROTECT, related_name="budget_lines"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=BudgetKind.choices, default=BudgetKind.PLANNED)
    label = models.CharField(_("for"), max_length=150)
    amount_min = models.DecimalField(
        _("amount, or lowest"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    amount_max = models.DecimalField(_("highest"), max_digits=12, decimal_places=2, null=True, blank=True)
    months = models.PositiveSmallIntegerField(_("for how many months"), null=True, blank=True)
    full_time = models.DecimalField(
        _("full-time equivalents"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    category = models.CharField(_("category"), max_length=1, choices=Category.choices, blank=True)
    set_by = models.ForeignKey(
        "projects.Transition", null=True, blank=True, on_delete=models.PROTECT, related_name="budget_lines"
    )

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_max__isnull=True)
                | models.Q(amount_max__gte=models.F("amount_min")),
                name="budget_range_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(project__isnull=False, cohort__isnull=True)
                | models.Q(project__isnull=True, cohort__isnull=False),
                name="budget_of_a_project_or_a_cohort",
            ),
        ]

    def __str__(self):
        return self.label


class PostMortem(models.Model):
    """What was learnt when a project stops."""

    project = models.OneToOneField("projects.Project", on_delete=models.PROTECT, related_name="post_mortem")
    reason = models.CharField(_("reason"), max_length=30, choices=StopReason.choices)
    learning = models.TextField(_("what was learnt"))
    advice = models.TextField(_("what to know before starting again"), blank=True)
    written_on = models.DateField(default=clock.today)

    class Meta:
        verbose_name = _("post-mortem")
        verbose_name_plural = _("post-mortems")

    def __str__(self):
        return str(self.project)


class FollowUp(models.Model):
    """What became of a project after its exit; planned with the decision, filled in when the day comes."""

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="follow_ups")
    due_on = models.DateField(_("to check on"))
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    state = models.CharField(_("what became of it"), max_length=10, choices=FollowUpState.choices, blank=True)
    note = models.TextField(_("in one sentence"), blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    proof = models.ForeignKey(
        "core.PrivateFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    told_by = models.CharField(_("told by"), max_length=150, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # empty when the person who took the project over answered by the link of their letter
    asked_at = models.DateTimeField(_("asked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["due_on", "pk"]

    def __str__(self):
        return f"{self.project}: {self.due_on}"

    @property
    def state_member(self) -> FollowUpState | None:
        return FollowUpState(self.state) if self.state else None
