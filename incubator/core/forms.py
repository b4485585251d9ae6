"""What every form of the site shares: crispy markup without its own form tag."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from incubator.core.models import Letter


class PlainForm:
    """Mix into a form shown with ``{% crispy form %}`` inside a ``<form>`` that the template writes itself."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.include_media = False


class LetterForm(PlainForm, forms.Form):
    """The words of one letter, before it leaves."""

    to_address = forms.CharField(label=_("Address"), max_length=254, required=False)
    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(
        label=_("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 18}), strip=False
    )

    def __init__(self, *args, letter, **kwargs):
        initial = {"to_address": letter.to_address, "subject": letter.subject, "body": letter.body}
        super().__init__(*args, initial=initial, **kwargs)
        if letter.channel == Letter.Channel.EMAIL:
            self.fields["to_address"] = forms.EmailField(label=_("E-mail address"))
        elif letter.channel == Letter.Channel.SMS:
            self.fields["to_address"].label = _("Phone number")
        else:
            self.fields["to_address"].label = _("Where to hand it over")
