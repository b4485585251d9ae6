"""The marks of the others, as the rule of a sitting shows them to a juror: by name, after one's own, never by abstaining."""

import html

import pytest
from django.urls import reverse

from incubator.core.models import JournalEntry
from juries import queries, rules
from juries.domain import scoring
from juries.enums import MarksShown, SittingState
from juries.models import Hearing
from tests.factories import juries as make

pytestmark = pytest.mark.django_db

READ = "juries.others_marks_read"
# Session and user included; the target is 12 for any number of projects and of jurors.
GET_QUERIES = 12


def text_of(client, hearing) -> str:
    url = reverse("juries:score", kwargs={"code": hearing.sitting.code, "hearing": hearing.uuid})
    return html.unescape(client.get(url).content.decode()).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("shown", "state", "own_given", "asked", "expected"),
    [
        (MarksShown.NEVER, SittingState.PRONOUNCED, True, True, False),
        (MarksShown.AFTER_OWN, SittingState.SCORING, False, True, False),
        (MarksShown.AFTER_OWN, SittingState.SCORING, False, False, False),
        (MarksShown.AFTER_OWN, SittingState.SCORING, True, True, True),
        (MarksShown.AFTER_OWN, SittingState.DELIBERATING, False, True, False),
        (MarksShown.AFTER_OWN, SittingState.DELIBERATING, False, False, True),
        (MarksShown.DELIBERATION, SittingState.SCORING, True, True, False),
        (MarksShown.DELIBERATION, SittingState.DELIBERATING, False, True, False),
        (MarksShown.DELIBERATION, SittingState.DELIBERATING, True, True, True),
        (MarksShown.DELIBERATION, SittingState.PRONOUNCED, False, True, True),
        (MarksShown.AFTER_OWN, SittingState.CANCELLED, True, True, False),
    ],
)
def test_when_a_juror_reads_the_marks_of_the_others(shown, state, own_given, asked, expected):
    world = make.World(projects=0, jurors=0, marks_shown=shown)
    world.sitting.state = state
    assert rules.marks_of_others_are_shown(world.sitting, own_given=own_given, asked=asked) is expected


def test_after_own_marks_those_of_the_others_are_read_by_name_and_the_reading_is_written_down(
    client_for, site
):
    world = make.World(projects=2, jurors=2, marks_shown=MarksShown.AFTER_OWN).open_scoring()
    (me, other), (first, second) = world.jurors, world.hearings
    client = client_for(me)
    world.give(other, first, 5, 1, 2, comment="Un secret de délibération")
    world.give(other, second, 5, 1, 2)
    scoring.save_scores(actor=me, hearing=first, scores={"probleme": 3})
    scoring.pass_for_now(actor=me, hearing=second)
    for hearing in world.hearings:  # a draft is not a mark, and passing shows nothing
        text = text_of(client, hearing)
        assert str(other) not in text
        assert "Vous les lirez ici quand vous aurez donné les vôtres." in text
    assert not JournalEntry.objects.filter(verb=READ).exists()
    world.give(me, first, 3, 3, 3)
    text = text_of(client, first)
    assert f'<th scope="row">{other}</th>' in text
    for criterion, mark in zip(make.CRITERIA, (5, 1, 2), strict=True):
        assert f'data-label="{criterion["label"]}">{mark}' in text
    assert "Un secret" not in text
    assert str(other) not in text_of(client, second)
    (entry,) = JournalEntry.objects.filter(verb=READ)
    assert (entry.actor, entry.target_pk) == (me, str(first.pk))


def test_drafts_and_marks_of_those_who_stand_aside_are_in_no_list(client_for, site):
    world = make.World(projects=1, jurors=3, marks_shown=MarksShown.AFTER_OWN).open_scoring()
    (me, aside, drafting), (hearing,) = world.jurors, world.hearings
    world.give(me, hearing, 3, 3, 3)
    world.give(aside, hearing, 1, 1, 1)
    scoring.recuse(actor=aside, hearing=hearing, reason="Une amie")
    scoring.save_scores(actor=drafting, hearing=hearing, scores={"probleme": 5})
    text = text_of(client_for(me), hearing)
    assert "Personne d’autre n’a donné de notes sur ce projet." in text
    assert str(aside) not in text
    assert str(drafting) not in text
    url = reverse("juries:score", kwargs={"code": world.sitting.code, "hearing": hearing.uuid})
    assert client_for(aside).get(url).status_code == 404


def test_at_the_deliberation_who_gave_marks_reads_those_of_the_others_and_who_abstained_does_not(
    client_for, site
):
    world = make.World(projects=1, jurors=2).open_scoring()
    (me, silent), (hearing,) = world.jurors, world.hearings
    world.give(me, hearing, 3, 3, 3)
    world.give(world.president, hearing, 5, 5, 5)
    assert "Vous les lirez ici au début de la délibération" in text_of(client_for(me), hearing)
    world.deliberate()
    listed = client_for(me).get(reverse("juries:score_next", args=[world.sitting.code]))
    assert hearing.dossier["title"] in listed.content.decode()
    assert f'<th scope="row">{world.president}</th>' in text_of(client_for(me), hearing)
    text = text_of(client_for(silent), hearing)
    assert str(world.president) not in text
    assert "Vous n’avez pas donné de notes sur ce projet" in text
    world.decide_all().pronounce()
    assert f'<th scope="row">{world.president}</th>' in text_of(client_for(silent), hearing)


def test_whom_a_dossier_was_not_given_reads_its_marks_to_deliberate(client_for, site):
    world = make.World(projects=2, jurors=2, readers_each=1, min_readers=1).open_scoring()
    given = {hearing.pk: hearing.assignments.get().seat.user for hearing in Hearing.objects.all()}
    for hearing in world.hearings:
        world.give(given[hearing.pk], hearing, 2, 3, 4)
    world.deliberate()
    hearing = next(one for one in world.hearings if given[one.pk] != world.jurors[0])
    listed = client_for(world.jurors[0]).get(reverse("juries:score_next", args=[world.sitting.code]))
    assert str(hearing.uuid) in listed.content.decode()
    assert f'<th scope="row">{given[hearing.pk]}</th>' in text_of(client_for(world.jurors[0]), hearing)


def test_where_the_rule_is_never_nobody_reads_them_and_the_room_of_the_president_does(client_for, site):
    world = make.World(projects=1, jurors=2, marks_shown=MarksShown.NEVER).open_scoring().everyone_scores()
    (hearing,) = world.hearings
    assert "Notes des autres" not in text_of(client_for(world.jurors[0]), hearing)
    world.deliberate()
    assert str(world.jurors[1]) not in text_of(client_for(world.jurors[0]), hearing)
    room = reverse("juries:room", kwargs={"code": world.sitting.code, "hearing": hearing.uuid})
    answer = client_for(world.president).get(room).content.decode()
    assert f'<th scope="row">{world.jurors[1]}</th>' in html.unescape(answer)
    assert JournalEntry.objects.filter(verb=READ, actor=world.president).count() == 1


@pytest.mark.parametrize("jurors", [1, 3])
def test_the_page_with_the_marks_of_the_others_costs_twelve_queries(client_for, site, assert_queries, jurors):
    world = make.World(projects=3, jurors=jurors, marks_shown=MarksShown.AFTER_OWN).open_scoring()
    world.everyone_scores()
    client = client_for(world.jurors[0])
    last = list(queries.reading_list(world.sitting, world.jurors[0]).order)[-1]
    hearing = next(one for one in world.hearings if one.pk == last)
    url = reverse("juries:score", kwargs={"code": world.sitting.code, "hearing": hearing.uuid})
    with assert_queries(GET_QUERIES):
        assert str(world.president) in html.unescape(client.get(url).content.decode())
