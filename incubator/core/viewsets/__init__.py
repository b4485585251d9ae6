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

from incubator.core.viewsets.choosers import (
    ScopedChooseResultsView,
    ScopedChooserViewSet,
    ScopedChooseView,
    ScopedChosenMultipleView,
    ScopedChosenView,
)
from incubator.core.viewsets.forms import add_errors, scope_choices
from incubator.core.viewsets.model import ScopedModelViewSet, ScopedPolicy
from incubator.core.viewsets.registry import STATE_FIELDS, chooser_registry, registry
from incubator.core.viewsets.views import (
    ScopedCopyView,
    ScopedCreateView,
    ScopedDeleteView,
    ScopedEditView,
    ScopedHistoryView,
    ScopedIndexView,
    ScopedInspectView,
    ScopedMixin,
    ScopedObjectMixin,
    ScopedUsageView,
    VerbFormMixin,
)

__all__ = [
    "STATE_FIELDS",
    "ScopedChooseResultsView",
    "ScopedChooseView",
    "ScopedChooserViewSet",
    "ScopedChosenMultipleView",
    "ScopedChosenView",
    "ScopedCopyView",
    "ScopedCreateView",
    "ScopedDeleteView",
    "ScopedEditView",
    "ScopedHistoryView",
    "ScopedIndexView",
    "ScopedInspectView",
    "ScopedMixin",
    "ScopedModelViewSet",
    "ScopedObjectMixin",
    "ScopedPolicy",
    "ScopedUsageView",
    "VerbFormMixin",
    "add_errors",
    "chooser_registry",
    "registry",
    "scope_choices",
]
