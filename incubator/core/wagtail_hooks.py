"""What core adds to the Wagtail admin: the authority's own words for its letters."""

from django import forms
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column

from incubator.core import letter_templates, letter_texts, letters, rules
from incubator.core.models import LetterTemplate
from incubator.core.viewsets import ScopedModelViewSet


class LetterTemplateForm(forms.ModelForm):
    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    body = forms.CharField(label=_("Text"), required=False, widget=forms.Textarea(attrs={"rows": 20}))

    class Meta:
        model = LetterTemplate
        fields = ["kind", "language", "subject", "body"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("kind", "language"):
                del self.fields[name]
            names = " ".join(f"{{{{ {name} }}}}" for name in letter_texts.placeholders(self.instance.kind))
            self.fields["body"].help_text = _("Filled in for each person: %(names)s") % {"names": names}
        else:
            self.fields["kind"] = forms.ChoiceField(
                label=_("Kind"), choices=[(kind.name, kind.label) for kind in letters.kinds.values()]
            )
            self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
            self.fields["body"].help_text = _("Leave the subject and the text empty to begin with our words.")
            self.order_fields(["kind", "language", "subject", "body"])

    def validate_unique(self):
        """The verb says it beside the field, in a sentence."""


class LetterTemplateViewSet(ScopedModelViewSet):
    model = LetterTemplate
    icon = "mail"
    menu_label = _("Words of the letters")
    add_to_admin_menu = True
    menu_order = 800
    object_name = "template"
    view_rule = staticmethod(rules.can_run_outbox)
    create_rule = staticmethod(rules.can_run_outbox)
    update_rule = staticmethod(lambda user, template: rules.can_run_outbox(user))
    delete_rule = staticmethod(lambda user, template: rules.can_run_outbox(user))
    create_verb = staticmethod(letter_templates.create_template)
    update_verb = staticmethod(letter_templates.update_template)
    delete_verb = staticmethod(letter_templates.remove_template)
    form_fields = ["kind", "language", "subject", "body"]
    inspect_view_fields = ["kind", "language", "subject", "body"]
    list_display = [
        Column("kind_label", label=_("Kind"), accessor="kind_label"),
        "language",
        "subject",
    ]

    def get_form_class(self, for_update=False):
        return LetterTemplateForm


@hooks.register("register_admin_viewset")
def register_letter_templates():
    return LetterTemplateViewSet("letter_templates", url_prefix="letter-templates")


@hooks.register("insert_editor_js")
def names_of_fields():
    """Names what Wagtail's editors leave without one, for those who do not see the screen."""
    return format_html('<script type="module" src="{}"></script>', static("eclosion/js/editor.js"))
