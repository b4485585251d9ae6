"""Forms of this room. They carry what was typed; the verbs say what is wrong with it."""

from typing import ClassVar

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from incubator.core.forms import PlainForm
from juries.enums import MarksShown, NamesReturn, SeatRole
from juries.models import GridVersion
from projects import outcomes
from projects.enums import GATES_OF_SITTINGS
from projects.models import Cohort

MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"]
DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]


def moment_field(label, **options):
    return forms.DateTimeField(
        label=label,
        error_messages={
            "required": _("Give the date and the hour."),
            "invalid": _("This is not a date with an hour. Write it as 05/03/2030 09:30."),
        },
        input_formats=MOMENT_FORMATS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        **options,
    )


def add_refusal(form: forms.Form, error: ValidationError) -> None:
    """What a verb refused, beside the fields; what belongs to no field stands above the form."""
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, error)


class GridField(forms.ModelChoiceField):
    """Two programmes often give their grids the same name: each is offered with its programme."""

    def label_from_instance(self, version) -> str:
        return f"{version} · {version.grid.programme}"


class SittingForm(PlainForm, forms.Form):
    """The frame of a sitting. Members and projects have their own pages."""

    body = forms.CharField(
        label=_("Which body meets"),
        max_length=120,
        help_text=_("For example: Jury of the hackathon."),
        error_messages={"required": _("Say which body meets, for example “Jury of the hackathon”.")},
    )
    cohort = forms.ModelChoiceField(label=_("Cohort"), queryset=Cohort.objects.none(), empty_label=None)
    gate = forms.ChoiceField(
        label=_("What it decides"), choices=[(gate.value, gate.label) for gate in GATES_OF_SITTINGS]
    )
    starts_at = moment_field(_("Date and hour"))
    place = forms.CharField(label=_("Place"), max_length=150, required=False, help_text=_("A room."))
    online = forms.BooleanField(label=_("The sitting is online, or can be joined online"), required=False)
    link = forms.CharField(
        label=_("Link of the meeting"),
        max_length=500,
        required=False,
        widget=forms.URLInput,
        help_text=_("Only the members read it."),
    )
    grid_version = GridField(
        label=_("Grid"),
        queryset=GridVersion.objects.none(),
        required=False,
        empty_label=_("Choose later"),
        help_text=_("The criteria that jurors score. Grids are written in the administration."),
    )
    quorum = forms.IntegerField(label=_("Members who must be present"), min_value=1, max_value=100, initial=2)
    places = forms.IntegerField(
        label=_("How many projects can be kept"),
        min_value=1,
        max_value=500,
        required=False,
        help_text=_("Leave empty when the body does not choose among the projects."),
    )
    scores_close_at = moment_field(
        _("Scores until"),
        required=False,
        help_text=_(
            "Leave empty: jurors can then score until the deliberation begins. It can be moved later."
        ),
    )

    reading_opens_at = moment_field(
        _("Dossiers can be read from"),
        required=False,
        help_text=_(
            "Leave empty: as soon as the scoring opens. With a date, the members declare their links of "
            "interest in the meantime, and you share the dossiers out."
        ),
    )
    readers_each = forms.IntegerField(
        label=_("How many members read each project"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_(
            "Leave empty: everyone reads everything. Otherwise the site shares the dossiers out evenly."
        ),
    )
    min_readers = forms.IntegerField(
        label=_("Readers each project must keep"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_("When someone stands aside and fewer are left, the site tells you and proposes who."),
    )
    names_hidden = forms.BooleanField(
        label=_("Hide the names of the teams from the jurors"),
        required=False,
        help_text=_("Names, e-mails and phones are replaced in the texts. You check the copies before."),
    )
    names_return = forms.ChoiceField(
        label=_("Names, if hidden, are shown again"), choices=NamesReturn.choices, required=False
    )
    marks_shown = forms.ChoiceField(
        label=_("Jurors read the marks of the others"), choices=MarksShown.choices, required=False
    )

    GROUPS = (
        (_("The meeting"), ["body", "cohort", "gate", "starts_at", "place", "online", "link"]),
        (_("What it needs"), ["grid_version", "quorum", "places"]),
        (
            _("How it reads"),
            [
                "reading_opens_at", "scores_close_at", "readers_each", "min_readers", "names_hidden",
                "names_return", "marks_shown",
            ],
        ),
    )  # fmt: skip
    # A form that leaves these out keeps what the sitting has.
    DEFAULTS: ClassVar = {
        "min_readers": 2,
        "names_return": NamesReturn.PRESIDENT,
        "marks_shown": MarksShown.DELIBERATION,
    }

    def __init__(self, *args, cohorts, grids, locked=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(*(Fieldset(legend, *names) for legend, names in self.GROUPS))
        for name, value in self.DEFAULTS.items():
            self.initial.setdefault(name, value)
        self.fields["cohort"].queryset = cohorts
        self.fields["grid_version"].queryset = grids
        for name in locked:
            self.fields[name].disabled = True

    def clean(self):
        cleaned = super().clean()
        for name in self.DEFAULTS:
            if name not in self.errors and cleaned.get(name) in (None, ""):
                cleaned[name] = self.initial[name]
        return cleaned


class CopyForm(PlainForm, forms.Form):
    """For which cohort and when the same body meets again."""

    cohort = forms.ModelChoiceField(label=_("Cohort"), queryset=Cohort.objects.none(), empty_label=None)
    starts_at = moment_field(_("Date and hour"))
    with_members = forms.BooleanField(
        label=_("With the same members and seats"),
        required=False,
        help_text=_("Marks, links of interest and decisions are never copied."),
    )

    def __init__(self, *args, cohorts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = cohorts


class CalibrationForm(PlainForm, forms.Form):
    """The fictitious dossier; the verb says what is missing."""

    title = forms.CharField(
        label=_("Title"),
        max_length=150,
        error_messages={"required": _("Give the fictitious dossier a title.")},
    )
    problem = forms.CharField(
        label=_("The problem"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the problem in one or two sentences.")},
    )
    text = forms.CharField(
        label=_("The text to score"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": _("Write the text that the members will score.")},
    )


class SeatForm(PlainForm, forms.Form):
    user = forms.ModelChoiceField(queryset=get_user_model().objects.none(), widget=forms.HiddenInput)
    role = forms.ChoiceField(label=_("Seat"), choices=SeatRole.choices, initial=SeatRole.JUROR)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = get_user_model().objects.filter(is_active=True, anonymised_at__isnull=True)
        self.fields["user"].queryset = people


class PresenceForm(PlainForm, forms.Form):
    present = forms.MultipleChoiceField(
        label=_("Who is present"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick those who are here, the president first.")},
    )

    def __init__(self, *args, seats, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["present"].choices = [
            (str(seat.pk), f"{seat.user} ({seat.get_role_display()})") for seat in seats
        ]


class RecuseForm(PlainForm, forms.Form):
    reason = forms.CharField(
        label=_("Why, in a few words"),
        required=False,
        max_length=200,
        help_text=_("You may leave it empty. Only the president, the secretary and the manager read it."),
    )


class CancelForm(PlainForm, forms.Form):
    reason = forms.CharField(
        label=_("Why the sitting is cancelled"),
        max_length=500,
        error_messages={"required": _("Say in one sentence why the sitting is cancelled.")},
    )


class OutcomeForm(PlainForm, forms.Form):
    """First step: what is decided."""

    outcome = forms.ChoiceField(
        label=_("What is decided"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what is decided."),
            "invalid_choice": _("This body cannot give this outcome here. Choose one of those offered."),
        },
    )

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [(outcome.value, outcome.label) for outcome in offered]


class DecisionForm(PlainForm, forms.Form):
    """Second step: the reason, and what this outcome must record (``projects.outcomes``)."""

    reason = forms.CharField(
        label=_("Reason, as the team will read it"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One sentence or more, said to the team: what counted, and what to do next."),
        error_messages={"required": _("Write the reason in one sentence at least: the team will read it.")},
    )

    def __init__(self, *args, outcome, gate, project, on=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.outcome, self.gate, self.project, self.on = outcome, gate, project, on
        for demand in outcomes.DEMANDS[outcome]:
            self.fields[demand.key] = _field_for(demand)

    @property
    def demands(self) -> dict:
        return {
            demand.key: self.cleaned_data.get(demand.key, "") for demand in outcomes.DEMANDS[self.outcome]
        }

    def clean(self):
        """Everything that is missing at once, not one field after the other."""
        cleaned = super().clean()
        found = outcomes.check(
            gate=self.gate,
            outcome=self.outcome,
            reason=cleaned.get("reason", ""),
            demands=self.demands,
            project=self.project,
            on=self.on,
        )
        for name, sentence in found.items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, sentence)
        return cleaned


def _field_for(demand) -> forms.Field:
    options = {
        "label": demand.label,
        "required": demand.required,
        "help_text": demand.help,
        "error_messages": {"required": _("Fill in this field: the outcome must record it.")},
    }
    if demand.kind == outcomes.LONG_TEXT:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **options)
    if demand.kind == outcomes.DATE:
        return forms.DateField(
            input_formats=DAY_FORMATS,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            **options,
        )
    if demand.kind == outcomes.AMOUNT:
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)
    if demand.kind == outcomes.INTEGER:
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "numeric"}), **options)
    if demand.kind == outcomes.CHOICE:
        blank = [] if demand.required else [("", "—")]
        return forms.ChoiceField(choices=[*blank, *demand.choices], **options)
    return forms.CharField(max_length=outcomes.MAX_LENGTH.get(demand.kind, 200), **options)


class TieBreakForm(PlainForm, forms.Form):
    """Which projects to compare two by two; ``rows`` are those of the board of results."""

    hearings = forms.MultipleChoiceField(
        label=_("Projects to compare"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose two to four projects.")},
    )

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hearings"].choices = [
            (str(row.uuid), f"{row.rank_text}. {row.title} ({row.total})") for row in rows
        ]


class BallotForm(PlainForm, forms.Form):
    """One question for each pair of projects that a member may compare; none has to be answered."""

    def __init__(self, *args, ballot, hearings, blind, **kwargs):
        super().__init__(*args, **kwargs)
        self.pairs = ballot.pairs if ballot else []
        for number, pair in enumerate(self.pairs, start=1):
            choices = [
                (str(pk), hearings[pk].dossier.get("title", "") if blind else hearings[pk].project.title)
                for pk in pair
            ]
            self.fields[self._name(pair)] = forms.ChoiceField(
                label=_("Comparison %(number)d of %(count)d: which one would you study first?")
                % {"number": number, "count": len(self.pairs)},
                choices=[*choices, ("", _("I do not choose"))],
                required=False,
                initial=str(ballot.answers.get(pair, "")),
                widget=forms.RadioSelect,
                error_messages={
                    "invalid_choice": _("Choose one of the two projects, or leave the question.")
                },
            )

    @staticmethod
    def _name(pair) -> str:
        return f"pair-{pair[0]}-{pair[1]}"

    def answers(self) -> dict[tuple[int, int], int | None]:
        """The preferred one of each pair, None where nothing is chosen."""
        return {
            pair: int(self.cleaned_data[self._name(pair)]) if self.cleaned_data[self._name(pair)] else None
            for pair in self.pairs
        }
