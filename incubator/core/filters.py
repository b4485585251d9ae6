"""What a list of core can be narrowed to."""

import django_filters
from django.db.models import Q
from django.forms import DateInput
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incubator.core import journal, letters
from incubator.core.models import JournalEntry, Letter

TODO = "todo"


class LetterFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("Where they stand"),
        choices=[(TODO, _("Waiting for you")), *Letter.State.choices],
        empty_label=_("All letters"),
        method="by_state",
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), empty_label=_("All kinds"))
    channel = django_filters.ChoiceFilter(
        label=_("How they leave"), choices=Letter.Channel.choices, empty_label=_("All ways")
    )
    q = django_filters.CharFilter(label=_("Name or word"), method="by_word", max_length=100)

    class Meta:
        model = Letter
        fields = ["state", "kind", "channel", "q"]

    def __init__(self, data=None, *args, **kwargs):
        data = data.copy() if data is not None else {}
        data.setdefault("state", TODO)
        super().__init__(data, *args, **kwargs)
        self.filters["kind"].extra["choices"] = [(kind.name, kind.label) for kind in letters.kinds.values()]

    def by_state(self, queryset, name, value):
        return queryset.waiting_for_a_person() if value == TODO else queryset.filter(state=value)

    def by_word(self, queryset, name, value):
        return queryset.filter(
            Q(to_name__icontains=value) | Q(subject__icontains=value) | Q(about_label__icontains=value)
        )


class JournalFilter(django_filters.FilterSet):
    verb = django_filters.ChoiceFilter(
        label=_("What was done"), empty_label=pgettext_lazy("journal", "Everything")
    )
    q = django_filters.CharFilter(label=_("Who or about what"), method="by_word", max_length=100)
    since = django_filters.DateFilter(
        label=pgettext_lazy("date", "From"), field_name="created_at", lookup_expr="date__gte"
    )
    until = django_filters.DateFilter(
        label=pgettext_lazy("date", "Until"), field_name="created_at", lookup_expr="date__lte"
    )

    class Meta:
        model = JournalEntry
        fields = ["verb", "q", "since", "until"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["verb"].extra["choices"] = sorted(
            ((verb, label) for verb, label in journal.labels().items()), key=lambda pair: pair[1].lower()
        )
        for name in ("since", "until"):
            self.filters[name].extra["widget"] = _date_input()

    def by_word(self, queryset, name, value):
        return queryset.filter(
            Q(target_label__icontains=value)
            | Q(actor__first_name__icontains=value)
            | Q(actor__last_name__icontains=value)
            | Q(actor__display_name__icontains=value)
        )


def _date_input() -> DateInput:
    return DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
