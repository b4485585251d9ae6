"""The filters of the portfolio; their choices are only what this person may see."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from home.queries.portfolio import Choice
from incubator.core import words
from projects.enums import Stage
from projects.models import Project


class PortfolioFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Search"), method="search")
    cohort = django_filters.ChoiceFilter(
        label=_("Cohort"), field_name="cohort_id", empty_label=_("All cohorts")
    )
    stage = django_filters.ChoiceFilter(label=_("Stage"), empty_label=_("All stages"))
    directorate = django_filters.ChoiceFilter(
        label=_("Directorate"), field_name="directorate_id", empty_label=_("All directorates")
    )
    theme = django_filters.ChoiceFilter(label=_("Theme"), empty_label=_("All themes"))

    class Meta:
        model = Project
        fields = ["q", "cohort", "stage", "directorate", "theme"]

    def __init__(self, *args, choices: list[Choice], **kwargs):
        super().__init__(*args, **kwargs)
        order = {stage.value: position for position, stage in enumerate(Stage)}
        self.filters["cohort"].extra["choices"] = _unique((c.cohort, c.cohort_name) for c in choices)
        self.filters["stage"].extra["choices"] = [
            (stage, Stage(stage).label) for stage in sorted({c.stage for c in choices}, key=order.get)
        ]
        self.filters["directorate"].extra["choices"] = sorted(
            _unique((c.directorate, c.directorate_name) for c in choices if c.directorate), key=lambda c: c[1]
        )
        self.filters["theme"].extra["choices"] = [
            (theme, theme) for theme in sorted({c.theme for c in choices if c.theme})
        ]

    @property
    def form(self):
        """Its fields dressed as the others of the site."""
        form = super().form
        for field in form.fields.values():
            is_list = bool(getattr(field, "choices", None))
            field.widget.attrs["class"] = "form-select" if is_list else "form-control"
        return form

    def search(self, queryset, name, value):
        return queryset.filter(Q(title__icontains=value) | Q(problem__icontains=value))

    @property
    def in_words(self) -> list[str]:
        """What is being filtered, for the heading of the list, the print and the empty page."""
        if not self.is_bound or not self.form.is_valid():
            return []
        said = []
        for name, value in self.form.cleaned_data.items():
            if value:
                field = self.form.fields[name]
                labels = {str(key): label for key, label in getattr(field, "choices", ())}
                said.append(words.labelled(field.label, labels.get(str(value), value)))
        return said


def _unique(pairs) -> list[tuple]:
    return list(dict.fromkeys(pairs))
