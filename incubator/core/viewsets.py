"""Screens of the Wagtail admin for our own tables: scoped to what one may see, writing through domain verbs.

Wagtail's ModelViewSet asks model permissions only and saves forms directly: its edit, inspect, delete,
history and usage views show any row to whoever may change one (docs/architecture.md). Here every
view reads ``Model.objects.visible_to(user)`` (404 otherwise), saving and deleting call verbs, which
check the rules again and write the journal, and their refusals come back beside the fields.

A package declares one viewset a table in its ``viewsets.py`` and registers it in ``wagtail_hooks.py``::

    class ProgrammeViewSet(ScopedModelViewSet):
        model = Programme
        icon = "group"
        object_name = "programme"          # the keyword under which update_verb expects the object
        view_rule = staticmethod(rules.can_open_programmes)      # (user): list and menu entry
        create_rule = staticmethod(rules.can_create_programme)   # (user)
        update_rule = staticmethod(rules.can_update_programme)   # (user, programme)
        create_verb = staticmethod(programmes.create_programme)  # (*, actor, **fields) -> Programme
        update_verb = staticmethod(programmes.update_programme)  # (*, actor, programme, **fields)
        form_fields = ["code", "name", "phone"]                  # or panels = [...]; never a state
        list_display = ["name", "code"]
        list_export = ["code", "name"]

    @hooks.register("register_admin_viewset")
    def register():
        return ProgrammeViewSet("programmes")

A screen without its verb does not exist: no ``create_verb``, no "new" address. Copying is off unless
``copy_view_enabled`` (it then saves through ``create_verb``); drag-and-drop reordering and Wagtail's
bulk actions write directly and are always off. ``verb_arguments`` is the place to adapt what the form
holds to what the verb expects. Tests walk :data:`registry` and :data:`chooser_registry`.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import NON_FIELD_ERRORS, ImproperlyConfigured, PermissionDenied, ValidationError
from django.db import transaction
from django.forms import ModelChoiceField
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.forms.models import formfield_for_dbfield
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic import chooser, history, usage
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from incubator.core import journal
from incubator.core.rules import is_staff_member

registry: list["ScopedModelViewSet"] = []
chooser_registry: list["ScopedChooserViewSet"] = []

STATE_FIELDS = frozenset({"state", "status", "stage"})  # only core.workflow.perform() writes them
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class ScopedPolicy(BasePermissionPolicy):
    """Answers Wagtail's questions (menus, links, reports) with the viewset's rules, not with permissions."""

    def __init__(self, viewset: "ScopedModelViewSet"):
        super().__init__(viewset.model)
        self.viewset = viewset

    def user_has_permission(self, user, action):
        return self.viewset.user_may(user, action)

    def user_has_permission_for_instance(self, user, action, instance):
        return self.viewset.user_may(user, action, instance)

    def instances_user_has_any_permission_for(self, user, actions):
        return self.model._default_manager.visible_to(user)

    def users_with_any_permission(self, actions):
        raise NotImplementedError("rules are asked about one person, they do not list people")


# -- Views -----------------------------------------------------------------------------------------


class ScopedMixin:
    """What every scoped view knows: its viewset, and the rows this user may see."""

    viewset: "ScopedModelViewSet" = None

    def scoped_queryset(self):
        return self.model._default_manager.visible_to(self.request.user)


class ScopedObjectMixin(ScopedMixin):
    """One row, or 404: whether it exists is not for everyone to know."""

    def get_object(self, queryset=None):
        if getattr(self, "object", None) is None:
            pk = unquote(str(self.kwargs["pk"]))
            self.object = get_object_or_404(self.scoped_queryset(), pk=pk)
        return self.object


class VerbFormMixin:
    """Offers only what may be seen as choices; what the verb refuses comes back beside the fields."""

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        scope_choices(form, self.request.user)
        self.viewset.prepare_form(form, self.request.user)
        return form

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ValidationError as error:
            add_errors(form, error)
            self.produced_error_code = "validation_error"
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)


class ScopedIndexView(ScopedMixin, generic.IndexView):
    def get_base_queryset(self):
        return self.viewset.list_queryset(self.scoped_queryset())

    def preprocess_field_value(self, field, value, export_format):
        """A cell that begins like a formula is written as text: spreadsheets run formulas."""
        value = super().preprocess_field_value(field, value, export_format)
        return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


class ScopedCreateView(VerbFormMixin, ScopedMixin, generic.CreateView):
    def save_instance(self):
        return self.viewset.create(self.request.user, self.form)

    def get_success_buttons(self):
        """No way on to an edit page where nothing is edited."""
        return super().get_success_buttons() if self.edit_url_name else []


class ScopedCopyView(ScopedObjectMixin, ScopedCreateView):
    """A new row whose form starts with the values of another; saved by ``create_verb`` like any new row."""

    def get_initial_form_instance(self):
        original = get_object_or_404(self.scoped_queryset(), pk=unquote(str(self.kwargs["pk"])))
        original.pk = None
        original._state.adding = True
        return original


class ScopedEditView(VerbFormMixin, ScopedObjectMixin, generic.EditView):
    def dispatch(self, request, *args, **kwargs):
        if not self.viewset.user_may(request.user, "change", self.get_object()):
            messages.info(request, _("You can read this page, but not change it."))
            if self.inspect_url_name:
                return redirect(reverse(self.inspect_url_name, args=[quote(self.object.pk)]))
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def save_instance(self):
        # The form has written on self.object while validating; the verb gets the row as it is stored.
        stored = get_object_or_404(self.scoped_queryset(), pk=self.object.pk)
        return self.viewset.update(self.request.user, stored, self.form)


class ScopedDeleteView(ScopedObjectMixin, generic.DeleteView):
    def dispatch(self, request, *args, **kwargs):
        if not self.viewset.user_may(request.user, "delete", self.get_object()):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return redirect(self.get_success_url())

    def delete_action(self):
        with transaction.atomic():
            self.viewset.delete(self.request.user, self.object)


class ScopedInspectView(ScopedObjectMixin, generic.InspectView):
    pass


class ScopedHistoryView(ScopedObjectMixin, history.HistoryView):
    """The journal of one row: our verbs write there, not in Wagtail's log of editorial content."""

    any_permission_required = ["view"]
    filterset_class = None

    @cached_property
    def columns(self):
        return [
            Column("verb", label=_("What was done"), accessor=lambda entry: journal.label(entry.verb)),
            Column("actor", label=_("By"), accessor=lambda entry: entry.actor or _("the site itself")),
            DateColumn("created_at", label=_("When"), width="20%"),
        ]

    @cached_property
    def header_buttons(self):
        return super().header_buttons if self.edit_url_name else []

    def get_base_queryset(self):
        return journal.entries_about(self.object)


class ScopedUsageView(ScopedObjectMixin, usage.UsageView):
    permission_required = "view"


# -- The viewset -----------------------------------------------------------------------------------


class ScopedModelViewSet(ModelViewSet):
    """A table in the Wagtail admin; the module's docstring shows how to declare one."""

    # Who: rules of the package. A rule answers True or False and costs no query of its own for each row.
    view_rule: Callable[[Any], bool] = staticmethod(is_staff_member)
    create_rule: Callable[[Any], bool] = staticmethod(is_staff_member)
    update_rule: Callable[[Any, Any], bool] = staticmethod(lambda user, obj: is_staff_member(user))
    delete_rule: Callable[[Any, Any], bool] = staticmethod(lambda user, obj: is_staff_member(user))

    # What: verbs of the package, called with keywords only.
    create_verb: Callable | None = None  # (*, actor, **fields) -> object
    update_verb: Callable | None = None  # (*, actor, <object_name>, **fields)
    delete_verb: Callable | None = None  # (*, actor, <object_name>)
    add_label = None  # words of the button that adds one: "Add a programme"
    object_name: str = ""  # the model's name in small letters when empty

    add_to_reference_index = False  # what our tables refer to is protected by foreign keys, not by an index
    inspect_view_enabled = True
    copy_view_enabled = False
    sort_order_field = None
    list_per_page = 50

    index_view_class = ScopedIndexView
    add_view_class = ScopedCreateView
    edit_view_class = ScopedEditView
    delete_view_class = ScopedDeleteView
    history_view_class = ScopedHistoryView
    usage_view_class = ScopedUsageView
    copy_view_class = ScopedCopyView
    inspect_view_class = ScopedInspectView

    def __init__(self, name=None, **kwargs):
        super().__init__(name, **kwargs)
        if not hasattr(self.model._default_manager, "visible_to"):
            raise ImproperlyConfigured(f"{self.model.__name__}.objects needs visible_to(user)")
        register_permission_policy(self.model, ScopedPolicy(self), exact_class=True)

    # -- Rules

    def user_may(self, user, action: str, instance=None) -> bool:
        """Whether this user may ``view``, ``add``, ``change`` or ``delete`` here, or one row of it."""
        if not self.may_open(user):
            return False
        if action == "add":
            return self.create_verb is not None and bool(self.create_rule(user))
        if instance is not None and not self.is_visible(user, instance):
            return False
        if action == "change":
            return self.update_verb is not None and (
                instance is None or bool(self.update_rule(user, instance))
            )
        if action == "delete":
            return self.delete_verb is not None and (
                instance is None or bool(self.delete_rule(user, instance))
            )
        return action == "view"

    def may_open(self, user) -> bool:
        """``view_rule``, asked once for each user object: menus and every row of a list ask again and again."""
        answers = user.__dict__.setdefault("_viewsets_open", {})
        if self.name not in answers:
            answers[self.name] = bool(self.view_rule(user))
        return answers[self.name]

    def is_visible(self, user, instance) -> bool:
        return self.model._default_manager.visible_to(user).filter(pk=instance.pk).exists()

    # -- Verbs

    def verb_arguments(self, form, instance=None) -> dict[str, Any]:
        """What the verb receives besides ``actor`` and the object: the form's values by field name."""
        return dict(form.cleaned_data)

    def prepare_form(self, form, user) -> None:
        """Adapt a form to who fills it in; choices of objects are scoped already."""

    def create(self, user, form):
        return self.create_verb(actor=user, **self.verb_arguments(form))

    def update(self, user, instance, form):
        arguments = self.verb_arguments(form, instance)
        self.update_verb(actor=user, **{self.object_name or self.model_name: instance}, **arguments)
        return instance

    def delete(self, user, instance) -> None:
        self.delete_verb(actor=user, **{self.object_name or self.model_name: instance})

    # -- Screens

    def list_queryset(self, queryset):
        """Add here what the list needs (``select_related``, annotations); rows are already scoped."""
        return queryset

    def get_form_class(self, for_update=False):
        form_class = super().get_form_class(for_update)
        if shown := STATE_FIELDS & set(form_class.base_fields):
            raise ImproperlyConfigured(f"{type(self).__name__} shows a state: {', '.join(sorted(shown))}")
        return form_class

    def formfield_for_dbfield(self, db_field, **kwargs):
        return formfield_for_dbfield(db_field, **kwargs)  # Wagtail's date pickers and choosers

    def get_common_view_kwargs(self, **kwargs):
        view_kwargs = super().get_common_view_kwargs(**{"viewset": self, **kwargs})
        for verb, url_name in (
            (self.create_verb, "add_url_name"),
            (self.update_verb, "edit_url_name"),
            (self.delete_verb, "delete_url_name"),
        ):
            if verb is None:
                view_kwargs[url_name] = None
        return view_kwargs

    def get_index_view_kwargs(self, **kwargs):
        if self.add_label:
            kwargs.setdefault("add_item_label", self.add_label)
        return super().get_index_view_kwargs(**kwargs)

    def get_inspect_view_kwargs(self, **kwargs):
        # Never "every column" by default: a new column would be shown before anyone thought about it.
        fields = self.inspect_view_fields or self.get_form_fields() or [self.model_opts.pk.name]
        return super().get_inspect_view_kwargs(**{"fields": list(fields), **kwargs})

    def get_urlpatterns(self):
        missing = {
            name
            for name, verb in (
                ("add", self.create_verb),
                ("copy", self.create_verb),
                ("edit", self.update_verb),
                ("delete", self.delete_verb),
            )
            if verb is None
        }
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in missing]

    @property
    def url_finder_class(self):
        return super().url_finder_class if self.update_verb else _inspect_finder(self)

    def register_permissions(self):
        """Our rules are not model permissions: nothing to offer in Wagtail's groups."""

    def on_register(self):
        super().on_register()
        if self not in registry:
            registry.append(self)


def _inspect_finder(viewset: ScopedModelViewSet):
    """Where Wagtail's reports link to when there is nothing to edit."""

    class InspectFinder(ModelAdminURLFinder):
        edit_url_name = viewset.get_url_name("inspect")

    return InspectFinder


# -- Choosers --------------------------------------------------------------------------------------


class _ScopedChoose(ScopedMixin):
    def get_object_list(self):
        return self.model_class._default_manager.visible_to(self.request.user)


class _ScopedChosen:
    def get_object(self, pk):
        try:
            return self.model_class._default_manager.visible_to(self.request.user).get(pk=pk)
        except (self.model_class.DoesNotExist, ValueError) as error:
            raise Http404 from error

    def get_objects(self, pks):
        return self.model_class._default_manager.visible_to(self.request.user).filter(pk__in=pks)


class ScopedChooseView(_ScopedChoose, chooser.ChooseView):
    pass


class ScopedChooseResultsView(_ScopedChoose, chooser.ChooseResultsView):
    pass


class ScopedChosenView(_ScopedChosen, chooser.ChosenView):
    pass


class ScopedChosenMultipleView(_ScopedChosen, chooser.ChosenMultipleView):
    pass


class ScopedChooserViewSet(ChooserViewSet):
    """The window in which an object is picked for a form: what one may see; nothing is created there."""

    choose_view_class = ScopedChooseView
    choose_results_view_class = ScopedChooseResultsView
    chosen_view_class = ScopedChosenView
    chosen_multiple_view_class = ScopedChosenMultipleView

    def get_urlpatterns(self):
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "create"]

    def get_common_view_kwargs(self, **kwargs):
        return super().get_common_view_kwargs(**{"create_url_name": None, **kwargs})

    def on_register(self):
        super().on_register()
        if self not in chooser_registry:
            chooser_registry.append(self)


# -- Helpers ---------------------------------------------------------------------------------------


def scope_choices(form, user) -> None:
    """Restrict every choice of an object in ``form`` to what ``user`` may see."""
    for field in form.fields.values():
        if isinstance(field, ModelChoiceField) and hasattr(field.queryset, "visible_to"):
            field.queryset = field.queryset.visible_to(user)


def add_errors(form, error: ValidationError) -> None:
    """Put a verb's sentences beside the fields they speak of; the others stand above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, sentences in error.error_dict.items():
        known = field != NON_FIELD_ERRORS and field in form.fields
        for sentence in sentences:
            form.add_error(field if known else None, sentence)
