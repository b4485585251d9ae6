"""Grids in the Wagtail admin: a name, and up to eight criteria with their weight and described marks."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList

from incubator.core.viewsets import ScopedModelViewSet
from juries import rules
from juries.domain import grids
from juries.models import Grid
from projects.rules import is_manager

SLOTS = range(1, 9)
_MARKS = range(1, 6)


def _slot_fields(number: int) -> dict[str, forms.Field]:
    fields = {
        f"label_{number}": forms.CharField(label=_("Criterion"), max_length=120, required=False),
        f"question_{number}": forms.CharField(
            label=_("The question to ask oneself"), max_length=250, required=False
        ),
        f"weight_{number}": forms.IntegerField(
            label=_("Weight"),
            required=False,
            help_text=_("1 or more; a criterion of weight 2 counts twice."),
        ),
    }
    for mark in _MARKS:
        fields[f"anchor_{mark}_{number}"] = forms.CharField(
            label=format_lazy(_("What a {mark} means"), mark=mark), max_length=200, required=False
        )
    return fields


class GridBaseForm(WagtailAdminModelForm):
    """The criteria of the last version, one group of fields each; empty groups are left out."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        for number, criterion in zip(SLOTS, last_criteria(self.instance), strict=False):
            self.initial[f"label_{number}"] = criterion.label
            self.initial[f"question_{number}"] = criterion.question
            self.initial[f"weight_{number}"] = criterion.weight
            for mark, anchor in criterion.anchors:
                self.initial[f"anchor_{mark}_{number}"] = anchor

    def clean(self):
        """Each criterion that is begun says what it lacks, beside its own fields."""
        cleaned = super().clean()
        for number in SLOTS:
            if not self._is_begun(number):
                continue
            if not cleaned.get(f"label_{number}"):
                self.add_error(f"label_{number}", _("Give each criterion a name."))
            if f"weight_{number}" not in self.errors and (cleaned.get(f"weight_{number}") or 0) < 1:
                self.add_error(
                    f"weight_{number}", _("Write a weight of 1 or more: a weight of 0 counts for nothing.")
                )
            for mark in (1, 3, 5):
                if not cleaned.get(f"anchor_{mark}_{number}"):
                    self.add_error(
                        f"anchor_{mark}_{number}", _("Describe this mark, so that jurors mean the same.")
                    )
        if not any(self._is_begun(number) for number in SLOTS):
            self.add_error("label_1", _("A grid needs at least one criterion."))
        return cleaned

    def _is_begun(self, number: int) -> bool:
        # The weight alone begins nothing: it may be filled in beforehand.
        names = [f"label_{number}", f"question_{number}", *(f"anchor_{mark}_{number}" for mark in _MARKS)]
        return any(self.cleaned_data.get(name) for name in names)

    def criteria(self) -> list[dict]:
        return [
            {
                "label": self.cleaned_data[f"label_{number}"],
                "question": self.cleaned_data.get(f"question_{number}", ""),
                "weight": self.cleaned_data[f"weight_{number}"],
                "anchors": {mark: self.cleaned_data.get(f"anchor_{mark}_{number}", "") for mark in _MARKS},
            }
            for number in SLOTS
            if self._is_begun(number)
        ]


GridForm = type(
    "GridForm",
    (GridBaseForm,),
    {name: field for number in SLOTS for name, field in _slot_fields(number).items()},
)


def last_criteria(grid: Grid):
    """The criteria of the newest version of a grid, in order."""
    last = grid.versions.order_by("-number").first()
    return list(last.criteria.all()) if last is not None else []


class GridViewSet(ScopedModelViewSet):
    model = Grid
    icon = "list-ol"
    menu_label = _("Grids")
    add_to_admin_menu = True
    menu_order = 240
    view_rule = staticmethod(is_manager)
    create_rule = staticmethod(is_manager)
    update_rule = staticmethod(lambda user, grid: rules.can_prepare(user, grid.programme))
    create_verb = staticmethod(grids.create_grid)
    update_verb = staticmethod(grids.revise_grid)
    list_display = ["name", "programme"]
    inspect_view_fields = ["programme", "name"]
    edit_handler = ObjectList(
        [
            FieldPanel("programme"),
            FieldPanel("name"),
            *(
                MultiFieldPanel(
                    [FieldPanel(name) for name in _slot_fields(number)],
                    heading=format_lazy(_("Criterion {number}"), number=number),
                    classname="" if number <= 4 else "collapsed",
                )
                for number in SLOTS
            ),
        ],
        base_form_class=GridForm,
    )

    def list_queryset(self, queryset):
        return queryset.select_related("programme")

    def verb_arguments(self, form, instance=None):
        arguments = {"name": form.cleaned_data["name"], "criteria": form.criteria()}
        if instance is None:
            arguments["programme"] = form.cleaned_data["programme"]
        return arguments

    def create(self, user, form):
        return super().create(user, form).grid

    def prepare_form(self, form, user) -> None:
        if form.instance.pk is not None:
            form.fields["programme"].disabled = True
