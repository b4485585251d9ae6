"""Results, deliberation, the board of decisions, the sponsor's agreement, the minutes; through HTTP."""

import csv
import html
import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from incubator.core import clock
from incubator.core.models import JournalEntry, Letter
from juries.domain import decisions, scoring, sittings
from juries.enums import SeatRole, SittingState
from juries.models import Decision, Grid, Hearing, Minutes
from projects.domain import projects as project_verbs
from projects.domain.decisions import apply_outcome
from projects.enums import Gate, Outcome, Stage
from projects.models import Project
from tests.factories import juries as make

pytestmark = pytest.mark.django_db


def page(answer) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("’", "'")


def url(name, world, **kwargs):
    return reverse(f"juries:{name}", kwargs={"code": world.sitting.code, **kwargs})


# -- Results -----------------------------------------------------------------------------------------------


def test_the_results_say_mean_spread_coverage_and_recusals(client_for, site):
    world = make.World(projects=2, jurors=2).open_scoring()
    first, second = world.hearings
    world.give(world.president, first, 5, 5, 5)
    world.give(world.jurors[0], first, 3, 4, 4)
    scoring.recuse(actor=world.jurors[1], hearing=first)
    world.give(world.jurors[0], second, 2, 2, 2)
    text = page(client_for(world.manager).get(url("results", world)))
    row = re.search(r"<tr><td[^>]*>1</td>.*?</tr>", text, re.S)[0]
    # totals 5 and (2*3 + 4 + 4) / 4 = 3.5: mean 4.25, sample standard deviation 1.06
    assert re.findall(r">([\d,–]+)<", row) == ["1", "4,3", "4,3", "–"]  # two marks have no spread yet
    by_criterion = re.search(r"Moyennes par critère.*?<tbody>.*?</tr>", text, re.S)[0]
    assert re.findall(r">([\d,]+)<", by_criterion) == ["4,0", "4,5", "4,5", "4,3"]
    assert "2 sur 2" in row
    assert "(1 en déport)" in row
    assert "Les notes aident, le jury décide." in text


def test_a_president_sees_no_result_before_giving_their_own_marks(client_for, site):
    world = make.World(projects=2, jurors=1).open_scoring()
    for hearing in world.hearings:
        world.give(world.jurors[0], hearing, 5, 5, 5)
    client = client_for(world.president)
    text = page(client.get(url("results", world)))
    assert "Donnez d'abord vos notes : il reste 2 projets" in text
    assert "5,0" not in text
    assert client.get(url("scores_csv", world)).status_code == 302
    assert not JournalEntry.objects.filter(verb="juries.results_read").exists()
    for hearing in world.hearings:
        world.give(world.president, hearing, 4, 4, 4)
    assert "4,5" in page(client.get(url("results", world)))
    assert JournalEntry.objects.filter(verb="juries.results_read", actor=world.president).count() == 1


def test_the_map_says_who_gave_what_to_those_who_may_know(client_for, site):
    world = make.World(projects=3, jurors=2).open_scoring()
    severe, generous = world.jurors
    for hearing in world.hearings:
        world.give(severe, hearing, 2, 2, 2)
    for hearing in world.hearings[1:]:
        world.give(world.president, hearing, 3, 3, 3)
    for hearing in world.hearings[:2]:
        world.give(generous, hearing, 4, 4, 4)
    scoring.recuse(actor=world.president, hearing=world.hearings[0])
    answer = client_for(world.manager).get(url("results", world))
    heat = answer.context["board"].heat
    assert heat.people == [world.president, severe, generous]
    cells = {row.title: [(cell.state, cell.text, cell.tint) for cell in row.cells] for row in heat.rows}
    assert cells == {
        "Projet A": [("recused", "", 0), ("given", "2,0", 2), ("given", "4,0", 4)],
        "Projet B": [("given", "3,0", 3), ("given", "2,0", 2), ("given", "4,0", 4)],
        "Projet C": [("given", "3,0", 3), ("given", "2,0", 2), ("missing", "", 0)],
    }
    # Severe: -2 on A, 2 - 3.5 = -1.5 on B, -1 on C; the others have two projects in common: nothing is said.
    progress = {one.seat.user: one.severity for one in answer.context["board"].progress}
    assert progress == {world.president: "–", severe: "1,5 plus sévère", generous: "–"}
    text = page(answer)
    assert "Qui a donné quoi" in text
    assert re.search(r'jr-heat__cell--missing">manquante</td>', text)
    assert re.search(r'jr-heat__cell--aside">en déport</td>', text)
    assert "Moyenne 3,0, médiane 3,0, 2 notes sur 2." in text
    assert JournalEntry.objects.filter(verb="juries.results_read", actor=world.manager).count() == 1
    for user in (severe, world.sponsor, world.projects[0].memberships.get().user):
        assert client_for(user).get(url("results", world)).status_code == 404
    # The president still hears nothing of the project they stand aside from.
    aside = client_for(world.president).get(url("results", world)).context["board"]
    closed = {row.title: row.cells for row in aside.heat.rows if row.hidden}
    assert closed == {"Projet A": []}


def test_a_large_sitting_has_its_map_on_a_page_of_its_own(client_for, site):
    world = make.World(projects=21, jurors=1).open_scoring()
    world.give(world.jurors[0], world.hearings[0], 2, 2, 2)
    answer = client_for(world.manager).get(url("results", world))
    assert answer.context["board"].heat is None
    assert url("heat", world) in page(answer)


def test_who_stands_aside_does_not_see_those_marks(client_for, site):
    world = make.World(projects=2, jurors=1).open_scoring()
    world.give(world.jurors[0], world.hearings[0], 5, 5, 5)
    world.give(world.jurors[0], world.hearings[1], 2, 2, 2)
    scoring.recuse(actor=world.president, hearing=world.hearings[0])
    world.give(world.president, world.hearings[1], 2, 2, 2)
    client = client_for(world.president)
    text = page(client.get(url("results", world)))
    assert "5,0" not in text
    assert "2,0" in text
    rows = read_csv(client.get(url("scores_csv", world)))
    assert {row[0] for row in rows[1:]} == {"Projet B"}


def read_csv(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_export_holds_every_mark_and_no_formula(client_for, site):
    world = make.World(projects=1, jurors=2)
    type(world.projects[0]).objects.update(title="=HYPERLINK(1)")
    world.open_scoring()
    world.give(world.jurors[0], world.hearings[0], 5, 3, 4)
    scoring.recuse(actor=world.jurors[1], hearing=world.hearings[0])
    scoring.save_scores(actor=world.president, hearing=world.hearings[0], scores={"effet": 1})
    answer = client_for(world.manager).get(url("scores_csv", world))
    rows = read_csv(answer)
    assert [row[0] for row in rows[1:]] == ["'=HYPERLINK(1)"] * 4
    assert [(row[2], row[3], row[4]) for row in rows[1:4]] == [
        ("Le problème", "2", "5"),
        ("L'équipe", "1", "3"),
        ("L'effet attendu", "1", "4"),
    ]
    assert rows[4][1:7] == [str(world.jurors[1]), "", "", "", "", "1"]
    assert JournalEntry.objects.filter(verb="juries.scores_exported", actor=world.manager).count() == 1


RESULTS_QUERIES, CSV_QUERIES, LIST_QUERIES, DETAIL_QUERIES, BOARD_QUERIES = 10, 9, 9, 8, 10


@pytest.mark.parametrize("projects", [1, 3])
def test_boards_and_exports_cost_a_constant_number_of_queries(client_for, site, assert_queries, projects):
    world = make.World(projects=projects, jurors=projects).open_scoring().everyone_scores()
    client = client_for(world.manager)
    with assert_queries(RESULTS_QUERIES):
        client.get(url("results", world))
    with assert_queries(CSV_QUERIES):
        read_csv(client.get(url("scores_csv", world)))
    with assert_queries(DETAIL_QUERIES):
        client.get(url("detail", world))
    world.deliberate().decide_all()
    client = client_for(world.president)
    with assert_queries(BOARD_QUERIES):
        client.get(url("decisions", world))


def test_a_sitting_with_five_hundred_projects_stays_light(client_for, site, assert_queries):
    world = make.World(projects=1, jurors=1)
    many = [
        Project(
            code=f"p-{n}",
            programme=world.programme,
            cohort=world.cohort,
            title=f"Sujet {n}",
            problem="Long. " * 400,
        )
        for n in range(2, 501)
    ]
    Project.objects.bulk_create(many)
    Hearing.objects.bulk_create(
        Hearing(sitting=world.sitting, project=project, position=place)
        for place, project in enumerate(Project.objects.filter(code__startswith="p-").order_by("pk"), 2)
    )
    world.open_scoring().deliberate()
    client = client_for(world.president)
    # The president’s own reading list, what they may compare, the calibration file.
    with assert_queries(DETAIL_QUERIES + 4):
        answer = client.get(url("detail", world))
    assert len(answer.content) < 60_000
    assert "Page 1 sur 10" in page(answer)
    with assert_queries(BOARD_QUERIES):
        answer = client.get(url("decisions", world))
    assert len(answer.content) < 60_000
    text = page(answer)
    assert "Décisions préparées : 0 sur 500" in text
    assert "Projet A, Sujet 2, Sujet 3" in text
    assert "Sujet 12 et 488 autres projets" in text
    assert "Sujet 25" in text
    assert "Sujet 26" not in text
    last = page(client.get(url("decisions", world), {"page": "20"}))
    assert "Sujet 500" in last
    assert '<ol class="ec-list jr-board" start="476">' in last


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_sittings_costs_a_constant_number_of_queries(client_for, site, assert_queries, count):
    world = make.World(projects=1)
    for _one in range(count - 1):
        sitting = sittings.prepare_sitting(
            actor=world.manager,
            programme=world.programme,
            cohort=world.cohort,
            gate=Gate.PRESELECTION,
            body="Autre jury",
            starts_at=clock.now(),
        )
        sittings.add_seat(actor=world.manager, sitting=sitting, user=world.jurors[0])
    client = client_for(world.jurors[0])
    with assert_queries(LIST_QUERIES):
        answer = client.get(reverse("juries:list"))
    assert page(answer).count("votre siège") == count


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
    assert answer.status_code == 200
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


# -- Preparation -------------------------------------------------------------------------------------------


def test_the_manager_prepares_a_sitting_in_the_space(client_for, site):
    world = make.World(projects=2)
    sittings.cancel_sitting(actor=world.manager, sitting=world.sitting, reason="Une grève ce jour-là.")
    client = client_for(world.manager)
    answer = client.post(
        reverse("juries:new"),
        {
            "body": "Pré-jury",
            "cohort": world.cohort.pk,
            "gate": "preselection",
            "starts_at": "2030-03-05T09:30",
            "grid_version": world.grid.pk,
            "quorum": "2",
            "places": "1",
        },
    )
    code = "pre-jury-2030-03-05"
    assert answer.url == reverse("juries:detail", args=[code])
    text = page(client.get(answer.url))
    assert "Personne ne préside" in text
    assert "mardi 5 mars 2030" in text
    members = reverse("juries:members", args=[code])
    assert str(world.president) in page(client.get(members, {"q": world.president.last_name}))
    client.post(members, {"user": world.president.pk, "role": "president"})
    client.post(members, {"user": world.jurors[0].pk, "role": "juror"})
    twice = client.post(members, {"user": world.jurors[0].pk, "role": "juror"}, follow=True)
    assert "siège déjà" in page(twice)
    hearings = reverse("juries:hearings", args=[code])
    client.post(hearings, {"project": [project.code for project in world.projects]})
    text = page(client.get(answer.url))
    assert "Tout est prêt : ouvrez la notation" in text
    client.post(reverse("juries:open_scoring", args=[code]))
    assert "Le jury lit les dossiers" in page(client.get(answer.url))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts_at": "demain"}, "Écrivez-la comme 05/03/2030 09:30"),
        ({"quorum": "0"}, "supérieure ou égale à 1"),
        ({"gate": "other"}, "choix valide"),
        ({"cohort": "999999"}, "choix valide"),
        ({"body": ""}, "Dites quelle instance se réunit"),
    ],
)
def test_a_wrong_frame_gets_a_sentence_and_keeps_what_was_typed(client_for, site, changes, sentence):
    world = make.World(projects=1)
    posted = {
        "body": "Un jury écrit avec soin",
        "cohort": world.cohort.pk,
        "gate": "preselection",
        "starts_at": "2030-03-05T09:30",
        "quorum": "2",
        "place": "Salle des Actes",
        **changes,
    }
    answer = client_for(world.manager).post(reverse("juries:new"), posted)
    assert answer.status_code == 200
    assert sentence in page(answer)
    assert "Salle des Actes" in page(answer)


def test_the_order_of_passage_and_the_hours_are_kept(client_for, site):
    world = make.World(projects=2)
    first, second = world.hearings
    client = client_for(world.manager)
    client.post(
        url("order", world),
        {
            f"place-{first.uuid}": "2",
            f"hour-{first.uuid}": "14:30",
            f"place-{second.uuid}": "1",
            f"hour-{second.uuid}": "14h10",
        },
    )
    listed = list(world.sitting.hearings.order_by("position"))
    assert [hearing.pk for hearing in listed] == [second.pk, first.pk]
    answer = client.post(url("order", world), {f"hour-{first.uuid}": "midi"}, follow=True)
    assert "« midi » n'est pas une heure" in page(answer)


# -- Grids in the admin ------------------------------------------------------------------------------------


def grid_fields(world, **changes):
    fields = {"programme": world.programme.pk, "name": "Grille du hackathon"}
    for number in range(1, 9):
        for name in ("label", "question", "weight", *(f"anchor_{mark}" for mark in range(1, 6))):
            fields[f"{name}_{number}"] = ""
    fields |= {
        "label_1": "Le problème",
        "weight_1": "2",
        "anchor_1_1": "Supposé",
        "anchor_3_1": "Vécu",
        "anchor_5_1": "Mesuré",
    }
    return {**fields, **changes}


def test_a_manager_writes_a_grid_in_the_admin(client_for, site):
    world = make.World(projects=1)
    client = client_for(world.manager)
    assert client.get(reverse("grids:add")).status_code == 200
    answer = client.post(reverse("grids:add"), grid_fields(world))
    assert answer.status_code == 302, page(answer)
    grid = Grid.objects.get(name="Grille du hackathon")
    criterion = grid.versions.get().criteria.get()
    assert (criterion.label, criterion.weight, criterion.anchor_5) == ("Le problème", 2, "Mesuré")
    edit = reverse("grids:edit", args=[grid.pk])
    assert 'value="Mesuré"' in page(client.get(edit))
    client.post(edit, grid_fields(world, anchor_5_1="Mesuré auprès de cent usagers"))
    assert grid.versions.get().criteria.get().anchor_5 == "Mesuré auprès de cent usagers"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weight_1": "0"}, "un poids de 0 ne compte pour rien"),
        ({"weight_1": ""}, "un poids de 0 ne compte pour rien"),
        ({"anchor_3_1": ""}, "Décrivez cette note"),
        ({"label_1": ""}, "Donnez un nom à chaque critère"),
    ],
)
def test_a_wrong_grid_gets_a_sentence(client_for, site, changes, sentence):
    world = make.World(projects=1)
    answer = client_for(world.manager).post(reverse("grids:add"), grid_fields(world, **changes))
    assert answer.status_code == 200
    assert sentence in page(answer)
    assert "Grille du hackathon" in page(answer)


def test_grids_of_another_programme_are_not_found(client_for, site):
    world, other = make.World(projects=1), make.World(projects=1)
    client = client_for(other.manager)
    assert client.get(reverse("grids:edit", args=[world.grid.grid.pk])).status_code == 404
    assert client_for(world.jurors[0]).get(reverse("grids:index")).status_code in {302, 403}
