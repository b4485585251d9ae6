"""Deliberation, the board of decisions, the sponsor's agreement, the minutes; through HTTP."""

import html
from datetime import timedelta

import pytest
from django.urls import reverse

from incubator.core import clock
from incubator.core.models import Letter
from juries.domain import decisions
from juries.enums import SeatRole, SittingState
from juries.models import Decision, Minutes
from projects.domain import projects as project_verbs
from projects.domain.decisions import apply_outcome
from projects.enums import Gate, Outcome, Stage
from tests.factories import juries as make

pytestmark = pytest.mark.django_db


def page(answer) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("’", "'")


def url(name, world, **kwargs):
    return reverse(f"juries:{name}", kwargs={"code": world.sitting.code, **kwargs})


# -- Decisions ---------------------------------------------------------------------------------------------


def in_preincubation(world, project):
    project_verbs_to(world, project, Gate.PRESELECTION)
    project_verbs_to(world, project, Gate.HACKATHON)
    lead = project.memberships.get().user
    today = clock.today()
    project_verbs.sign_commitment(
        actor=world.manager,
        project=project,
        user=lead,
        share_of_time=40,
        starts_on=today,
        ends_on=today + timedelta(days=90),
        agreed_by="Son responsable",
        signed_on=today,
    )
    project_verbs.start_preincubation(actor=world.manager, project=project)


def project_verbs_to(world, project, gate):
    apply_outcome(
        actor=world.manager,
        project=project,
        gate=gate,
        outcome=Outcome.RETAIN,
        reason="Le problème est réel et partagé.",
        demands={},
        deciding_body="Jury",
        system=True,
    )


def july(projects=1):
    world = make.World(
        projects=projects,
        gate=Gate.PREINCUBATION_END,
        stage_ready=in_preincubation,
        body="Jury de juillet",
    )
    return world.open_scoring().deliberate()


def test_without_javascript_the_outcome_is_chosen_first_and_nothing_typed_is_lost(client_for, site):
    world = july()
    hearing = world.hearings[0]
    client = client_for(world.president)
    decide = url("decide", world, hearing=hearing.uuid)
    assert "Question" not in page(client.get(decide))
    text = page(client.post(decide, {"choose": "1", "outcome": "extend", "reason": "Il reste une question."}))
    assert 'name="open_question"' in text
    assert "Il reste une question." in text
    assert not Decision.objects.exists()
    text = page(
        client.post(
            decide,
            {"save": "1", "outcome": "extend", "reason": "Il reste une question.", "evidence": "Dix essais"},
        )
    )
    assert "Dix essais" in text
    assert text.count("Remplissez ce champ") >= 2  # beside each field, and in the summary
    assert not Decision.objects.exists()
    later = (clock.today() + timedelta(days=90)).isoformat()
    answer = client.post(
        decide,
        {
            "save": "1",
            "outcome": "extend",
            "reason": "Il reste une question.",
            "evidence": "Dix essais",
            "open_question": "Qui paiera ?",
            "ends_on": later,
        },
    )
    assert answer.status_code == 302
    decision = Decision.objects.get()
    assert decision.demands == {"open_question": "Qui paiera ?", "evidence": "Dix essais", "ends_on": later}


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"save": "1"}, "Choisissez ce qui est décidé."),
        (
            {"save": "1", "outcome": "retain", "reason": "Une raison assez longue."},
            "Cette instance ne peut pas donner",
        ),
        ({"save": "1", "outcome": "\x00", "reason": "x"}, "Cette instance ne peut pas donner"),
    ],
)
def test_an_outcome_of_another_gate_or_none_gets_a_sentence(client_for, site, posted, sentence):
    world = july()
    answer = client_for(world.president).post(url("decide", world, hearing=world.hearings[0].uuid), posted)
    assert answer.status_code == 200
    assert sentence in page(answer)


def test_money_waits_for_the_sponsor_then_everything_is_pronounced_at_once(client_for, site):
    world = july(2)
    today = clock.today()
    world.decide(
        world.hearings[0],
        Outcome.STARTUP_INTERNAL,
        "L'essai a fait gagner une heure par jour.",
        {
            "share_of_time": 40,
            "host": "Direction des lycées",
            "criterion": "Deux appels sur trois trouvent la bonne personne.",
            "starts_on": (today + timedelta(days=30)).isoformat(),
            "next_committee_on": (today + timedelta(days=180)).isoformat(),
            "no_baseline_reason": "Le relevé commence en septembre.",
        },
    )
    world.decide(
        world.hearings[1],
        Outcome.STOP,
        "Une solution existe déjà dans la maison.",
        {"stop_reason": "solution_exists", "learning": "Demander d'abord au service voisin."},
    )
    president, sponsor = client_for(world.president), client_for(world.sponsor)
    text = page(president.get(url("decisions", world)))
    assert "1 + 1 = 2" in text
    assert "En attente de l'accord du sponsor" in text
    refused = president.post(url("pronounce", world), follow=True)
    assert "Le sponsor n'a pas encore donné son accord pour : Projet A" in page(refused)
    assert sponsor.get(url("decisions", world)).status_code == 404
    text = page(sponsor.get(url("sign_off", world)))
    assert "Direction des lycées" in text
    assert "Projet B" not in text
    assert f"Vous n'êtes pas d'accord ? Dites-le à {world.president}, qui préside" in text
    decision = world.hearings[0].decision
    stale = (decision.prepared_at - timedelta(minutes=5)).isoformat()
    one = url("sign_off_one", world, hearing=world.hearings[0].uuid)
    assert "a changé depuis" in page(sponsor.post(one, {"seen_at": stale}, follow=True))
    assert president.post(one).status_code == 404
    sponsor.post(one, {"seen_at": decision.prepared_at.isoformat()})
    answer = president.post(url("pronounce", world), follow=True)
    text = page(answer)
    assert "2 décisions sont prononcées" in text
    assert "1 + 1 = 2" in text
    assert f"Avec l'accord de {world.sponsor}" in text
    for project, stage in zip(world.projects, (Stage.STARTUP_INTERNAL, Stage.STOPPED), strict=True):
        project.refresh_from_db()
        assert project.stage == stage
    assert set(Letter.objects.values_list("kind", "state")) == {
        ("decision.startup_internal", "held"),
        ("decision.stop", "held"),
    }
    for user in (world.jurors[0], world.manager, world.sponsor):
        assert client_for(user).get(url("minutes", world)).status_code == 200
    author = world.projects[0].memberships.get().user
    assert client_for(author).get(url("minutes", world)).status_code == 404


def test_changing_a_decision_takes_the_agreement_away(client_for, site):
    world = july()
    later = (clock.today() + timedelta(days=30)).isoformat()
    demands = {
        "linked_project": "Portail",
        "role_given": "Mener les essais",
        "starts_on": later,
        "next_committee_on": (clock.today() + timedelta(days=180)).isoformat(),
        "no_baseline_reason": "Rien n'était compté.",
    }
    decision = world.decide(world.hearings[0], Outcome.STARTUP_INCUBATOR, "Un vrai besoin partagé.", demands)
    decisions.sign_off(actor=world.sponsor, decision=decision)
    world.decide(world.hearings[0], Outcome.STARTUP_INCUBATOR, "Un autre motif, plus juste.", demands)
    decision.refresh_from_db()
    assert decision.signed_off_at is None
    world.sitting.refresh_from_db()
    assert world.sitting.state == SittingState.DELIBERATING


def test_two_presidents_clicking_make_one(client_for, site):
    world = make.World(projects=1).open_scoring().deliberate().decide_all()
    client = client_for(world.president)
    client.post(url("pronounce", world))
    answer = client.post(url("pronounce", world), follow=True)
    assert f"Les décisions ont déjà été prononcées par {world.president} : voici le procès-verbal." in page(
        answer
    )
    assert Minutes.objects.count() == 1
    assert Letter.objects.count() == 1


def test_a_deliberation_without_its_president_gets_a_sentence(client_for, site):
    world = make.World(projects=1, jurors=3).open_scoring()
    seats = list(world.sitting.seats.filter(role=SeatRole.JUROR))
    answer = client_for(world.manager).post(
        url("deliberation", world), {"present": [str(seat.pk) for seat in seats]}
    )
    assert answer.status_code == 200
    assert "La présidence n'est pas notée présente" in page(answer)
