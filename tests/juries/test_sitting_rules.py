"""The frame of a sitting: its rules with dates, what is refused, and the copy for another cohort."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from incubator.core import clock
from incubator.core.models import JournalEntry
from juries import rules
from juries.domain import copies, grids, links, scoring, sittings
from juries.enums import MarksShown, NamesReturn, SeatRole, SittingState
from juries.models import Evaluation, Score, Seat
from juries.workflow import missing_before
from projects.domain.programmes import create_cohort, grant_programme_role
from projects.enums import ProgrammeRoleKind
from tests.factories import juries as make

pytestmark = pytest.mark.django_db

YES_NO = {"key": "accord", "label": "L'accord de la hiérarchie", "kind": "yes_no"}


def refused(**fields) -> dict:
    world = make.World(projects=0, jurors=0)
    with pytest.raises(ValidationError) as caught:
        sittings.update_sitting(actor=world.manager, sitting=world.sitting, **fields)
    world.sitting.refresh_from_db()
    assert all(getattr(world.sitting, name) != value for name, value in fields.items() if value)
    return caught.value.message_dict


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"online": True}, "link", "donnez le lien de la réunion"),
        ({"link": "visio"}, "link", "Écrivez l’adresse entière"),
        ({"link": "javascript:alert(1)"}, "link", "Écrivez l’adresse entière"),
        ({"marks_shown": "sometimes"}, "marks_shown", "Choisissez une règle"),
        ({"names_return": "sometimes"}, "names_return", "Choisissez une règle"),
        ({"min_readers": 0}, "min_readers", "au moins un lecteur"),
        ({"readers_each": 2, "min_readers": 3}, "readers_each", "doit garder 3 lecteurs"),
        ({"minutes_each": 241}, "minutes_each", "entre 1 et 240"),
    ],
)
def test_what_the_frame_refuses_says_what_to_do(fields, field, sentence):
    assert sentence in refused(**fields)[field][0]


def test_dates_in_the_wrong_order_are_refused():
    now = clock.now()
    late = refused(reading_opens_at=now + timedelta(days=9))
    assert "avant la séance" in late["reading_opens_at"][0]
    reversed_ = refused(reading_opens_at=now + timedelta(days=1), scores_close_at=now + timedelta(hours=23))
    assert "avant l’ouverture de la lecture" in reversed_["scores_close_at"][0]


@pytest.mark.parametrize("role", [SeatRole.PRESIDENT, SeatRole.JUROR])
def test_the_manager_does_not_judge_in_their_own_programme(role):
    world = make.World(projects=0, jurors=0)
    Seat.objects.all().delete()
    with pytest.raises(ValidationError) as caught:
        sittings.add_seat(actor=world.manager, sitting=world.sitting, user=world.manager, role=role)
    assert "n’y juge pas" in caught.value.message_dict["role"][0]
    seat = sittings.add_seat(
        actor=world.manager, sitting=world.sitting, user=world.manager, role=SeatRole.SECRETARY
    )
    assert seat.role == SeatRole.SECRETARY


def test_a_juror_who_became_manager_holds_up_the_opening():
    world = make.World(projects=1, jurors=2)
    assert missing_before(world.sitting, "open_scoring") == []
    make.grant_programme_role(
        actor=None, programme=world.programme, user=world.jurors[0], role=make.ProgrammeRoleKind.MANAGER
    )
    (sentence,) = missing_before(world.sitting, "open_scoring")
    assert str(world.jurors[0]) in sentence
    with pytest.raises(ValidationError):
        world.open_scoring()


# -- Names and marks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returns", "state", "who_reads"),
    [
        (NamesReturn.PRESIDENT, SittingState.SCORING, {"manager"}),
        (NamesReturn.PRESIDENT, SittingState.DELIBERATING, {"manager", "president"}),
        (NamesReturn.EVERYONE, SittingState.SCORING, {"manager"}),
        (NamesReturn.EVERYONE, SittingState.DELIBERATING, {"manager", "president", "juror"}),
        (NamesReturn.PRONOUNCED, SittingState.DELIBERATING, {"manager"}),
        (NamesReturn.PRONOUNCED, SittingState.PRONOUNCED, {"manager", "president", "juror"}),
        (NamesReturn.PRESIDENT, SittingState.CANCELLED, {"manager"}),
    ],
)
def test_who_reads_names_in_an_anonymous_reading(returns, state, who_reads):
    world = make.World(projects=0, jurors=1, names_hidden=True, names_return=returns)
    world.sitting.state = state
    people = {"manager": world.manager, "president": world.president, "juror": world.jurors[0]}
    assert {name for name, user in people.items() if rules.sees_names(user, world.sitting)} == who_reads


# -- Yes or no --------------------------------------------------------------------------------------------


def test_a_yes_or_no_is_kept_beside_the_marks_and_enters_no_mean():
    from juries.domain import results

    world = make.World(projects=1, jurors=1)
    grids.revise_grid(actor=world.manager, grid=world.grid.grid, criteria=[*make.CRITERIA, YES_NO])
    world.open_scoring()
    marks = {"probleme": 4, "equipe": 4, "effet": 4}
    for juror, answer in ((world.president, 0), (world.jurors[0], 1)):
        scoring.save_scores(
            actor=juror, hearing=world.hearings[0], scores={**marks, "accord": answer}, give=True
        )
    assert sorted(Score.objects.filter(criterion__key="accord").values_list("value", flat=True)) == [0, 1]
    board = results.board_of(world.sitting, world.president)
    assert board.rows[0].total == "4,0"
    assert [criterion.key for criterion in board.criteria] == ["probleme", "equipe", "effet"]


@pytest.mark.parametrize(
    ("key", "mark", "sentence"),
    [("accord", 5, "choisissez oui ou non"), ("probleme", 0, "choisissez une note de 1 à 5")],
)
def test_each_kind_takes_its_own_marks(key, mark, sentence):
    world = make.World(projects=1, jurors=1)
    grids.revise_grid(actor=world.manager, grid=world.grid.grid, criteria=[*make.CRITERIA, YES_NO])
    world.open_scoring()
    with pytest.raises(ValidationError) as caught:
        scoring.save_scores(actor=world.president, hearing=world.hearings[0], scores={key: mark})
    assert sentence in caught.value.message_dict[key][0]


@pytest.mark.parametrize(
    ("criteria", "sentence"),
    [
        ([YES_NO], "au moins un critère noté de 1 à 5"),
        ([{"label": "Le problème", "weight": 1, "anchors": {1: "Supposé", 5: "Mesuré"}}], "1, 3 et 5"),
        ([{**make.CRITERIA[0], "weight": 0}], "compterait pour rien"),
    ],
)
def test_a_grid_that_cannot_be_used_is_refused(criteria, sentence):
    world = make.World(projects=0, jurors=0)
    with pytest.raises(ValidationError) as caught:
        grids.create_grid(actor=world.manager, programme=world.programme, name="Autre", criteria=criteria)
    assert sentence in " ".join(caught.value.messages).replace("\u00a0", " ")


# -- One evaluation a sitting -----------------------------------------------------------------------------


def test_two_sittings_on_one_project_share_no_mark():
    """A second round is another evaluation: the first keeps its marks, its comment and its history."""
    world = make.World(projects=1, jurors=1).open_scoring()
    juror, first = world.jurors[0], world.hearings[0]
    world.give(juror, first, 2, 2, 2, comment="Première lecture")
    other = sittings.prepare_sitting(
        actor=world.manager,
        programme=world.programme,
        cohort=world.cohort,
        gate=world.sitting.gate,
        body="Second jury",
        starts_at=clock.now() + timedelta(days=3),
        grid_version=world.grid,
        quorum=1,
    )
    for user, role in ((world.president, SeatRole.PRESIDENT), (juror, SeatRole.JUROR)):
        sittings.add_seat(actor=world.manager, sitting=other, user=user, role=role)
    second = sittings.add_hearing(actor=world.manager, sitting=other, project=world.projects[0])
    sittings.open_scoring(actor=world.manager, sitting=other)
    links.declare_links(actor=juror, sitting=other, links={}, none=True)
    world.give(juror, second, 5, 5, 5, comment="Seconde lecture")
    assert sorted(Evaluation.objects.values_list("hearing__sitting__body", "comment")) == [
        ("Jury de présélection", "Première lecture"),
        ("Second jury", "Seconde lecture"),
    ]
    assert set(Score.objects.filter(evaluation__hearing=first).values_list("value", flat=True)) == {2}
    assert set(Score.objects.filter(evaluation__hearing=second).values_list("value", flat=True)) == {5}
    scoring.recuse(actor=juror, hearing=second)
    assert not first.recusals.exists()


# -- Copies -----------------------------------------------------------------------------------------------


def test_a_copy_keeps_the_frame_shifts_the_dates_and_leaves_people_and_marks_behind():
    starts = make.at(2031, 3, 5, 9)
    world = make.World(
        projects=1,
        jurors=2,
        starts_at=starts,
        reading_opens_at=starts - timedelta(days=7),
        scores_close_at=starts - timedelta(days=1),
        names_hidden=True,
        marks_shown=MarksShown.AFTER_OWN,
        readers_each=2,
        minutes_each=20,
        breaks=[{"after": 3, "minutes": 15, "label": "Pause"}],
        places=4,
    )
    newer = grids.revise_grid(actor=world.manager, grid=world.grid.grid, criteria=make.CRITERIA[:2])
    cohort = create_cohort(actor=None, programme=world.programme, code="suivante", name="Suivante")
    made = copies.copy_sitting(
        actor=world.manager, sitting=world.sitting, cohort=cohort, starts_at=make.at(2032, 3, 10, 14)
    )
    assert made.state == SittingState.PREPARING
    assert made.cohort == cohort
    assert made.reading_opens_at == make.at(2032, 3, 3, 14)
    assert made.scores_close_at == make.at(2032, 3, 9, 14)
    assert made.grid_version == newer
    for name in copies.FRAME:
        assert getattr(made, name) == getattr(world.sitting, name), name
    assert not made.seats.exists()
    assert not made.hearings.exists()
    assert JournalEntry.objects.filter(verb="juries.sitting_copied").count() == 1


def test_a_copy_with_its_members_leaves_out_who_may_no_longer_judge():
    world = make.World(projects=0, jurors=3)
    gone, promoted, stays = world.jurors
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    make.grant_programme_role(
        actor=None, programme=world.programme, user=promoted, role=make.ProgrammeRoleKind.MANAGER
    )
    made = copies.copy_sitting(
        actor=world.manager,
        sitting=world.sitting,
        cohort=world.cohort,
        starts_at=world.sitting.starts_at + timedelta(days=30),
        with_members=True,
    )
    assert list(made.seats.values_list("user", "role")) == [
        (world.president.pk, SeatRole.PRESIDENT),
        (stays.pk, SeatRole.JUROR),
    ]
    assert made.code != world.sitting.code


def test_a_grid_is_copied_with_its_criteria_and_no_link_to_the_first():
    world = make.World(projects=0, jurors=0)
    grids.revise_grid(actor=world.manager, grid=world.grid.grid, criteria=[*make.CRITERIA, YES_NO])
    copy = copies.copy_grid(actor=world.manager, grid=world.grid.grid)
    assert copy.grid.name == "Grille (copie)"
    assert copy.number == 1
    kept = [copies.as_data(criterion) for criterion in copy.criteria.all()]
    assert kept == [copies.as_data(criterion) for criterion in world.grid.criteria.all()]
    assert {criterion["kind"] for criterion in kept} == {"scale", "yes_no"}


def test_strangers_copy_nothing():
    world = make.World(projects=0, jurors=0)
    with pytest.raises(PermissionDenied):
        copies.copy_sitting(
            actor=world.president,
            sitting=world.sitting,
            cohort=world.cohort,
            starts_at=world.sitting.starts_at,
        )
    with pytest.raises(PermissionDenied):
        copies.copy_grid(actor=world.president, grid=world.grid.grid)


def test_two_grids_of_the_same_name_are_told_apart_by_their_programme(client_for, site):
    world = make.World(projects=0, jurors=0)
    other = make.World(projects=0, jurors=0)
    grant_programme_role(
        actor=None, programme=other.programme, user=world.manager, role=ProgrammeRoleKind.MANAGER
    )
    shown = client_for(world.manager).get(reverse("juries:new")).content.decode()
    for one in (world, other):
        assert f"Grille v1 · {one.programme}</option>" in shown


@pytest.mark.parametrize(
    ("quorum", "jurors", "said"),
    [(2, 0, "un seul membre a une voix (1)"), (5, 2, "seuls 3 membres ont une voix")],
)
def test_a_quorum_out_of_reach_counts_in_good_french(quorum, jurors, said):
    world = make.World(projects=1, jurors=jurors, quorum=quorum)
    assert any(said in str(sentence) for sentence in missing_before(world.sitting, "open_scoring"))
