"""The same machinery at the other gates: the hackathon with its order of passage, the committee."""

import html
from datetime import date, timedelta

import pytest
from django.urls import reverse

from incubator.core import clock
from incubator.core.models import Letter, Refused
from juries.models import Decision, Hearing, Sitting
from projects.domain import projects as project_verbs
from projects.enums import Gate, Maturity, Outcome, Stage
from projects.models import FollowUp, Phase
from tests.factories import juries as make
from tests.factories import projects as project_factory

pytestmark = pytest.mark.django_db

MARKS = {"probleme": "4", "equipe": "3", "effet": "5"}
REASON = "Le jury a vu des usagers conquis."


def text_of(answer) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("’", "'")


def url(name, sitting, hearing=None) -> str:
    extra = {"hearing": hearing.uuid} if hearing else {}
    return reverse(f"juries:{name}", kwargs={"code": sitting.code, **extra})


def prepare(client, world, gate, starts_at, **fields) -> Sitting:
    """The frame, the members and the projects, all through the screens."""
    answer = client.post(
        reverse("juries:new"),
        {
            "body": "Instance",
            "cohort": world.cohort.pk,
            "gate": gate,
            "starts_at": starts_at,
            "grid_version": world.grid.pk,
            "quorum": "2",
            **fields,
        },
    )
    assert answer.status_code == 302, text_of(answer)
    sitting = Sitting.objects.latest("pk")
    members = url("members", sitting)
    client.post(members, {"user": world.president.pk, "role": "president"})
    for juror in world.jurors:
        client.post(members, {"user": juror.pk, "role": "juror"})
    client.post(url("hearings", sitting), {"project": [project.code for project in world.projects]})
    assert sitting.hearings.count() == len(world.projects)
    return sitting


def begin(client, sitting) -> None:
    present = [str(seat.pk) for seat in sitting.seats.all()]
    assert client.post(url("deliberation", sitting), {"present": present}).url == url("enter", sitting)


def decide(client, sitting, hearing, outcome, **demands):
    return client.post(
        url("decide", sitting, hearing), {"save": "1", "outcome": outcome, "reason": REASON, **demands}
    )


def errors_of(answer) -> dict[str, str]:
    found = answer.context["form"].errors
    return {
        key: " ".join(sentences).replace("\u00a0", " ").replace("’", "'") for key, sentences in found.items()
    }


# -- Hackathon ---------------------------------------------------------------------------------------------


def preselected(_world, project) -> None:
    project_factory.bring_to(project, Stage.PRESELECTED)


def test_the_hackathon_is_heard_in_its_order_of_passage_and_scored_from_a_phone(client_for, site):
    with clock.at(make.at(2020, 2, 20)):
        world = make.World(projects=3, jurors=1, stage_ready=preselected, gate=Gate.HACKATHON)
        world.sitting.hearings.all().delete()  # the sitting of this test is prepared on screen
    first, second, third = world.projects
    with clock.at(make.at(2020, 3, 4)):
        manager = client_for(world.manager)
        sitting = prepare(manager, world, "hackathon", "2020-03-05T14:00", places="2")
        hearings = {one.project_id: one for one in sitting.hearings.all()}
        heard = [hearings[third.pk], hearings[first.pk], hearings[second.pk]]
        typed = {}
        for place, (hearing, hour) in enumerate(zip(heard, ("14:00", "14:10", "14:20"), strict=True), 1):
            typed |= {f"place-{hearing.uuid}": place, f"hour-{hearing.uuid}": hour}
        manager.post(url("order", sitting), typed)
        manager.post(url("open_scoring", sitting))
        passage = text_of(manager.get(url("detail", sitting)))
        places = [
            passage.index(text)
            for text in (">Projet C", ">14 h<", ">Projet A", ">14 h 10<", ">Projet B", ">14 h 20<")
        ]
        assert places == sorted(places)

    with clock.at(make.at(2020, 3, 5, 14)):
        for juror in (world.president, world.jurors[0]):
            client = client_for(juror)
            assert client.get(url("score_next", sitting)).url == url("links", sitting)
            answer = client.post(url("links", sitting), {"none": "1"}, follow=True)
            for number, hearing in enumerate(heard, start=1):
                page = text_of(answer)
                assert f"{number} sur 3" in page
                assert f'<h1 id="dossier-title">{hearing.project.title}</h1>' in page
                marks = MARKS if hearing.project_id != second.pk else dict.fromkeys(MARKS, "1")
                answer = client.post(url("score", sitting, hearing), {**marks, "give": "1"}, follow=True)
            assert "Vous avez tout lu" in text_of(answer)

    with clock.at(make.at(2020, 3, 5, 17)):
        client = client_for(world.president)
        begin(client, sitting)
        decide(client, sitting, hearings[third.pk], "retain", starts_on="2020-04-01", ends_on="2020-07-07")
        decide(client, sitting, hearings[first.pk], "retain")
        decide(client, sitting, hearings[second.pk], "not_this_time", keep_for_next_call="yes")
        minutes = text_of(client.post(url("pronounce", sitting), follow=True))
    assert "2 + 1 = 3" in minutes
    stages = [type(one).objects.get(pk=one.pk).stage for one in (first, second, third)]
    assert stages == [Stage.SELECTED, Stage.NOT_SELECTED, Stage.SELECTED]
    phase = Phase.objects.get(project=third)
    assert (phase.planned_start, phase.planned_end) == (date(2020, 4, 1), date(2020, 7, 7))
    assert phase.actual_start is None
    second.refresh_from_db()
    assert second.keep_for_next_call


def test_a_project_is_not_heard_by_two_bodies_of_one_gate_at_once(client_for, site):
    world = make.World(projects=2, jurors=1, stage_ready=preselected, gate=Gate.HACKATHON)
    client = client_for(world.manager)
    client.post(
        reverse("juries:new"),
        {
            "body": "Second jury",
            "cohort": world.cohort.pk,
            "gate": "hackathon",
            "starts_at": "2030-03-05T14:00",
            "quorum": "1",
        },
    )
    sitting = Sitting.objects.latest("pk")
    assert "Aucun projet à entendre" in text_of(client.get(url("hearings", sitting)))
    client.post(url("hearings", sitting), {"project": [project.code for project in world.projects]})
    assert not sitting.hearings.exists()


# -- Committee of startup mode -----------------------------------------------------------------------------

AUTUMN, COMMITTEE_DAY = make.at(2020, 9, 1), make.at(2021, 3, 2, 10)


def in_startup_mode(world, project) -> None:
    with clock.at(make.at(2020, 4, 1)):
        project_factory.bring_to(project, Stage.PREINCUBATION)
    with clock.at(make.at(2020, 7, 7)):
        project_factory.decide(
            project, Gate.PREINCUBATION_END, Outcome.STARTUP_INTERNAL, starts_on="2020-09-01"
        )
    project_verbs.start_phase(actor=world.manager, project=project)


COMMITTEE = {
    "continue": ({"next_committee_on": "2021-09-07"}, {"criterion"}),
    "next_maturity": (
        {
            "criterion": "Deux directions de plus s'en servent.",
            "starts_on": "2021-03-15",
            "next_committee_on": "2021-09-07",
        },
        {"ends_on"},
    ),
    "stop": ({"stop_reason": "cost", "learning": "Le coût dépasse le gain de temps."}, set()),
    "dormant": (
        {
            "proven_impact": "Deux fois moins de dossiers incomplets.",
            "technical_file": "Espace documentaire, dossier 12",
            "restart_condition": "Un financeur pour l'hébergement.",
        },
        set(),
    ),
    "sustain": (
        {"department": "Direction du numérique", "recipient": "Claire Dubois"},
        {"budget_line": ""},
    ),
}


def test_the_committee_decides_the_same_way_every_six_months(client_for, site):
    with clock.at(make.at(2020, 3, 1)):
        world = make.World(projects=0, jurors=1)
        world.projects = [world.open_project(f"Projet {letter}") for letter in "ABCDE"]
    with clock.at(AUTUMN):
        for project in world.projects:
            in_startup_mode(world, project)
    with clock.at(make.at(2021, 2, 22)):
        manager = client_for(world.manager)
        sitting = prepare(manager, world, "committee", "2021-03-02T10:00")
        manager.post(url("open_scoring", sitting))
    hearings = list(Hearing.objects.filter(sitting=sitting).order_by("position"))
    with clock.at(COMMITTEE_DAY):
        client = client_for(world.president)
        begin(client, sitting)
        assert_outcomes_offered(client, sitting, hearings[0])
        for hearing, (outcome, (demands, optional)) in zip(hearings, COMMITTEE.items(), strict=True):
            offered = client.post(url("decide", sitting, hearing), {"choose": "1", "outcome": outcome})
            assert set(offered.context["form"].fields) == {"reason", *demands, *optional}
            empty = errors_of(decide(client, sitting, hearing, outcome))
            assert set(empty) == set(demands)
            assert set(empty.values()) == {"Remplissez ce champ : cette issue doit l'enregistrer."}
            assert decide(client, sitting, hearing, outcome, **demands).status_code == 302
        board = text_of(client.get(url("decisions", sitting)))
        assert "1 + 1 + 1 + 1 + 1 = 5" in board
        assert "En attente de l'accord du sponsor" not in board  # no new engagement: nobody else has to agree
        minutes = text_of(client.post(url("pronounce", sitting), follow=True))
    assert "5 décisions sont prononcées" in minutes
    stands = [
        (project.stage, project.maturity, project.next_decision_on)
        for project in (
            hearing.project for hearing in Hearing.objects.filter(sitting=sitting).order_by("position")
        )
    ]
    assert stands == [
        (Stage.STARTUP_INTERNAL, Maturity.CONSTRUCTION, date(2021, 9, 7)),
        (Stage.STARTUP_INTERNAL, Maturity.ACCELERATION, date(2021, 9, 7)),
        (Stage.STOPPED, Maturity.CONSTRUCTION, None),
        (Stage.DORMANT, Maturity.CONSTRUCTION, None),
        (Stage.SUSTAINED, Maturity.CONSTRUCTION, None),
    ]
    sustained = hearings[4].project
    checks = FollowUp.objects.filter(project=sustained).order_by("due_on").values_list("due_on", flat=True)
    assert list(checks) == [date(2021, 9, 2), date(2022, 3, 2), date(2023, 3, 2)]
    planned = Phase.objects.get(project=hearings[1].project, actual_start=None, closed_by=None)
    assert (planned.kind, planned.planned_start) == ("acceleration", date(2021, 3, 15))
    running = Phase.objects.get(project=hearings[0].project, actual_start=AUTUMN.date())
    assert running.actual_end is None
    assert set(Letter.objects.values_list("kind", "state")) == {
        (f"decision.{outcome}", "held") for outcome in COMMITTEE
    }
    assert Decision.objects.filter(pronounced_at=COMMITTEE_DAY).count() == 5


def assert_outcomes_offered(client, sitting, hearing) -> None:
    offered = client.get(url("decide", sitting, hearing)).context["pick"].fields["outcome"].choices
    assert [code for code, _label in offered] == [
        "continue",
        "next_maturity",
        "provisional",
        "hand_over",
        "stop",
        "dormant",
        "sustain",
    ]


def test_a_project_that_pauses_does_not_keep_the_others_from_their_decision(site):
    world = make.World(
        projects=2,
        gate=Gate.PREINCUBATION_END,
        stage_ready=lambda _world, project: project_factory.bring_to(project, Stage.PREINCUBATION),
    ).open_scoring()
    paused, other = world.projects
    back_on = clock.today() + timedelta(days=30)
    project_verbs.suspend(actor=world.manager, project=paused, reason="Congé long.", resumes_on=back_on)
    with pytest.raises(Refused, match="n’est plus entendu"):
        world.give(world.president, world.hearings[0], 4, 4, 4)
    project_verbs.resume(actor=world.manager, project=paused)
    world.give(world.president, world.hearings[0], 4, 4, 4)  # back before the decisions: heard again
    world.deliberate()
    for hearing in world.hearings:
        world.decide(hearing, Outcome.STOP, demands=project_factory.demands_for(Outcome.STOP))
    project_verbs.suspend(actor=world.manager, project=paused, reason="Congé long.", resumes_on=back_on)
    record = world.pronounce()
    assert [row["title"] for row in record.content["decisions"]] == [other.title]
    assert record.content["left"] == [f"{paused.title} (suspendu)"]
    paused.refresh_from_db()
    assert paused.stage == Stage.SUSPENDED
    project_verbs.resume(actor=world.manager, project=paused)
    assert not Hearing.objects.open().filter(project=paused, sitting__in=Sitting.objects.live()).exists()
    assert not Letter.objects.filter(recipient__memberships__project=paused).exists()
