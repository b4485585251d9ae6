"""People in the Wagtail admin, through HTTP: scoping of every view, verbs behind every save."""

import pytest
from django.urls import reverse

from incubator.accounts.enums import Role
from incubator.accounts.models import Directorate, User
from incubator.accounts.queries import roles_of
from incubator.core.models import JournalEntry
from incubator.core.viewsets import chooser_registry, registry
from tests.factories.accounts import make_admin, make_person

pytestmark = pytest.mark.django_db


def person_fields(**changes):
    return {
        "first_name": "Jeanne",
        "last_name": "Petit",
        "display_name": "",
        "email": "",
        "username": "",
        "phone": "",
        "preferred_channel": "",
        "language": "fr",
        "directorate": "",
        "workplace": "",
        "line_manager": "",
        "category": "",
        **changes,
    }


def test_an_administrator_creates_someone_without_email(client_for, site):
    admin = make_admin()
    answer = client_for(admin).post(reverse("people:add"), person_fields(roles=["ambassador"]))
    assert answer.status_code == 302
    person = User.objects.get(last_name="Petit")
    assert (person.email, person.username) == (None, "jeanne.petit")
    assert roles_of(person) == {Role.AMBASSADOR}
    assert set(
        JournalEntry.objects.filter(target_pk=str(person.pk), actor=admin).values_list("verb", flat=True)
    ) == {"accounts.create_person", "accounts.grant_role"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": "taken@region.example"}, "Someone already has this e-mail"),
        ({"email": "TAKEN@Region.Example"}, "Someone already has this e-mail"),
        ({"username": "taken"}, "This user name is taken"),
        ({"username": "x" * 10_000}, "at most 150 characters"),
        ({"last_name": "Du\x00rand"}, "Null characters are not allowed"),
        ({"phone": "call me"}, "Write the phone number with digits"),
        ({"preferred_channel": "sms"}, "no phone number to write to"),
        ({"roles": ["emperor"]}, "emperor is not one of the available choices"),
        ({"directorate": "999"}, "not one of the available choices"),
        ({"line_manager": "999"}, "not one of the available choices"),
        ({"line_manager": "=1+1"}, "not one of the available choices"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_nothing_is_lost(client_for, site, changes, sentence):
    make_person(email="taken@region.example", username="taken")
    admin = make_admin(language="en")
    before = User.objects.count()
    client = client_for(admin)
    client.cookies["django_language"] = "en"
    answer = client.post(reverse("people:add"), person_fields(**changes))
    assert answer.status_code == 200
    assert sentence in answer.content.decode().replace("&#x27;", "'")
    assert 'value="Jeanne"' in answer.content.decode()
    assert User.objects.count() == before


def test_an_administrator_changes_someone(client_for, site):
    directorate = Directorate.objects.create(code="dqp", name="Direction Qualité")
    person = make_person(roles=(Role.EXPERT,))
    answer = client_for(make_admin()).post(
        reverse("people:edit", args=[person.pk]),
        person_fields(email="Jeanne@region.example", username="jeanne", directorate=directorate.pk),
    )
    assert answer.status_code == 302
    person = User.objects.get(pk=person.pk)
    assert (person.email, person.directorate, person.username) == (
        "jeanne@region.example",
        directorate,
        "jeanne",
    )
    assert roles_of(person) == frozenset()


def test_every_registered_viewset_offers_its_screens_to_an_administrator(client_for, site):
    admin = make_admin()
    client = client_for(admin)
    for viewset in registry:
        if not viewset.may_open(admin):  # some screens are for those who run a programme
            assert client.get(reverse(viewset.get_url_name("index"))).status_code == 302
            continue
        assert client.get(reverse(viewset.get_url_name("index"))).status_code == 200
        assert client.get(reverse(viewset.get_url_name("index_results"))).status_code == 200
        if viewset.create_verb:
            assert client.get(reverse(viewset.get_url_name("add"))).status_code == 200
    for viewset in chooser_registry:
        assert client.get(reverse(viewset.get_url_name("choose"))).status_code == 200
        assert client.get(reverse(viewset.get_url_name("choose_results"))).status_code == 200


OBJECT_VIEWS = ("edit", "inspect", "history", "history_results", "usage")


@pytest.mark.parametrize("view", OBJECT_VIEWS)
def test_object_screens_answer_for_a_visible_row(client_for, site, view):
    person = make_person()
    assert client_for(make_admin()).get(reverse(f"people:{view}", args=[person.pk])).status_code == 200


@pytest.mark.parametrize("view", OBJECT_VIEWS)
def test_object_screens_are_404_for_a_row_one_may_not_see(client_for, site, view, monkeypatch):
    from incubator.accounts.models.users import PersonQuerySet

    person, admin = make_person(), make_admin()
    monkeypatch.setattr(PersonQuerySet, "visible_to", lambda self, user: self.exclude(pk=person.pk))
    client = client_for(admin)
    assert client.get(reverse(f"people:{view}", args=[person.pk])).status_code == 404
    assert client.post(reverse("people:edit", args=[person.pk]), person_fields()).status_code == 404
    assert client.get(reverse("person_chooser:chosen", args=[person.pk])).status_code == 404
    for url in (
        reverse("people:index"),
        reverse("people:index") + "?export=csv",
        reverse("person_chooser:choose"),
    ):
        answer = client.get(url)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert admin.last_name.encode() in content
        assert person.last_name.encode() not in content


def test_nothing_can_be_deleted_copied_or_reordered(client_for, site):
    person, client = make_person(), client_for(make_admin())
    for action in ("delete", "copy", "reorder"):
        assert client.get(f"/admin/people/{action}/{person.pk}/").status_code == 404


def test_list_costs_the_same_with_one_and_three_rows(client_for, site, assert_queries):
    client = client_for(make_admin())
    client.get(reverse("people:index"))
    with assert_queries(12):
        client.get(reverse("people:index"))
    for n in range(2):
        make_person(directorate=Directorate.objects.create(code=f"d{n}", name=f"Direction {n}"))
    with assert_queries(12):
        client.get(reverse("people:index"))


def test_exports_hold_no_formula(client_for, site):
    make_person(last_name="=1+1")
    answer = client_for(make_admin()).get(reverse("people:index") + "?export=csv")
    assert b"'=1+1" in b"".join(answer.streaming_content)


def test_people_who_do_not_look_after_people_see_none_of_it(client_for, site):
    client = client_for(make_person())
    assert client.get(reverse("people:index")).status_code in (302, 403, 404)


def test_an_account_is_closed_and_opened_again(client_for, site):
    person, client = make_person(email="agent@region.example"), client_for(make_admin())
    sent = person_fields(email="agent@region.example", username=person.username)
    url = reverse("people:edit", args=[person.pk])
    client.post(url, sent)
    person.refresh_from_db()
    assert not person.is_active
    client.post(url, {**sent, "may_enter": "on"})
    person.refresh_from_db()
    assert person.is_active
    verbs = JournalEntry.objects.filter(target_pk=str(person.pk)).values_list("verb", flat=True)
    assert {"accounts.close_person", "accounts.reopen_person"} <= set(verbs)


# -- A manager looks after people, but not after those who decide or administer ------------------


@pytest.fixture
def manager(monkeypatch):
    from incubator.accounts.domain.access import sync_manager_group

    person = make_person(last_name="Manager")
    monkeypatch.setattr("incubator.core.rules._staff_tests", [lambda user: user.pk == person.pk])
    sync_manager_group(user=person, is_manager=True)
    return person


def test_a_manager_creates_people_and_gives_only_some_roles(client_for, site, manager):
    client = client_for(manager)
    assert client.get("/admin/").status_code == 200
    page = client.get(reverse("people:add")).content.decode()
    assert 'value="ambassador"' in page
    assert 'value="admin"' not in page
    assert client.post(reverse("people:add"), person_fields(roles=["admin"])).status_code == 200
    assert client.post(reverse("people:add"), person_fields(roles=["ambassador"])).status_code == 302
    assert roles_of(User.objects.get(last_name="Petit")) == {"ambassador"}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SPONSOR])
def test_a_manager_cannot_take_the_place_of_someone_more_powerful(client_for, site, manager, role):
    powerful = make_person(roles=(role,), email="powerful@region.example")
    client = client_for(manager)
    url = reverse("people:edit", args=[powerful.pk])
    assert client.get(url)["Location"] == reverse("people:inspect", args=[powerful.pk])
    client.post(url, person_fields(email="mine@region.example", username="mine"))
    assert client.post(reverse("accounts:slip", args=[powerful.uuid])).status_code == 403
    powerful.refresh_from_db()
    assert powerful.email == "powerful@region.example"
    assert not powerful.has_usable_password()


def test_editing_someone_keeps_the_roles_a_manager_may_not_give(client_for, site, manager):
    person = make_person(roles=(Role.AMBASSADOR, Role.EXPERT))
    client_for(manager).post(
        reverse("people:edit", args=[person.pk]), person_fields(roles=["expert"], may_enter="on")
    )
    assert roles_of(User.objects.get(pk=person.pk)) == {"expert"}


def test_the_managers_group_comes_and_goes_with_the_role(client_for, site, manager):
    from incubator.accounts.domain.access import sync_manager_group

    assert client_for(manager).get("/admin/pages/").status_code == 200
    sync_manager_group(user=manager, is_manager=False)
    assert client_for(User.objects.get(pk=manager.pk)).get("/admin/").status_code == 403
