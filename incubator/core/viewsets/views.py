"""Wagtail's generic views, each reading only what this user may see and saving through the viewset's verbs."""

from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic import history, usage

from incubator.core import journal
from incubator.core.exports import safe
from incubator.core.viewsets.forms import add_errors, scope_choices


class ScopedMixin:
    """What every scoped view knows: its viewset, and the rows this user may see."""

    viewset = None  # the ScopedModelViewSet that made the view

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
        return safe(super().preprocess_field_value(field, value, export_format))


class ScopedCreateView(VerbFormMixin, ScopedMixin, generic.CreateView):
    def save_instance(self):
        return self.viewset.create(self.request.user, self.form)

    def get_success_buttons(self):
        """No way on to an edit page where nothing is edited."""
        return super().get_success_buttons() if self.edit_url_name else []


class ScopedCopyView(ScopedObjectMixin, ScopedCreateView):
    """A new row whose form starts with the values of another; saved by ``create_verb`` like any new row.

    The instance says which one in ``copied_from`` (its key), for a form that also shows what hangs on it.
    """

    def get_initial_form_instance(self):
        original = get_object_or_404(self.scoped_queryset(), pk=unquote(str(self.kwargs["pk"])))
        original.copied_from, original.pk = original.pk, None
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
