"""The second check: switched on from one's page, asked for at sign-in, never bypassed."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import make_admin, make_person

pytestmark = pytest.mark.django_db

PASSWORD = "quatre mots bien choisis"
SIGN_IN = "/compte/connexion/"


@pytest.fixture(autouse=True)
def _front_pages(site):
    """Every page of the site needs Wagtail's default site."""


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def switch_on(client) -> str:
    """From one's own page, after the password has been asked for again."""
    url = reverse("mfa_activate_totp")
    assert client.get(url)["Location"].startswith(reverse("account_reauthenticate"))
    again = {"password": PASSWORD, "next": url}
    assert client.post(reverse("account_reauthenticate"), again)["Location"] == url
    page = client.get(url).content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page).group(1)
    assert client.post(url, {"code": "000000"}).status_code == 200
    assert client.post(url, {"code": code_for(secret)}).status_code == 302
    return secret


@pytest.fixture
def protected():
    """An administrator who gives a code from their phone, and the secret of that phone."""
    person = make_admin(password=PASSWORD, language="en")
    client = Client()
    client.post(SIGN_IN, {"login": person.username, "password": PASSWORD})
    secret = switch_on(client)
    return person, secret


def test_every_page_of_the_second_check_answers(client_for):
    client = Client()
    person = make_person(password=PASSWORD)
    client.post(SIGN_IN, {"login": person.username, "password": PASSWORD})
    switch_on(client)
    for name in (
        "mfa_index",
        "mfa_generate_recovery_codes",
        "mfa_view_recovery_codes",
        "mfa_deactivate_totp",
    ):
        assert client.get(reverse(name)).status_code == 200, name
    assert "(active)" in client.get("/mon-compte/").content.decode()
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=person, type="totp").exists()


def test_the_password_alone_no_longer_opens_anything(protected):
    person, secret = protected
    client = Client()
    answer = client.post(SIGN_IN, {"login": person.username, "password": PASSWORD, "next": "/admin/"})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get("/admin/").status_code == 302
    assert "_auth_user_id" not in client.session
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert (wrong.status_code, "_auth_user_id" in client.session) == (200, False)
    cache.clear()  # the phone's code was used a moment ago to switch the check on: replays are refused
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.get("/admin/").status_code == 200


def test_a_code_by_e_mail_does_not_go_around_it():
    person = make_person(email="agent@region.example", password=PASSWORD)
    client = Client()
    client.post(SIGN_IN, {"login": person.username, "password": PASSWORD})
    switch_on(client)
    other = Client()
    other.post(f"{SIGN_IN}code/", {"email": "agent@region.example"})
    message = next(m for m in reversed(mail.outbox) if re.search(r"^ {4}(\S+)$", m.body, re.MULTILINE))
    code = re.search(r"^ {4}(\S+)$", message.body, re.MULTILINE).group(1)
    answer = other.post(f"{SIGN_IN}code/saisir/", {"code": code})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in other.session
