"""The grid: criteria with weights, and a described anchor for each mark."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.core import clock
from juries.models.querysets import GridQuerySet


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
    version = models.ForeignKey(GridVersion, on_delete=models.PROTECT, related_name="criteria")
    key = models.SlugField(_("key"), max_length=40)
    label = models.CharField(_("criterion"), max_length=120)
    question = models.CharField(_("the question to ask oneself"), max_length=250, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1, validators=[MinValueValidator(1)])
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    anchor_1 = models.CharField(_("what a 1 means"), max_length=200)
    anchor_2 = models.CharField(_("what a 2 means"), max_length=200, blank=True)
    anchor_3 = models.CharField(_("what a 3 means"), max_length=200)
    anchor_4 = models.CharField(_("what a 4 means"), max_length=200, blank=True)
    anchor_5 = models.CharField(_("what a 5 means"), max_length=200)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="criterion_key_once"),
            models.CheckConstraint(condition=models.Q(weight__gte=1), name="criterion_weight_positive"),
        ]

    def __str__(self):
        return self.label

    @property
    def anchors(self) -> list[tuple[int, str]]:
        """The marks with what each means, from 1 to 5."""
        return [(mark, getattr(self, f"anchor_{mark}")) for mark in range(1, 6)]
