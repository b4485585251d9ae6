"""The July jury: six futures on one board, what each must record, and what they change once pronounced."""

import html
from copy import deepcopy
from datetime import date
from decimal import Decimal

import pytest

from incubator.core import clock
from incubator.core.models import JournalEntry, Letter
from juries.enums import SittingState
from juries.models import Decision
from projects.domain import work
from projects.enums import Gate, Maturity, Outcome, PhaseKind, Stage
from projects.models import BudgetLine, FollowUp, Phase, Transition
from tests.factories import juries as make
from tests.factories import projects as project_factory
from tests.juries.screens import url

pytestmark = pytest.mark.django_db

SPRING, OPENING, JULY = make.at(2020, 4, 1), make.at(2020, 6, 29), make.at(2020, 7, 7, 14)
FILL_IN = "Remplissez ce champ : cette issue doit l'enregistrer."
BASELINE = (
    "Aucun indicateur de ce projet n'a de valeur de référence. "
    "Ajoutez-en une, ou écrivez ici pourquoi il n'y en a pas."
)
REASON = "Trois mois d'enquête ont convaincu le jury."

# By outcome: what is posted, what its screen offers and may leave empty, the stage it leads to, its short label.
FUTURES = {
    Outcome.STARTUP_TERRITORY: (
        {
            "amount_min": "50 000",
            "amount_max": "100 000,00",
            "months": "6",
            "partner": "beta.gouv.fr",
            "convention": "Convention 2020-14",
            "criterion": "Mille associations ont trouvé leur lieu.",
            "starts_on": "2020-09-01",
            "next_committee_on": "2021-03-02",
            "no_baseline_reason": "Rien n'était compté avant.",
        },
        {"amount_max", "ends_on"},
        Stage.STARTUP_TERRITORY,
        "Startup de territoire",
    ),
    Outcome.STARTUP_INTERNAL: (
        {
            "share_of_time": "50",
            "host": "Direction de la relation aux usagers",
            "criterion": "Un dossier sur deux arrive complet.",
            "starts_on": "2020-09-01",
            "ends_on": "2021-01-31",
            "next_committee_on": "2021-02-02",
            "no_baseline_reason": "Le relevé commence en septembre.",
        },
        {"partner", "ends_on"},
        Stage.STARTUP_INTERNAL,
        "Startup interne",
    ),
    Outcome.STARTUP_INCUBATOR: (
        {
            "linked_project": "Refonte du portail des aides",
            "role_given": "Mener les essais avec les usagers.",
            "starts_on": "2020-10-01",
            "next_committee_on": "2021-04-06",
            "no_baseline_reason": "Le portail n'existe pas encore.",
        },
        {"ends_on"},
        Stage.STARTUP_INCUBATOR,
        "Incubateur interne, en mode startup",
    ),
    Outcome.EXTEND: (
        {
            "open_question": "Les gestionnaires ouvriront-ils leurs espaces vacants ?",
            "evidence": "Dix gestionnaires engagés par écrit.",
            "ends_on": "2020-10-07",
        },
        set(),
        Stage.PREINCUBATION,
        "Trois mois de plus",
    ),
    Outcome.HAND_OVER: (
        {
            "department": "Direction du numérique",
            "recipient": "Claire Dubois",
            "handed_over": "Les entretiens et la maquette.",
            "team_after": "Elles reviennent à leur poste et restent référentes.",
            "no_baseline_reason": "Le service reprend son propre suivi.",
        },
        set(),
        Stage.HANDED_OVER,
        "Transmis en mode projet classique",
    ),
    Outcome.STOP: (
        {"stop_reason": "solution_exists", "learning": "Demander d'abord au service voisin."},
        set(),
        Stage.STOPPED,
        "Arrêté",
    ),
}


def text_of(answer) -> str:
    return (
        html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
    )


def errors_of(answer) -> dict[str, list[str]]:
    found = answer.context["form"].errors
    return {key: [sentence.replace("\u00a0", " ").replace("’", "'") for sentence in sentences]
            for key, sentences in found.items()}  # fmt: skip


def in_preincubation(_world, project) -> None:
    project_factory.bring_to(project, Stage.PREINCUBATION)


def make_july() -> make.World:
    with clock.at(SPRING):
        world = make.World(
            projects=6,
            jurors=2,
            gate=Gate.PREINCUBATION_END,
            stage_ready=in_preincubation,
            body="Jury de juillet",
            starts_at=JULY,
        )
    with clock.at(OPENING):
        world.open_scoring().everyone_scores()
    with clock.at(JULY):
        return world.deliberate()


@pytest.fixture(scope="module")
def made(written_once):
    with written_once(make_july) as world:
        yield world


@pytest.fixture
def july(made, db):
    with clock.at(JULY):
        yield deepcopy(made)


@pytest.mark.parametrize("outcome", FUTURES)
def test_each_future_demands_what_it_must_record_and_says_what_is_missing(client_for, site, july, outcome):
    posted, optional, *_rest = FUTURES[outcome]
    client, hearing = client_for(july.president), july.hearings[0]
    decide = url("decide", july, hearing)
    offered = client.post(decide, {"choose": "1", "outcome": outcome})
    assert set(offered.context["form"].fields) == {"reason", *posted, *optional}
    assert ("engage de l'argent ou du personnel" in text_of(offered)) is (
        outcome in {Outcome.STARTUP_TERRITORY, Outcome.STARTUP_INTERNAL, Outcome.STARTUP_INCUBATOR}
    )
    # Nothing filled in: a sentence beside each field that must be.
    refused = client.post(decide, {"save": "1", "outcome": outcome})
    expected = {key: [FILL_IN] for key in posted if key not in optional}
    if "no_baseline_reason" in expected:
        expected["no_baseline_reason"] = [BASELINE]
    expected["reason"] = ["Écrivez le motif en une phrase au moins : l'équipe le lira."]
    assert errors_of(refused) == expected
    # One demand after the other is missing: that one alone is asked for, and the rest stays typed.
    for key in expected:
        values = {"save": "1", "outcome": outcome, "reason": REASON, **posted}
        values.pop(key)
        refused = client.post(decide, values)
        assert errors_of(refused) == {key: expected[key]}
        for name, value in posted.items():
            if name != key:
                assert refused.context["form"][name].value() == value
    assert not Decision.objects.exists()


@pytest.mark.same_on_any_database(reason="sentences of a form that writes nothing")
@pytest.mark.parametrize(
    ("outcome", "wrong", "sentence"),
    [
        (Outcome.STARTUP_TERRITORY, {"amount_min": "beaucoup"}, "Ce n'est pas un montant"),
        (Outcome.STARTUP_TERRITORY, {"amount_max": "40000"}, "Le montant le plus haut est inférieur"),
        (
            Outcome.STARTUP_TERRITORY,
            {"next_committee_on": "2020-07-07"},
            "La prochaine date doit venir après",
        ),
        (Outcome.STARTUP_INTERNAL, {"share_of_time": "120"}, "100 % au plus"),
        (Outcome.STARTUP_INTERNAL, {"starts_on": "2020-07-06"}, "ne peut pas commencer avant la décision"),
        (Outcome.EXTEND, {"ends_on": "2020-07-01"}, "La fin vient avant le début"),
        (Outcome.EXTEND, {"ends_on": "bientôt"}, "date"),
        (Outcome.HAND_OVER, {"recipient": "Claire"}, "Écrivez le prénom et le nom de la personne."),
        (Outcome.STOP, {"stop_reason": "fatigue"}, "choix valide"),
    ],
)
def test_a_wrong_demand_gets_its_sentence_beside_it(client_for, site, july, outcome, wrong, sentence):
    values = {"save": "1", "outcome": outcome, "reason": REASON, **FUTURES[outcome][0], **wrong}
    refused = client_for(july.president).post(url("decide", july, july.hearings[0]), values)
    found = errors_of(refused)
    assert set(found) == set(wrong)
    assert sentence in " ".join(found[next(iter(wrong))])
    assert not Decision.objects.exists()


def decide_all(client, july) -> None:
    """Each future is given to one project; after the last one the president is back on the board."""
    for hearing, (outcome, future) in zip(july.hearings, FUTURES.items(), strict=True):
        answer = client.post(
            url("decide", july, hearing), {"save": "1", "outcome": outcome, "reason": REASON, **future[0]}
        )
        assert answer.status_code == 302
    assert answer.url == url("decisions", july)


def test_six_futures_stand_on_one_board_and_are_pronounced_together(client_for, site, july):
    president, sponsor = client_for(july.president), client_for(july.sponsor)
    decide_all(president, july)
    board = text_of(president.get(url("decisions", july)))
    assert "Décisions préparées : 6 sur 6" in board
    assert "1 + 1 + 1 + 1 + 1 + 1 = 6" in board
    for _posted, _optional, _stage, label in FUTURES.values():
        assert f"{label} : 1" in board
    for recorded in ("50 000 €", "100 000 €", "Convention 2020-14", "7 octobre 2020", "Claire Dubois",
                     "Une solution existe déjà", "Refonte du portail des aides"):  # fmt: skip
        assert recorded in board
    assert "En attente de l'accord du sponsor :</strong> Projet A, Projet B, Projet C</p>" in board
    assert "Prononcer toutes les décisions" not in board

    refused = text_of(president.post(url("pronounce", july), follow=True))
    assert "Le sponsor n'a pas encore donné son accord pour : Projet A, Projet B, Projet C." in refused
    assert not Transition.objects.filter(effective_on=JULY.date()).exists()

    waiting = text_of(sponsor.get(url("sign_off", july)))
    assert [f"Projet {letter}" in waiting for letter in "ABCDEF"] == [True] * 3 + [False] * 3
    for hearing in july.hearings[:3]:
        seen_at = Decision.objects.get(hearing=hearing).prepared_at.isoformat()
        sponsor.post(url("sign_off_one", july, hearing), {"seen_at": seen_at})
    assert "Prononcer toutes les décisions" in text_of(president.get(url("decisions", july)))
    assert client_for(july.manager).post(url("pronounce", july)).status_code == 403

    minutes = text_of(president.post(url("pronounce", july), follow=True))
    assert "6 décisions sont prononcées" in minutes
    assert "1 + 1 + 1 + 1 + 1 + 1 = 6" in minutes
    assert minutes.count(f"Avec l'accord de {july.sponsor}") == 3
    july.sitting.refresh_from_db()
    assert july.sitting.state == SittingState.PRONOUNCED
    assert july.sitting.minutes.number == "2020-001"
    assert [row["outcome"] for row in july.sitting.minutes.content["decisions"]] == [
        outcome.value for outcome in FUTURES
    ]
    assert_everything_moved(july)
    assert JournalEntry.objects.filter(verb="juries.pronounced", actor=july.president).count() == 1


def assert_everything_moved(july) -> None:
    """Stages, phases, money, dates, follow-ups, letters: each future left what it must, and nothing else."""
    day = date(2020, 7, 7)
    projects = [type(project).objects.get(pk=project.pk) for project in july.projects]
    assert [project.stage for project in projects] == [future[2] for future in FUTURES.values()]
    assert [project.maturity for project in projects] == [Maturity.CONSTRUCTION] * 3 + [Maturity.NONE] * 3
    assert [project.next_decision_on for project in projects] == [
        date(2021, 3, 2),
        date(2021, 2, 2),
        date(2021, 4, 6),
        date(2020, 10, 7),
        None,
        None,
    ]
    ended = Phase.objects.filter(kind=PhaseKind.PREINCUBATION, actual_start=SPRING.date(), actual_end=day)
    assert ended.count() == 6
    planned = Phase.objects.filter(actual_start=None).order_by("pk")
    assert [(p.kind, p.planned_start, p.planned_end) for p in planned] == [
        (PhaseKind.CONSTRUCTION, date(2020, 9, 1), date(2021, 3, 1)),
        (PhaseKind.CONSTRUCTION, date(2020, 9, 1), date(2021, 1, 31)),
        (PhaseKind.CONSTRUCTION, date(2020, 10, 1), date(2021, 4, 1)),
        (PhaseKind.EXTENSION, day, date(2020, 10, 7)),
    ]
    lines = BudgetLine.objects.order_by("pk").values_list("project", "amount_min", "amount_max", "months")
    assert list(lines) == [
        (projects[0].pk, Decimal(50000), Decimal(100000), 6),
        (projects[1].pk, None, None, None),
    ]
    checks = FollowUp.objects.order_by("due_on").values_list("project", "due_on")
    assert list(checks) == [(projects[4].pk, date(2021, 1, 7)), (projects[4].pk, date(2021, 7, 7))]
    decided = Transition.objects.filter(effective_on=day).order_by("pk")
    assert [(one.outcome, one.deciding_body, one.public_reason) for one in decided] == [
        (outcome.value, "Jury de juillet", REASON) for outcome in FUTURES
    ]
    letters = Letter.objects.order_by("pk")
    assert [(letter.kind, letter.state) for letter in letters] == [
        (f"decision.{outcome.value}", "held") for outcome in FUTURES
    ]
    assert all(REASON in letter.body for letter in letters)


def test_a_seventh_way_postpones_by_two_months_at_most(client_for, site, july):
    client, decide = client_for(july.president), url("decide", july, july.hearings[0])
    values = {"save": "1", "outcome": "adjourn", "reason": REASON, "missing_proof": "Le nombre d'usagers."}
    late = client.post(decide, {**values, "next_decision_on": "2020-09-08"})
    assert errors_of(late) == {
        "next_decision_on": ["Une décision se reporte de deux mois au plus. Choisissez un jour plus proche."]
    }
    assert client.post(decide, {**values, "next_decision_on": "2020-09-07"}).status_code == 302


def test_jurors_read_what_the_work_has_shown_as_it_stood_at_the_opening(client_for, site):
    with clock.at(SPRING):
        world = make.World(
            projects=2, jurors=1, gate=Gate.PREINCUBATION_END, stage_ready=in_preincubation, starts_at=JULY
        )
    worked, silent = world.projects
    with clock.at(make.at(2020, 6, 15)):
        for title in ("Dix entretiens", "Une maquette", "Un essai"):
            milestone = project_factory.make_milestone(worked, title=title)
        work.reach_milestone(
            actor=world.manager, milestone=milestone, reached_on=clock.today(), evidence="Douze agents."
        )
        project_factory.make_meeting(worked, users_met=12)
        project_factory.make_meeting(worked, users_met=30)
        indicator = project_factory.make_indicator(worked, name="Dossiers complets", is_main=True)
        project_factory.make_measure(indicator, value=Decimal(15), role="baseline")
    with clock.at(OPENING):
        world.open_scoring()
        project_factory.make_meeting(worked, users_met=100)  # too late for this jury
        assert [fact["key"] for fact in world.hearings[0].dossier["facts"]] == [
            "milestones",
            "users_met",
            "indicator",
        ]
        assert world.hearings[1].dossier["facts"] == []
        client = client_for(world.jurors[0])
        text = text_of(client.get(url("score", world, world.hearings[0])))
        for shown in ("Ce que le travail a montré", "1 atteint sur 3 prévus", "<dd>42</dd>", "Dossiers complets",
                      "15 % le 15 juin 2020, avant le travail", "Au 29 juin 2020"):  # fmt: skip
            assert shown in text
        assert "Ce que le travail a montré" not in text_of(client.get(url("score", world, world.hearings[1])))


def test_a_preselection_judges_a_text_alone():
    world = make.World(projects=1).open_scoring()
    assert world.hearings[0].dossier["facts"] == []
