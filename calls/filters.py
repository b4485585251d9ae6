"""Filters of the manager's list."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.enums import ApplicationState, Channel
from calls.models import Application
from incubator.accounts.models import Directorate

_SENT_STATES = [choice for choice in ApplicationState.choices if choice[0] != ApplicationState.DRAFT]


class ApplicationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Search"), method="search")
    state = django_filters.ChoiceFilter(label=_("State"), choices=_SENT_STATES, empty_label=_("All"))
    directorate = django_filters.ModelChoiceFilter(
        label=_("Directorate"),
        queryset=Directorate.objects.all(),
        field_name="applicants__directorate",
        distinct=True,
        empty_label=_("All"),
    )
    channel = django_filters.ChoiceFilter(label=_("Came in"), choices=Channel.choices, empty_label=_("All"))

    class Meta:
        model = Application
        fields: list[str] = []

    @property
    def form(self):
        """Its fields dressed as the others of the site."""
        form = super().form
        for field in form.fields.values():
            field.widget.attrs["class"] = "form-select" if hasattr(field, "choices") else "form-control"
        return form

    def search(self, queryset, name, value):
        """By title, receipt number or name; what a database cannot read finds nothing."""
        value = value.replace("\x00", "")
        found = (
            Q(title__icontains=value)
            | Q(receipt_number__iexact=value)
            | Q(applicants__last_name__icontains=value)
        )
        # Apart, so that the rows counted in the list are not multiplied by the people who match.
        return queryset.filter(pk__in=Application.objects.filter(found).values("pk"))
