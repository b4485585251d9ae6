"""People and places in the Wagtail admin."""

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.admin.widgets.button import Button

from incubator.accounts import rules
from incubator.accounts.domain import people, places
from incubator.accounts.enums import Role
from incubator.accounts.models import Directorate, User, Workplace
from incubator.core.viewsets import (
    ScopedChooseResultsView,
    ScopedChooserViewSet,
    ScopedChooseView,
    ScopedCreateView,
    ScopedEditView,
    ScopedIndexView,
    ScopedModelViewSet,
)


class DirectorateViewSet(ScopedModelViewSet):
    model = Directorate
    add_label = _("Add a directorate")
    icon = "folder-open-inverse"
    view_rule = staticmethod(rules.can_manage_places)
    create_rule = staticmethod(rules.can_manage_places)
    update_rule = staticmethod(lambda user, place: rules.can_manage_places(user))
    create_verb = staticmethod(places.create_directorate)
    update_verb = staticmethod(places.update_directorate)
    form_fields = ["name", "code"]
    list_display = ["name", "code"]
    list_export = ["code", "name"]
    search_fields = ["name", "code"]


class WorkplaceViewSet(ScopedModelViewSet):
    model = Workplace
    add_label = _("Add a workplace")
    icon = "home"
    view_rule = staticmethod(rules.can_manage_places)
    create_rule = staticmethod(rules.can_manage_places)
    update_rule = staticmethod(lambda user, place: rules.can_manage_places(user))
    create_verb = staticmethod(places.create_workplace)
    update_verb = staticmethod(places.update_workplace)
    form_fields = ["name", "town"]
    list_display = ["name", "town"]
    list_export = ["name", "town"]
    search_fields = ["name", "town"]


class PersonForm(forms.ModelForm):
    """What is known of someone, and their roles; the verbs check every value again."""

    roles = forms.MultipleChoiceField(
        label=_("Roles for the whole authority"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Managers, coaches and jurors get their role in a programme, a project or a sitting."),
    )
    preferred_channel = forms.ChoiceField(
        label=User._meta.get_field("preferred_channel").verbose_name,
        required=False,
        choices=[("", _("The way that fits: e-mail, else text message, else paper"))]
        + list(User._meta.get_field("preferred_channel").choices),
    )

    class Meta:
        model = User
        fields = [
            "first_name",
            "last_name",
            "display_name",
            "email",
            "username",
            "phone",
            "preferred_channel",
            "language",
            "directorate",
            "workplace",
            "line_manager",
            "category",
        ]

    may_enter = forms.BooleanField(
        label=_("The account is open"),
        required=False,
        help_text=_("Closed, nobody enters with it any more; what this person has done stays."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["may_enter"].initial = self.instance.is_active
        else:
            del self.fields["may_enter"]
        self.fields["first_name"].required = self.fields["last_name"].required = True
        self.fields["username"].required = False
        self.fields["username"].help_text = _("Left empty, it is made from the names.")
        self.fields["email"].help_text = _("Left empty when there is none: nothing else needs it.")

    def _post_clean(self):
        """The verb checks and writes; the form only keeps what was typed."""


def account_words(person: User) -> str:
    """Where someone stands with the site, in a word for the list."""
    if not person.is_active:
        return _("closed")
    if person.must_change_password:
        return _("slip made, not used yet")
    return _("open") if person.email or person.has_usable_password() else _("slip to make")


def slip_url(person: User) -> str:
    return reverse("accounts:slip", args=[person.uuid])


class PersonIndexView(ScopedIndexView):
    def get_list_more_buttons(self, instance):
        buttons = super().get_list_more_buttons(instance)
        if instance.is_active:
            buttons.append(MenuItem(_("Slip to enter"), url=slip_url(instance), icon_name="key", priority=15))
        return buttons


class PersonCreateView(ScopedCreateView):
    def get_success_buttons(self):
        buttons = super().get_success_buttons()
        if self.object.email is None:
            buttons.insert(0, messages.button(slip_url(self.object), _("Make the slip")))
        return buttons


class PersonEditView(ScopedEditView):
    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if rules.can_issue_one_time_password(self.request.user, self.object):
            buttons.append(Button(_("Slip to enter"), url=slip_url(self.object), icon_name="key", priority=5))
        return buttons


class PersonViewSet(ScopedModelViewSet):
    model = User
    icon = "user"
    object_name = "user"
    menu_label = _("People")
    add_label = _("Add a person")
    view_rule = staticmethod(rules.can_manage_people)
    create_rule = staticmethod(rules.can_create_person)
    update_rule = staticmethod(rules.can_update_person)
    create_verb = staticmethod(people.create_person)
    update_verb = staticmethod(people.update_person)
    index_view_class = PersonIndexView
    add_view_class = PersonCreateView
    edit_view_class = PersonEditView
    list_display = [
        "__str__",
        "username",
        "email",
        "directorate",
        Column("account", label=_("Account"), accessor=lambda person: account_words(person)),
    ]
    list_export = ["last_name", "first_name", "username", "email", "directorate", "workplace", "is_active"]
    list_filter = ["directorate", "workplace", "is_active"]
    search_fields = ["first_name", "last_name", "display_name", "username", "email"]
    inspect_view_fields = [*PersonForm.Meta.fields, "is_active"]

    def list_queryset(self, queryset):
        return queryset.with_places()

    def get_form_class(self, for_update=False):
        return PersonForm

    def prepare_form(self, form, user):
        person = form.instance
        held = rules.roles_of(person) if person.pk else frozenset()
        givable = [role for role in Role if rules.can_give_role(user, role)]
        form.fields["roles"].choices = [(role.value, role.label) for role in givable]
        form.fields["roles"].initial = sorted(held)
        form.fields["line_manager"].widget = person_chooser.widget_class()
        form.fields["line_manager"].queryset = User.objects.visible_to(user)

    def verb_arguments(self, form, instance=None):
        return {
            name: value for name, value in form.cleaned_data.items() if name not in ("roles", "may_enter")
        }

    def create(self, user, form):
        person = super().create(user, form)
        self._set_roles(user, person, form)
        return person

    def update(self, user, instance, form):
        super().update(user, instance, form)
        self._set_roles(user, instance, form)
        if form.cleaned_data["may_enter"] != instance.is_active:
            verb = people.reopen_person if form.cleaned_data["may_enter"] else people.close_person
            verb(actor=user, user=instance)
        return instance

    def _set_roles(self, actor, person, form):
        """Give what is newly ticked and end what no longer is, among the roles that the form offered."""
        wanted = set(form.cleaned_data["roles"])
        held = rules.roles_of(person)
        for value, _label in form.fields["roles"].choices:
            if value in wanted and value not in held:
                people.grant_role(actor=actor, user=person, role=Role(value))
            elif value in held and value not in wanted:
                people.end_role(actor=actor, user=person, role=Role(value))


class PersonFilterForm(BaseFilterForm):
    q = forms.CharField(label=_("Search"), required=False, max_length=100)

    def filter(self, objects):
        words = (self.cleaned_data.get("q") or "").split()
        for word in words:
            objects = objects.filter(
                Q(first_name__icontains=word)
                | Q(last_name__icontains=word)
                | Q(username__icontains=word)
                | Q(email__icontains=word)
            )
        return objects


class _PersonChooseMixin:
    filter_form_class = PersonFilterForm
    ordering = ["last_name", "first_name", "pk"]

    def get_object_list(self):
        return super().get_object_list().active()


class PersonChooseView(_PersonChooseMixin, ScopedChooseView):
    pass


class PersonChooseResultsView(_PersonChooseMixin, ScopedChooseResultsView):
    pass


class PersonChooserViewSet(ScopedChooserViewSet):
    model = User
    icon = "user"
    choose_one_text = _("Choose a person")
    choose_another_text = _("Choose another person")
    edit_item_text = _("Open this person's page")
    choose_view_class = PersonChooseView
    choose_results_view_class = PersonChooseResultsView


person_chooser = PersonChooserViewSet("person_chooser", url_prefix="choose-person")


class PeopleGroup(ModelViewSetGroup):
    menu_label = _("People")
    menu_icon = "group"
    menu_order = 300
    items = (
        PersonViewSet("people"),
        DirectorateViewSet("directorates"),
        WorkplaceViewSet("workplaces"),
    )
