"""Every admin screen of ours is scoped and writes through verbs; what Wagtail offers beside stays off."""

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.urls import get_resolver
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import policy_registry

from incubator.accounts.domain import places
from incubator.accounts.models import Directorate, RoleGrant
from incubator.core import viewsets
from incubator.core.viewsets import STATE_FIELDS, ScopedModelViewSet, chooser_registry, registry
from tests.factories.accounts import make_admin, make_person

pytestmark = pytest.mark.django_db

OUR_PACKAGES = ("incubator.", "projects.", "calls.", "juries.", "home.")


def _registered():
    assert get_resolver().url_patterns  # Wagtail registers viewsets while it builds its addresses
    return list(registry)


def test_every_viewset_on_our_tables_is_scoped():
    from wagtail.admin.viewsets import viewsets as wagtail_registry

    _registered()
    ours = {
        viewset
        for viewset in wagtail_registry.viewsets
        if isinstance(viewset, ModelViewSet)
        and viewset.model.__module__.startswith(OUR_PACKAGES)
        and viewset.name
        != "wagtailusers_users"  # its addresses are walled up: tests/accounts/test_ways_in.py
    }
    assert ours == {viewset for viewset in ours if isinstance(viewset, ScopedModelViewSet)}
    assert ours == set(registry)


@pytest.mark.parametrize(
    ("attribute", "base"),
    [
        ("index_view_class", viewsets.ScopedIndexView),
        ("add_view_class", viewsets.ScopedCreateView),
        ("edit_view_class", viewsets.ScopedEditView),
        ("delete_view_class", viewsets.ScopedDeleteView),
        ("inspect_view_class", viewsets.ScopedInspectView),
        ("history_view_class", viewsets.ScopedHistoryView),
        ("usage_view_class", viewsets.ScopedUsageView),
        ("copy_view_class", viewsets.ScopedCopyView),
    ],
)
def test_every_view_of_every_viewset_is_scoped(attribute, base):
    assert [v.name for v in _registered() if not issubclass(getattr(v, attribute), base)] == []


def test_every_verb_lives_with_the_verbs():
    for viewset in _registered():
        for verb in (viewset.create_verb, viewset.update_verb, viewset.delete_verb):
            if verb is not None:  # core has no domain package: its verbs stand in modules of their own
                assert ".domain" in verb.__module__ or verb.__module__.startswith("incubator.core."), verb


def test_no_form_shows_a_state_and_nothing_is_copied_or_reordered_behind_the_verbs():
    for viewset in _registered():
        assert not viewset.reorder_view_enabled
        assert not viewset.copy_view_enabled or viewset.create_verb
        if viewset.create_verb or viewset.update_verb:
            assert not STATE_FIELDS & set(viewset.get_form_class().base_fields), viewset.name


def test_permissions_of_our_tables_are_answered_by_rules():
    for viewset in _registered():
        assert isinstance(policy_registry.get_by_type(viewset.model), viewsets.ScopedPolicy), viewset.name


def test_wagtails_bulk_actions_do_not_reach_our_tables(client_for, site):
    client = client_for(make_admin())
    for viewset in _registered():
        meta = viewset.model._meta
        url = f"/admin/bulk/{meta.app_label}/{meta.model_name}/delete/?id=1"
        assert client.get(url).status_code == 404, url
        assert client.post(url).status_code == 404, url


def test_choosers_offer_only_what_may_be_seen(client_for, site):
    assert _registered()
    assert chooser_registry
    for chooser in chooser_registry:
        assert issubclass(chooser.choose_view_class, viewsets.ScopedChooseView)
        assert issubclass(chooser.choose_results_view_class, viewsets.ScopedChooseResultsView)
        assert issubclass(chooser.chosen_view_class, viewsets.ScopedChosenView)
        assert issubclass(chooser.chosen_multiple_view_class, viewsets.ScopedChosenMultipleView)


# -- The base itself, on a table that has everything -------------------------------------------------


def test_a_table_without_visible_to_is_refused():
    with pytest.raises(ImproperlyConfigured, match="visible_to"):
        ScopedModelViewSet("grants", model=RoleGrant, form_fields=["role"])


def test_rules_decide_whatever_the_permissions_say():
    admin, person = make_admin(), make_person()
    place = places.create_directorate(actor=None, code="dqp", name="Qualité")

    class Shut(ScopedModelViewSet):
        model = Directorate
        form_fields = ["name"]
        view_rule = staticmethod(lambda user: user == admin)
        update_rule = staticmethod(lambda user, obj: False)
        update_verb = staticmethod(places.update_directorate)

    before = policy_registry.get_by_type(Directorate)
    try:
        shut = Shut("shut")
        assert [shut.user_may(admin, act) for act in ("view", "add", "change", "delete")] == [
            True,
            False,  # no verb, no screen
            True,
            False,
        ]
        assert not shut.user_may(admin, "change", place)
        assert not any(shut.user_may(person, act) for act in ("view", "add", "change", "delete"))
        assert {pattern.name for pattern in shut.get_urlpatterns()} == {
            "index", "index_results", "edit", "history", "history_results", "usage", "inspect",
        }  # fmt: skip
    finally:
        policy_registry.values_by_exact_class[Directorate] = before


def test_a_refusal_about_an_unknown_field_stands_above_the_form():
    from django import forms

    form = forms.Form({})
    form.fields["name"] = forms.CharField(required=False)
    assert form.is_valid()
    viewsets.add_errors(form, ValidationError({"name": ["A"], "elsewhere": ["B"], "__all__": ["C"]}))
    assert form.errors == {"name": ["A"], "__all__": ["B", "C"]}


def test_two_people_saving_see_the_journal_of_both(client_for, site):
    first, second = make_admin(), make_admin()
    place = places.create_directorate(actor=first, code="dqp", name="Qualité")
    client_for(second).post(f"/admin/directorates/edit/{place.pk}/", {"name": "Performance", "code": "dqp"})
    place.refresh_from_db()
    assert place.name == "Performance"
    page = client_for(first).get(f"/admin/directorates/history/{place.pk}/").content.decode()
    assert str(first) in page
    assert str(second) in page
    assert get_user_model().objects.count() == 2
