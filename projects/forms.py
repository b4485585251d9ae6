"""Forms of the space: they read what was typed; the verbs say whether it will do."""

import re
from decimal import Decimal

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incubator.accounts.enums import Category
from incubator.core import words
from incubator.core.forms import PlainForm
from projects.domain.projects import MAX_SHARE_OF_TIME, MIN_SHARE_OF_TIME
from projects.enums import (
    OUTCOMES_BY_GATE,
    AccompanimentKind,
    BudgetKind,
    Direction,
    Gate,
    IndicatorLevel,
    MeasureRole,
    MilestoneKind,
    Outcome,
    Quality,
    TeamRole,
    Unit,
)
from projects.models import Population, Transition
from projects.outcomes import DEMANDS


class DayField(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)


class LongText(forms.CharField):
    """Some sentences."""

    def __init__(self, *, rows: int = 3, **kwargs):
        kwargs.setdefault("max_length", 4000)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class PersonField(forms.CharField):
    """Someone who has an account: by e-mail, user name, or first and last name."""

    default_error_messages = {
        "nobody": _(
            "Nobody has this e-mail, user name or name here. Check the spelling, or create the person first."
        ),
        "several": _("Several people have this name. Write the e-mail or the user name instead."),
    }

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        people = get_user_model().objects.filter(is_active=True)
        found = list(people.filter(Q(email__iexact=text) | Q(username__iexact=text))[:2])
        first, _space, last = text.partition(" ")
        found = found or list(people.filter(first_name__iexact=first, last_name__iexact=last)[:2])
        if not found:
            raise ValidationError(self.error_messages["nobody"])
        if len(found) > 1:
            raise ValidationError(self.error_messages["several"])
        return found[0]


class ProjectForm(PlainForm, forms.Form):
    """A form about one project, filled in by one person."""

    def __init__(self, *args, project, user, **kwargs):
        self.project, self.user = project, user
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
            field.error_messages["required"] = _("Choose an answer.") if is_choice else _("Fill this in.")

    def values(self) -> dict:
        """What the verb receives."""
        return dict(self.cleaned_data)


class ConfirmForm(ProjectForm):
    """Nothing to fill in: the page says what will happen."""


# -- The work --------------------------------------------------------------------------------------


class MilestoneForm(ProjectForm):
    title = forms.CharField(
        label=_("What must be reached"),
        max_length=150,
        help_text=_("For example: twenty interviews with users."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=MilestoneKind.choices)
    due_on = DayField(label=_("By"))


class ReachForm(ProjectForm):
    reached_on = DayField(label=_("Reached on"))
    evidence = LongText(
        label=_("What shows it"),
        help_text=_("A document, a figure, what users said. One sentence is enough."),
    )


class MeetingForm(ProjectForm):
    """Sixty seconds on a phone: one field must be filled in."""

    learnt = LongText(label=_("What we learnt"))
    decided = LongText(label=_("What we decided"), required=False, rows=2)
    next_step = LongText(label=_("Next step"), required=False, rows=2)
    users_met = forms.IntegerField(
        label=_("Users met since the last meeting"), required=False, min_value=0, max_value=10000
    )
    held_on = DayField(label=_("Date of the meeting"))
    private_note = LongText(
        label=_("Private note"),
        required=False,
        rows=2,
        help_text=_("You alone will read it: not the team, not the programme, not the jury."),
    )


# -- People ----------------------------------------------------------------------------------------


class CommitmentForm(ProjectForm):
    user = forms.ModelChoiceField(label=_("Who commits"), queryset=None, empty_label=_("Choose a person"))
    share_of_time = forms.IntegerField(
        label=_("Share of working time, in %"),
        min_value=MIN_SHARE_OF_TIME,
        max_value=MAX_SHARE_OF_TIME,
        help_text=_("50 means two days and a half a week."),
    )
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("To"))
    agreed_by = forms.CharField(
        label=_("Agreed by"),
        max_length=150,
        help_text=_("The line manager or the sponsor: name and function."),
    )
    signed_on = DayField(label=_("Signed on"))
    replacement = LongText(label=_("How the work is covered meanwhile"), required=False, rows=2)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        members = self.project.memberships.filter(left_on__isnull=True).exclude(role=TeamRole.READER)
        people = get_user_model().objects.filter(memberships__in=members)
        self.fields["user"].queryset = people
        if len(alone := list(people[:2])) == 1:
            self.fields["user"].initial = alone[0]


class MemberForm(ProjectForm):
    user = PersonField(
        label=_("Person"), max_length=254, help_text=_("E-mail, user name, or first name and last name.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=TeamRole.choices, initial=TeamRole.MEMBER)


class CompanionForm(ProjectForm):
    user = PersonField(
        label=_("Person"), max_length=254, help_text=_("E-mail, user name, or first name and last name.")
    )
    kind = forms.ChoiceField(label=_("As"), choices=AccompanimentKind.choices)
    starts_on = DayField(label=_("From"))


# -- The life of the project -----------------------------------------------------------------------


class EditForm(ProjectForm):
    title = forms.CharField(label=_("Title"), max_length=120)
    problem = LongText(
        label=_("The problem, in two sentences"),
        required=False,
        rows=6,
        help_text=_("Who meets it, how often, what it costs them. The earlier text is kept in the journal."),
    )
    theme = forms.CharField(label=_("Theme"), max_length=80, required=False)


class StartForm(ProjectForm):
    on = DayField(label=_("Starts on"), help_text=_("Today, or the day when it really started."))


class WithdrawForm(ProjectForm):
    private_reason = LongText(
        label=_("Why, if you wish to say it"),
        required=False,
        help_text=_("You do not have to answer. It is never shown on a page."),
    )


class SuspendForm(ProjectForm):
    reason = LongText(label=_("Reason of the pause"), help_text=_("The team and the sponsor will read it."))
    resumes_on = DayField(label=_("Planned return"))


class ResumeForm(ProjectForm):
    on = DayField(label=_("Resumes on"))


class WakeForm(ProjectForm):
    reason = LongText(label=_("Who takes it up again, and with what"))
    next_committee_on = DayField(label=_("Next committee on"))


# -- Impact ----------------------------------------------------------------------------------------


class IndicatorForm(ProjectForm):
    name = forms.CharField(label=_("Name"), max_length=150)
    question = forms.CharField(
        label=_("The question it answers"),
        max_length=250,
        help_text=_("For example: do applications arrive complete?"),
    )
    level = forms.ChoiceField(
        label=_("Level"),
        choices=IndicatorLevel.choices,
        initial=IndicatorLevel.USEFUL,
        help_text=_("“Used” says that people use it; “useful” and “impact” say that it helps them."),
    )
    direction = forms.ChoiceField(label=_("This figure"), choices=Direction.choices, widget=forms.RadioSelect)
    unit = forms.ChoiceField(label=_("Unit"), choices=Unit.choices)
    decimals = forms.IntegerField(label=_("Decimals"), min_value=0, max_value=3, initial=0)
    numerator = forms.CharField(label=_("What is counted"), max_length=250, required=False)
    denominator = forms.CharField(
        label=_("Out of what"),
        max_length=250,
        required=False,
        help_text=_("A percentage needs it, or a population below."),
    )
    population = forms.ModelChoiceField(
        label=_("Population"),
        queryset=Population.objects.all(),
        required=False,
        empty_label=_("None of these"),
    )
    source = forms.CharField(label=_("Source and method"), max_length=250, required=False)
    is_main = forms.BooleanField(label=_("This is the main indicator"), required=False)
    is_public = forms.BooleanField(label=_("It may be shown to everyone"), required=False)


class ValueForm(ProjectForm):
    """A form about a value of one indicator: says in which unit it is written."""

    def __init__(self, *args, indicator, **kwargs):
        super().__init__(*args, **kwargs)
        if indicator.unit != Unit.COUNT:
            field = self.fields["value"]
            field.label = _("%(what)s, in %(unit)s") % {
                "what": field.label,
                "unit": Unit(indicator.unit).label,
            }


class TargetForm(ValueForm):
    value = forms.DecimalField(label=_("Target"), max_digits=14, decimal_places=3, localize=True)
    due_on = DayField(label=_("By"))
    set_by = forms.ModelChoiceField(
        label=_("Decision that set it"),
        queryset=Transition.objects.none(),
        required=False,
        empty_label=_("No decision: the team sets it"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["set_by"]
        field.queryset = self.project.transitions.exclude(outcome="")
        field.label_from_instance = lambda row: f"{row.get_outcome_display()}, {words.day(row.effective_on)}"


class MeasureForm(ValueForm):
    value = forms.DecimalField(label=_("Value"), max_digits=14, decimal_places=3, localize=True)
    role = forms.ChoiceField(
        label=_("This value is"),
        choices=MeasureRole.choices,
        initial=MeasureRole.FOLLOW_UP,
        help_text=_("The baseline is the value before the work began to change things."),
    )
    period_start = DayField(label=_("Measured from"), required=False, help_text=_("Empty for a single day."))
    period_end = DayField(label=_("Measured on, or to"))
    sample = forms.IntegerField(
        label=_("On how many people or things (n)"),
        min_value=1,
        required=False,
        help_text=_("Below 11, the value is never shown outside the project."),
    )
    quality = forms.ChoiceField(label=_("Quality"), choices=Quality.choices, widget=forms.RadioSelect)
    source = forms.CharField(label=_("Where it comes from"), max_length=250)
    comment = LongText(label=_("Comment"), required=False, rows=2)


class CorrectionForm(MeasureForm):
    """The same, beside the value that it replaces: the reason must be given."""

    field_order = ["value", "comment"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["comment"].required = True
        self.fields["comment"].label = _("Why it is corrected")


class EurosField(forms.DecimalField):
    """An amount as people write it: « 40 000 », « 40 000,50 € », “40000”."""

    def __init__(self, **kwargs):
        super().__init__(min_value=0, max_digits=12, decimal_places=2, localize=True, **kwargs)

    def to_python(self, value):
        if isinstance(value, str):
            value = re.sub(r"[\s€]", "", value)
        return super().to_python(value)


class BudgetForm(ProjectForm):
    label = forms.CharField(label=_("For what"), max_length=150)
    kind = forms.ChoiceField(label=_("Kind"), choices=BudgetKind.choices)
    amount_min = EurosField(
        label=_("Amount, or lowest amount, in euros"),
        required=False,
        help_text=_("Left empty: not valued. It is not zero."),
    )
    amount_max = EurosField(
        label=_("Highest amount, in euros"),
        required=False,
        help_text=_("Only for a range."),
    )
    months = forms.IntegerField(label=_("For how many months"), min_value=1, max_value=120, required=False)


class CohortBudgetForm(BudgetForm):
    """A line of a cohort: what it buys, or who works for it."""

    full_time = forms.DecimalField(
        label=_("Staff: how many full-time equivalents"),
        min_value=Decimal("0.01"),
        max_digits=5,
        decimal_places=2,
        required=False,
        localize=True,
        help_text=_(
            "For example 0.5 for half of a person's time. Leave the amount empty if it is not valued."
        ),
    )
    category = forms.ChoiceField(
        label=_("Staff: category"), choices=[("", _("Not said")), *Category.choices], required=False
    )


class PublishForm(ProjectForm):
    problem = LongText(label=_("The problem, in one sentence"), required=False, rows=2)
    for_whom = forms.CharField(
        label=_("For whom, and how many"), max_length=250, required=False, help_text=_("With the source.")
    )
    unknown = LongText(label=_("What we do not know"), required=False)
    learnt = LongText(label=_("What was learnt"), required=False)


# -- Fast track ------------------------------------------------------------------------------------


class FastTrackForm(ProjectForm):
    question = LongText(
        label=_("Your question, in one sentence"),
        rows=2,
        max_length=500,
        help_text=_("A question that can be answered by yes or no."),
    )
    why = LongText(label=_("What is blocked until there is an answer"), rows=3, max_length=1500)
    answer_by = DayField(label=_("Answer needed by"))


class FastTrackAnswerForm(ProjectForm):
    outcome = forms.ChoiceField(
        label=_("Your answer"),
        choices=[(one.value, one.label) for one in OUTCOMES_BY_GATE[Gate.FAST_TRACK]],
        widget=forms.RadioSelect,
    )
    reason = LongText(label=_("Reason, as the team will read it"), rows=3)
    granted = LongText(
        label=_("If you grant: what exactly"),
        rows=2,
        required=False,
        help_text=_("As the team may use it, word for word."),
    )
    amount = forms.CharField(
        label=_("If you grant money: how much, in euros"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    instead = LongText(label=_("If you refuse: what the team can do instead"), rows=2, required=False)

    def values(self) -> dict:
        """The outcome, the reason, and what this outcome records: the rest of what was typed is not sent."""
        outcome = Outcome(self.cleaned_data["outcome"])
        keys = [demand.key for demand in DEMANDS[outcome]]
        return {
            "outcome": outcome.value,
            "reason": self.cleaned_data["reason"],
            "demands": {key: self.cleaned_data[key] for key in keys if self.cleaned_data[key]},
        }
