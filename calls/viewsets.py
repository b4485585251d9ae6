"""Calls and their questions in the Wagtail admin: where managers prepare. What happens by itself is in the verbs."""

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.admin.widgets.button import HeaderButton

from calls import rules
from calls.domain import calls as verbs
from calls.domain.forms import write_questions
from calls.enums import CallState
from calls.models import Call, CallForm
from incubator.core.viewsets import (
    ScopedCreateView,
    ScopedEditView,
    ScopedIndexView,
    ScopedModelViewSet,
)

HOURS = ("opens_at", "closes_at")


def board_url(call: Call) -> str:
    """The admin page that says where a call stands and what can be done."""
    return reverse("calls_board", args=[call.pk])


class CallIndexView(ScopedIndexView):
    def get_list_more_buttons(self, instance):
        board = MenuItem(_("Where it stands"), url=board_url(instance), icon_name="view", priority=1)
        return [board, *super().get_list_more_buttons(instance)]


class CallCreateView(ScopedCreateView):
    def get_success_url(self):
        return board_url(self.object)


class CallEditView(ScopedEditView):
    @cached_property
    def header_buttons(self):
        board = HeaderButton(_("Where it stands"), url=board_url(self.object), icon_name="view")
        return [board, *super().header_buttons]

    def get_success_url(self):
        return board_url(self.object)


class CallViewSet(ScopedModelViewSet):
    model = Call
    icon = "calendar-alt"
    menu_label = gettext_lazy("Calls")
    object_name = "call"
    view_rule = staticmethod(rules.runs_something)
    create_rule = staticmethod(rules.runs_something)
    update_rule = staticmethod(rules.can_manage_call)
    create_verb = staticmethod(verbs.create_call)
    update_verb = staticmethod(verbs.update_call)
    index_view_class = CallIndexView
    add_view_class = CallCreateView
    edit_view_class = CallEditView
    list_display = [
        "title",
        Column("state", label=gettext_lazy("State"), accessor="get_state_display", sort_key="state"),
        "opens_at",
        "closes_at",
        "cohort",
    ]
    list_export = ["code", "title", "state", "opens_at", "closes_at"]
    search_fields = ["title", "code"]
    panels = [
        MultiFieldPanel(
            [FieldPanel("title"), FieldPanel("code"), FieldPanel("programme"), FieldPanel("cohort")],
            heading=gettext_lazy("The call"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
                FieldPanel("grace_minutes"),
                FieldPanel("reminder_days_before"),
            ],
            heading=gettext_lazy("When you can apply"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("preselection_on"),
                FieldPanel("hackathon_on"),
                FieldPanel("preincubation_from"),
                FieldPanel("jury_on"),
            ],
            heading=gettext_lazy("What comes after"),
        ),
        MultiFieldPanel(
            [FieldPanel("max_team_size"), FieldPanel("minutes_to_apply")],
            heading=gettext_lazy("The application"),
        ),
    ]
    inspect_view_fields = [
        "title",
        "code",
        "cohort",
        *HOURS,
        "grace_minutes",
        "preselection_on",
        "hackathon_on",
        "jury_on",
    ]

    def list_queryset(self, queryset):
        return queryset.select_related("cohort", "programme")

    def prepare_form(self, form, user):
        call = form.instance
        if call.pk:
            for name in ("code", "programme"):
                form.fields[name].disabled = True
            for name in HOURS:
                # Said and read in the programme's zone, whatever the zone of the site.
                form.initial[name] = getattr(call, name).astimezone(call.zone).replace(tzinfo=None)
                form.fields[name].help_text = _("Time of %(zone)s.") % {"zone": call.programme.time_zone}
        else:
            form.fields["code"].help_text = _(
                "The address of the call, for example appel-2027. It does not change."
            )
            for name in HOURS:
                form.fields[name].help_text = _("In the time zone of the programme.")

    def verb_arguments(self, form, instance=None):
        values = dict(form.cleaned_data)
        programme = instance.programme if instance else values.get("programme")
        for name in HOURS:
            if values.get(name) and programme:
                values[name] = verbs.in_zone(values[name], programme, name)
        if instance is not None:
            values = {name: value for name, value in values.items() if name in verbs.CHANGEABLE}
        return values


class CallFormEditView(ScopedEditView):
    @cached_property
    def header_buttons(self):
        board = HeaderButton(_("Where it stands"), url=board_url(self.object.call), icon_name="view")
        preview = HeaderButton(
            _("See the form as an agent sees it"),
            url=reverse("calls:preview", args=[self.object.call.code]),
            icon_name="mobile-alt",
        )
        return [preview, board, *super().header_buttons]

    def get_success_url(self):
        return board_url(self.object.call)

    def save_instance(self):
        self.version_before = self.object.call.current_version_id
        return super().save_instance()

    def get_success_message(self):
        """Who is asked these questions, and what no jury reads."""
        call = Call.objects.select_related("current_version").get(pk=self.object.call_id)
        version = call.current_version
        if call.state != CallState.OPEN:
            said = _("The questions are kept. Agents are asked them when the call opens.")
        elif version.pk == self.version_before:
            said = _("Nothing changes for agents: these are the questions of version %(number)s.")
        else:
            said = _(
                "Agents who begin from now on are asked version %(number)s. Applications begun before keep the "
                "words they were asked."
            )
        return " ".join([said % {"number": version.number if version else ""}, *self._about_personal_data()])

    def _about_personal_data(self):
        both = [
            question
            for section in self.object.sections
            for question in section.value["questions"]
            if question.value.get("personal") and question.value.get("for_jury")
        ]
        if both:
            yield ngettext(
                "%(count)d question holds personal data: no jury reads its answers, although the box is ticked.",
                "%(count)d questions hold personal data: no jury reads their answers, although the boxes are "
                "ticked.",
                len(both),
            ) % {"count": len(both)}


class CallFormViewSet(ScopedModelViewSet):
    model = CallForm
    icon = "form"
    menu_label = gettext_lazy("Questions")
    object_name = "form"
    view_rule = staticmethod(rules.runs_something)
    update_rule = staticmethod(lambda user, form: rules.can_manage_call(user, form.call))
    update_verb = staticmethod(write_questions)
    edit_view_class = CallFormEditView
    list_display = ["call"]
    panels = [HelpPanel(template="calls/admin/form_notice.html"), FieldPanel("sections")]
    inspect_view_fields = ["call"]

    def list_queryset(self, queryset):
        return queryset.select_related("call")

    def update(self, user, instance, form):
        instance.sections = form.cleaned_data["sections"]
        write_questions(actor=user, form=instance)
        return instance


class CallsGroup(ModelViewSetGroup):
    menu_label = gettext_lazy("Calls")
    menu_icon = "calendar-alt"
    menu_order = 200
    items = (
        CallViewSet("call_admin", url_prefix="appels"),
        CallFormViewSet("call_forms", url_prefix="appels-questions"),
    )
