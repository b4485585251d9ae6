"""Verbs about people: who may, what is refused and with which words, what the journal keeps."""

import pytest
from django.core.exceptions import PermissionDenied

from incubator.accounts.domain import people
from incubator.accounts.enums import PreferredChannel, Role
from incubator.accounts.models import User
from incubator.accounts.queries import has_role, roles_of
from incubator.core.models import JournalEntry, Refused
from tests.factories.accounts import make_person as make_numbered

pytestmark = pytest.mark.django_db


def make_person(**facts) -> User:
    return make_numbered(**{"first_name": "Marie", "last_name": "Durand", **facts})


def test_a_person_needs_no_email():
    first, second = make_person(), make_person()
    assert (first.email, second.email) == (None, None)
    assert (first.username, second.username) == ("marie.durand", "marie.durand2")
    assert first.preferred_channel == PreferredChannel.PAPER
    assert not first.has_usable_password()


def test_email_is_kept_in_small_letters_and_only_once():
    assert make_person(email="Marie.DURAND@Region.Example").email == "marie.durand@region.example"
    with pytest.raises(Refused) as refused:
        make_person(email="marie.durand@REGION.example")
    assert list(refused.value.message_dict) == ["email"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"first_name": " "}, "first_name"),
        ({"last_name": "Du\x00rand"}, "last_name"),
        ({"last_name": "x" * 10_000}, "last_name"),
        ({"email": "not an address"}, "email"),
        ({"email": "a@b.fr\x00"}, "email"),
        ({"username": "é é"}, "username"),
        ({"username": "x" * 10_000}, "username"),
        ({"phone": "call me"}, "phone"),
        ({"preferred_channel": "email"}, "preferred_channel"),
        ({"preferred_channel": "sms"}, "preferred_channel"),
        ({"preferred_channel": "pigeon"}, "preferred_channel"),
        ({"language": "xx"}, "language"),
        ({"category": "Z"}, "category"),
    ],
)
def test_bad_facts_are_refused_by_field(facts, field):
    with pytest.raises(Refused) as refused:
        make_person(**facts)
    assert list(refused.value.message_dict) == [field]
    assert not User.objects.exists()


def test_only_those_who_look_after_people_create_them():
    nobody = make_person()
    with pytest.raises(PermissionDenied):
        people.create_person(actor=nobody, first_name="A", last_name="B")
    admin = make_person(last_name="Admin")
    people.grant_role(actor=None, user=admin, role=Role.ADMIN)
    made = people.create_person(actor=admin, first_name="A", last_name="B")
    assert JournalEntry.objects.get(verb="accounts.create_person", target_pk=str(made.pk)).actor == admin


def test_roles_are_given_once_and_end_with_a_date(django_assert_num_queries):
    person = make_person()
    people.grant_role(actor=None, user=person, role=Role.EXPERT)
    people.grant_role(actor=None, user=person, role=Role.EXPERT)
    assert roles_of(person) == {"expert"}
    with django_assert_num_queries(0):
        assert has_role(person, Role.EXPERT)
    people.end_role(actor=None, user=person, role=Role.EXPERT)
    assert not has_role(person, Role.EXPERT)
    assert person.role_grants.get().ended_at is not None
    people.grant_role(actor=None, user=person, role=Role.EXPERT)
    assert person.role_grants.count() == 2


def test_an_administrator_is_a_superuser_as_long_as_the_role_lasts():
    person = make_person()
    people.grant_role(actor=None, user=person, role=Role.ADMIN)
    assert User.objects.get(pk=person.pk).is_superuser
    people.end_role(actor=None, user=person, role=Role.ADMIN)
    assert not User.objects.get(pk=person.pk).is_superuser


def test_one_time_password_opens_the_door_until_another_is_chosen():
    person = make_person()
    password = people.issue_one_time_password(actor=None, user=person)
    assert [len(group) for group in password.split("-")] == [4, 4, 4]
    person.refresh_from_db()
    assert person.check_password(password)
    assert person.must_change_password
    people.choose_password(actor=person, user=person, password="une phrase assez longue")
    person.refresh_from_db()
    assert not person.check_password(password)
    assert not person.must_change_password
