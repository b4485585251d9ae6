"""Impact: an indicator, its targets, and measures that are added, never changed."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.core import clock
from incubator.core.models import AppendOnly
from projects.enums import Direction, IndicatorLevel, MeasureRole, Quality, Unit


class PopulationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Sizes of groups are shared by every programme; signed-in people may read them."""
        return self if user.is_authenticated else self.none()


class Population(models.Model):
    """A group with a known size: the denominator of a percentage."""

    name = models.CharField(_("name"), max_length=150)
    size = models.PositiveIntegerField(_("size"))
    counted_on = models.DateField(_("counted on"))
    source = models.CharField(_("source"), max_length=200)

    objects = PopulationQuerySet.as_manager()

    class Meta:
        verbose_name = _("population")
        verbose_name_plural = _("populations")
        ordering = ["name"]

    def __str__(self):
        return f"{self.name} ({self.size})"


class Indicator(models.Model):
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="indicators")
    name = models.CharField(_("name"), max_length=150)
    question = models.CharField(_("the question it answers"), max_length=250)
    level = models.CharField(_("level"), max_length=15, choices=IndicatorLevel.choices)
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit.choices)
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0, validators=[MaxValueValidator(3)])
    numerator = models.CharField(_("what is counted"), max_length=250, blank=True)
    denominator = models.CharField(_("out of what"), max_length=250, blank=True)
    population = models.ForeignKey(
        Population, null=True, blank=True, on_delete=models.PROTECT, related_name="indicators"
    )
    source = models.CharField(_("source and method"), max_length=250, blank=True)
    is_main = models.BooleanField(_("main indicator"), default=False)
    is_public = models.BooleanField(_("may be shown to everyone"), default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["-is_main", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(is_main=True), name="one_main_indicator"
            )
        ]

    def __str__(self):
        return self.name


class Target(models.Model):
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    value = models.DecimalField(_("target"), max_digits=14, decimal_places=3)
    due_on = models.DateField(_("by"))
    set_by = models.ForeignKey(
        "projects.Transition", null=True, blank=True, on_delete=models.PROTECT, related_name="targets"
    )

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["due_on", "pk"]

    def __str__(self):
        return f"{self.indicator}: {self.value}"


class Measure(AppendOnly):
    """One value, dated and sourced. A correction is a new row that says which one it ``replaces``."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="measures")
    period_start = models.DateField(_("from"))
    period_end = models.DateField(_("to"))
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=3)
    sample = models.PositiveIntegerField(_("out of how many (n)"), null=True, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=MeasureRole.choices)
    quality = models.CharField(_("quality"), max_length=1, choices=Quality.choices)
    source = models.CharField(_("source"), max_length=250)
    comment = models.TextField(_("comment"), blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["period_end", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(period_end__gte=models.F("period_start")), name="measure_period_in_order"
            )
        ]

    def __str__(self):
        return f"{self.indicator}: {self.value} ({self.period_end})"
