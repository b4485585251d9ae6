"""An agent applies through HTTP: without an account, interrupted, twice, in two tabs, with anything typed."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.domain import applications as verbs
from calls.enums import ApplicationState
from calls.models import Application
from incubator.core import clock
from incubator.core.models import PrivateFile
from projects.models import Project
from tests.factories.calls import make_application, make_call, make_draft
from tests.factories.projects import make_person

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 64


def begin(client, call) -> Application:
    response = client.post(f"/appels/{call.code}/candidater/")
    assert response.status_code == 302, response.content
    uuid = re.search(r"/candidatures/([0-9a-f-]{36})/", response["Location"])[1]
    return Application.objects.get(uuid=uuid)


def url(application, step):
    return f"/candidatures/{application.uuid}/{step}/"


def fields_of(page) -> dict:
    """The hidden fields of the step's form, as a browser would send them back."""
    html = page.content.decode()
    return dict(re.findall(r'name="((?:seen|asked)-[^"]+)" value="([^"]*)">', html))


def fill(client, application, step, **typed):
    """Open a step, type, and press its button."""
    page = client.get(url(application, step))
    assert page.status_code == 200
    return client.post(url(application, step), {**fields_of(page), **typed})


def test_a_phone_begins_without_an_account_signs_in_and_submits(client_for):
    call = make_call()
    client = client_for()
    application = begin(client, call)
    assert application.applicants.get().user is None
    response = fill(client, application, "probleme", title="Le badge", probleme="Il ne passe pas.")
    assert response["Location"] == url(application, "pour-qui")
    response = fill(client, application, "pour-qui", combien="40", qui=["agents", "usagers"], deja="yes")
    assert response["Location"] == url(application, "equipe")
    response = client.post(
        url(application, "equipe"), {"people": "1", "p0-first_name": "Awa", "p0-last_name": "Diallo"}
    )
    assert response["Location"] == url(application, "relecture")
    review = client.get(url(application, "relecture"))
    assert b"Il ne passe pas." in review.content
    # A visitor cannot submit: the sign-in is asked now, and the draft comes along.
    assert "/compte/" in client.post(url(application, "deposer"))["Location"]
    agent = make_person("Awa", "Diallo")
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    application.refresh_from_db()
    assert (application.applicants.get().user, application.claim_digest) == (agent, "")
    response = client.post(url(application, "deposer"))
    assert response["Location"] == url(application, "recepisse")
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    receipt = client.get(url(application, "recepisse")).content.decode()
    assert application.receipt_number in receipt
    assert client.get(f"/candidatures/{application.uuid}/").status_code == 200
    # A replayed form gives the same receipt, and writes nothing.
    assert client.post(url(application, "deposer"))["Location"] == url(application, "recepisse")
    assert Project.objects.count() == 1
    late = client.post(url(application, "probleme"), {"seen-title": "1:x", "title": "Changé"})
    assert late["Location"] == f"/candidatures/{application.uuid}/"
    application.refresh_from_db()
    assert application.title == "Le badge"


def test_a_double_click_begins_one_draft(client_for):
    call = make_call()
    visitor, agent = client_for(), client_for(make_person())
    assert begin(visitor, call) == begin(visitor, call)
    assert begin(agent, call) == begin(agent, call)
    assert Application.objects.count() == 2


def test_leaving_and_coming_back_lands_on_the_step_that_was_left(client_for):
    agent = make_person()
    client = client_for(agent)
    application = begin(client, make_call())
    fill(client, application, "probleme", title="T", probleme="P")
    assert client.get(f"/candidatures/{application.uuid}/")["Location"] == url(application, "pour-qui")
    response = fill(client, application, "pour-qui", combien="3", quitter="1")
    assert response["Location"] == "/candidatures/"
    back = client.get(f"/candidatures/{application.uuid}/")["Location"]
    assert back == url(application, "pour-qui") + "#div_id_combien"
    page = client.get(back)
    assert 'id="div_id_combien"' in page.content.decode()
    # The tab goes away and sends what it holds once more: nothing is new, and the place stays.
    unchanged = {**fields_of(page), "combien": "3", "at-field": ""}
    client.post(url(application, "pour-qui"), unchanged, headers={"HX-Request": "true"})
    assert client.get(f"/candidatures/{application.uuid}/")["Location"] == back
    client.post(
        url(application, "pour-qui"), {**unchanged, "at-field": "depuis"}, headers={"HX-Request": "true"}
    )
    assert client.get(f"/candidatures/{application.uuid}/")["Location"].endswith("#div_id_depuis")


def test_what_is_wrong_is_kept_and_said_beside_the_field(client_for):
    client = client_for(make_person())
    application = begin(client, make_call())
    response = fill(client, application, "probleme", title="T", probleme="mot " * 53)
    assert response.status_code == 200
    assert "mot mot" in response.content.decode()
    assert application.answers.get(key="probleme").value == "mot " * 53
    response = fill(client, application, "pour-qui", combien="beaucoup", depuis="hier")
    html = response.content.decode()
    assert "beaucoup" in html
    assert "hier" in html
    again = client.get(url(application, "pour-qui")).content.decode()
    assert "beaucoup" in again
    review = client.get(url(application, "relecture")).content.decode()
    assert review.count("corriger=1") == 3
    checked = client.get(url(application, "pour-qui") + "?corriger=1").content.decode()
    assert "beaucoup" in checked
    assert 'aria-invalid="true"' in checked
    # Submitting all the same says what is missing, and submits nothing.
    response = client.post(url(application, "deposer"))
    assert response.status_code == 200
    application.refresh_from_db()
    assert application.state == ApplicationState.DRAFT


def test_autosave_says_the_hour_and_keeps_text(client_for):
    client = client_for()
    application = begin(client, make_call())
    seen = fields_of(client.get(url(application, "probleme")))
    response = client.post(
        url(application, "probleme"),
        {**seen, "title": "", "probleme": "À moit"},
        headers={"HX-Request": "true"},
    )
    html = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in html
    assert 'name="seen-probleme" value="1:' in html
    assert application.answers.get().value == "À moit"


def test_two_tabs_are_told_of_each_other(client_for):
    client = client_for(make_person())
    application = begin(client, make_call())
    first = fields_of(client.get(url(application, "probleme")))
    client.post(url(application, "probleme"), {**first, "title": "Un", "probleme": "Texte un"})
    response = client.post(url(application, "probleme"), {**first, "title": "Un", "probleme": "Texte deux"})
    html = response.content.decode()
    assert "Texte un" in html
    assert "Texte deux" in html
    assert application.answers.get(key="probleme").value == "Texte deux"


def test_a_file_is_kept_private_and_a_wrong_one_is_refused_in_words(client_for):
    agent = make_person()
    client = client_for(agent)
    application = begin(client, make_call())
    bad = SimpleUploadedFile("photo.pdf", b"PK\x03\x04 not a pdf", content_type="application/pdf")
    response = fill(client, application, "pour-qui", combien="5", photo=bad)
    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.content.decode()
    assert application.answers.get(key="combien").value == "5"
    assert not PrivateFile.objects.exists()
    response = fill(client, application, "pour-qui", combien="5", photo=SimpleUploadedFile("p.png", PNG))
    assert response.status_code == 302
    address = f"/candidatures/{application.uuid}/fichiers/photo/"
    download = client.get(address)
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(download.streaming_content) == PNG
    assert client_for(make_person()).get(address).status_code == 404
    assert client_for().get(address).status_code == 302
    response = fill(client, application, "pour-qui", combien="5", **{"remove-photo": "1"})
    assert application.answers.get(key="photo").file is None


def test_the_team_is_added_removed_and_bounded(client_for):
    client = client_for(make_person())
    application = begin(client, make_call(max_team_size=2))
    lead = {"p0-first_name": "Awa", "p0-last_name": "Diallo"}
    page = client.post(url(application, "equipe"), {"people": "1", **lead, "add": "1"})
    assert 'name="p1-first_name"' in page.content.decode()
    mate = {"p1-first_name": "Léo", "p1-last_name": "Petit", "p1-email": "pas une adresse"}
    page = client.post(url(application, "equipe"), {"people": "2", **lead, **mate})
    assert page.status_code == 200
    assert application.applicants.get(first_name="Léo").email == "pas une adresse"
    mate["p1-email"] = ""
    assert client.post(url(application, "equipe"), {"people": "2", **lead, **mate}).status_code == 302
    client.post(url(application, "equipe"), {"people": "999", **lead, **mate, "p2-first_name": "Trop"})
    assert application.applicants.count() == 2
    client.post(url(application, "equipe"), {"people": "2", **lead, **mate, "remove": "1"})
    assert application.applicants.get().first_name == "Awa"


def test_someone_elses_application_does_not_exist(client_for):
    agent = make_person()
    draft = make_draft(user=agent)
    sent = make_application(call=draft.call, user=agent)
    outsider = client_for(make_person())
    manager = client_for(draft.call.created_by)
    nowhere = "00000000-0000-4000-8000-000000000000"
    for name in ("", "probleme/", "equipe/", "relecture/", "recepisse/", "retirer/", "dossier/"):
        for uuid in (draft.uuid, sent.uuid, nowhere):
            assert outsider.get(f"/candidatures/{uuid}/{name}").status_code == 404, name
            visitor = client_for().get(f"/candidatures/{uuid}/{name}")
            assert (visitor.status_code, "/compte/" in visitor["Location"]) == (302, True)
        assert manager.get(f"/candidatures/{draft.uuid}/{name}").status_code == 404
    assert outsider.post(url(sent, "recevable")).status_code == 404
    assert outsider.post(url(draft, "deposer")).status_code == 404
    assert manager.get(url(sent, "dossier")).status_code == 200
    assert manager.get(url(sent, "retirer")).status_code == 404


def test_a_foreign_token_opens_nothing(client_for):
    call = make_call()
    mine, other = client_for(), client_for()
    application = begin(mine, call)
    session = other.session
    session["calls_drafts"] = {str(application.uuid): "autre-jeton"}
    session.save()
    assert other.get(url(application, "probleme")).status_code == 302
    stale = other.post(url(application, "probleme"), {"title": "x"}, headers={"HX-Request": "true"})
    assert stale.status_code == 401
    mine.post("/candidatures/oublier/")
    assert mine.get(url(application, "probleme")).status_code == 302


def test_a_closed_call_keeps_what_was_typed(client_for):
    client = client_for(make_person())
    application = begin(client, make_call())
    page = fields_of(client.get(url(application, "probleme")))
    with clock.at(application.call.closes_at + timedelta(minutes=1)):
        typed = {**page, "title": "Tapé trop tard", "probleme": "Mais pas perdu"}
        assert client.post(url(application, "probleme"), typed).status_code == 302
        assert application.answers.get(key="title").value == "Tapé trop tard"
        follow = client.get(f"/candidatures/{application.uuid}/")
        review = client.get(follow["Location"]).content.decode()
        assert "Mais pas perdu" in review
        assert "/deposer/" not in review
        assert client.post(url(application, "deposer")).status_code == 200
        assert client.post(f"/appels/{application.call.code}/candidater/").status_code == 302
    application.refresh_from_db()
    assert application.state == ApplicationState.DRAFT


def test_withdrawing_asks_once_and_needs_no_reason(client_for):
    agent = make_person()
    application = make_application(user=agent)
    client = client_for(agent)
    assert client.get(url(application, "retirer")).status_code == 200
    assert client.post(url(application, "retirer"))["Location"] == "/candidatures/"
    application.project.refresh_from_db()
    assert application.project.stage == "withdrawn"
    assert client.get(url(application, "retirer")).status_code == 302
    assert client.get(f"/candidatures/{application.uuid}/").status_code == 200


def test_a_step_that_does_not_exist_is_404(client_for):
    agent = make_person()
    client = client_for(agent)
    draft = make_draft(user=agent)
    assert client.get(url(draft, "nulle-part")).status_code == 404
    assert client.get("/appels/nulle-part/candidater/").status_code == 404
    assert client.get(f"/appels/{draft.call.code}/candidater/")["Location"] == f"/appels/{draft.call.code}/"


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    title=st.text(max_size=200),
    problem=st.text(max_size=400),
    number=st.text(max_size=30),
    day=st.text(max_size=20),
)
def test_whatever_is_typed_is_kept_and_never_breaks(transactional_draft, title, problem, number, day):
    client, application = transactional_draft
    for step, typed in (
        ("probleme", {"title": title, "probleme": problem, "frequence": title[:10]}),
        ("pour-qui", {"combien": number, "depuis": day, "qui": [title[:5], "agents"], "deja": number}),
    ):
        try:
            sent = {
                key: str(value).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
                for key, value in typed.items()
            }
        except UnicodeError:
            continue
        page = client.get(url(application, step))
        response = client.post(url(application, step), {**fields_of(page), **sent})
        assert response.status_code in (200, 302)
    assert client.get(url(application, "relecture")).status_code == 200
    assert client.get(url(application, "pour-qui") + "?corriger=1").status_code == 200


@pytest.fixture
def transactional_draft(db):
    agent = make_person()
    client = Client()
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    return client, begin(client, make_call())


@pytest.mark.parametrize(
    "text", ["\x00nul", "😀" * 50, "مرحبا", "mot " * 100_000, "<script>alert(1)</script>", "=1+1", " \n\t "]
)
def test_any_script_any_length(client_for, text):
    client = client_for(make_person())
    application = begin(client, make_call())
    response = fill(client, application, "probleme", title="T", probleme=text)
    assert response.status_code in (200, 302)
    kept = application.answers.filter(key="probleme").first()
    assert (kept.value if kept else "") in (text, text.replace("\x00", ""), "")
    review = client.get(url(application, "relecture"))
    assert review.status_code == 200
    assert b"<script>alert" not in review.content


def test_one_autosave_costs_a_fixed_number_of_queries(client_for, assert_queries):
    client = client_for(make_person())
    application = begin(client, make_call())
    fill(client, application, "probleme", title="T", probleme="P")
    page = fields_of(client.get(url(application, "probleme")))
    with assert_queries(7):
        client.post(
            url(application, "probleme"),
            {**page, "title": "T", "probleme": "P, et la suite"},
            headers={"HX-Request": "true"},
        )


def test_my_applications_cost_the_same_with_one_or_three(client_for, assert_queries):
    agent = make_person()
    call = make_call()
    client = client_for(agent)
    make_application(call=call, user=agent)
    with assert_queries(8):
        assert client.get("/candidatures/").status_code == 200
    make_application(call=call, user=agent)
    make_draft(call=call, user=agent)
    with assert_queries(8):
        client.get("/candidatures/")


def test_a_teammate_answers_on_their_page(client_for):
    agent, mate = make_person(), make_person(email="coline@region.example")
    draft = make_draft(user=agent)
    verbs.name_team(
        actor=agent,
        application=draft,
        people=[{"first_name": "A", "last_name": "B"}, {"first_name": "C", "email": "coline@region.example"}],
    )
    place = draft.applicants.get(email="coline@region.example")
    client = client_for(mate)
    assert f"/candidatures/places/{place.pk}/" in client.get("/candidatures/").content.decode()
    assert client_for(make_person()).post(f"/candidatures/places/{place.pk}/").status_code == 404
    client.post(f"/candidatures/places/{place.pk}/", {"accept": "1"})
    place.refresh_from_db()
    assert place.user == mate
    assert client.get(url(draft, "probleme")).status_code == 200


def test_submitting_costs_the_same_for_a_short_and_a_long_form(client_for, assert_queries):
    agent = make_person()
    client = client_for(agent)
    short = make_draft(user=agent)
    with assert_queries(24):
        assert client.post(url(short, "deposer")).status_code == 302
    questions = [
        {
            "title": "Le problème",
            "key": "probleme",
            "questions": [
                {"kind": "long_text", "key": f"q{number}", "label": f"Question {number}", "required": False}
                for number in range(12)
            ],
        }
    ]
    call = make_call(questions=questions)
    long = make_draft(call=call, user=agent, answers={"title": "Long"} | {f"q{n}": "Oui." for n in range(12)})
    with assert_queries(24):
        assert client.post(url(long, "deposer")).status_code == 302
