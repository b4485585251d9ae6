"""Forms of the agent's steps and of the manager's screens. What a draft holds may be wrong; it is kept all the same."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from calls import schema
from calls.enums import QuestionKind
from calls.models import Answer
from incubator.accounts.models import Directorate, Workplace
from incubator.core.files import ACCEPT
from incubator.core.forms import PlainForm

SEEN_PREFIX = "seen-"


class AnswerMixin:
    """A field that asks ``calls.schema`` what is wrong, and lets a draft be empty."""

    question: dict
    strict = False

    def clean(self, value):
        value = schema.tidy(value)
        if schema.is_empty(value) and not self.strict:
            return value
        if sentence := schema.problem(self.question, value):
            raise forms.ValidationError(sentence)
        return value


class TextAnswer(AnswerMixin, forms.CharField):
    pass


class ChoiceAnswer(AnswerMixin, forms.ChoiceField):
    pass


class ChoicesAnswer(AnswerMixin, forms.MultipleChoiceField):
    pass


class FileAnswer(forms.FileField):
    """Files are checked by ``core.files`` when they are attached."""

    question: dict
    strict = False

    def clean(self, value, initial=None):
        if self.strict and not value and not initial and self.question["required"]:
            raise forms.ValidationError(schema.problem(self.question, None))
        return value


class StepForm(PlainForm, forms.Form):
    """One step of an application: the questions of one section, as plain fields named by their keys."""

    use_required_attribute = False  # a draft may be saved half-way

    def __init__(self, section: dict, *, answers: dict[str, Answer], strict: bool = False, **kwargs):
        self.section = section
        initial = {key: answer.value for key, answer in answers.items()}
        super().__init__(initial=initial, prefix=None, **kwargs)
        for question in section["questions"]:
            field = _field(question, initial.get(question["key"]))
            field.question, field.strict = question, strict
            self.fields[question["key"]] = field

    @classmethod
    def checked(cls, section: dict, answers: dict[str, Answer]) -> "StepForm":
        """The form with what is stored and everything that is wrong with it."""
        data = {key: answer.value for key, answer in answers.items() if answer.value is not None}
        form = cls(section, answers=answers, strict=True, data=data, files=None)
        for question in section["questions"]:
            answer = answers.get(question["key"])
            if question["kind"] == QuestionKind.FILE and answer and answer.file_id:
                form.errors.pop(question["key"], None)
        return form

    def typed(self) -> dict[str, Any]:
        """What was typed, by question: only fields that the page showed, valid or not. Files come apart."""
        values = {}
        for question in self.section["questions"]:
            key = question["key"]
            if question["kind"] == QuestionKind.FILE or f"{SEEN_PREFIX}{key}" not in self.data:
                continue
            values[key] = self.fields[key].widget.value_from_datadict(self.data, self.files, key)
        return values


def _field(question: dict, value: Any) -> forms.Field:
    kind = question["kind"]
    common = {"label": question["label"], "help_text": _help(question), "required": question["required"]}
    choices = [(choice["key"], choice["label"]) for choice in question.get("choices", ())]
    if kind == QuestionKind.LONG_TEXT:
        attrs = {"rows": 8}
        if question.get("max_words"):
            attrs["data-words"] = question["max_words"]
        return TextAnswer(widget=forms.Textarea(attrs=attrs), strip=False, **common)
    if kind == QuestionKind.CHOICE:
        return ChoiceAnswer(widget=forms.RadioSelect, choices=choices, **common)
    if kind == QuestionKind.CHOICES:
        return ChoicesAnswer(widget=forms.CheckboxSelectMultiple, choices=choices, **common)
    if kind == QuestionKind.YES_NO:
        return ChoiceAnswer(widget=forms.RadioSelect, choices=[("yes", _("Yes")), ("no", _("No"))], **common)
    if kind == QuestionKind.NUMBER:
        return TextAnswer(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
    if kind == QuestionKind.DATE:
        # A browser's date picker would hide a date that it cannot read: that one is shown as text.
        readable = schema.is_empty(value) or schema.read_date(value) is not None
        widget = forms.DateInput(attrs={"type": "date"}) if readable else forms.TextInput()
        return TextAnswer(widget=widget, **common)
    if kind == QuestionKind.FILE:
        return FileAnswer(widget=forms.FileInput(attrs={"accept": ACCEPT}), **common)
    return TextAnswer(widget=forms.TextInput(), strip=False, **common)


def _help(question: dict) -> str:
    parts = [question["help"]] if question.get("help") else []
    if question.get("max_words"):
        parts.append(
            ngettext("%(count)d word at most.", "%(count)d words at most.", question["max_words"])
            % {"count": question["max_words"]}
        )
    if question["kind"] == QuestionKind.CHOICES:
        parts.append(_("Several answers are possible."))
    if question.get("unit"):
        parts.append(_("In %(unit)s.") % {"unit": question["unit"]})
    if question["kind"] == QuestionKind.FILE:
        parts.append(_("A document, a table or a photo, 10 MB at most."))
    return " ".join(parts)


class PersonForm(PlainForm, forms.Form):
    """One person of the team. Nobody needs an e-mail."""

    use_required_attribute = False

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


class PaperSectionForm(StepForm):
    """The questions of one section as the manager copies them from paper: only the title is needed.

    A file cannot come on paper, and a date is typed as it was written.
    """

    def __init__(self, section: dict, **kwargs):
        asked = [
            question if question["key"] == schema.TITLE_KEY else {**question, "required": False}
            for question in section["questions"]
            if question["kind"] != QuestionKind.FILE
        ]
        super().__init__({**section, "questions": asked}, answers={}, **kwargs)
        for question in asked:
            if question["kind"] == QuestionKind.DATE:
                self.fields[question["key"]].widget = forms.TextInput()

    def values(self) -> dict[str, Any]:
        return {
            name: field.widget.value_from_datadict(self.data, self.files, name)
            for name, field in self.fields.items()
        }


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
