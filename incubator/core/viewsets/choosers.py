"""The window in which an object is picked for a form, scoped like every other screen."""

from django.http import Http404
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser

from incubator.core.viewsets.registry import chooser_registry
from incubator.core.viewsets.views import ScopedMixin


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


class PatientChooser(BaseChooser):
    """A form that comes back with nonsense for an identifier shows an empty choice beside its sentence."""

    def get_instance(self, value):
        try:
            return super().get_instance(value)
        except (TypeError, ValueError):
            return None


class ScopedChooserViewSet(ChooserViewSet):
    """The window in which an object is picked for a form: what one may see; nothing is created there."""

    base_widget_class = PatientChooser
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
