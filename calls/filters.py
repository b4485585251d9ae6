"""Filters of the manager's list."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.enums import ApplicationState, Channel
from calls.models import Application
from incubator.accounts.models import Directorate

_SENT_STATES = [choice for choice in ApplicationState.choices if choice[0] != ApplicationState.DRAFT]


# What a column is called in an address, and what it sorts by. The first is how the list comes by itself.
SORTS = {
    "arrivee": "submitted_at",
    "titre": "title",
    "porteur": "lead_name",
    "direction": "lead_directorate",
    "personnes": "people",
    "etat": "state",
    "reponse": "answer_due_on",
}
COLUMNS = [
    ("titre", _("Application")),
    ("porteur", _("Led by")),
    ("direction", _("Directorate")),
    ("personnes", _("Persons")),
    ("arrivee", _("Came in")),
    ("etat", _("State")),
    ("reponse", _("Answer due")),
]


def sorted_by(text: str) -> tuple[str, bool]:
    """The column and whether it runs backwards; what is not a column is the order of arrival."""
    name, backwards = text.removeprefix("-"), text.startswith("-")
    return (name, backwards) if name in SORTS else ("arrivee", False)


def sortable_columns(query) -> list[dict]:
    """The head of each column: its order now, as assistive technologies say it, and the address of its next one."""
    current, backwards = sorted_by(query.get("sort", ""))
    found = []
    for name, label in COLUMNS:
        here = name == current
        following = query.copy()
        following.pop("page", None)
        following["sort"] = f"-{name}" if here and not backwards else name
        found.append(
            {
                "name": name,
                "label": label,
                "url": f"?{following.urlencode()}",
                "order": ("descending" if backwards else "ascending") if here else "",
            }
        )
    return found


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

    # Kept in the form, so that filtering does not lose the order.
    sort = django_filters.CharFilter(method="order", widget=forms.HiddenInput)

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

    def order(self, queryset, name, value):
        column, backwards = sorted_by(value)
        sign = "-" if backwards else ""
        return queryset.order_by(f"{sign}{SORTS[column]}", f"{sign}pk")

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
