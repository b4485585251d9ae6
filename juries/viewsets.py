"""Grids in the Wagtail admin: a name, and up to eight criteria with their weight and described marks."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList

from incubator.core import words
from incubator.core.viewsets import ScopedModelViewSet
from juries import rules
from juries.domain import grids
from juries.enums import CriterionKind
from juries.models import Grid
from projects.rules import is_manager

SLOTS = range(1, 9)
_MARKS = range(1, 6)


def _slot_fields(number: int) -> dict[str, forms.Field]:
    fields = {
        f"label_{number}": forms.CharField(label=_("Criterion"), max_length=120, required=False),
        f"kind_{number}": forms.ChoiceField(
            label=_("How it is answered"),
            choices=CriterionKind.choices,
            initial=CriterionKind.SCALE,
            required=False,
            help_text=_(
                "A yes or no is shown as counts and enters no mean: it needs no weight and no marks."
            ),
        ),
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
        copied = getattr(self.instance, "copied_from", None)
        if copied is not None and self.instance.pk is None:
            self.initial["name"] = _("%(name)s (copy)") % {"name": self.instance.name}
        for number, criterion in zip(SLOTS, last_criteria(self.instance.pk or copied), strict=False):
            self.initial[f"label_{number}"] = criterion.label
            self.initial[f"kind_{number}"] = criterion.kind
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
            if cleaned.get(f"kind_{number}") == CriterionKind.YES_NO:
                continue
            if f"weight_{number}" not in self.errors and (cleaned.get(f"weight_{number}") or 0) < 1:
                self.add_error(
                    f"weight_{number}", _("Write a weight of 1 or more: a weight of 0 counts for nothing.")
                )
            for mark in (1, 3, 5):
                if not cleaned.get(f"anchor_{mark}_{number}"):
                    self.add_error(
                        f"anchor_{mark}_{number}", _("Describe this mark, so that jurors mean the same.")
                    )
        begun = [number for number in SLOTS if self._is_begun(number)]
        if not begun:
            self.add_error("label_1", _("A grid needs at least one criterion."))
        elif all(cleaned.get(f"kind_{number}") == CriterionKind.YES_NO for number in begun):
            self.add_error(
                f"kind_{begun[0]}",
                _("A grid needs at least one criterion marked from 1 to 5: a yes or a no enters no mean."),
            )
        return cleaned

    def _is_begun(self, number: int) -> bool:
        # The weight alone begins nothing: it may be filled in beforehand.
        names = [f"label_{number}", f"question_{number}", *(f"anchor_{mark}_{number}" for mark in _MARKS)]
        return any(self.cleaned_data.get(name) for name in names)

    def criteria(self) -> list[dict]:
        return [
            {
                "label": self.cleaned_data[f"label_{number}"],
                "kind": self.cleaned_data.get(f"kind_{number}") or CriterionKind.SCALE,
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


def last_criteria(grid_id: int | None):
    """The criteria of the newest version of a grid, in order; none for a grid that is not written yet."""
    grid = Grid.objects.filter(pk=grid_id).first() if grid_id else None
    last = grids.newest(grid) if grid is not None else None
    return list(last.criteria.all()) if last is not None else []


def _frozen_words(version) -> str:
    """What becomes of a change to criteria that jurors already use."""
    if version.frozen_at is None:
        return _(
            "Version %(number)d is being read by jurors. What you change makes version %(next)d; sittings that "
            "are open keep theirs."
        ) % {"number": version.number, "next": version.number + 1}
    return _(
        "Version %(number)d is frozen since its first mark, on %(day)s. What you change makes version %(next)d: "
        "marks that were given and results that were read keep the version they had."
    ) % {"number": version.number, "next": version.number + 1, "day": words.day(version.frozen_at)}


class GridViewSet(ScopedModelViewSet):
    model = Grid
    icon = "list-ol"
    menu_label = _("Grids")
    add_to_admin_menu = True
    copy_view_enabled = (
        True  # a grid of its own, to be changed freely: the one that was copied stays as it is
    )
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
        if form.instance.pk is None:
            return
        form.fields["programme"].disabled = True
        last = grids.newest(form.instance)
        if last is not None and grids.is_in_use(last):
            form.fields["name"].help_text = _frozen_words(last)
