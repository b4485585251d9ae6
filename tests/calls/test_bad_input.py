"""Wrong files, wrong values, wrong hours, wrong tokens, twice: a clear sentence, nothing typed is lost, never a 500."""

import io
import threading
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from calls.domain import applications as verbs
from calls.domain import attachments
from calls.domain.answers import Seen, token_digest
from calls.enums import ApplicationState
from calls.models import AnswerRevision, ApplicationTransition
from calls.views import apply, team
from incubator.core import clock
from incubator.core.models import Letter, PrivateFile
from projects.models import Project
from tests.calls.test_apply_screens import PNG, begin, fields_of, fill, url
from tests.factories.calls import make_application, make_call, make_draft
from tests.factories.projects import make_person

pytestmark = pytest.mark.django_db

EVERY_KIND = [
    {
        "title": "Tout",
        "key": "tout",
        "questions": [
            {"kind": "short_text", "key": "court", "label": "Court ?"},
            {"kind": "long_text", "key": "long", "label": "Long ?", "max_words": 5},
            {"kind": "choice", "key": "un", "label": "Un ?", "choices": ["Chaque jour", "Chaque mois"]},
            {"kind": "choices", "key": "plusieurs", "label": "Plusieurs ?", "choices": ["Agents", "Usagers"]},
            {"kind": "number", "key": "nombre", "label": "Nombre ?", "min": 1, "max": 100},
            {"kind": "date", "key": "jour", "label": "Jour ?"},
            {"kind": "yes_no", "key": "oui", "label": "Oui ?"},
            {"kind": "file", "key": "fichier", "label": "Fichier ?"},
        ],
    }
]


def zipped() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as bag:
        bag.writestr("virus.txt", "pas un pdf")
    return archive.getvalue()


# -- Files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("dossier.pdf", zipped(), "ce que dit son nom"),
        ("photo.png", b"", "vide"),
        ("outil.exe", b"MZ\x90\x00", "ne peut pas être reçu"),
        ("sans-extension", PNG, "ne peut pas être reçu"),
        ("photo.png", PNG + b"\x00" * 3000, "trop lourd"),
    ],
)
def test_a_wrong_file_gets_its_sentence_and_the_rest_is_kept(client_for, settings, name, content, sentence):
    settings.PRIVATE_FILE_MAX_BYTES = 2000
    client = client_for(make_person())
    application = begin(client, make_call())
    response = fill(
        client,
        application,
        "pour-qui",
        combien="5",
        depuis="2026-03-31",
        photo=SimpleUploadedFile(name, content, content_type="application/pdf"),
    )
    html = response.content.decode()
    assert response.status_code == 200
    assert sentence in html
    assert 'aria-invalid="true"' in html
    assert 'value="5"' in html
    assert {a.key: a.value for a in application.answers.all()} == {"combien": "5", "depuis": "2026-03-31"}
    assert not PrivateFile.objects.exists()


def test_a_wrong_file_leaves_the_one_that_was_attached(client_for):
    client = client_for(make_person())
    application = begin(client, make_call())
    fill(client, application, "pour-qui", combien="5", photo=SimpleUploadedFile("avant.png", PNG))
    fill(client, application, "pour-qui", combien="5", photo=SimpleUploadedFile("apres.pdf", zipped()))
    assert application.answers.get(key="photo").file.name == "avant.png"
    assert "avant.png" in client.get(url(application, "pour-qui")).content.decode()


def test_500_files_at_once_get_a_sentence_and_what_was_saved_stays(client_for):
    client = client_for(make_person())
    application = begin(client, make_call())
    fill(client, application, "pour-qui", combien="5")
    many = [SimpleUploadedFile(f"{number}.png", PNG) for number in range(500)]
    response = client.post(
        url(application, "pour-qui"), {"seen-combien": "1:x", "combien": "6", "photo": many}
    )
    assert response.status_code == 413
    assert "en plusieurs fois" in response.content.decode()
    assert application.answers.get().value == "5"
    assert not PrivateFile.objects.exists()


def test_files_are_bounded_in_number_for_one_application(client_for, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_FILES", 2)
    agent = make_person()
    draft = make_draft(user=agent)
    for name in ("un.png", "deux.png"):
        upload = SimpleUploadedFile(name, PNG)
        verbs.attach_file(actor=agent, application=draft, key="photo", upload=upload)
    page = fill(client_for(agent), draft, "pour-qui", combien="5", photo=SimpleUploadedFile("trois.png", PNG))
    assert "2 fichiers ont été envoyés" in page.content.decode()
    assert [draft.answers.get(key="photo").file.name] == ["deux.png"]
    assert [row.file.name for row in AnswerRevision.objects.all()] == ["un.png"]


def test_a_file_is_closed_until_the_virus_check_has_passed(client_for, settings):
    settings.CLAMD_SOCKET = "/nowhere/clamd.ctl"
    agent = make_person()
    client = client_for(agent)
    draft = make_draft(user=agent)
    fill(client, draft, "pour-qui", combien="5", photo=SimpleUploadedFile("p.png", PNG))
    address = f"/candidatures/{draft.uuid}/fichiers/photo/"
    assert client.get(address).status_code == 403
    PrivateFile.objects.update(scan=PrivateFile.Scan.REFUSED)
    assert client.get(address).status_code == 403
    PrivateFile.objects.update(scan=PrivateFile.Scan.CLEAN)
    download = client.get(address)
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(download.streaming_content) == PNG


@pytest.mark.parametrize(
    ("scan", "words", "may_open"),
    [
        ("not_configured", (), True),
        ("pending", ("En cours de vérification", "dans quelques minutes"), False),
        ("clean", ("Vérifié",), True),
        ("refused", ("Refusé", "personne ne peut l’ouvrir"), False),
    ],
)
def test_what_the_virus_check_says_stands_beside_the_file_for_who_writes_and_for_who_reads(
    client_for, scan, words, may_open
):
    agent = make_person()
    draft = make_draft(user=agent)
    verbs.attach_file(actor=agent, application=draft, key="photo", upload=SimpleUploadedFile("plan.png", PNG))
    PrivateFile.objects.update(scan=scan)
    written = [url(draft, "pour-qui"), url(draft, "relecture")]
    mine, manager = client_for(agent), client_for(draft.call.created_by)
    pages = [mine.get(address).content.decode() for address in written]
    verbs.submit_application(actor=agent, application=draft)
    pages.append(manager.get(url(draft, "dossier")).content.decode())
    for html in pages:
        assert "plan.png" in html
        assert (f"/candidatures/{draft.uuid}/fichiers/photo/" in html) == may_open
        for said in words:
            assert said in html
        assert ("ec-badge" in html.partition("plan.png")[2][:400]) == bool(words)
    replaced = ["envoyez-en un autre" in html for html in pages]
    assert replaced == [scan == "refused"] * 2 + [False]


# -- Values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "bad", "good"),
    [
        ("court", "x" * 300, "Bref"),
        ("long", "un deux trois quatre cinq six", "un deux trois"),
        ("un", "jamais-propose", "chaque-jour"),
        ("plusieurs", ["agents", "jamais-propose"], ["agents"]),
        ("nombre", "environ douze", "12"),
        ("nombre", "0", "1"),
        ("nombre", "101", "100"),
        ("jour", "le 30 février", "30/03/2026"),
        ("jour", "2026-02-30", "2026-03-30"),
        ("oui", "peut-être", "yes"),
    ],
)
def test_a_bad_value_of_each_kind_is_said_beside_its_field_and_keeps_all_the_others(
    client_for, key, bad, good
):
    agent = make_person()
    client = client_for(agent)
    application = begin(client, make_call(questions=EVERY_KIND))
    right = {
        "title": "Le badge",
        "court": "Une ligne",
        "long": "trois mots ici",
        "un": "chaque-mois",
        "plusieurs": ["usagers"],
        "nombre": "7",
        "jour": "2026-01-05",
        "oui": "no",
    }
    response = fill(client, application, "tout", **{**right, key: bad})
    html = response.content.decode()
    assert response.status_code == 200
    assert f"id_{key}_error" in html
    assert 'aria-invalid="true"' in html
    kept = {answer.key: answer.value for answer in application.answers.all()}
    assert kept == {**right, key: bad}
    again = client.get(url(application, "tout"))
    assert again.status_code == 200
    for name in set(right) - {key, "un", "plusieurs", "oui"}:
        assert right[name] in again.content.decode()
    # It is never submitted so, and is as soon as it is corrected.
    fill(client, application, "equipe", people="1", **{"p0-first_name": "Awa", "p0-last_name": "Diallo"})
    assert client.post(url(application, "deposer")).status_code == 200
    application.refresh_from_db()
    assert application.state == ApplicationState.DRAFT
    fill(client, application, "tout", **{**right, key: good}, fichier=SimpleUploadedFile("preuve.png", PNG))
    assert client.post(url(application, "deposer"))["Location"] == url(application, "recepisse")


@pytest.mark.parametrize("people", ["", "-1", "9999999", "deux", "٣"])
def test_a_team_form_that_was_tampered_with_breaks_nothing(client_for, people):
    client = client_for(make_person())
    application = begin(client, make_call())
    typed = {"people": people, "p0-first_name": "Awa", "p0-last_name": "Diallo", "p0-directorate": "999999"}
    assert client.post(url(application, "equipe"), typed).status_code in (200, 302)
    assert application.applicants.get().first_name == "Awa"


def test_a_question_that_was_never_asked_is_not_stored(client_for):
    client = client_for(make_person())
    application = begin(client, make_call())
    fill(client, application, "probleme", title="T", probleme="P", state="submitted", inconnue="x")
    assert sorted(application.answers.values_list("key", flat=True)) == ["probleme", "title"]


# -- The draft -------------------------------------------------------------------------------------


def test_the_draft_is_on_the_server_from_the_first_field(client_for):
    """A visitor types one word, and the battery dies: the word is there when they come back."""
    client = client_for()
    application = begin(client, make_call())
    seen = fields_of(client.get(url(application, "probleme")))
    typed = {**seen, "title": "Le", "probleme": ""}
    assert client.post(url(application, "probleme"), typed, headers={"HX-Request": "true"}).status_code == 200
    application.refresh_from_db()
    assert application.title == "Le"
    assert application.saved_at is not None
    back = client.get(f"/candidatures/{application.uuid}/")
    assert back["Location"] == url(application, "probleme") + "#div_id_title"
    assert 'value="Le"' in client.get(back["Location"]).content.decode()


def test_the_call_closes_while_one_is_typing(client_for):
    agent = make_person()
    client = client_for(agent)
    application = begin(client, make_call())
    fill(client, application, "probleme", title="Le badge", probleme="Avant l’heure")
    fill(client, application, "pour-qui", combien="3")
    fill(client, application, "equipe", people="1", **{"p0-first_name": "Awa", "p0-last_name": "Diallo"})
    seen = fields_of(client.get(url(application, "probleme")))
    with clock.at(application.call.closes_at + timedelta(seconds=1)):
        typed = {**seen, "title": "Le badge", "probleme": "Une seconde après"}
        saved = client.post(url(application, "probleme"), typed, headers={"HX-Request": "true"})
        assert saved.status_code == 200
        assert application.answers.get(key="probleme").value == "Une seconde après"
        refused = client.post(url(application, "deposer"))
        html = refused.content.decode()
        assert refused.status_code == 200
        assert "Cet appel est clos" in html
        assert "Une seconde après" in html
    application.refresh_from_db()
    assert application.state == ApplicationState.DRAFT
    assert not Project.objects.exists()


def test_an_autosave_that_comes_after_the_submission_changes_nothing(client_for):
    """Two tabs: one submits, the other still types."""
    agent = make_person()
    client = client_for(agent)
    draft = make_draft(user=agent)
    seen = fields_of(client.get(url(draft, "probleme")))
    verbs.submit_application(actor=agent, application=draft)
    typed = {**seen, "title": "Autre", "probleme": "Autre"}
    late = client.post(url(draft, "probleme"), typed, headers={"HX-Request": "true"})
    assert late.status_code == 409
    assert draft.answers.get(key="title").value == "La Belette"


def test_a_submission_between_the_reading_and_the_writing_of_a_step_is_said(client_for, monkeypatch):
    """The other tab submits while this request runs: no error page, and the submitted text stays."""
    agent = make_person()
    client = client_for(agent)
    sent = make_application(user=agent)
    seen = {"seen-title": "1:x", "title": "Autre"}
    monkeypatch.setattr(apply, "not_writable", lambda request, application: None)
    monkeypatch.setattr(team, "not_writable", lambda request, application: None)
    for step, typed in (("probleme", seen), ("equipe", {"people": "1", "p0-first_name": "B"})):
        assert client.post(url(sent, step), typed)["Location"] == f"/candidatures/{sent.uuid}/"
        late = client.post(url(sent, step), typed, headers={"HX-Request": "true"})
        assert late.status_code == 409
    assert sent.answers.get(key="title").value == "La Belette"


# -- Tokens ----------------------------------------------------------------------------------------


def test_a_draft_claimed_on_one_phone_no_longer_opens_on_the_other(client_for):
    """The token is spent when the draft is claimed: what a shared tablet still holds opens nothing."""
    tablet = client_for()
    application = begin(tablet, make_call())
    token = tablet.session["calls_drafts"][str(application.uuid)]
    assert application.claim_digest == token_digest(token)
    agent = make_person()
    assert verbs.claim_application(user=agent, token=token) == application
    assert tablet.get(url(application, "probleme")).status_code == 302
    assert (
        tablet.post(url(application, "probleme"), {"seen-title": "0:x", "title": "volé"}).status_code == 302
    )
    assert verbs.claim_application(user=make_person(), token=token) is None
    assert not application.answers.exists()
    assert client_for(agent).get(url(application, "probleme")).status_code == 200


def test_a_replayed_submission_of_someone_else_does_not_exist(client_for):
    mine = make_application(user=make_person())
    assert client_for(make_person()).post(url(mine, "deposer")).status_code == 404
    assert "/compte/" in client_for().post(url(mine, "deposer"))["Location"]


# -- Twice -----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_double_click_over_http_gives_one_receipt_twice(client_for):
    agent = make_person(email="agent@region.example")
    draft = make_draft(user=agent)
    answers, start = [], threading.Barrier(2)
    clients = [client_for(agent), client_for(agent)]

    def click(client: Client):
        try:
            start.wait(timeout=20)
            response = client.post(url(draft, "deposer"))
            answers.append((response.status_code, response["Location"]))
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert answers == [(302, url(draft, "recepisse"))] * 2
    assert (Project.objects.count(), Letter.objects.count()) == (1, 1)
    assert ApplicationTransition.objects.count() == 1


@pytest.mark.parametrize("forged", ["²:a", "²", "", ":", "x:y", "-1:a", "9" * 40 + ":a"])
def test_a_forged_version_of_an_answer_is_read_as_none(forged):
    """« ² » is a digit to Python and no number: the page answered an error."""
    assert Seen.parse(forged) is None
