"""The doors of the demonstration exist only in a demonstration."""

import pytest
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
