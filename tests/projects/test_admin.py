"""What managers configure in the Wagtail admin: scoped to their programmes, written through the verbs."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from incubator.accounts.domain.access import MANAGER_GROUP
from incubator.accounts.domain.people import grant_role
from incubator.accounts.enums import Role
from incubator.core.models import JournalEntry, Refused
from projects.domain import programmes
from projects.enums import ProgrammeRoleKind
from projects.models import Cohort, Programme, ProgrammeRole
from tests.factories.projects import make_cohort, make_manager, make_person, make_programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(site):
    return make_programme(name="Programme à moi")


@pytest.fixture
def theirs():
    programme = make_programme(name="Programme des autres")
    make_manager(programme)
    return programme


@pytest.fixture
def manager(mine):
    return make_manager(mine)


def test_becoming_a_manager_opens_the_admin_in_the_same_verb(mine):
    person = make_person()
    assert not person.has_perm("wagtailadmin.access_admin")
    manager = make_manager(mine, person)
    manager = type(manager).objects.get(pk=manager.pk)
    assert manager.has_perm("wagtailadmin.access_admin")
    assert Group.objects.get(name=MANAGER_GROUP) in manager.groups.all()


def test_the_last_role_of_manager_closes_the_admin(mine, theirs, manager):
    programmes.grant_programme_role(
        actor=None, programme=theirs, user=manager, role=ProgrammeRoleKind.MANAGER
    )
    make_manager(mine)
    programmes.end_programme_role(actor=None, role=mine.roles.get(user=manager))
    assert manager.groups.filter(name=MANAGER_GROUP).exists()
    programmes.end_programme_role(actor=None, role=theirs.roles.get(user=manager))
    assert not manager.groups.filter(name=MANAGER_GROUP).exists()


def test_a_programme_keeps_one_manager(mine, manager):
    with pytest.raises(Refused):
        programmes.end_programme_role(actor=None, role=mine.roles.get(user=manager))


def test_a_manager_lists_their_own_programmes_only(client_for, manager, mine, theirs):
    for name in ("index", "index_results"):
        html = client_for(manager).get(reverse(f"programmes:{name}")).content.decode()
        assert mine.name in html
        assert theirs.name not in html


@pytest.mark.parametrize("view", ["edit", "inspect", "history", "usage"])
def test_another_programme_is_not_found(client_for, manager, theirs, view):
    client = client_for(manager)
    assert client.get(reverse(f"programmes:{view}", args=[theirs.pk])).status_code == 404
    cohort = make_cohort(theirs)
    assert client.get(reverse(f"cohorts:{view}", args=[cohort.pk])).status_code == 404


def test_a_cohort_is_created_through_its_verb_and_only_in_ones_programme(client_for, manager, mine, theirs):
    client = client_for(manager)
    fields = {"name": "Promotion 2027", "code": "promotion-2027", "objectives": "", "note": ""}
    answer = client.post(reverse("cohorts:add"), {**fields, "programme": theirs.pk})
    assert answer.status_code == 200
    assert not Cohort.objects.filter(code="promotion-2027").exists()
    answer = client.post(reverse("cohorts:add"), {**fields, "programme": mine.pk})
    assert answer.status_code == 302
    assert Cohort.objects.get(code="promotion-2027").programme == mine
    assert JournalEntry.objects.filter(verb="projects.create_cohort", actor=manager).count() == 1


def test_a_wrong_programme_keeps_what_was_typed(client_for, manager, mine):
    values = {
        field: getattr(mine, field)
        for field in (
            "name",
            "code",
            "time_zone",
            "preincubation_months",
            "extension_months",
            "max_extensions",
            "committee_every_months",
            "answer_within_working_days",
        )
    }
    answer = client_for(manager).post(
        reverse("programmes:edit", args=[mine.pk]),
        {**values, "time_zone": "Europe/Valombre", "summary": "Un texte à garder"},
    )
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "Europe/Valombre" in html
    assert "Un texte à garder" in html
    assert Programme.objects.get(pk=mine.pk).time_zone == "Europe/Paris"


def test_a_role_is_given_and_ended_through_the_verbs(client_for, manager, mine):
    client, person = client_for(manager), make_person()
    answer = client.post(
        reverse("programme_roles:add"), {"programme": mine.pk, "user": person.pk, "role": "partner"}
    )
    assert answer.status_code == 302
    role = ProgrammeRole.objects.get(user=person)
    assert role.granted_by == manager
    assert client.post(reverse("programme_roles:delete", args=[role.pk])).status_code == 302
    role.refresh_from_db()
    assert role.ended_at is not None


def test_an_administrator_sets_programmes_up(client_for, site, theirs):
    admin = make_person()
    grant_role(actor=None, user=admin, role=Role.ADMIN)
    client = client_for(admin)
    assert theirs.name in client.get(reverse("programmes:index")).content.decode()
    assert client.get(reverse("programmes:edit", args=[theirs.pk])).status_code == 200


def test_whoever_runs_nothing_has_no_admin(client_for, site, theirs):
    answer = client_for(make_person()).get(reverse("programmes:index"))
    assert answer.status_code in {302, 403, 404}


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_whatever_the_rows(client_for, manager, mine, assert_queries, rows):
    for _row in range(rows):
        make_cohort(mine)
    client = client_for(manager)
    client.get(reverse("cohorts:index"))
    with assert_queries(COHORT_LIST_QUERIES):
        client.get(reverse("cohorts:index"))


COHORT_LIST_QUERIES = 15


def test_a_manager_does_not_name_the_sponsor_who_agrees_to_decisions(client_for, manager, mine):
    """Else one person could prepare a decision that commits money, and agree to it under another seat."""
    client, person = client_for(manager), make_person()
    form = client.get(reverse("programme_roles:add")).context["form"]
    assert [code for code, _label in form.fields["role"].choices if code] == ["manager", "partner"]
    for user in (person, manager):
        answer = client.post(
            reverse("programme_roles:add"), {"programme": mine.pk, "user": user.pk, "role": "sponsor"}
        )
        assert answer.status_code == 200
        with pytest.raises(PermissionDenied):
            programmes.grant_programme_role(actor=manager, programme=mine, user=user, role="sponsor")
    assert not ProgrammeRole.objects.filter(role="sponsor").exists()
    admin = make_person()
    grant_role(actor=None, user=admin, role=Role.ADMIN)
    role = programmes.grant_programme_role(actor=admin, programme=mine, user=person, role="sponsor")
    with pytest.raises(PermissionDenied):
        programmes.end_programme_role(actor=manager, role=role)


def test_a_manager_makes_no_slip_for_the_sponsor_of_a_programme(client_for, manager, mine):
    """A slip is a way in: with it the manager could agree in the sponsor's place."""
    sponsor = make_person()
    programmes.grant_programme_role(actor=None, programme=mine, user=sponsor, role="sponsor")
    client = client_for(manager)
    address = reverse("accounts:slip", args=[sponsor.uuid])
    assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)
    sponsor.refresh_from_db()
    assert sponsor.must_change_password is False
