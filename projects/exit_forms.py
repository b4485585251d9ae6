"""Forms of what comes after a project: what it teaches, what became of it, and the file that shows it."""

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incubator.core import files
from incubator.core.forms import PlainForm
from projects.domain import exits
from projects.enums import FollowUpState, StopReason
from projects.forms import DayField, LongText, ProjectForm


class PostMortemForm(ProjectForm):
    reason = forms.ChoiceField(
        label=_("Main reason"), choices=[("", _("Choose a reason")), *StopReason.choices]
    )
    learning = LongText(label=_("What was learnt"), rows=5)
    advice = LongText(label=_("What to know before starting again"), required=False)


NOTE_HELP = _("It may stay empty when a file says it.")


def _proof_help() -> str:
    limit = files.weight(settings.PRIVATE_FILE_MAX_BYTES)
    return gettext("A report, a screenshot, a photograph, a table: %(limit)s at most.") % {"limit": limit}


class ProofField(forms.FileField):
    """One file that shows it. What it may be is checked by ``core.files``, in the verb."""

    def __init__(self, **kwargs):
        super().__init__(
            label=_("A file that shows it"),
            required=False,
            help_text=lazy(_proof_help, str)(),
            widget=forms.FileInput(attrs={"accept": files.ACCEPT}),
            **kwargs,
        )

    def clean(self, value, initial=None):
        return value or None


class SaysOrShows:
    """A sentence, or a file that says it."""

    def clean(self):
        values = super().clean()
        if not (values.get("note") or values.get("proof") or "note" in self.errors or "proof" in self.errors):
            self.add_error("note", exits.SAY_OR_SHOW)
        return values


def ask_for_the_file_again(form) -> None:
    """A page that comes back with errors keeps what was typed; no browser lets it keep a chosen file."""
    if form.errors and form.files.get("proof") and "proof" not in form.errors:
        form.add_error("proof", _("Choose your file again: it cannot be kept while the page is corrected."))


class FollowUpForm(SaysOrShows, ProjectForm):
    state = forms.ChoiceField(
        label=_("What became of it"), choices=FollowUpState.choices, widget=forms.RadioSelect
    )
    note = LongText(label=_("In one sentence"), rows=2, required=False, help_text=NOTE_HELP)
    told_by = forms.CharField(label=_("Who says so"), max_length=150, required=False)
    source = forms.CharField(
        label=_("What shows it"),
        max_length=200,
        required=False,
        help_text=_("A page, a document, a figure with its date."),
    )
    proof = ProofField()
    checked_on = DayField(label=_("Checked on"))


class FollowUpToldForm(SaysOrShows, PlainForm, forms.Form):
    """What the person who took a project over fills in, without an account."""

    state = forms.ChoiceField(
        label=_("What became of it"),
        choices=FollowUpState.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer.")},
    )
    note = LongText(label=_("In one sentence"), rows=2, required=False, help_text=NOTE_HELP)
    source = forms.CharField(
        label=_("What shows it"),
        max_length=200,
        required=False,
        help_text=_("A page, a document, a figure with its date."),
    )
    proof = ProofField()
    told_by = forms.CharField(
        label=_("Your first name and last name"),
        max_length=150,
        error_messages={"required": _("Write your first name and last name.")},
    )
