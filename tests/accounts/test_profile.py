"""One's own page and one's language."""

import pytest
from django.test import Client
from django.urls import reverse

from incubator.core.models import JournalEntry
from tests.factories.accounts import make_person

pytestmark = pytest.mark.django_db

PAGE = "/mon-compte/"


@pytest.fixture(autouse=True)
def _front_pages(site):
    """Every page of the site needs Wagtail's default site."""


def fields(**changes):
    return {
        "first_name": "Yvon",
        "last_name": "Kerdal",
        "display_name": "",
        "phone": "",
        "preferred_channel": "paper",
        "language": "fr",
        **changes,
    }


def test_everyone_has_a_page_with_or_without_email(client_for):
    for person in (make_person(), make_person(email="agent@region.example")):
        answer = client_for(person).get(PAGE)
        assert answer.status_code == 200
        assert person.username in answer.content.decode()


def test_a_visitor_is_asked_to_sign_in():
    assert Client().get(PAGE)["Location"] == f"/compte/connexion/?next={PAGE}"


def test_one_changes_what_is_ones_own_and_nothing_else(client_for):
    person = make_person(username="ykerdal")
    sent = fields(display_name="Yvon K.", phone="06 39 98 10 02", preferred_channel="sms")
    hostile = {"email": "x@region.example", "username": "admin", "is_superuser": "on", "category": "A"}
    assert client_for(person).post(PAGE, {**sent, **hostile}).status_code == 302
    person.refresh_from_db()
    assert (str(person), person.phone, person.preferred_channel) == ("Yvon K.", "06 39 98 10 02", "sms")
    assert (person.email, person.username, person.is_superuser, person.category) == (
        None,
        "ykerdal",
        False,
        "",
    )
    entry = JournalEntry.objects.get(verb="accounts.update_profile")
    assert entry.actor == person
    assert "email" not in entry.data["fields"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"preferred_channel": "email"}, "no e-mail to write to"),
        ({"preferred_channel": "sms"}, "no phone number to write to"),
        ({"preferred_channel": "pigeon"}, "not one of the available choices"),
        ({"language": "xx"}, "not one of the available choices"),
        ({"phone": "call me"}, "Write the phone number with digits"),
        ({"first_name": ""}, "This field is required"),
        ({"first_name": "   "}, "This field is required"),
        ({"last_name": "x" * 10_000}, "at most 150 characters"),
        ({"display_name": "x\x00"}, "Null characters are not allowed"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_nothing_is_lost(client_for, changes, sentence):
    person = make_person(first_name="Anne")
    client = client_for(person)
    client.cookies["django_language"] = "en"
    answer = client.post(PAGE, fields(**{"last_name": "Typed-before", **changes}))
    assert answer.status_code == 200
    page = answer.content.decode().replace("&#x27;", "'")
    assert sentence in page
    if "last_name" not in changes:
        assert 'value="Typed-before"' in page
    person.refresh_from_db()
    assert person.first_name == "Anne"


def test_the_language_of_the_page_is_kept_for_the_person_and_the_browser(client_for):
    person = make_person()
    client = client_for(person)
    client.post(PAGE, fields(language="en"))
    assert client.cookies["django_language"].value == "en"
    assert 'lang="en"' in client.get(PAGE).content.decode()
    person.refresh_from_db()
    assert person.language == "en"


def test_the_switch_in_the_header_is_kept_for_the_person(client_for):
    person = make_person()
    client_for(person).post(reverse("core:set_language"), {"language": "en", "next": PAGE})
    person.refresh_from_db()
    assert person.language == "en"
    Client().post(reverse("core:set_language"), {"language": "en"})
    client_for(person).post(reverse("core:set_language"), {"language": "xx"})
    person.refresh_from_db()
    assert person.language == "en"


def test_at_sign_in_the_site_speaks_the_persons_language():
    make_person(username="english", language="en", password="quatre mots bien choisis")
    client = Client()
    client.post("/compte/connexion/", {"login": "english", "password": "quatre mots bien choisis"})
    assert client.cookies["django_language"].value == "en"
    assert 'lang="en"' in client.get(PAGE).content.decode()
