"""Two applications about the same problem: found, joined once, nothing lost."""

import pytest
from django.core.exceptions import PermissionDenied

from calls.domain.joining import join_applications, plan_join
from calls.enums import ApplicantRole
from calls.models import Application
from calls.similar import similar_to
from incubator.core import jobs
from incubator.core.models import Letter, Refused
from projects.enums import Stage
from tests.factories.calls import make_application, make_call
from tests.factories.projects import decide, make_manager, make_person, make_programme

pytestmark = pytest.mark.django_db

REASON = "Le même badge ouvre les mêmes portes."
BADGES = "Les agents portent cinq badges pour ouvrir les barrières du parking et la cantine."


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


@pytest.fixture
def call():
    return make_call()


def apply_for(call, title, text, **person):
    user = make_person(**person)
    return make_application(call=call, user=user, answers={"title": title, "probleme": text, "combien": "12"})


@pytest.fixture
def pair(call):
    one = apply_for(call, "Un seul badge", BADGES)
    two = apply_for(
        call, "Le badge unique", "Trop de badges : un pour la cantine, un pour les barrières du parking."
    )
    apply_for(call, "Arroser quand il faut", "L’arrosage automatique tourne sous la pluie.")
    jobs.sweep()
    return one, two


def test_what_uses_the_same_words_is_proposed_and_nothing_else(pair):
    one, two = pair
    (found,) = similar_to(one)
    assert found.application == two
    assert {"badge", "cantine", "barriere", "parking"} <= set(found.words)


def test_other_cohorts_and_joined_ones_are_not_proposed(pair, call):
    one, two = pair
    other = apply_for(make_call(programme=call.programme), "Un badge", BADGES)
    jobs.sweep()
    assert similar_to(other) == []
    join_applications(actor=call.created_by, application=two, into=one, reason=REASON)
    one.refresh_from_db()
    assert similar_to(one) == []


def test_joining_moves_people_tells_both_teams_and_loses_nothing(pair, call, client_for):
    one, two = pair
    newcomer, leader = two.applicants.get().user, one.applicants.get().user
    plan = plan_join(two, one)
    assert [person.user for person in plan.newcomers] == [newcomer]
    assert {person.user for person in plan.told} == {newcomer, leader}
    assert (plan.team_size, plan.is_large) == (2, False)
    join_applications(actor=call.created_by, application=two, into=one, reason=REASON)
    assert (two.state, two.project.stage) == ("joined", Stage.MERGED)
    assert two.project.merged_into == one.project
    members = {member.user for member in one.project.memberships.filter(left_on=None)}
    assert members == {newcomer, leader}
    told = {
        (letter.kind, letter.recipient, letter.state)
        for letter in Letter.objects.filter(kind__startswith="calls.joined")
    }
    assert told == {("calls.joined", newcomer, "held"), ("calls.joined_by", leader, "held")}
    # Each reads both texts, on the application and on the project; the old address leads to the new one.
    for user in (newcomer, leader):
        client = client_for(user)
        for application in (one, two):
            html = client.get(f"/candidatures/{application.uuid}/dossier/").content.decode()
            assert "parking" in html
        project = client.get(f"/projets/{one.project.code}/").content.decode()
        assert "Trop de badges" in project
        assert "cinq badges" in project
        assert f'href="/projets/{one.project.code}/"' in html
    for user in (newcomer, call.created_by):
        moved = client_for(user).get(f"/projets/{two.project.code}/")
        assert moved["Location"] == f"/projets/{one.project.code}/"
    follow = client_for(newcomer).get(f"/candidatures/{two.uuid}/").content.decode()
    assert "Un seul badge" in follow


def test_joining_happens_once(pair, call):
    one, two = pair
    join_applications(actor=call.created_by, application=two, into=one, reason=REASON)
    with pytest.raises(Refused):
        join_applications(actor=call.created_by, application=two, into=one, reason=REASON)
    with pytest.raises(Refused):
        join_applications(actor=call.created_by, application=one, into=two, reason=REASON)
    assert one.project.memberships.filter(left_on=None).count() == 2
    assert Letter.objects.filter(kind="calls.joined").count() == 1


def test_what_cannot_be_joined_is_said_before_and_refused_after(pair, call):
    one, two = pair
    manager = call.created_by
    with pytest.raises(Refused):
        join_applications(actor=manager, application=one, into=one, reason=REASON)
    with pytest.raises(Refused):
        join_applications(actor=manager, application=one, into=two, reason="  ")
    elsewhere = apply_for(make_call(programme=call.programme, manager=manager), "Un badge", BADGES)
    with pytest.raises(Refused):
        plan_join(one, elsewhere)
    decide(two.project, "preselection", "not_this_time")
    two.refresh_from_db()
    for pair_ in ((one, two), (two, one)):
        with pytest.raises(Refused):
            plan_join(*pair_)
    assert not Application.objects.filter(state="joined").exists()
    assert not Letter.objects.filter(kind="calls.joined").exists()


def test_only_the_managers_of_the_programme_join(pair):
    one, two = pair
    for user in (make_person(), make_manager(make_programme()), one.applicants.get().user):
        with pytest.raises(PermissionDenied):
            join_applications(actor=user, application=two, into=one, reason=REASON)


def test_the_screens_propose_show_both_preview_and_join(pair, call, client_for):
    one, two = pair
    client = client_for(call.created_by)
    page = client.get(f"/candidatures/{one.uuid}/dossier/").content.decode()
    side_by_side = f"/candidatures/{one.uuid}/joindre/{two.uuid}/"
    assert side_by_side in page
    choose = client.get(f"/candidatures/{one.uuid}/joindre/").content.decode()
    assert side_by_side in choose
    assert "barrières" in choose
    assert side_by_side in client.get(f"/candidatures/{one.uuid}/joindre/?q=unique").content.decode()
    both = client.get(side_by_side).content.decode()
    assert "cinq badges" in both
    assert "Trop de badges" in both
    empty = client.post(side_by_side, {"stays": str(one.uuid), "reason": ""})
    assert empty.status_code == 422
    preview = client.post(side_by_side, {"stays": str(one.uuid), "reason": REASON})
    said = preview.content.decode()
    assert two.applicants.get().name in said
    assert "2 lettres sont écrites" in said
    two.refresh_from_db()
    assert two.state == "submitted"
    sent = {"stays": str(one.uuid), "reason": REASON, "confirm": "1"}
    assert client.post(side_by_side, sent)["Location"] == f"/candidatures/{one.uuid}/dossier/"
    two.refresh_from_db()
    assert two.state == "joined"
    again = client.post(side_by_side, sent)
    assert again["Location"] == f"/candidatures/{one.uuid}/dossier/"
    assert Letter.objects.filter(kind="calls.joined").count() == 1


def test_the_address_that_has_joined_leads_those_of_the_other_team_on_and_tells_nobody_else(
    pair, call, client_for
):
    """A member reads both texts; who only reads along is led to the one that stays; a stranger learns nothing."""
    one, two = pair
    author, newcomer = (found.applicants.get().user for found in pair)
    reader, stranger, juror = make_person(), make_person(), make_person()
    one.applicants.create(user=reader, role=ApplicantRole.READER)
    joined, stays = f"/candidatures/{two.uuid}/", f"/candidatures/{one.uuid}/"
    for user in (author, reader):
        assert client_for(user).get(joined).status_code == 404
    join_applications(actor=call.created_by, application=two, into=one, reason=REASON)
    for address in (joined, joined + "dossier/", joined + "recepisse/", joined + "fichiers/photo/"):
        client = client_for(reader)
        led = client.get(address)
        assert led["Location"] == stays
        html = client.get(stays).content.decode()
        assert "a rejoint celle-ci" in html
        assert two.title not in html
        for other in (stranger, juror):
            assert client_for(other).get(address).status_code == 404
    assert client_for(reader).post(joined + "retirer/").status_code == 404
    for user in (author, newcomer):
        assert client_for(user).get(joined, follow=True).status_code == 200
    assert "/compte/" in client_for().get(joined)["Location"]
