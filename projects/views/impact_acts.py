"""Screens that act on what a project changes and costs: indicators, targets, values, money, the public page."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy

from incubator.core import clock, words
from projects import forms, rules
from projects.domain import impact, money
from projects.models import Measure
from projects.views.acts import ActView


class CreateIndicator(ActView):
    form_class = forms.IndicatorForm
    heading = gettext_lazy("Add an indicator")
    lead = gettext_lazy("A question that users care about, and how it is counted. Five at most.")
    button = gettext_lazy("Add this indicator")
    done = gettext_lazy("The indicator is added. Its first value is the baseline.")
    rule = staticmethod(rules.can_measure)
    back = "projects:impact"

    def act(self, **values):
        return impact.create_indicator(actor=self.user, project=self.project, **values)


class OnIndicator(ActView):
    rule = staticmethod(rules.can_measure)
    back = "projects:impact"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if self.project is not None:
            self.indicator = get_object_or_404(self.project.indicators, pk=kwargs["pk"])
            self.lead = self.indicator.question

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "indicator": self.indicator}


class SetTarget(OnIndicator):
    form_class = forms.TargetForm
    heading = gettext_lazy("Set a target")
    button = gettext_lazy("Set this target")
    done = gettext_lazy("The target is set.")

    def act(self, **values):
        return impact.set_target(actor=self.user, indicator=self.indicator, **values)


class AddMeasure(OnIndicator):
    form_class = forms.MeasureForm
    heading = gettext_lazy("Add a value")
    button = gettext_lazy("Add this value")
    done = gettext_lazy("The value is added.")

    def get_initial(self):
        return {"period_end": clock.today()}

    def act(self, **values):
        return impact.add_measure(actor=self.user, indicator=self.indicator, **values)


class CorrectMeasure(ActView):
    form_class = forms.CorrectionForm
    heading = gettext_lazy("Correct a value")
    button = gettext_lazy("Replace the value")
    done = gettext_lazy("The value is corrected; the earlier one stays in the journal.")
    rule = staticmethod(rules.can_correct_measure)
    back = "projects:impact"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if self.project is not None:
            measures = Measure.objects.filter(indicator__project=self.project).select_related("indicator")
            self.measure = get_object_or_404(measures, pk=kwargs["pk"])
            self.measure.indicator.project = self.project
            self.lead = self.measure.indicator.question

    def get_initial(self):
        kept = ("role", "period_start", "period_end", "sample", "quality", "source")
        # Stored to the thousandth: 38.000 would be read as thirty-eight thousand.
        value = words.plain(self.measure.value)
        return {"value": value, **{name: getattr(self.measure, name) for name in kept}}

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "indicator": self.measure.indicator}

    def act(self, **values):
        return impact.add_measure(
            actor=self.user, indicator=self.measure.indicator, replaces=self.measure, **values
        )


class AddBudgetLine(ActView):
    form_class = forms.BudgetForm
    heading = gettext_lazy("Add a budget line")
    button = gettext_lazy("Add this line")
    done = gettext_lazy("The budget line is added.")
    rule = staticmethod(rules.can_write_budget)
    back = "projects:impact"

    def act(self, **values):
        return money.add_budget_line(actor=self.user, project=self.project, **values)


class PublishImpact(ActView):
    form_class = forms.PublishForm
    heading = gettext_lazy("Publish the impact page")
    lead = gettext_lazy(
        "Everyone will read the main indicator as it stands today. The figures of the page do not move until you "
        "publish again. Fields left empty keep the words of the page."
    )
    button = gettext_lazy("Publish for everyone")
    done = gettext_lazy("The impact page is published.")
    rule = staticmethod(rules.can_publish_impact)
    back = "projects:impact"

    def get_initial(self):
        page = getattr(self.project, "impact_page", None)
        names = ("problem", "for_whom", "unknown", "learnt")
        return {name: getattr(page, name) for name in names} if page else {}

    def act(self, **values):
        return impact.publish_impact(actor=self.user, project=self.project, **values)
