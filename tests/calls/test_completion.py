"""A completion: only the questions named open, until a day; late is possible; what was submitted stays readable."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from calls import histories, queries
from calls.domain import applications, completion, teams
from calls.domain.invitations import accept_invitation, code_of, invite
from calls.domain.texts import read_text
from calls.enums import ApplicantRole, ApplicationState
from calls.models import AnswerRevision, CompletionRequest
from incubator.core import clock
from incubator.core.models import JournalEntry, Letter, Refused
from projects.domain.projects import update_project
from tests.calls.test_apply_screens import PNG, fields_of, url
from tests.factories.calls import make_application, make_call
from tests.factories.projects import decide, make_manager, make_person, make_programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make_person("Awa", "Diallo", email="awa@region.example")


@pytest.fixture
def application(agent):
    return make_application(user=agent)


@pytest.fixture
def manager(application):
    return application.call.created_by


def ask(manager, application, keys=("probleme",), **changes):
    values = {"message": "Dites où et quand.", "due_on": clock.today() + timedelta(days=7), **changes}
    return completion.ask_completion(actor=manager, application=application, keys=list(keys), **values)


def save(actor, application, **values):
    return applications.save_answers(actor=actor, application=application, values=values)


def complete_url(application):
    return f"/candidatures/{application.uuid}/completer/"


def value(application, key="probleme"):
    return application.answers.get(key=key).value


def test_the_manager_asks_the_team_answers_and_both_texts_stay(client_for, agent, application, manager):
    client = client_for(manager)
    assert (
        f"/candidatures/{application.uuid}/demander/"
        in client.get(url(application, "dossier")).content.decode()
    )
    form = client.get(url(application, "demander")).content.decode()
    assert 'value="probleme"' in form
    assert 'value="title"' not in form
    due_on = clock.today() + timedelta(days=7)
    posted = {"keys": ["probleme"], "message": "Dites où et quand.", "due_on": due_on.isoformat()}
    assert client.post(url(application, "demander"), posted)["Location"] == url(application, "dossier")
    application.refresh_from_db()
    assert application.state == ApplicationState.TO_COMPLETE
    letter = Letter.objects.get(kind="calls.completion_asked")
    assert (letter.recipient, letter.state) == (agent, Letter.State.HELD)
    assert "Dites où et quand." in letter.body

    mine = client_for(agent)
    follow = mine.get(f"/candidatures/{application.uuid}/").content.decode()
    assert "Dites où et quand." in follow
    assert complete_url(application) in follow
    page = mine.get(complete_url(application))
    html = page.content.decode()
    assert 'name="probleme"' in html
    assert 'name="combien"' not in html
    saved = mine.post(
        complete_url(application),
        {**fields_of(page), "probleme": "Au lycée, le lundi."},
        headers={"HX-Request": "true"},
    )
    assert saved.status_code == 200
    # While it is being written, everybody else reads what was submitted.
    dossier = client.get(url(application, "dossier")).content.decode()
    assert "On appelle pour rien." in dossier
    assert "Au lycée" not in dossier
    sent = mine.post(
        complete_url(application), {**fields_of(saved), "probleme": "Au lycée, le lundi.", "envoyer": "1"}
    )
    assert sent["Location"] == f"/candidatures/{application.uuid}/"
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    dossier = client.get(url(application, "dossier")).content.decode()
    assert "Au lycée, le lundi." in dossier
    assert "On appelle pour rien." in dossier
    assert "Awa Diallo, " in dossier
    assert Letter.objects.get(kind="calls.completed").state == Letter.State.APPROVED
    (done,) = histories.completions_of(application)
    assert [(before, after) for _question, before, after in done.rows] == [
        ("On appelle pour rien.", "Au lycée, le lundi.")
    ]
    # A replayed form changes nothing and says so.
    again = mine.post(
        complete_url(application), {"seen-probleme": "1:x", "probleme": "Encore", "envoyer": "1"}
    )
    assert again.status_code == 302
    assert value(application) == "Au lycée, le lundi."


def test_the_project_says_the_completed_problem_unless_someone_has_worded_its_own(
    agent, application, manager
):
    project = application.project
    assert project.problem == "On appelle pour rien."
    ask(manager, application)
    save(agent, application, probleme="Au lycée, le lundi.")
    project.refresh_from_db()
    assert project.problem == "On appelle pour rien."
    completion.complete(actor=agent, application=application)
    project.refresh_from_db()
    assert project.problem == "Au lycée, le lundi."
    update_project(actor=manager, project=project, title=project.title, problem="Les mots du service.")
    ask(manager, application)
    save(agent, application, probleme="Encore autre chose.")
    completion.complete(actor=agent, application=application)
    project.refresh_from_db()
    assert project.problem == "Les mots du service."


def test_a_completion_of_other_questions_leaves_the_projects_problem(agent, application, manager):
    ask(manager, application, ["combien"])
    save(agent, application, combien="240")
    completion.complete(actor=agent, application=application)
    application.project.refresh_from_db()
    assert application.project.problem == "On appelle pour rien."
    assert not JournalEntry.objects.filter(verb="projects.follow_problem").exists()


def test_words_being_written_are_not_found_before_they_are_sent(agent, application, manager):
    ask(manager, application)
    save(agent, application, probleme="Le mot zibeline.")
    assert "zibeline" not in read_text(application=application).body
    completion.complete(actor=agent, application=application)
    application.refresh_from_db()
    assert "zibeline" in read_text(application=application).body


def test_only_the_questions_named_are_open(agent, application, manager):
    ask(manager, application, ["probleme"])
    for key in ("combien", "title"):
        with pytest.raises(Refused, match="rouvertes"):
            save(agent, application, **{key: "9"})
    with pytest.raises(Refused, match="rouvertes"):
        applications.attach_file(
            actor=agent, application=application, key="photo", upload=SimpleUploadedFile("p.png", PNG)
        )
    save(agent, application, probleme="Oui")
    completion.complete(actor=agent, application=application)
    with pytest.raises(Refused):
        save(agent, application, probleme="Trop tard")
    assert (value(application), value(application, "combien")) == ("Oui", "120")


def test_late_is_said_and_still_possible_until_the_manager_stops_waiting(
    client_for, agent, application, manager
):
    request = ask(manager, application)
    client = client_for(agent)
    with clock.at(clock.now() + timedelta(days=9)):
        assert "encore" in client.get(complete_url(application)).content.decode()
        assert request.is_late
        save(agent, application, probleme="Commencé en retard")
        assert "retard" in client_for(manager).get(url(application, "dossier")).content.decode()
        client_for(manager).post(f"/candidatures/{application.uuid}/demander/fin/")
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    # What was submitted stands again, under its author; what had been begun is not lost.
    stands = application.answers.get(key="probleme")
    assert (stands.value, stands.saved_by) == ("On appelle pour rien.", agent)
    assert {r.value for r in AnswerRevision.objects.all()} == {"On appelle pour rien.", "Commencé en retard"}
    with pytest.raises(Refused):
        completion.complete(actor=agent, application=application)
    assert "Commencé en retard" in client.get(f"/candidatures/{application.uuid}/textes/").content.decode()


def test_what_is_wrong_is_said_beside_the_question_and_nothing_is_sent(
    client_for, agent, application, manager
):
    ask(manager, application)
    client = client_for(agent)
    seen = fields_of(client.get(complete_url(application)))
    page = client.post(complete_url(application), {**seen, "probleme": "", "envoyer": "1"})
    assert page.status_code == 200
    assert 'aria-invalid="true"' in page.content.decode()
    application.refresh_from_db()
    assert application.state == ApplicationState.TO_COMPLETE
    assert AnswerRevision.objects.get().value == "On appelle pour rien."


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("probleme", "Une réponse est attendue ici. Si vous n’en avez pas, écrivez-le."),
        ("depuis", "Une réponse est attendue ici. Si vous n’en avez pas, appelez le 01 02 03 04 05."),
        ("qui", "Une réponse est attendue ici. Si vous n’en avez pas, appelez le 01 02 03 04 05."),
        ("photo", "Une réponse est attendue ici. Si vous n’en avez pas, appelez le 01 02 03 04 05."),
    ],
)
def test_what_is_asked_again_must_be_answered_though_it_could_be_left_empty_before(
    client_for, agent, key, sentence
):
    call = make_call(programme=make_programme(phone="01 02 03 04 05"))
    application = make_application(user=agent, call=call)
    ask(call.created_by, application, [key])
    client = client_for(agent)
    page = client.get(complete_url(application))
    assert "facultatif" not in page.content.decode()
    again = client.post(complete_url(application), {**fields_of(page), key: "", "envoyer": "1"})
    assert again.status_code == 200
    assert sentence in again.content.decode().replace("\u00a0", " ")
    application.refresh_from_db()
    assert application.state == ApplicationState.TO_COMPLETE


def test_a_file_can_be_asked_again_and_the_one_before_is_kept(client_for, agent):
    application = make_application(user=agent, call=make_call())
    manager = application.call.created_by
    ask(manager, application, ["photo"])
    client = client_for(agent)
    for name in ("un.png", "deux.png"):
        page = client.get(complete_url(application))
        client.post(
            complete_url(application),
            {**fields_of(page), "photo": SimpleUploadedFile(name, PNG), "quitter": "1"},
        )
    completion.complete(actor=agent, application=application)
    answer = application.answers.get(key="photo")
    assert answer.file.name == "deux.png"
    assert answer.revisions.get().file.name == "un.png"
    assert CompletionRequest.objects.get().after["photo"]["file"] == answer.file_id


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"keys": []}, "keys"),
        ({"keys": ["inconnue"]}, "keys"),
        ({"keys": ["title"]}, "keys"),
        ({"message": " "}, "message"),
        ({"message": "x" * 2001}, "message"),
        ({"due_on": "hier"}, "due_on"),
    ],
)
def test_a_request_that_cannot_be_is_refused_in_words(application, manager, changes, field):
    if "due_on" in changes:
        changes = {"due_on": clock.today() - timedelta(days=1)}
    with pytest.raises(Refused) as refused:
        ask(manager, application, **changes)
    assert list(refused.value.message_dict) == [field]
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED


def test_who_may_ask_complete_and_close(agent, application, manager):
    for actor in (agent, make_person(), make_manager(make_programme())):
        with pytest.raises(PermissionDenied):
            ask(actor, application)
    ask(manager, application)
    with pytest.raises(Refused):
        ask(manager, application)
    with pytest.raises(PermissionDenied):
        completion.complete(actor=manager, application=application)
    with pytest.raises(PermissionDenied):
        completion.close_completion(actor=agent, application=application)
    with pytest.raises(PermissionDenied):
        save(manager, application, probleme="Écrit par la gestion")
    assert CompletionRequest.objects.count() == 1


def test_a_reader_does_not_complete(client_for, agent):
    from tests.factories.calls import make_draft

    draft, reader = make_draft(user=agent), make_person()
    invitation = invite(actor=agent, application=draft, role=ApplicantRole.READER)
    accept_invitation(actor=reader, invitation=invitation, code=code_of(invitation))
    application = applications.submit_application(actor=agent, application=draft)
    ask(application.call.created_by, application)
    assert client_for(reader).get(complete_url(application)).status_code == 404
    with pytest.raises(PermissionDenied):
        save(reader, application, probleme="x")


def test_a_decision_or_a_withdrawal_ends_it(client_for, agent, application, manager):
    ask(manager, application)
    save(agent, application, probleme="Commencé")
    decide(application.project, "preselection", "retain")
    application.refresh_from_db()
    with pytest.raises(Refused, match="déjà décidé"):
        save(agent, application, probleme="Après")
    with pytest.raises(Refused):
        completion.complete(actor=agent, application=application)
    assert client_for(agent).get(f"/candidatures/{application.uuid}/").status_code == 200
    other = make_application(user=agent, call=application.call)
    ask(manager, other)
    applications.withdraw_application(actor=agent, application=other)
    other.refresh_from_db()
    with pytest.raises(Refused):
        save(agent, other, probleme="Après")
    with pytest.raises(Refused):
        completion.complete(actor=agent, application=other)
    other.refresh_from_db()
    assert (other.state, other.completions.get().completed_at) == (ApplicationState.TO_COMPLETE, None)
    assert client_for(agent).get(complete_url(other), follow=True).status_code == 200


def test_the_team_leaves_or_stays_while_it_is_open(agent, application, manager):
    ask(manager, application)
    with pytest.raises(Refused, match="portez"):
        teams.leave_team(actor=agent, application=application)


def test_the_answers_that_others_read_cost_one_query_more_while_it_is_open(
    assert_queries, agent, application, manager
):
    application.form_version  # noqa: B018 - read before counting
    with assert_queries(1):
        queries.answers_of(application)
    ask(manager, application, ["probleme", "combien"])
    application.refresh_from_db()
    application.form_version  # noqa: B018 - read before counting
    with assert_queries(2):
        queries.answers_of(application)
