"""The programme of an authority and its cohorts: what differs from one authority to the next is data here."""

from functools import cache
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.core import clock
from projects.enums import ProgrammeRoleKind
from projects.models.querysets import CohortQuerySet, ProgrammeQuerySet, ProgrammeRoleQuerySet


@cache
def time_zones() -> frozenset[str]:
    """Read once a process: the list walks through hundreds of files."""
    return frozenset(available_timezones())


def validate_time_zone(name: str) -> None:
    if name not in time_zones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Write it as Europe/Paris."), params={"name": name}
        )


class Programme(models.Model):
    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    summary = models.TextField(_("in two sentences"), blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="Europe/Paris", validators=[validate_time_zone]
    )
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    uses_preselection = models.BooleanField(_("a preselection comes first"), default=True)
    uses_hackathon = models.BooleanField(_("a hackathon selects"), default=True)
    preincubation_months = models.PositiveSmallIntegerField(
        _("months of pre-incubation"), default=3, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    extension_months = models.PositiveSmallIntegerField(
        _("months of an extension"), default=3, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    max_extensions = models.PositiveSmallIntegerField(_("extensions allowed"), default=1)
    committee_every_months = models.PositiveSmallIntegerField(
        _("months between two committees"),
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
    )
    answer_within_working_days = models.PositiveSmallIntegerField(
        _("working days to answer an agent"), default=15, validators=[MinValueValidator(1)]
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["name"]

    def __str__(self):
        return self.name


class ProgrammeRole(models.Model):
    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="roles"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="programme_roles",
    )
    role = models.CharField(_("role"), max_length=20, choices=ProgrammeRoleKind.choices)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField(_("since"), default=clock.now)
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = ProgrammeRoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role in a programme")
        verbose_name_plural = _("roles in a programme")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "user", "role"],
                condition=models.Q(ended_at__isnull=True),
                name="programme_role_once",
            )
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()} ({self.programme})"


class Cohort(models.Model):
    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="cohorts"
    )
    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    objectives = models.TextField(_("objectives"), blank=True, help_text=_("One objective a line."))
    preincubation_starts_on = models.DateField(_("pre-incubation starts on"), null=True, blank=True)
    note = models.TextField(_("note on the figures"), blank=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ["-preincubation_starts_on", "name"]

    def __str__(self):
        return self.name
