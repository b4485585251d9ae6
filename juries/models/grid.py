"""The grid: criteria with weights, and a described anchor for each mark."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incubator.core import clock
from juries.enums import CriterionKind
from juries.models.querysets import GridQuerySet

YES, NO = 1, 0  # how an answer to a yes-or-no criterion is stored


class Grid(models.Model):
    programme = models.ForeignKey(
        "projects.Programme", verbose_name=_("programme"), on_delete=models.PROTECT, related_name="grids"
    )
    name = models.CharField(_("name"), max_length=120)

    objects = GridQuerySet.as_manager()

    class Meta:
        verbose_name = _("grid")
        verbose_name_plural = _("grids")
        ordering = ["name"]

    def __str__(self):
        return self.name


class GridVersion(models.Model):
    """The criteria as they were used. Frozen at the first mark: a later change makes a new version."""

    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    frozen_at = models.DateTimeField(_("frozen at"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("version of a grid")
        verbose_name_plural = _("versions of a grid")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["grid", "number"], name="grid_version_once")]

    def __str__(self):
        return f"{self.grid} v{self.number}"


class Criterion(models.Model):
    """One thing to look at. ``kind`` says how it is answered and whether it counts.

    A *scale* criterion is marked from 1 to 5 and enters the weighted mean with its weight. A *yes or no* is
    stored as 1 or 0, enters no mean and no rank whatever its weight, and is shown as counts ("4 yes of 5"):
    a "no" that counted as the lowest mark would decide in the jury's place. No answer excludes a project by
    itself either: people decide.
    """

    version = models.ForeignKey(GridVersion, on_delete=models.PROTECT, related_name="criteria")
    key = models.SlugField(_("key"), max_length=40)
    label = models.CharField(_("criterion"), max_length=120)
    kind = models.CharField(
        _("how it is answered"), max_length=10, choices=CriterionKind.choices, default=CriterionKind.SCALE
    )
    question = models.CharField(_("the question to ask oneself"), max_length=250, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1, validators=[MinValueValidator(1)])
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    anchor_1 = models.CharField(_("what a 1 means"), max_length=200, blank=True)
    anchor_2 = models.CharField(_("what a 2 means"), max_length=200, blank=True)
    anchor_3 = models.CharField(_("what a 3 means"), max_length=200, blank=True)
    anchor_4 = models.CharField(_("what a 4 means"), max_length=200, blank=True)
    anchor_5 = models.CharField(_("what a 5 means"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="criterion_key_once"),
            models.CheckConstraint(condition=models.Q(weight__gte=1), name="criterion_weight_positive"),
            models.CheckConstraint(
                condition=models.Q(kind__in=CriterionKind.values), name="criterion_kind_known"
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def counts(self) -> bool:
        """Whether it enters the weighted mean."""
        return self.kind == CriterionKind.SCALE

    @property
    def allowed(self) -> frozenset[int]:
        """The marks that can be stored: 1 to 5, or 1 (yes) and 0 (no)."""
        return frozenset(range(1, 6)) if self.counts else frozenset({YES, NO})

    def in_words(self, mark: int | None) -> str:
        """« 4 », « oui », « non »; empty without a mark."""
        if mark is None:
            return ""
        if self.counts:
            return str(mark)
        return gettext("yes") if mark == YES else gettext("no")

    @property
    def anchors(self) -> list[tuple[int, str]]:
        """The marks with what each means: from 1 to 5, or 1 (yes) and 0 (no), whose words stand in the anchors
        of the highest and the lowest mark.
        """
        if not self.counts:
            return [(YES, self.anchor_5), (NO, self.anchor_1)]
        return [(mark, getattr(self, f"anchor_{mark}")) for mark in range(1, 6)]
