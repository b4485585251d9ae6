"""Filters of the manager's list. What they are stands in the address, so that a view can be kept and shared."""

from collections.abc import Iterable

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls import listing
from calls.enums import ApplicantRole, ApplicationState, Channel, RedirectionState
from calls.models import Applicant, Application, Redirection
from incubator.core import clock
from projects.enums import Stage

_SENT_STATES = [choice for choice in ApplicationState.choices if choice[0] != ApplicationState.DRAFT]

UNANSWERED, LATE, ANSWERED = "attendue", "retard", "donnee"
ANSWERS = [
    (UNANSWERED, _("Without an answer")),
    (LATE, _("Late")),
    (ANSWERED, _("Answered")),
]
TEAMS = [("1", _("One person")), ("2-3", _("2 or 3 persons")), ("4-", _("4 persons or more"))]
HANDED = [
    (RedirectionState.WAITING.value, RedirectionState.WAITING.label),
    (RedirectionState.LATE.value, RedirectionState.LATE.label),
    (RedirectionState.ANSWERED.value, RedirectionState.ANSWERED.label),
]


def sortable_columns(query, columns: Iterable[listing.Column]) -> list[dict]:
    """The head of each column: its order now, as assistive technologies say it, and the address of its next one."""
    current, backwards = listing.sorted_by(query.get("sort", ""))
    found = []
    for column in columns:
        here = column == current
        following = query.copy()
        for cursor in ("apres", "avant"):
            following.pop(cursor, None)
        following["sort"] = f"-{column.name}" if here and not backwards else column.name
        found.append(
            {
                "name": column.name,
                "label": column.label,
                "url": f"?{following.urlencode()}",
                "order": ("descending" if backwards else "ascending") if here else "",
            }
        )
    return found


class ApplicationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Words, name or receipt number"), method="search", max_length=200)
    answer = django_filters.ChoiceFilter(
        label=pgettext_lazy("to an application", "Answer"),
        choices=ANSWERS,
        empty_label=_("All"),
        method="by_answer",
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=_SENT_STATES, empty_label=_("All"))
    stage = django_filters.ChoiceFilter(
        label=_("What became of it"), choices=Stage.choices, field_name="project__stage", empty_label=_("All")
    )
    handed = django_filters.ChoiceFilter(
        label=_("Handed to a department"), choices=HANDED, empty_label=_("All"), method="by_redirection"
    )
    directorate = django_filters.ChoiceFilter(label=_("Directorate"), method="by_place", empty_label=_("All"))
    workplace = django_filters.ChoiceFilter(label=_("Workplace"), method="by_place", empty_label=_("All"))
    channel = django_filters.ChoiceFilter(label=_("Came in"), choices=Channel.choices, empty_label=_("All"))
    team = django_filters.ChoiceFilter(label=_("Team"), choices=TEAMS, empty_label=_("All"), method="by_team")
    since = django_filters.DateFilter(
        label=_("Came in from"), field_name="submitted_at", lookup_expr="date__gte", widget=forms.DateInput
    )
    until = django_filters.DateFilter(
        label=_("Came in until"), field_name="submitted_at", lookup_expr="date__lte", widget=forms.DateInput
    )

    class Meta:
        model = Application
        fields: list[str] = []

    def __init__(self, data=None, *args, **kwargs):
        data = data.copy() if data is not None else {}
        # Who opens the list sees first who waits.
        if not any(name in data for name in self.base_filters):
            data["answer"] = UNANSWERED
        super().__init__(data, *args, **kwargs)
        for name, choices in zip(("directorate", "workplace"), listing.places(), strict=True):
            self.filters[name].extra["choices"] = choices

    @property
    def form(self):
        """Its fields dressed as the others of the site."""
        form = super().form
        for field in form.fields.values():
            field.widget.attrs["class"] = "form-select" if hasattr(field, "choices") else "form-control"
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(
                    attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"
                )
        return form

    @property
    def narrower(self) -> bool:
        """Whether something else than the usual two fields is set: the others are then unfolded."""
        return any(self.data.get(name) for name in self.base_filters if name not in ("q", "answer"))

    @property
    def only_waiting(self) -> bool:
        """Whether nothing but applications that wait for their answer is asked for."""
        return self.form.is_valid() and self.form.cleaned_data["answer"] in (UNANSWERED, LATE)

    def search(self, queryset, name, value):
        said = listing.that_say(value)
        return queryset.none() if said is None else queryset.filter(said)

    def by_answer(self, queryset, name, value):
        if value == ANSWERED:
            return queryset.answered()
        waiting = queryset.unanswered()
        return waiting.filter(answer_due_on__lt=clock.today()) if value == LATE else waiting

    def by_place(self, queryset, name, value):
        lead = Applicant.objects.filter(application=OuterRef("pk"), role=ApplicantRole.LEAD)
        return queryset.filter(Exists(lead.filter(**{name: value})))

    def by_team(self, queryset, name, value):
        queryset = queryset.alias(size=listing.team_size())
        wanted = {"1": Q(size__lte=1), "2-3": Q(size__range=(2, 3)), "4-": Q(size__gte=4)}
        return queryset.filter(wanted[value])

    def by_redirection(self, queryset, name, value):
        asked = Redirection.objects.filter(application=OuterRef("pk"))
        wanted = {
            "waiting": asked.waiting(),
            "late": asked.late(),
            "answered": asked.filter(answered_at__isnull=False),
        }
        return queryset.filter(Exists(wanted[value]))


def asked_for(user, call, query):
    """The applications that an address of the list asks for, in its order (``query``: a QueryDict)."""
    column, backwards = listing.sorted_by(query.get("sort", ""))
    sign = "-" if backwards else ""
    found = ApplicationFilter(query, queryset=listing.applications_of_call(user, call)).qs
    return listing.with_sort_key(found, column).order_by(f"{sign}{column.key}", f"{sign}pk")
