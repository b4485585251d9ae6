"""Forms of the front door."""

from django import forms
from django.utils.translation import gettext_lazy as _

from home.domain.next_cohort import wrong_day
from incubator.core.forms import PlainForm


class NextCohortForm(PlainForm, forms.Form):
    """What a copy for the next cohort is called, and when it opens; everything else moves with that day."""

    opens_on = forms.DateField(
        label=_("The new call opens on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The other dates keep their distance. The same weekday keeps the others on theirs."),
    )
    cohort_name = forms.CharField(label=_("Name of the cohort"), max_length=120)
    cohort_code = forms.CharField(label=_("Code of the cohort"), max_length=50)
    title = forms.CharField(label=_("Title of the call"), max_length=150)
    code = forms.CharField(
        label=_("Address of the call"),
        max_length=50,
        help_text=_("What stands after /appels/ in its address. It does not change afterwards."),
    )

    def clean_opens_on(self):
        day = self.cleaned_data["opens_on"]
        if wrong := wrong_day(day):
            raise forms.ValidationError(wrong)
        return day
