"""Hours of passage and the members' diary; the fictitious dossier that everyone scores first; the grid's own page."""

import html
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from icalendar import Calendar

from juries.domain import agenda, calibration, grids, results, scoring, sittings
from juries.models import CalibrationBallot, CalibrationFile, Sitting
from tests.factories import juries as make

pytestmark = pytest.mark.django_db

NINE = make.at(2031, 3, 5, 9)
TEXT = {"title": "Les clés perdues", "problem": "On perd les clés.", "text": "Chaque semaine, une heure."}
MARKS = {"probleme": 3, "equipe": 3, "effet": 3}


def page(answer) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ")


def url(name, sitting) -> str:
    return reverse(f"juries:{name}", args=[sitting.code])


# -- Agenda -----------------------------------------------------------------------------------------------


def test_hours_follow_the_order_the_minutes_and_the_breaks():
    world = make.World(projects=4, starts_at=NINE)
    made = agenda.make_hours(
        actor=world.manager,
        sitting=world.sitting,
        minutes_each=20,
        breaks=[{"after": 2, "minutes": 15, "label": " Café "}],
    )
    assert [one.starts_at - NINE for one in made] == [timedelta(minutes=m) for m in (0, 20, 55, 75)]
    lines = agenda.lines_of(world.sitting, made)
    assert [(line.label, line.starts_at - NINE) for line in lines if line.hearing is None] == [
        ("Café", timedelta(minutes=40))
    ]
    assert agenda.ends_at(world.sitting, made) == NINE + timedelta(minutes=95)
    sittings.update_sitting(actor=world.manager, sitting=world.sitting, starts_at=NINE + timedelta(days=1))
    assert [one.starts_at - NINE for one in world.sitting.hearings.all()] == [
        timedelta(days=1, minutes=m) for m in (0, 20, 55, 75)
    ]


@pytest.mark.parametrize(
    ("minutes", "breaks", "sentence"),
    [
        (0, [], "entre 1 et 240 minutes"),
        (None, [], "entre 1 et 240 minutes"),
        (20, [{"after": 0, "minutes": 10}], "après le premier projet"),
        (20, [{"after": 3, "minutes": 10}], "avant le dernier"),
        (20, [{"after": None, "minutes": 10}], "après le premier projet"),
        (20, [{"after": 1, "minutes": 0}], "Une pause dure"),
        (20, [{"after": 1, "minutes": 5}] * 7, "Au plus 6 pauses"),
    ],
)
def test_hours_that_cannot_be_made_say_why(minutes, breaks, sentence):
    world = make.World(projects=3)
    with pytest.raises(ValidationError) as caught:
        agenda.make_hours(actor=world.manager, sitting=world.sitting, minutes_each=minutes, breaks=breaks)
    assert sentence in " ".join(caught.value.messages).replace("\u00a0", " ")


def test_the_organiser_makes_hours_on_screen_and_loses_nothing_typed(client_for, site):
    world = make.World(projects=3, starts_at=NINE)
    client = client_for(world.manager)
    typed = {"minutes_each": "vingt", "after-0": "1", "minutes-0": "10", "label-0": "Pause de dix heures"}
    text = page(client.post(url("hours", world.sitting), typed))
    assert "entre 1 et 240 minutes" in text
    assert 'value="vingt"' in text
    assert 'value="Pause de dix heures"' in text
    text = page(client.post(url("hours", world.sitting), {**typed, "minutes_each": "20"}, follow=True))
    assert 'value="09:30"' in text
    text = page(client.get(url("detail", world.sitting)))
    places = [text.index(one) for one in (">9 h<", "Pause de dix heures", ">9 h 30<", ">9 h 50<")]
    assert places == sorted(places)


def test_members_take_the_dates_home_and_strangers_do_not(client_for, site):
    world = make.World(
        projects=2,
        jurors=2,
        starts_at=NINE,
        scores_close_at=NINE - timedelta(hours=2),
        place="Salle du Conseil",
        online=True,
        link="https://visio.example.fr/jury",
    )
    agenda.make_hours(actor=world.manager, sitting=world.sitting, minutes_each=30)
    juror, aside = world.jurors
    world.open_scoring()
    scoring.recuse(actor=aside, hearing=world.hearings[1])
    answer = client_for(juror).get(url("diary", world.sitting))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    meeting, marks = Calendar.from_ical(answer.content).walk("VEVENT")
    assert meeting["dtstart"].dt == NINE
    assert meeting["dtend"].dt == NINE + timedelta(hours=1)
    assert str(meeting["location"]) == "Salle du Conseil, https://visio.example.fr/jury"
    assert str(meeting["description"]) == "09:00 Projet A\n09:30 Projet B"
    assert marks["dtstart"].dt == NINE - timedelta(hours=2)
    assert "Projet B" not in client_for(aside).get(url("diary", world.sitting)).content.decode()
    assert client_for(make.person()).get(url("diary", world.sitting)).status_code == 404
    assert "https://visio.example.fr/jury" in page(client_for(juror).get(url("detail", world.sitting)))
    assert "visio.example.fr" not in page(client_for(world.sponsor).get(url("detail", world.sitting)))


def test_a_sitting_is_prepared_with_its_rules_and_copied_on_screen(client_for, site):
    world = make.World(projects=0, jurors=1)
    client = client_for(world.manager)
    frame = {
        "body": "Jury anonyme", "cohort": world.cohort.pk, "gate": "preselection",
        "starts_at": "2031-03-05T09:00", "online": "on", "link": "", "quorum": "2", "readers_each": "2",
        "min_readers": "2", "names_hidden": "on", "names_return": "pronounced", "marks_shown": "never",
    }  # fmt: skip
    text = page(client.post(reverse("juries:new"), frame))
    assert "donnez le lien de la réunion" in text
    assert 'value="Jury anonyme"' in text
    client.post(reverse("juries:new"), {**frame, "link": "https://visio.example.fr/jury"})
    made = Sitting.objects.get(body="Jury anonyme")
    assert (made.names_hidden, made.names_return, made.marks_shown) == (True, "pronounced", "never")
    assert (made.online, made.readers_each, made.min_readers) == (True, 2, 2)
    posted = {"cohort": world.cohort.pk, "starts_at": "2032-03-05T09:00", "with_members": "on"}
    text = page(client.post(url("copy", world.sitting), posted, follow=True))
    assert "La séance est copiée" in text
    copy = Sitting.objects.exclude(pk__in=[made.pk, world.sitting.pk]).get()
    assert copy.seats.count() == 2
    text = page(client.post(url("copy", world.sitting), {"cohort": world.cohort.pk}))
    assert "Indiquez la date et l’heure" in text


# -- Calibration ------------------------------------------------------------------------------------------


def calibrated(**options):
    world = make.World(projects=1, jurors=2, **options)
    calibration.write_file(actor=world.manager, sitting=world.sitting, **TEXT)
    calibration.open_file(actor=world.manager, sitting=world.sitting)
    return world


def test_everyone_scores_the_fictitious_dossier_before_the_others(client_for, site):
    world = calibrated().open_scoring()
    juror = world.jurors[0]
    client = client_for(juror)
    assert client.get(url("score_next", world.sitting)).url == url("calibration", world.sitting)
    with pytest.raises(ValidationError) as caught:
        world.give(juror, world.hearings[0], 3, 3, 3)
    assert "d’abord le dossier d’essai" in caught.value.messages[0]
    text = page(client.get(url("calibration", world.sitting)))
    assert "Les clés perdues" in text
    assert "Mesuré auprès des usagers" in text
    text = page(client.post(url("calibration", world.sitting), {"probleme": "4", "equipe": "9"}))
    assert "Pour « L'effet attendu », choisissez une note de 1 à 5." in text
    assert 'value="4" id="probleme-4" checked' in text
    assert not CalibrationBallot.objects.exists()
    client.post(url("calibration", world.sitting), {**MARKS, "comment": "Vécu, sans chiffre."})
    assert client.get(url("score_next", world.sitting)).url.startswith(url("score_next", world.sitting))
    world.give(juror, world.hearings[0], 3, 3, 3)
    # Nothing of it is in the results, and nobody sees the marks of the others yet.
    row = results.board_of(world.sitting, world.manager).rows[0]
    assert (row.n, row.expected) == (1, 3)
    assert "Vécu, sans chiffre" not in page(
        client_for(world.jurors[1]).get(url("calibration", world.sitting))
    )


def test_the_spread_is_shown_to_all_with_the_last_marks(client_for, site):
    world = calibrated()
    for user, mark in ((world.president, 2), (world.jurors[0], 5), (world.jurors[1], 3)):
        assert CalibrationFile.objects.get().discussed_at is None
        calibration.score_file(
            actor=user, sitting=world.sitting, marks={**MARKS, "probleme": mark}, comment=f"Note {mark}"
        )
    found = CalibrationFile.objects.get()
    assert found.discussed_at is not None
    assert found.discussed_by is None
    first, *others = calibration.spreads(found)
    assert [(mark, count) for mark, _word, count, _mine in first.counts] == [
        (1, 0),
        (2, 1),
        (3, 1),
        (4, 0),
        (5, 1),
    ]
    assert (first.criterion.key, first.lowest, first.highest) == ("probleme", 2, 5)
    assert [one.width for one in others] == [0, 0]
    text = page(client_for(world.jurors[1]).get(url("calibration", world.sitting)))
    assert "« Le problème » : de 2 à 5" in text
    assert "« L'équipe » : tout le monde dit 3" in text
    assert "Note 5" in text
    with pytest.raises(ValidationError):
        calibration.score_file(actor=world.president, sitting=world.sitting, marks=MARKS)


def test_the_president_shows_the_marks_before_everyone_has_given_theirs(client_for, site):
    world = calibrated().open_scoring()
    client = client_for(world.president)
    client.post(url("calibration_show", world.sitting))
    assert CalibrationFile.objects.get().discussed_at is None  # nobody has scored it
    calibration.score_file(actor=world.president, sitting=world.sitting, marks=MARKS)
    assert client_for(world.jurors[0]).post(url("calibration_show", world.sitting)).status_code == 403
    client.post(url("calibration_show", world.sitting))
    assert CalibrationFile.objects.get().discussed_by == world.president
    world.give(world.jurors[0], world.hearings[0], 3, 3, 3)  # no longer asked to score it


def test_what_a_calibration_refuses_says_what_to_do():
    world = make.World(projects=1, jurors=0)
    say = {}
    for name, verb, arguments in (
        ("nothing", calibration.open_file, {}),
        ("empty", calibration.write_file, {"title": "", "problem": " ", "text": ""}),
    ):
        with pytest.raises(ValidationError) as caught:
            verb(actor=world.manager, sitting=world.sitting, **arguments)
        say[name] = " ".join(caught.value.messages)
    assert "Écrivez d’abord le dossier inventé" in say["nothing"]
    assert "Donnez un titre" in say["empty"]
    calibration.write_file(actor=world.manager, sitting=world.sitting, **TEXT)
    with pytest.raises(ValidationError) as caught:
        calibration.open_file(actor=world.manager, sitting=world.sitting)
    assert "deux membres" in caught.value.messages[0]
    for actor in (world.president, world.sponsor):
        with pytest.raises(PermissionDenied):
            calibration.write_file(actor=actor, sitting=world.sitting, **TEXT)
    with pytest.raises(PermissionDenied):
        calibration.score_file(actor=world.manager, sitting=world.sitting, marks=MARKS)


def test_the_dossier_no_longer_changes_once_scored(client_for, site):
    world = calibrated()
    client = client_for(world.manager)
    text = page(client.get(url("calibration_write", world.sitting)))
    assert "Les clés perdues" in text
    calibration.score_file(actor=world.president, sitting=world.sitting, marks=MARKS)
    text = page(client.post(url("calibration_write", world.sitting), {**TEXT, "title": "Autre"}))
    assert "Quelqu’un a déjà noté ce dossier" in text
    assert 'value="Autre"' in text


@pytest.mark.parametrize("jurors", [1, 3])
def test_the_calibration_page_costs_the_same_for_any_number(client_for, site, assert_queries, jurors):
    world = make.World(projects=1, jurors=jurors)
    calibration.write_file(actor=world.manager, sitting=world.sitting, **TEXT)
    calibration.open_file(actor=world.manager, sitting=world.sitting)
    for user in world.everyone:
        calibration.score_file(actor=user, sitting=world.sitting, marks=MARKS)
    client = client_for(world.manager)
    client.get(url("calibration", world.sitting))
    with assert_queries(CALIBRATION_QUERIES):
        client.get(url("calibration", world.sitting))


CALIBRATION_QUERIES = 12


# -- The grid in the administration -----------------------------------------------------------------------


def test_the_administration_says_that_a_grid_is_frozen_and_takes_a_yes_or_no(client_for, site):
    world = make.World(projects=1, jurors=1)
    client = client_for(world.manager)
    grid = world.grid.grid
    address = reverse("grids:edit", args=[grid.pk])
    assert "figée" not in page(client.get(address))
    world.open_scoring()
    assert "La version 1 est en cours de lecture" in page(client.get(address))
    world.give(world.president, world.hearings[0], 3, 3, 3)
    assert "La version 1 est figée depuis sa première note" in page(client.get(address))
    posted = {
        "name": grid.name, "programme": world.programme.pk,
        "label_1": "Le problème", "kind_1": "scale", "weight_1": "2",
        "anchor_1_1": "Supposé", "anchor_3_1": "Vécu", "anchor_5_1": "Mesuré",
        "label_2": "L'accord de la hiérarchie", "kind_2": "yes_no",
    }  # fmt: skip
    client.post(address, posted)
    assert [(one.label, one.kind, one.weight) for one in grids.newest(grid).criteria.all()] == [
        ("Le problème", "scale", 2),
        ("L'accord de la hiérarchie", "yes_no", 1),
    ]
    assert grids.newest(grid).number == 2
    text = page(client.post(address, {**posted, "kind_1": "yes_no"}))
    assert "au moins un critère noté de 1 à 5" in text
    text = page(client.post(address, {**posted, "weight_1": "0", "anchor_3_1": ""}))
    assert "un poids de 0 ne compte pour rien" in text
    assert "Décrivez cette note" in text
