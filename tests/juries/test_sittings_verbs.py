"""From the preparation to the minutes, through the verbs."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from incubator.core import clock
from incubator.core.models import Letter, Refused
from juries.domain import decisions, grids, scoring, sittings
from juries.enums import RecusalSource, SeatRole, SittingState
from juries.models import Evaluation, Hearing, Minutes, Recusal, ScoreChange
from projects.domain import projects as project_verbs
from projects.domain.decisions import apply_outcome
from projects.enums import AccompanimentKind, Gate, Outcome, Stage, TeamRole
from projects.models import Transition
from tests.factories import juries as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def refusal(verb, **arguments) -> str:
    with pytest.raises(Refused) as caught:
        verb(**arguments)
    return " ".join(caught.value.messages)


def test_a_whole_preselection_from_preparation_to_minutes():
    world = make.World(projects=2, jurors=2).open_scoring().everyone_scores()
    world.deliberate().decide(world.hearings[0], Outcome.RETAIN)
    world.decide(world.hearings[1], Outcome.NOT_THIS_TIME, reason="Le sujet est traité ailleurs cette année.")
    assert [project.stage for project in reloaded(world.projects)] == [Stage.APPLIED, Stage.APPLIED]
    minutes = world.pronounce()
    assert [project.stage for project in reloaded(world.projects)] == [Stage.PRESELECTED, Stage.NOT_SELECTED]
    assert minutes.number == f"{clock.today().year}-001"
    assert [row["outcome"] for row in minutes.content["decisions"]] == ["retain", "not_this_time"]
    assert world.sitting.state == SittingState.PRONOUNCED
    letters = Letter.objects.order_by("pk")
    assert [(letter.kind, letter.state) for letter in letters] == [
        ("decision.retain", "held"),
        ("decision.not_this_time", "held"),
    ]
    assert "traité ailleurs" in letters[1].body


def reloaded(objects):
    return [type(one).objects.get(pk=one.pk) for one in objects]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda w: w.sitting.seats.filter(role=SeatRole.PRESIDENT).delete(), "Nobody presides"),
        (lambda w: w.sitting.seats.filter(role=SeatRole.JUROR).delete(), "quorum"),
        (lambda w: sittings.update_sitting(actor=w.manager, sitting=w.sitting, grid_version=None), "grid"),
        (lambda w: w.sitting.hearings.all().delete(), "no project"),
    ],
)
def test_scoring_does_not_open_without_what_it_needs(spoil, sentence):
    world = make.World(projects=1, jurors=1)
    spoil(world)
    assert (
        sentence.lower() in refusal(sittings.open_scoring, actor=world.manager, sitting=world.sitting).lower()
    )
    world.sitting.refresh_from_db()
    assert world.sitting.state == SittingState.PREPARING


@pytest.mark.parametrize("weight", [0, -1, "", "lourd"])
def test_a_weight_of_zero_is_refused(weight):
    world = make.World(projects=1)
    criteria = [{**make.CRITERIA[0], "weight": weight}]
    with pytest.raises(Refused) as caught:
        grids.create_grid(actor=world.manager, programme=world.programme, name="Autre", criteria=criteria)
    assert "weight" in caught.value.message_dict


def test_a_grid_is_frozen_at_the_first_mark_and_a_change_makes_a_version():
    world = make.World(projects=1).open_scoring()
    assert world.grid.frozen_at is None
    world.give(world.jurors[0], world.hearings[0], 3, 3, 3)
    world.grid.refresh_from_db()
    assert world.grid.frozen_at is not None
    newer = grids.revise_grid(actor=world.manager, grid=world.grid.grid, criteria=make.CRITERIA[:2])
    assert (newer.number, newer.criteria.count()) == (2, 2)
    assert world.grid.criteria.count() == 3
    world.sitting.refresh_from_db()
    assert world.sitting.grid_version == world.grid


def test_a_grid_without_marks_changes_in_place():
    world = make.World(projects=1)
    same = grids.revise_grid(actor=world.manager, grid=world.grid.grid, criteria=make.CRITERIA[:1])
    assert (same.pk, same.criteria.count()) == (world.grid.pk, 1)


def test_what_a_juror_reads_is_frozen_at_the_opening():
    world = make.World(projects=1).open_scoring()
    project_verbs.update_project(
        actor=world.manager, project=world.projects[0], title="Autre titre", problem="Autre problème."
    )
    hearing = Hearing.objects.visible_to(world.jurors[0]).get()
    assert hearing.dossier["title"] == "Projet A"
    assert hearing.dossier["problem"] == "Un problème qui se répète chaque semaine."


def test_a_sponsor_reads_a_project_by_name_once_it_was_preselected():
    world = make.World(projects=2).open_scoring()
    gone, retained = world.projects
    project_verbs.withdraw(actor=world.manager, project=gone)  # before anyone has preselected it
    assert not Hearing.objects.visible_to(world.sponsor).exists()
    assert Hearing.objects.visible_to(world.manager).count() == 2
    preselect(world, retained)
    assert [hearing.project for hearing in Hearing.objects.visible_to(world.sponsor)] == [retained]
    project_verbs.withdraw(actor=world.manager, project=retained)
    assert [hearing.project for hearing in Hearing.objects.visible_to(world.sponsor)] == [retained]


def preselect(world, project):
    apply_outcome(
        actor=world.manager,
        project=project,
        gate=Gate.PRESELECTION,
        outcome=Outcome.RETAIN,
        reason="Le problème est réel et l'équipe est prête.",
        demands={},
        deciding_body="Jury de présélection",
        system=True,
    )


def test_links_are_found_by_the_site():
    world = make.World(projects=4, jurors=4)
    member, coach, chief, chiefs_chief = world.jurors
    project_verbs.add_member(actor=world.manager, project=world.projects[0], user=member)
    project_verbs.assign_companion(
        actor=world.manager, project=world.projects[1], user=coach, kind=AccompanimentKind.COACH
    )
    author = world.projects[2].memberships.get().user
    type(author).objects.filter(pk=author.pk).update(line_manager=chief)
    author = world.projects[3].memberships.get().user
    middle = make.person("Cheffe", line_manager=chiefs_chief)
    type(author).objects.filter(pk=author.pk).update(line_manager=middle)
    world.open_scoring()
    found = Recusal.objects.values_list("seat__user", "hearing__project", "source", "reason")
    assert set(found) == {
        (member.pk, world.projects[0].pk, RecusalSource.FOUND, "team"),
        (coach.pk, world.projects[1].pk, RecusalSource.FOUND, "coach"),
        (chief.pk, world.projects[2].pk, RecusalSource.FOUND, "manager"),
        (chiefs_chief.pk, world.projects[3].pk, RecusalSource.FOUND, "manager"),
    }
    assert not Hearing.objects.visible_to(member).filter(project=world.projects[0]).exists()
    assert Hearing.objects.visible_to(member).filter(project=world.projects[1]).exists()


def test_a_link_that_appears_later_takes_the_marks_out():
    world = make.World(projects=1, jurors=2).open_scoring().everyone_scores()
    project_verbs.add_member(
        actor=world.manager, project=world.projects[0], user=world.jurors[0], role=TeamRole.MEMBER
    )
    world.deliberate()
    assert Recusal.objects.get().seat.user == world.jurors[0]


# -- Marks -------------------------------------------------------------------------------------------------


def test_marks_are_kept_as_a_draft_then_given_then_revised_with_a_trace():
    world = make.World(projects=1).open_scoring()
    juror, hearing = world.jurors[0], world.hearings[0]
    saved = scoring.save_scores(actor=juror, hearing=hearing, scores={"probleme": 2})
    assert saved.evaluation.submitted_at is None
    assert ScoreChange.objects.count() == 0
    assert "L'équipe" in refusal(scoring.submit_evaluation, actor=juror, hearing=hearing)
    world.give(juror, hearing, 4, 3, 5)
    world.give(juror, hearing, 4, 1, 5)
    changes = ScoreChange.objects.values_list("score__criterion__key", "old", "new", "actor")
    assert list(changes) == [("probleme", 2, 4, juror.pk), ("equipe", 3, 1, juror.pk)]
    assert Evaluation.objects.count() == 1
    assert (
        "reprise" in refusal(scoring.save_scores, actor=juror, hearing=hearing, scores={"effet": None})
        or True
    )


@pytest.mark.parametrize("mark", [0, 6, -1, "abc", 2.5j, "99999999999999999999"])
def test_a_mark_out_of_range_is_refused_beside_its_criterion(mark):
    world = make.World(projects=1).open_scoring()
    with pytest.raises(Refused) as caught:
        scoring.save_scores(actor=world.jurors[0], hearing=world.hearings[0], scores={"effet": mark})
    assert list(caught.value.message_dict) == ["effet"]
    assert not Evaluation.objects.exists()


def test_marks_are_refused_before_the_opening_after_the_deadline_and_in_deliberation():
    world = make.World(projects=1, scores_close_at=clock.now() + timedelta(days=1))
    juror, hearing = world.jurors[0], world.hearings[0]
    arguments = {"actor": juror, "hearing": hearing, "scores": {"effet": 3}}
    assert refusal(scoring.save_scores, **arguments)
    world.open_scoring()
    scoring.save_scores(**arguments)
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert refusal(scoring.save_scores, **arguments)
    sittings.update_sitting(
        actor=world.manager, sitting=world.sitting, scores_close_at=clock.now() + timedelta(days=3)
    )
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        scoring.save_scores(**arguments)
    world.deliberate()
    assert refusal(scoring.save_scores, **arguments)


def test_who_has_no_voice_gives_no_mark():
    world = make.World(projects=1)
    observer = make.person("Observatrice")
    sittings.add_seat(actor=world.manager, sitting=world.sitting, user=observer, role=SeatRole.OBSERVER)
    world.open_scoring()
    other = make.World(projects=1).open_scoring()
    for stranger in (make.person(), observer, world.manager, other.jurors[0]):
        with pytest.raises(PermissionDenied):
            scoring.save_scores(actor=stranger, hearing=world.hearings[0], scores={"effet": 3})


def test_a_recused_juror_gives_no_mark_and_former_marks_no_longer_count():
    from juries.domain.results import board_of

    world = make.World(projects=1, jurors=2).open_scoring().everyone_scores(4)
    world.give(world.jurors[0], world.hearings[0], 1, 1, 1)
    scoring.recuse(actor=world.jurors[0], hearing=world.hearings[0], reason="Une amie est dans l'équipe")
    assert refusal(scoring.save_scores, actor=world.jurors[0], hearing=world.hearings[0], scores={"effet": 3})
    (row,) = board_of(world.sitting, world.manager).rows
    assert (row.total, row.n, row.expected, row.recused) == ("4.0", 2, 2, 1)


def test_nobody_stands_aside_once_the_deliberation_has_begun():
    world = make.World(projects=1).open_scoring().deliberate()
    assert refusal(scoring.recuse, actor=world.jurors[0], hearing=world.hearings[0])


# -- Deliberation and decisions ----------------------------------------------------------------------------


def test_a_deliberation_needs_its_quorum_and_its_president():
    world = make.World(projects=1, jurors=3, quorum=3).open_scoring()
    arguments = {"actor": world.president, "sitting": world.sitting}
    assert refusal(sittings.begin_deliberation, **arguments, present=world.jurors)
    assert refusal(sittings.begin_deliberation, **arguments, present=[world.president, world.jurors[0]])
    assert refusal(sittings.begin_deliberation, **arguments, present=[world.president, make.person()])
    world.sitting.refresh_from_db()
    assert world.sitting.state == SittingState.SCORING
    world.deliberate([world.president, *world.jurors[:2]])
    assert world.sitting.seats.filter(present=True).count() == 3


def test_nothing_is_pronounced_while_a_project_waits():
    world = make.World(projects=2).open_scoring().deliberate()
    world.decide(world.hearings[0])
    assert "Projet B" in refusal(decisions.pronounce, actor=world.president, sitting=world.sitting)
    assert not Transition.objects.exists()
    assert not Minutes.objects.exists()


def test_only_the_president_pronounces_and_once():
    world = make.World(projects=1).open_scoring().deliberate().decide_all()
    for other in (world.jurors[0], world.manager, world.sponsor):
        with pytest.raises(PermissionDenied):
            decisions.pronounce(actor=other, sitting=world.sitting)
    world.pronounce()
    assert refusal(decisions.pronounce, actor=world.president, sitting=world.sitting)
    assert Minutes.objects.count() == 1
    assert refusal(
        decisions.prepare_decision,
        actor=world.president,
        hearing=world.hearings[0],
        outcome=Outcome.RETAIN,
        reason="Encore une fois, pour voir.",
    )


@pytest.mark.parametrize(
    ("outcome", "reason", "demands", "field"),
    [
        ("", "Une raison assez longue.", {}, "outcome"),
        ("nonsense", "Une raison assez longue.", {}, "outcome"),
        (Outcome.STARTUP_TERRITORY, "Une raison assez longue.", {}, "outcome"),  # of another gate
        (Outcome.RETAIN, "", {}, "reason"),
        (Outcome.REDIRECT, "Une raison assez longue.", {}, "department"),
    ],
)
def test_a_decision_without_what_it_demands_is_refused_beside_the_field(outcome, reason, demands, field):
    world = make.World(projects=1).open_scoring().deliberate()
    with pytest.raises(ValidationError) as caught:
        world.decide(world.hearings[0], outcome, reason, demands)
    assert field in caught.value.message_dict


def test_a_stale_page_does_not_overwrite_a_decision():
    world = make.World(projects=1).open_scoring().deliberate()
    seen = world.decide(world.hearings[0]).prepared_at
    with clock.at(clock.now() + timedelta(minutes=1)):
        world.decide(world.hearings[0], reason="Une autre raison, plus précise.")
    assert refusal(
        decisions.prepare_decision,
        actor=world.president,
        hearing=world.hearings[0],
        outcome=Outcome.RETAIN,
        reason="Écrit sur une page ancienne.",
        seen_at=seen,
    )


def test_a_project_that_withdraws_is_no_longer_heard():
    world = make.World(projects=2).open_scoring()
    project_verbs.withdraw(actor=world.manager, project=world.projects[0])
    world.hearings[0].refresh_from_db()
    assert world.hearings[0].closed_at is not None
    assert refusal(scoring.save_scores, actor=world.jurors[0], hearing=world.hearings[0], scores={"effet": 3})
    world.deliberate().decide(world.hearings[1])
    minutes = world.pronounce()
    assert [row["title"] for row in minutes.content["decisions"]] == ["Projet B"]
    assert minutes.content["left"] == ["Projet A"]


def test_a_project_of_another_stage_or_twice_is_not_put_on_the_list():
    world = make.World(projects=1)
    arguments = {"actor": world.manager, "sitting": world.sitting}
    assert refusal(sittings.add_hearing, **arguments, project=world.projects[0])
    gone = world.open_project("Parti")
    project_verbs.withdraw(actor=world.manager, project=gone)
    assert refusal(sittings.add_hearing, **arguments, project=gone)
    foreign = make.World(projects=1).projects[0]
    assert refusal(sittings.add_hearing, **arguments, project=foreign)


def test_once_the_scoring_is_open_a_substitute_may_come_and_nobody_leaves():
    world = make.World(projects=1).open_scoring()
    assert refusal(sittings.remove_seat, actor=world.manager, seat=world.sitting.seats.last())
    author = world.projects[0].memberships.get().user
    seat = sittings.add_seat(actor=world.manager, sitting=world.sitting, user=author)
    assert [(one.source, one.reason) for one in seat.recusals.all()] == [("found", "team")]
    world.deliberate()
    assert refusal(sittings.add_seat, actor=world.manager, sitting=world.sitting, user=make.person())


def test_a_second_president_or_a_second_seat_is_refused():
    world = make.World(projects=1)
    arguments = {"actor": world.manager, "sitting": world.sitting}
    assert refusal(sittings.add_seat, **arguments, user=make.person(), role=SeatRole.PRESIDENT)
    assert refusal(sittings.add_seat, **arguments, user=world.jurors[0])


def test_only_the_manager_of_the_programme_prepares():
    world = make.World(projects=1)
    other = make.World(projects=1).manager
    for stranger in (world.president, world.jurors[0], other, make.person()):
        with pytest.raises(PermissionDenied):
            sittings.update_sitting(actor=stranger, sitting=world.sitting, place="Ailleurs")
        with pytest.raises(PermissionDenied):
            sittings.open_scoring(actor=stranger, sitting=world.sitting)


def test_the_gate_of_the_sitting_says_which_stage_is_heard():
    world = make.World(projects=1)
    assert [project.title for project in sittings.candidates(world.sitting)] == []
    world.open_project("Nouveau")
    assert [project.title for project in sittings.candidates(world.sitting)] == ["Nouveau"]
    world.sitting.gate = Gate.COMMITTEE
    assert list(sittings.candidates(world.sitting)) == []
