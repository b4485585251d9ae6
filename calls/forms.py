"""Forms of the manager's screens and of the people of an application; its questions are in ``calls.questions``."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls import schema
from calls.enums import ApplicantRole, ExportFormat, QuestionKind
from calls.questions import SEEN_PREFIX, StepForm
from incubator.accounts.models import Directorate, Workplace
from incubator.core.forms import PlainForm

__all__ = [
    "SEEN_PREFIX",
    "AuthorsForm",
    "ExportForm",
    "PaperSectionForm",
    "PersonForm",
    "ReopenForm",
    "StepForm",
]


class PersonForm(PlainForm, forms.Form):
    """One person of the team. Nobody needs an e-mail."""

    use_required_attribute = False

    # Which line of the team this is: a place that exists, or a fresh key for someone to name.
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=36)
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=150)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=150)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False, help_text=gettext_lazy("Only if there is one.")
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("So that we can call you if there is a question."),
    )
    directorate = forms.ModelChoiceField(
        Directorate.objects.all(), label=gettext_lazy("Directorate"), required=False
    )
    workplace = forms.ModelChoiceField(
        Workplace.objects.all(), label=gettext_lazy("Workplace"), required=False
    )

    def __init__(self, *args, choices: dict[str, list] | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        for name, rows in (choices or {}).items():
            # The lists are read once for the whole team, not once a person.
            self.fields[name].choices = rows
        for name, token in (("email", "email"), ("phone", "tel")):
            self.fields[name].widget.attrs["autocomplete"] = token

    def typed(self) -> dict[str, Any]:
        """What was typed, even if it is not valid; only the lists must hold one of their choices."""
        values = {
            name: (
                self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
                or ""
            )
            for name in ("first_name", "last_name", "email", "phone")
        }
        for name in ("directorate", "workplace"):
            values[name] = self.cleaned_data.get(name) if hasattr(self, "cleaned_data") else None
        return values

    @property
    def is_blank(self) -> bool:
        return not any(self.typed().values())


def _may_do() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("What this person may do"),
        choices=[
            (ApplicantRole.MEMBER.value, _("Write with you, and apply with you")),
            (ApplicantRole.READER.value, _("Read only, to give an opinion")),
        ],
        initial=ApplicantRole.MEMBER.value,
        widget=forms.RadioSelect,
    )


class InviteForm(PlainForm, forms.Form):
    """Invite someone who has an e-mail."""

    use_required_attribute = False
    email = forms.EmailField(label=gettext_lazy("Their work e-mail"), max_length=254)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "off"
        self.fields["role"] = _may_do()


class CodeForm(PlainForm, forms.Form):
    """Make a code to say aloud or to show on a screen."""

    use_required_attribute = False

    def __init__(self, *args, most: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["most_uses"] = forms.TypedChoiceField(
            label=_("How many people may use it"),
            coerce=int,
            choices=[(number, str(number)) for number in range(1, max(most, 1) + 1)],
        )
        self.fields["role"] = _may_do()


class CompletionForm(PlainForm, forms.Form):
    """What the manager asks a team to complete."""

    use_required_attribute = False

    def __init__(self, *args, questions: list[dict], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["keys"] = forms.MultipleChoiceField(
            label=_("Questions to open again"),
            choices=[(question["key"], question["label"]) for question in questions],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one question.")},
        )
        self.fields["message"] = forms.CharField(
            label=_("What is missing"),
            help_text=_("The team reads these words, in the letter and on its page."),
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 5}),
            error_messages={"required": _("Write what is missing, so that the team knows what to answer.")},
        )
        self.fields["due_on"] = forms.DateField(
            label=_("Until"),
            help_text=_("After this day the team can still answer, until you stop waiting."),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        )


class PaperSectionForm(StepForm):
    """The questions of one section as the manager copies them from paper: only the title is needed.

    A file cannot come on paper, and a date is typed as it was written. Paper shows every question.
    """

    def __init__(self, section: dict, *, sections: list[dict] | None = None, **kwargs):
        asked = [
            question if question["key"] == schema.TITLE_KEY else {**question, "required": False}
            for question in section["questions"]
            if question["kind"] != QuestionKind.FILE
        ]
        super().__init__(
            {**section, "questions": asked}, answers={}, sections=sections, reveal=True, **kwargs
        )
        for question in asked:
            if question["kind"] == QuestionKind.DATE:
                self.fields[question["key"]].widget = forms.TextInput()

    def _hidden(self) -> frozenset[str]:
        # The other sections are typed on the same page.
        for question in schema.questions_of(self.sections):
            many = question["kind"] == QuestionKind.CHOICES
            key = question["key"]
            self.stored[key] = self.data.getlist(key) if many else self.data.get(key)
        return super()._hidden()

    def values(self) -> dict[str, Any]:
        return {name: self._typed(name) for name in self.fields}


class AuthorsForm(PlainForm, forms.Form):
    """Who wrote on paper: people who have an account, with or without an e-mail, found by their name.

    When several people are called alike, the next form asks which one (``pick-…``).
    """

    use_required_attribute = False

    def __init__(self, data=None, *, most: int, **kwargs):
        super().__init__(data, **kwargs)
        self.people: list = []
        self.names = [f"author-{position}" for position in range(most)]
        for position, name in enumerate(self.names):
            self.fields[name] = forms.CharField(
                label=_("Who leads") if position == 0 else _("With"),
                required=position == 0,
                max_length=150,
                error_messages={"required": _("Name at least one author.")},
                help_text=_("First and last name, user name or e-mail of a person who has an account.")
                if position == 0
                else "",
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
            if data is not None:
                self._offer(name, people_called(data.get(name, "")))

    def _offer(self, name: str, found: list) -> None:
        if len(found) < 2:
            return
        fields = {}
        for key, field in self.fields.items():
            fields[key] = field
            if key == name:
                fields[f"pick-{name}"] = forms.ChoiceField(
                    label=_("Which one?"),
                    required=False,
                    widget=forms.RadioSelect,
                    choices=[(str(person.uuid), _in_full(person)) for person in found],
                )
        self.fields = fields

    def clean(self):
        cleaned = super().clean()
        self.people = []
        for name in self.names:
            typed = cleaned.get(name)
            if not typed:
                continue
            found = people_called(typed)
            picked = cleaned.get(f"pick-{name}")
            if len(found) > 1:
                found = [person for person in found if str(person.uuid) == picked]
                if not found:
                    self.add_error(f"pick-{name}", _("Several people are called so: choose one."))
                    continue
            if not found:
                self.add_error(
                    name, _("Nobody with an account is called so. Create the account first, under “People”.")
                )
            elif found[0] in self.people:
                self.add_error(name, _("This person is named twice."))
            else:
                self.people.append(found[0])
        return cleaned


def people_called(text: str, most: int = 12) -> list:
    """Active people with this user name or e-mail, else those whose names hold each of these words. Two queries."""
    words = schema.tidy(text or "").split()[:6]
    if not words:
        return []
    people = get_user_model().objects.filter(is_active=True, anonymised_at__isnull=True)
    people = people.select_related("directorate", "workplace")
    exact = people.filter(Q(username__iexact=words[0]) | Q(email__iexact=words[0])) if len(words) == 1 else []
    if found := list(exact):
        return found
    for word in words:
        people = people.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word))
    return list(people.order_by("last_name", "first_name", "pk")[:most])


def _in_full(person) -> str:
    where = ", ".join(str(place) for place in (person.directorate, person.workplace) if place)
    return f"{person} ({where})" if where else f"{person} ({person.username})"


class ReopenForm(PlainForm, forms.Form):
    closes_at = forms.DateTimeField(
        label=gettext_lazy("New closing day and hour"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why, as those who have begun will read it"), max_length=300, required=False
    )


class ExtendForm(ReopenForm):
    """More time while a call is open: the reason is public, and owed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True


class ExportForm(PlainForm, forms.Form):
    """How a list leaves the site. Without ``personal`` nothing of it holds personal data: it is not offered."""

    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=ExportFormat.choices,
        initial=ExportFormat.CSV,
        widget=forms.RadioSelect,
    )
    personal = forms.BooleanField(
        label=gettext_lazy("With the answers that hold personal data"),
        required=False,
        help_text=gettext_lazy("Only if you need them: that you took them is noted in the journal."),
    )

    def __init__(self, *args, personal: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not personal:
            del self.fields["personal"]
