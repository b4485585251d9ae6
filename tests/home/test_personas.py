"""The doors of the demonstration exist only in a demonstration."""

import html
import re

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from home.demo.personas import PERSONAS

CODES = [
    "agent", "agent-sans-mel", "intrapreneur", "coach", "jure", "presidence", "responsable", "dgs", "ambassade",
]  # fmt: skip


def test_the_nine_personas():
    assert list(PERSONAS) == CODES


@pytest.mark.parametrize("path", ["/demo/", *[f"/demo/{code}/" for code in CODES]])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_of_it_exists_without_demo(client, settings, db, path, method):
    settings.DEMO = False
    assert getattr(client, method)(path).status_code == 404


def test_nobody_can_be_entered_by_a_link(client, settings, db):
    settings.DEMO = True
    assert client.get("/demo/agent/").status_code == 405
    assert client.post("/demo/presidente/").status_code == 404


def test_before_loading_the_page_says_what_to_do(client, settings, db):
    settings.DEMO = True
    response = client.post("/demo/agent/", follow=True)
    assert "make demo" in response.content.decode()


def test_the_sign_in_page_offers_them_in_a_demonstration_only(client, settings, db):
    settings.DEMO = True
    assert "/demo/agent-sans-mel/" in client.get(reverse("account_login")).content.decode()
    settings.DEMO = False
    assert "/demo/" not in client.get(reverse("account_login")).content.decode()


@pytest.fixture
def lina(db, settings):
    settings.DEMO = True
    return get_user_model().objects.create_user(username=PERSONAS["agent"].username, first_name="Lina")


def form_of_lina(page: str) -> str:
    return re.search(r'<form[^>]*action="/demo/agent/".*?</form>', page, re.S).group(0)


@pytest.mark.parametrize("door", ["account_login", "home:demo"])
def test_a_persona_comes_back_to_the_page_that_asked_to_sign_in(client, lina, door):
    """The page that asks to sign in, the door, the persona's button: as a visitor's browser sends them."""
    asked = reverse("calls:mine") + "?page=1"
    page = client.get(reverse(door, query={"next": asked})).content.decode()
    sent = html.unescape(re.search(r'name="next" value="([^"]*)"', form_of_lina(page)).group(1))
    assert sent == asked
    response = client.post("/demo/agent/", {"next": sent})
    assert (response.status_code, response["Location"]) == (302, asked)


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/aujourdhui/", "javascript:alert(1)", ""]
)
def test_a_persona_is_never_sent_to_another_site(client, lina, elsewhere):
    page = client.get(reverse("home:demo", query={"next": elsewhere})).content.decode()
    assert 'name="next"' not in form_of_lina(page)
    assert client.post("/demo/agent/", {"next": elsewhere})["Location"] == reverse("home:today")


def test_the_way_back_is_kept_when_the_demonstration_is_not_loaded(client, settings, db):
    settings.DEMO = True
    response = client.post("/demo/agent/", {"next": "/candidatures/"})
    assert response["Location"] == "/demo/?next=%2Fcandidatures%2F"
