"""Every screen of the Wagtail admin about our own tables is scoped, and writes through verbs."""

import pytest
from django.urls import URLPattern
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.snippets.models import get_snippet_models

from incubator.core import viewsets
from tests.architecture.house import PACKAGES, RANK


@pytest.fixture(autouse=True)
def admin_is_loaded():
    from wagtail.admin import urls  # noqa: F401 - registers every viewset
    from wagtail.admin.viewsets import viewsets as registered

    registered.populate()


def unscoped(viewset) -> list[str]:
    """Views of a viewset that do not come from our scoped base, and columns that a form may never show."""
    faults = []
    for pattern in viewset.get_urlpatterns():
        view = getattr(pattern.callback, "view_class", None) if isinstance(pattern, URLPattern) else None
        if view and not any(base.__module__.startswith(viewsets.__name__ + ".") for base in view.__mro__):
            faults.append(f"{type(viewset).__name__}: {view.__name__} is not scoped")
    fields = set(getattr(viewset, "form_fields", None) or [])
    shown = sorted(fields & viewsets.STATE_FIELDS)
    return faults + [f"{type(viewset).__name__}: the form shows {field}" for field in shown]


def test_there_are_viewsets_to_walk():
    assert len(viewsets.registry) >= 4


def test_every_view_of_every_viewset_is_scoped():
    assert [fault for viewset in viewsets.registry for fault in unscoped(viewset)] == []


def test_every_model_on_screen_says_who_sees_it():
    missing = [
        viewset.model._meta.label
        for viewset in viewsets.registry
        if not hasattr(viewset.model._default_manager.all(), "visible_to")
    ]
    assert missing == []


def test_no_other_admin_screen_shows_our_tables():
    """No plain viewset and no snippet of ours: both show every row and save by themselves."""
    from wagtail.admin.viewsets import viewsets as registered

    plain = [
        type(viewset).__name__
        for viewset in registered.viewsets
        if isinstance(viewset, ModelViewSet)
        and type(viewset).__module__.startswith(PACKAGES)
        and not isinstance(viewset, viewsets.ScopedModelViewSet)
    ]
    assert plain == []
    assert [model._meta.label for model in get_snippet_models() if model._meta.app_label in RANK] == []


# -- The gate, seen failing --------------------------------------------------------------------------


def test_the_gate_fails_on_a_plain_viewset():
    from incubator.accounts.models import Directorate

    class Plain(ModelViewSet):
        model = Directorate
        form_fields = ["name"]

    assert "Plain: IndexView is not scoped" in unscoped(Plain("plain"))


def test_the_gate_fails_on_a_form_that_shows_a_state():
    class Loose(type(viewsets.registry[0])):
        @property
        def form_fields(self):
            return ["name", "state"]

        def get_urlpatterns(self):
            return []

    count = len(viewsets.registry)
    try:
        assert unscoped(Loose.__new__(Loose)) == ["Loose: the form shows state"]
    finally:
        del viewsets.registry[count:]
