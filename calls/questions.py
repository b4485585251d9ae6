"""The questions of a step as form fields. What a draft holds may be wrong; it is kept all the same."""

from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls import conditions, kinds, schema
from calls.enums import QuestionKind
from calls.models import Answer
from incubator.accounts.models import Workplace
from incubator.core.files import ACCEPT
from incubator.core.forms import PlainForm

SEEN_PREFIX = "seen-"
ASKED_PREFIX = "asked-"


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


class SiteAnswer(forms.ChoiceField):
    """A place of the list. Its code is what is typed; ``calls.domain.sites`` keeps its name beside it."""

    question: dict
    strict = False

    def clean(self, value):
        value = schema.tidy(value)
        if schema.is_empty(value) and not self.strict:
            return value
        if value not in dict(self.choices) or not value:
            sentence = schema.problem(self.question, value)
            if sentence:
                raise forms.ValidationError(sentence)
        return value


class RangeInput(forms.MultiWidget):
    """Two amounts, each with its own label. What is typed comes as ``[from, to]``."""

    use_fieldset = True
    template_name = "calls/widgets/range.html"

    def __init__(self, attrs=None):
        box = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})
        super().__init__({"from": box, "to": box})

    def decompress(self, value):
        return [value, ""]

    def value_from_datadict(self, data, files, name):
        return [text or "" for text in super().value_from_datadict(data, files, name)]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        labels = (_("From, or the exact amount"), _("To, if it is not exact"))
        for widget, label in zip(context["widget"]["subwidgets"], labels, strict=True):
            widget["label"] = label
        return context


class FileAnswer(forms.FileField):
    """Files are checked by ``core.files`` when they are attached."""

    question: dict
    strict = False

    def clean(self, value, initial=None):
        if self.strict and not value and not initial and self.question["required"]:
            raise forms.ValidationError(schema.problem(self.question, None))
        return value


class ConditionalQuestion(Div):
    """A question that is shown only after a given answer: it is on the page all the same, so that it appears at
    once (``conditions.js``) and what was typed in it is never lost. ``asked-…`` says that the page showed it."""

    template = "calls/_conditional.html"

    def __init__(self, question: dict, field, *, sentence: str, hidden: bool):
        super().__init__(field)
        self.question, self.sentence, self.starts_hidden = question, sentence, hidden
        self.source = question["only_if"]["key"]
        self.enough = " ".join(question["only_if"]["answers"])


class FileQuestion(Div):
    """A file to choose, with the one that is attached already beneath it."""

    template = "calls/_file_question.html"

    def __init__(self, key: str, answer: Answer | None):
        super().__init__(key)
        self.key, self.answer = key, answer

    def render(self, form, context, template_pack=None, **kwargs):
        return render_to_string(
            self.template,
            {
                "fields": self.get_rendered_fields(form, context, template_pack, **kwargs),
                "key": self.key,
                "file": self.answer.file if self.answer else None,
                "application": context.get("application"),
            },
        )


class StepForm(PlainForm, forms.Form):
    """One step of an application: the questions of one section, as plain fields named by their keys.

    ``sections``: the whole form, where conditions may name questions of other steps; ``answers``: what is
    stored, of every step. ``reveal``: show every question, those that the answers leave out too (nothing is
    wrong with what is written there).
    """

    use_required_attribute = False  # a draft may be saved half-way

    def __init__(
        self,
        section: dict,
        *,
        answers: dict[str, Answer],
        sections: list[dict] | None = None,
        strict: bool = False,
        reveal: bool = False,
        **kwargs,
    ):
        self.section, self.sections = section, sections or [section]
        self.answers = answers
        self.stored = {key: answer.value for key, answer in answers.items()}
        initial = {
            question["key"]: _initial(question, self.stored.get(question["key"]))
            for question in section["questions"]
        }
        super().__init__(initial=initial, prefix=None, **kwargs)
        for question in section["questions"]:
            field = _field(question, self.stored.get(question["key"]))
            field.question, field.strict = question, strict
            self.fields[question["key"]] = field
        self.hidden = self._hidden() if self.is_bound or not reveal else frozenset()
        self.reveal = reveal
        self.helper.layout = Layout(*(self._laid_out(question) for question in section["questions"]))

    def _hidden(self) -> frozenset[str]:
        """The keys of this step's questions that the answers leave out: those typed here, else those stored."""
        values = dict(self.stored)
        if self.is_bound:
            for question in self.section["questions"]:
                if question["kind"] != QuestionKind.FILE:
                    values[question["key"]] = self._typed(question["key"])
        hidden = schema.hidden_keys(self.sections, values)
        return hidden & set(self.fields)

    def _laid_out(self, question: dict):
        key = question["key"]
        is_file = question["kind"] == QuestionKind.FILE
        field = FileQuestion(key, self.answers.get(key)) if is_file else key
        if not question.get("only_if"):
            return field
        sentence = conditions.sentence(question, self.sections)
        hidden = key in self.hidden and not self.reveal
        return ConditionalQuestion(question, field, sentence=sentence, hidden=hidden)

    @classmethod
    def checked(
        cls, section: dict, answers: dict[str, Answer], sections: list[dict] | None = None
    ) -> "StepForm":
        """The form with what is stored and everything that is wrong with it."""
        data: dict[str, Any] = {}
        for question in section["questions"]:
            answer = answers.get(question["key"])
            if answer is not None and answer.value is not None:
                data |= as_data(question, answer.value)
        form = cls(section, answers=answers, sections=sections, strict=True, data=data, files=None)
        for question in section["questions"]:
            answer = answers.get(question["key"])
            if question["kind"] == QuestionKind.FILE and answer and answer.file_id:
                form.errors.pop(question["key"], None)
        return form

    def full_clean(self):
        super().full_clean()
        for key in self.hidden:  # not asked: nothing is wrong with it
            self._errors.pop(key, None)

    def _typed(self, key: str) -> Any:
        return self.fields[key].widget.value_from_datadict(self.data, self.files, key)

    def typed(self) -> dict[str, Any]:
        """What was typed, by question: only fields that the page showed, valid or not. Files come apart."""
        values = {}
        for question in self.section["questions"]:
            key = question["key"]
            if question["kind"] == QuestionKind.FILE or f"{SEEN_PREFIX}{key}" not in self.data:
                continue
            widget = self.fields[key].widget
            if key in self.hidden and widget.value_omitted_from_data(self.data, self.files, key):
                continue  # not asked, not sent: what was written there before stays
            values[key] = self._typed(key)
        return values

    def newly_asked(self) -> list[dict]:
        """Questions that the answers typed here bring up, and that the page did not show (no JavaScript)."""
        return [
            question
            for question in self.section["questions"]
            if question.get("only_if")
            and question["key"] not in self.hidden
            and f"{ASKED_PREFIX}{question['key']}" not in self.data
        ]


def _initial(question: dict, value: Any) -> Any:
    if question["kind"] == QuestionKind.SITE and isinstance(value, list):
        return value[0] if value else ""
    return value


def as_data(question: dict, value: Any) -> dict[str, Any]:
    """A stored value as its widget would have sent it."""
    key = question["key"]
    if question["kind"] == QuestionKind.AMOUNT and question.get("range"):
        low, high = kinds.bounds_of(question, value)
        return {f"{key}_from": low, f"{key}_to": high}
    return {key: _initial(question, value)}


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
    if kind == QuestionKind.AMOUNT:
        widget = RangeInput() if question.get("range") else forms.TextInput(attrs={"inputmode": "decimal"})
        return TextAnswer(widget=widget, **common)
    if kind == QuestionKind.LINK:
        # As text, so that a browser never empties what it does not take for an address.
        attrs = {"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}
        return TextAnswer(widget=forms.TextInput(attrs=attrs), **common)
    if kind == QuestionKind.SITE:
        return SiteAnswer(widget=forms.Select, choices=_places(value), **common)
    if kind == QuestionKind.DATE:
        # A browser's date picker would hide a date that it cannot read: that one is shown as text.
        readable = schema.is_empty(value) or schema.read_date(value) is not None
        widget = forms.DateInput(attrs={"type": "date"}) if readable else forms.TextInput()
        return TextAnswer(widget=widget, **common)
    if kind == QuestionKind.FILE:
        return FileAnswer(widget=forms.FileInput(attrs={"accept": ACCEPT}), **common)
    return TextAnswer(widget=forms.TextInput(), strip=False, **common)


def _places(value: Any) -> list[tuple[str, str]]:
    """Every workplace under its name of today; the one that was chosen before, under its name of that day."""
    places = {str(place.pk): str(place) for place in Workplace.objects.all()}
    if isinstance(value, list) and len(value) == 2:
        places[str(value[0])] = str(value[1])
    return [("", _("Choose in the list")), *places.items()]


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
        parts.append(_("Unit: %(unit)s.") % {"unit": question["unit"]})
    if question["kind"] == QuestionKind.LINK:
        parts.append(_("Copy the address that your browser shows at the top of the page."))
    if question["kind"] == QuestionKind.FILE:
        parts.append(_("A document, a table or a photo, 10 MB at most. It leaves when you save."))
    if question.get("personal"):
        parts.append(_("The jury does not read this answer."))
    return " ".join(parts)
