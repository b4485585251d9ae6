"""A device that several people use: a draft begun under one name is not given to whoever signs in next."""

import pytest

from tests.calls.test_apply_screens import begin, fill, url
from tests.factories.calls import make_call
from tests.factories.projects import make_person

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


def begin_as(client, first, last):
    application = begin(client, make_call())
    fill(client, application, "probleme", title="Le badge", probleme="Un secret d’atelier")
    client.post(url(application, "equipe"), {"people": "1", "p0-first_name": first, "p0-last_name": last})
    return application


@pytest.mark.parametrize(
    ("first", "last"), [("Élodie", "Le Goff"), ("elodie", "le goff"), ("LE GOFF", "Elodie"), ("", "")]
)
def test_the_same_name_however_written_comes_along(client_for, first, last):
    client = client_for()
    application = begin_as(client, first, last)
    agent = make_person("Élodie", "Le Goff")
    client.force_login(agent, backend=BACKEND)
    application.refresh_from_db()
    assert application.applicants.get().user == agent


def test_another_name_is_asked_about_and_opens_nothing_until_then(client_for):
    client = client_for()
    application = begin_as(client, "Awa", "Diallo")
    other = make_person("Bruno", "Petit")
    client.force_login(other, backend=BACKEND)
    application.refresh_from_db()
    assert application.applicants.get().user is None
    assert application.claim_digest
    # The way back from the sign-in leads to the question, not to a missing page nor to the text.
    back = client.get(url(application, "relecture"))
    assert back["Location"] == "/candidatures/a-moi/"
    asked = client.get("/candidatures/a-moi/").content.decode()
    assert "Awa Diallo" in asked
    assert "Un secret d’atelier" not in asked
    assert "Le badge" not in asked
    assert "/candidatures/a-moi/" in client.get("/candidatures/").content.decode()
    client.post("/candidatures/a-moi/", {"uuid": str(application.uuid), "no": "1"})
    assert client.get(url(application, "probleme")).status_code == 404
    application.refresh_from_db()
    assert application.applicants.get().user is None
    assert application.answers.get(key="probleme").value == "Un secret d’atelier"


def test_whoever_says_it_is_theirs_has_it(client_for):
    client = client_for()
    application = begin_as(client, "Awa", "Diallo-Roy")
    agent = make_person("Awa", "Roy")
    client.force_login(agent, backend=BACKEND)
    response = client.post("/candidatures/a-moi/", {"uuid": str(application.uuid), "yes": "1"})
    assert response["Location"] == f"/candidatures/{application.uuid}/"
    assert application.applicants.get().user == agent
    again = client.post("/candidatures/a-moi/", {"uuid": str(application.uuid), "yes": "1"})
    assert again["Location"] == "/candidatures/"


@pytest.mark.parametrize("uuid", ["", "x", "00000000-0000-4000-8000-000000000000", "\x00"])
def test_a_draft_that_is_not_on_the_device_is_not_claimed(client_for, uuid):
    client = client_for(make_person())
    assert client.post("/candidatures/a-moi/", {"uuid": uuid, "yes": "1"})["Location"] == "/candidatures/"
