"""The same request to several teams at once, the same department for several problems: previewed, then done once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from calls.domain import applications as verbs
from calls.domain import completion
from calls.domain.bulk import act_on_many, plan, sample_letters
from calls.domain.forms import write_questions
from calls.models import BulkAct, CompletionRequest, Redirection
from incubator.core import clock
from incubator.core.models import Letter, Refused
from projects.enums import Stage
from tests.calls.bulk.chosen import page_of, pks, seen_in, uuids
from tests.factories.accounts import make_directorate
from tests.factories.calls import QUESTIONS, make_application
from tests.factories.projects import decide, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(call):
    return [make_application(call=call, user=make_person()) for _n in range(3)]


def request_of(**changes):
    asked = {
        "keys": ["probleme"],
        "message": "Dites où et quand.",
        "due_on": clock.today() + timedelta(days=7),
    }
    return {**asked, **changes}


def order_of(**changes):
    wanted = {
        "directorate": make_directorate("Direction des routes"),
        "recipient": make_person("Zoé", "Prigent"),
        "reason": "Ce guichet est le leur.",
        "due_on": clock.today() + timedelta(days=20),
    }
    return {**wanted, **changes}


def do(call, kind, chosen, **words):
    return act_on_many(
        actor=call.created_by,
        call=call,
        kind=kind,
        chosen=pks(chosen),
        key=words.pop("key", uuid4()),
        **words,
    )


# -- A completion ------------------------------------------------------------------------------------


def test_each_team_gets_its_own_request_with_the_same_words(call, three):
    verbs.declare_eligible(actor=call.created_by, application=three[2])
    act = do(call, "completion", three, **request_of())
    asked = CompletionRequest.objects.order_by("application_id")
    assert [(one.application, one.keys, one.message) for one in asked] == [
        (application, ["probleme"], "Dites où et quand.") for application in three[:2]
    ]
    assert [one["why"] for one in act.left_out] == ["son état est\u00a0: Recevable"]
    letters = Letter.objects.filter(kind="calls.completion_asked")
    assert (act.letters, letters.count(), {letter.state for letter in letters}) == (2, 2, {"held"})
    # One team answers: the other's request is not touched.
    agent = three[0].applicants.get().user
    verbs.save_answers(actor=agent, application=three[0], values={"probleme": "Au lycée."})
    completion.complete(actor=agent, application=three[0])
    assert CompletionRequest.objects.waiting().get().application == three[1]


def test_twice_from_one_preview_is_once(call, three):
    key = uuid4()
    first = do(call, "completion", three, key=key, **request_of())
    assert do(call, "completion", three, key=key, **request_of()) == first
    assert CompletionRequest.objects.count() == 3
    again = do(call, "completion", three, **request_of())
    assert (again.done, len(again.left_out)) == ([], 3)


def test_only_questions_that_all_were_asked_can_be_chosen(call, three, client):
    """The form changes while the call is open: those who applied before and after share some questions."""
    changed = [{**QUESTIONS[0], "questions": [QUESTIONS[0]["questions"][0]]}]
    changed += [
        {
            "title": "Plus",
            "key": "plus",
            "questions": [{"kind": "short_text", "key": "lieu", "label": "Où ?"}],
        }
    ]
    write_questions(actor=call.created_by, form=call.form, sections=changed)
    call.refresh_from_db()
    late = make_application(
        call=call, user=make_person(), answers={"title": "Tard", "probleme": "B", "lieu": "Ici"}
    )
    both = plan(call, "completion", pks([three[0], late]))
    assert [question["key"] for question in both.questions] == ["probleme"]
    assert [question["key"] for question in plan(call, "completion", [late.pk]).questions] == [
        "probleme",
        "lieu",
    ]
    sent = {"act": "completion", "application": uuids([three[0], late])}
    html = client.post(page_of(call), sent).content.decode()
    assert 'value="probleme"' in html
    assert 'value="lieu"' not in html
    forged = {**sent, **request_of(keys=["probleme", "lieu"]), "confirm": "1"}
    assert client.post(page_of(call), forged).status_code == 422
    act = do(call, "completion", [three[0], late], **request_of(keys=["lieu"]))
    assert [one["why"] for one in act.left_out] == ["son formulaire ne pose pas toutes ces questions"]
    assert CompletionRequest.objects.get().application == late


@pytest.mark.parametrize("bad", [{"keys": []}, {"message": " "}, {"due_on": None}])
def test_a_request_that_says_nothing_is_refused_for_all_at_once(call, three, bad):
    if "due_on" in bad:
        bad = {"due_on": clock.today() - timedelta(days=1)}
    with pytest.raises(Refused):
        do(call, "completion", three, **request_of(**bad))
    assert not BulkAct.objects.exists()


def test_the_screens_ask_for_words_show_the_letter_and_then_do(call, three, client):
    verbs.declare_eligible(actor=call.created_by, application=three[2])
    sent = {"act": "completion", "key": str(uuid4()), "application": uuids(three)}
    first = client.post(page_of(call), sent).content.decode()
    assert "2 candidatures sont concernées" in first
    assert "1 est laissée de côté" in first
    assert 'name="confirm"' not in first
    words = request_of(due_on=(clock.today() + timedelta(days=7)).isoformat())
    bad = client.post(page_of(call), {**sent, **words, "message": "", "due_on": "2001-01-01"})
    assert bad.status_code == 422
    assert 'value="2001-01-01"' in bad.content.decode()
    past = client.post(page_of(call), {**sent, **words, "due_on": "2001-01-01", "confirm": "1"})
    assert past.status_code == 422
    assert "Dites où et quand." in past.content.decode()
    seen = client.post(page_of(call), {**sent, **words}).content.decode()
    assert "2 lettres sont écrites" in seen
    assert three[0].receipt_number in seen.partition("ec-letter")[2]
    assert 'name="confirm"' in seen
    assert not CompletionRequest.objects.exists()
    confirmed = {**sent, **words, **seen_in(seen)}
    done = client.post(page_of(call), confirmed)
    assert done["Location"] == f"{page_of(call)}{sent['key']}/"
    assert client.post(page_of(call), confirmed)["Location"] == done["Location"]
    assert CompletionRequest.objects.count() == 2
    assert "son état est" in client.get(done["Location"]).content.decode()


def test_who_has_no_account_is_asked_and_the_preview_says_to_phone(call, three, client):
    three[0].applicants.update(user=None)
    sent = {"act": "completion", "application": uuids(three[:1]), **request_of()}
    html = client.post(page_of(call), sent).content.decode()
    assert "téléphonez" in html
    assert "Aucune lettre n’est envoyée" in html


# -- A department ------------------------------------------------------------------------------------


def test_one_person_is_asked_about_each_before_one_day(call, three):
    words = order_of()
    act = do(call, "redirection", three[:2], **words)
    handed = Redirection.objects.order_by("application_id")
    assert [(one.application, one.recipient, one.due_on, one.with_names) for one in handed] == [
        (application, words["recipient"], words["due_on"], False) for application in three[:2]
    ]
    assert {one.project.stage for one in call.applications.all()} == {Stage.REDIRECTED, Stage.APPLIED}
    # Each author is told, and the person is asked, about each.
    assert act.letters == Letter.objects.filter(key__startswith="calls.redirection:").count() == 4
    again = do(call, "redirection", three[:2], **words)
    assert [one["why"] for one in again.left_out] == ["quelqu’un est déjà contacté"] * 2


def test_who_may_not_be_asked_about_one_is_said_with_the_reason(call, three):
    agent = three[0].applicants.get().user
    boss = make_person("Ada", "Cadre")
    mate = make_person(line_manager=boss)
    theirs = make_application(call=call, user=mate)
    decide(three[1].project, "preselection", "retain")
    everyone = [*three, theirs]
    for recipient, whys in (
        (agent, [f"{agent} est dans son équipe", "déjà décidé\u00a0: Présélectionné"]),
        (boss, ["déjà décidé\u00a0: Présélectionné", "Ada Cadre encadre quelqu’un de son équipe"]),
    ):
        found = plan(call, "redirection", pks(everyone), **order_of(recipient=recipient))
        assert [row.why for row in found.left_out] == whys
    act = do(call, "redirection", everyone, **order_of(recipient=boss))
    assert [one["uuid"] for one in act.done] == uuids([three[0], three[2]])


def test_the_letters_are_read_before_and_nothing_is_written(call, three):
    words = order_of()
    found = plan(call, "redirection", pks(three), **words)
    to_author, to_person = sample_letters(found, **words)
    assert three[0].title in to_author.subject + to_author.body
    assert "Zoé Prigent" in to_author.body
    assert "Ce guichet est le leur." in to_person.body
    assert not Letter.objects.filter(key__startswith="calls.redirection:").exists()
    do(call, "redirection", three[:1], **words)
    written = Letter.objects.get(kind="calls.redirected")
    assert (written.subject, written.body) == (to_author.subject, to_author.body)


def test_the_form_of_a_department_is_checked_shown_again_and_done(call, three, client):
    words = order_of()
    typed = {
        "directorate": words["directorate"].pk,
        "recipient": "Prigent",
        "reason": words["reason"],
        "due_on": words["due_on"].isoformat(),
    }
    agent = three[0].applicants.get().user
    sent = {"act": "redirection", "key": str(uuid4()), "application": uuids(three)}
    assert 'name="directorate"' in client.post(page_of(call), sent).content.decode()
    for bad in ({"recipient": "Personne de connu"}, {"due_on": "2001-01-01"}, {"reason": ""}):
        answer = client.post(page_of(call), {**sent, **typed, **bad, "confirm": "1"})
        assert answer.status_code == 422
    # A first name that does not suit all leaves some out; another one takes them in again.
    narrow = client.post(page_of(call), {**sent, **typed, "recipient": agent.username}).content.decode()
    assert narrow.count('name="application"') == 2
    assert narrow.count('name="aside"') == 1
    aside = {"application": uuids(three[1:]), "aside": uuids(three[:1])}
    seen = client.post(page_of(call), {**sent, **typed, **aside}).content.decode()
    assert "3 candidatures sont concernées" in seen
    assert "6 lettres sont écrites" in seen
    # What is confirmed is what was shown: not what stood aside then.
    client.post(page_of(call), {**sent, **typed, **aside, **seen_in(seen)})
    assert set(Redirection.objects.values_list("application", flat=True)) == set(pks(three[1:]))
