"""What a manager types about applications, and a department in answer."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.domain.notes import MESSAGE_MAX, NOTE_MAX, SUBJECT_MAX
from calls.domain.redirections import ANSWER_MAX
from calls.enums import RedirectionAnswer
from calls.forms import people_called
from incubator.accounts.models import Directorate
from incubator.core import clock
from incubator.core.calendar import add_working_days
from incubator.core.forms import PlainForm

USUAL_DELAY = 20  # working days that a department is given, unless the manager says otherwise


def say_refusal(form: forms.Form, error) -> None:
    """What a verb refused, beside the fields; what belongs to no field stands above the form."""
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, error)


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class NoteForm(PlainForm, forms.Form):
    text = forms.CharField(label=gettext_lazy("New note"), max_length=NOTE_MAX, widget=_area(3))


class MessageForm(PlainForm, forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=SUBJECT_MAX)
    text = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=MESSAGE_MAX,
        widget=_area(8),
        help_text=gettext_lazy(
            "Write only what is your own: the greeting, the link to the application and the signature are added."
        ),
    )


class RedirectionForm(PlainForm, forms.Form):
    """Whom to ask, why, before which day. A name that several people bear is asked again with a choice."""

    use_required_attribute = False

    directorate = forms.ModelChoiceField(
        Directorate.objects.all(),
        label=gettext_lazy("Directorate that can act"),
        empty_label=gettext_lazy("Choose in the list"),
    )
    recipient = forms.CharField(
        label=gettext_lazy("Who will answer"),
        max_length=150,
        help_text=gettext_lazy("First and last name. An idea sent to nobody gets no answer."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Their e-mail, or phone"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Only for someone who has no account here."),
    )
    due_on = forms.DateField(
        label=gettext_lazy("Answer expected by"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why this department"),
        max_length=4000,
        widget=_area(4),
        help_text=gettext_lazy("The author reads it, and the person who is asked."),
    )
    with_names = forms.BooleanField(
        label=gettext_lazy("The author agrees that their name is passed on"), required=False
    )

    def __init__(self, data=None, **kwargs):
        kwargs.setdefault("initial", {"due_on": add_working_days(clock.today(), USUAL_DELAY)})
        super().__init__(data, **kwargs)
        self.person = None
        self.fields["due_on"].widget.attrs["min"] = (clock.today() + timedelta(days=1)).isoformat()
        found = people_called((data or {}).get("recipient", "").replace("\x00", "")) if data else []
        self._found = found
        if len(found) > 1:
            self._offer(found)

    def _offer(self, found) -> None:
        choices = [(str(person.uuid), _in_full(person)) for person in found]
        fields = {}
        for name, field in self.fields.items():
            fields[name] = field
            if name == "recipient":
                fields["pick"] = forms.ChoiceField(
                    label=_("Which one?"),
                    required=False,
                    widget=forms.RadioSelect,
                    choices=[*choices, ("none", _("Somebody else, without an account"))],
                )
        self.fields = fields

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("recipient"):
            return cleaned
        pick = cleaned.get("pick", "")
        if len(self._found) == 1 and not cleaned.get("address"):
            self.person = self._found[0]
        elif len(self._found) > 1:
            self.person = next((one for one in self._found if str(one.uuid) == pick), None)
            if self.person is None and pick != "none":
                self.add_error("pick", _("Several people are called so: choose one."))
                return cleaned
        if self.person is None and not cleaned.get("address"):
            self.add_error(
                "address",
                _("Nobody with an account is called so: write their e-mail address or phone number."),
            )
        return cleaned


class BulkRedirectionForm(RedirectionForm):
    """The same for several applications at once; names are passed on one author at a time, with their agreement."""

    with_names = None


def _in_full(person) -> str:
    where = ", ".join(str(place) for place in (person.directorate, person.workplace) if place)
    return f"{person} ({where})" if where else f"{person} ({person.username})"


class RedirectionAnswerForm(PlainForm, forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Your answer"), choices=RedirectionAnswer.choices, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=gettext_lazy("In a few sentences"),
        max_length=ANSWER_MAX,
        widget=_area(6),
        help_text=gettext_lazy(
            "What will be done and when, or why not. The author of the idea reads it as it is."
        ),
    )


class JoinForm(PlainForm, forms.Form):
    """Which of the two stays, and why."""

    stays = forms.ChoiceField(label=gettext_lazy("Which one stays?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Why are they joined?"),
        max_length=4000,
        widget=_area(3),
        help_text=gettext_lazy("Both teams read it."),
    )

    def __init__(self, *args, pair, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stays"].choices = [
            (
                str(one.uuid),
                _("“%(title)s” stays, %(number)s") % {"title": one.title, "number": one.receipt_number},
            )
            for one in pair
        ]


class ViewForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=60)
