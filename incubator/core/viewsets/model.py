"""The viewset of one table; the package's docstring shows how to declare it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.forms.models import formfield_for_dbfield
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from incubator.core.rules import is_staff_member
from incubator.core.viewsets.registry import STATE_FIELDS, registry
from incubator.core.viewsets.views import (
    ScopedCopyView,
    ScopedCreateView,
    ScopedDeleteView,
    ScopedEditView,
    ScopedHistoryView,
    ScopedIndexView,
    ScopedInspectView,
    ScopedUsageView,
)


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


class ScopedModelViewSet(ModelViewSet):
    """A table in the Wagtail admin; the package's docstring shows how to declare one."""

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
