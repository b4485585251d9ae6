"""Every viewset of ours that was registered: what the tests walk."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from incubator.core.viewsets.choosers import ScopedChooserViewSet
    from incubator.core.viewsets.model import ScopedModelViewSet

registry: list["ScopedModelViewSet"] = []
chooser_registry: list["ScopedChooserViewSet"] = []

STATE_FIELDS = frozenset({"state", "status", "stage"})  # only core.workflow.perform() writes them
