"""One act on several applications: the preview says exactly what the act then does, once."""

import re
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from calls.domain import applications as verbs
from calls.domain.bulk import act_on_many, plan
from calls.models import Application, BulkAct
from incubator.core.models import Letter, Refused
from tests.calls.bulk.chosen import page_of, pks, seen_in
from tests.factories.calls import answer, make_application, make_draft, write_answer
from tests.factories.projects import decide, make_manager, make_person, make_programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(call):
    """Two that wait, one that is eligible already."""
    found = [make_application(call=call, user=make_person()) for _n in range(3)]
    verbs.declare_eligible(actor=call.created_by, application=found[2])
    return found


def titles(rows):
    return [row.application.pk for row in rows]


def states():
    return list(Application.objects.order_by("pk").values_list("state", flat=True))


def test_the_plan_says_who_is_touched_and_who_is_left_out_and_why(call, three):
    decide(three[1].project, "preselection", "not_this_time")
    planned = plan(call, "eligible", pks(three))
    assert titles(planned.touched) == pks(three[:1])
    assert [(row.application.pk, row.why) for row in planned.left_out] == [
        (three[1].pk, "déjà décidé\u00a0: Non retenu cette fois"),
        (three[2].pk, "son état est\u00a0: Recevable"),
    ]
    assert states() == ["submitted", "submitted", "eligible"]


def test_it_is_done_once_whatever_is_clicked_twice(call, three):
    key = uuid4()
    first = act_on_many(actor=call.created_by, call=call, kind="eligible", chosen=pks(three), key=key)
    second = act_on_many(actor=call.created_by, call=call, kind="eligible", chosen=pks(three), key=key)
    assert first == second
    assert [one["title"] for one in first.done] == [one.title for one in three[:2]]
    assert len(first.left_out) == 1
    assert states() == ["eligible"] * 3
    assert BulkAct.objects.count() == 1
    assert three[0].transitions.filter(name="declare_eligible").count() == 1


def test_what_changed_since_the_preview_is_left_out(call, three):
    assert len(plan(call, "eligible", pks(three[:2])).touched) == 2
    verbs.declare_eligible(actor=call.created_by, application=three[0])
    act = act_on_many(actor=call.created_by, call=call, kind="eligible", chosen=pks(three[:2]), key=uuid4())
    assert [one["uuid"] for one in act.done] == [str(three[1].uuid)]
    assert [one["uuid"] for one in act.left_out] == [str(three[0].uuid)]


def test_a_message_goes_to_each_person_once_even_from_two_tabs(call, three):
    words = {"subject": "Rendez-vous", "text": "Venez jeudi à la salle du conseil."}
    for _tab in range(2):
        act = act_on_many(
            actor=call.created_by, call=call, kind="message", chosen=pks(three), key=uuid4(), **words
        )
    written = Letter.objects.filter(kind="calls.message")
    assert written.count() == 3
    assert {letter.state for letter in written} == {"held"}
    assert all("Venez jeudi" in letter.body for letter in written)
    assert act.letters == 3


def test_an_empty_message_is_refused_and_leaves_no_trace(call, three):
    with pytest.raises(Refused):
        act_on_many(
            actor=call.created_by,
            call=call,
            kind="message",
            chosen=pks(three),
            key=uuid4(),
            subject=" ",
            text="\x00",
        )
    assert not BulkAct.objects.exists()


def test_answers_said_by_phone_answer_everyone_they_are_about(call, three):
    for one in three[:2]:
        decide(one.project, "preselection", "not_this_time")
        write_answer(one)
    answer_done = make_application(call=call, user=make_person())
    answer(answer_done)
    chosen = pks([*three, answer_done])
    planned = plan(call, "phoned", chosen)
    assert titles(planned.touched) == pks(three[:2])
    assert [row.why for row in planned.left_out] == [
        "rien n’est encore décidé",
        "aucune réponse n’attend d’être remise",
    ]
    act_on_many(actor=call.created_by, call=call, kind="phoned", chosen=chosen, key=uuid4())
    assert list(call.applications.unanswered()) == [three[2]]


def test_drafts_strangers_and_other_calls_are_not_touched(call, three):
    draft = make_draft(call=call, user=make_person())
    elsewhere = make_application(user=make_person())
    planned = plan(call, "eligible", pks([three[0], draft, elsewhere]))
    assert titles(planned.touched) == [three[0].pk]
    assert planned.left_out == []
    with pytest.raises(Refused):
        plan(call, "eligible", pks([draft]))
    with pytest.raises(Refused):
        plan(call, "explode", pks(three))
    for user in (make_person(), make_manager(make_programme())):
        with pytest.raises(PermissionDenied):
            act_on_many(actor=user, call=call, kind="eligible", chosen=pks(three), key=uuid4())


@pytest.mark.parametrize("count", [1, 3])
def test_a_plan_costs_the_same_for_one_and_three(call, assert_queries, count):
    found = [make_application(call=call, user=make_person()) for _n in range(count)]
    for kind, queries in (
        ("eligible", 1), ("message", 2), ("phoned", 2), ("completion", 2), ("redirection", 3),
    ):  # fmt: skip
        with assert_queries(queries):
            plan(call, kind, pks(found))


def test_the_screens_preview_then_do(call, three, client, client_for):
    bulk = page_of(call)
    page = client.get(f"/appels/{call.code}/candidatures/").content.decode()
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', page)[1]
    sent = {
        "act": "eligible",
        "key": key,
        "application": [str(one.uuid) for one in three],
        "query": "state=submitted",
    }
    preview = client.post(bulk, sent).content.decode()
    assert "2 candidatures sont concernées" in preview
    assert "1 est laissée de côté" in preview
    assert states() == ["submitted", "submitted", "eligible"]
    assert preview.count('name="application"') == 2
    done = client.post(bulk, {**sent, "confirm": "1"})
    assert done["Location"] == f"{bulk}{key}/"
    assert client.post(bulk, {**sent, "confirm": "1"})["Location"] == done["Location"]
    html = client.get(done["Location"]).content.decode()
    assert "2 candidatures" in html
    assert states() == ["eligible"] * 3
    nothing = client.post(bulk, {"act": "eligible", "query": "state=submitted"})
    assert nothing["Location"] == f"/appels/{call.code}/candidatures/?state=submitted"
    assert client_for(make_manager(make_programme())).post(bulk, sent).status_code == 404


def test_all_of_the_filtered_list_and_the_letters_seen_before_they_are_written(call, three, client):
    bulk = page_of(call)
    sent = {"act": "message", "key": str(uuid4()), "scope": "list", "query": "state=submitted"}
    first = client.post(bulk, sent).content.decode()
    assert "2 candidatures sont concernées" in first
    assert 'name="confirm"' not in first
    bad = client.post(bulk, {**sent, "subject": "", "text": "Bonjour"})
    assert bad.status_code == 422
    words = {"subject": "Jeudi", "text": "Venez jeudi."}
    seen = client.post(bulk, {**sent, **words}).content.decode()
    assert "2 lettres sont écrites" in seen
    assert three[0].title in seen
    assert 'name="confirm"' in seen
    assert not Letter.objects.filter(kind="calls.message").exists()
    other = {**words, "text": "Venez vendredi."}
    again = client.post(bulk, {**sent, **other, **seen_in(seen)}).content.decode()
    assert "Vous avez changé les mots" in again
    assert "Venez vendredi." in again
    assert not Letter.objects.filter(kind="calls.message").exists()
    client.post(bulk, {**sent, **other, **seen_in(again)})
    assert Letter.objects.filter(kind="calls.message", body__contains="Venez vendredi.").count() == 2


@pytest.mark.parametrize("kind", ["phoned", "printed", "completion", "eligible"])
def test_a_preview_of_nothing_says_so_and_offers_nothing_to_confirm(call, three, client, kind):
    """Why stands beside each; where there is no answer to hand over yet, how one comes is said too."""
    chosen = three[2:]  # eligible, and nothing decided
    sent = {"act": kind, "application": [str(one.uuid) for one in chosen], "query": ""}
    html = client.post(page_of(call), sent).content.decode()
    assert "Rien ne peut être fait pour ces candidatures maintenant" in html
    assert "puis confirmez" not in html
    assert "concernée" not in html
    assert 'name="confirm"' not in html
    assert ("rien n’est encore décidé" in html) == (kind in ("phoned", "printed"))
    assert ("une fois qu’une décision est annoncée" in html) == (kind in ("phoned", "printed"))


def test_the_preview_says_how_each_person_is_written_to(call, client):
    one = make_application(
        call=call, user=make_person("Yvon", "Kerdal", phone="0612345678", preferred_channel="sms")
    )
    sent = {"act": "message", "application": str(one.uuid), "query": ""}
    assert "Yvon Kerdal (par SMS)" in client.post(page_of(call), sent).content.decode()
