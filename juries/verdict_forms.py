"""Forms of the deliberation and of what follows it. They carry what was typed; the verbs judge it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incubator.core.forms import PlainForm
from juries.forms import DecisionForm


def _sentence(label, help_text) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 600}),
        error_messages={"required": _("Write one sentence: the team will read it.")},
    )


class FeedbackForm(PlainForm, forms.Form):
    """The three sentences to the team."""

    convinced = _sentence(_("What convinced"), _("Said to the team: “you”."))
    lacked = _sentence(_("What was missing"), _("One thing, that they can understand and change."))
    what_next = _sentence(_("What comes next"), _("What the team can do now, when, and with whom."))


class LateMarksForm(PlainForm, forms.Form):
    """One list a criterion, on what the juror last said; on nothing where they have said nothing."""

    def __init__(self, *args, criteria, said, **kwargs):
        super().__init__(*args, **kwargs)
        for criterion in criteria:
            self.fields[criterion.key] = forms.ChoiceField(
                label=criterion.label,
                choices=[
                    *([] if criterion.pk in said else [("", _("Choose a mark"))]),
                    *(
                        (
                            str(mark),
                            f"{criterion.in_words(mark)} – {anchor}" if anchor else criterion.in_words(mark),
                        )
                        for mark, anchor in criterion.anchors
                    ),
                ],
                initial=str(said.get(criterion.pk, "")),
                error_messages={
                    "required": _("Choose one of the marks offered."),
                    "invalid_choice": _("Choose one of the marks offered."),
                },
            )


class CorrectionForm(DecisionForm):
    """What holds from now on, and why it was wrong."""

    why = forms.CharField(
        label=_("Why the decision is corrected"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Read by the team and kept in the minutes, beside the first decision."),
        error_messages={
            "required": _("Say in one sentence why the decision is corrected: the team will read it.")
        },
    )
    field_order = ["why", "reason"]
