"""Comparing a few projects two by two: what the answers say, who is asked, on screens and on paper."""

import html
from itertools import combinations, permutations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.core.models import JournalEntry
from juries.domain import scoring, tie_breaks
from juries.domain.pairwise import Duel, Outcome, pairs_of, verdict_of
from juries.domain.results import board_of
from juries.models import Decision, TieBreak, TieBreakAnswer
from tests.factories import juries as make

# -- What the answers say --------------------------------------------------------------------------------------


def test_two_projects_by_hand():
    verdict = verdict_of([1, 2], [(1, 2, 2), (1, 2, 2), (2, 1, 1)])
    assert verdict.duels == (Duel(1, 2, 1, 2),)
    assert (verdict.outcome, verdict.top) == (Outcome.WINNER, (2,))
    assert verdict.won == {1: 0, 2: 1}
    assert verdict.favours == {1: 1, 2: 2}


def test_a_circle_has_no_winner():
    # 1 before 2, 2 before 3, 3 before 1
    verdict = verdict_of([1, 2, 3], [(1, 2, 1), (2, 3, 2), (1, 3, 3)])
    assert (verdict.outcome, verdict.top, verdict.circle) == (Outcome.CIRCLE, (1, 2, 3), (1, 2, 3))
    assert verdict.won == {1: 1, 2: 1, 3: 1}


def test_a_circle_below_the_winner_takes_nothing_from_the_winner():
    below = [(1, 2, 1), (2, 3, 2), (1, 3, 3)]
    verdict = verdict_of([1, 2, 3, 4], [*below, (1, 4, 4), (2, 4, 4), (3, 4, 4)])
    assert (verdict.outcome, verdict.top) == (Outcome.WINNER, (4,))


def test_level_projects_and_silence():
    level = verdict_of([1, 2, 3], [(1, 2, 1), (1, 2, 2), (1, 3, 1), (2, 3, 2)])
    assert (level.outcome, level.top) == (Outcome.LEVEL, (1, 2))
    assert level.won == {1: 1.5, 2: 1.5, 3: 0}
    silence = verdict_of([1, 2], [(7, 8, 7), (1, 2, 9)])
    assert (silence.outcome, silence.top, silence.won) == (Outcome.EMPTY, (), {1: 0, 2: 0})


def naive(projects, answers):
    """From the definitions: a Condorcet winner beats each other one; a circle is any closed way of strict wins
    inside the smallest dominating group."""

    def prefers(a, b):
        return sum(1 for one, other, best in answers if {one, other} == {a, b} and best == a)

    def beats(a, b):
        return prefers(a, b) > prefers(b, a)

    if not any(prefers(a, b) for a, b in permutations(projects, 2)):
        return Outcome.EMPTY, set()
    for a in projects:
        if all(beats(a, b) for b in projects if b != a):
            return Outcome.WINNER, {a}
    groups = [
        set(group)
        for size in range(1, len(projects) + 1)
        for group in combinations(projects, size)
        if all(beats(a, b) for a in group for b in projects if b not in group)
    ]
    top = set.intersection(*groups)
    goes_round = any(
        all(beats(way[i], way[(i + 1) % size]) for i in range(size))
        for size in range(3, len(top) + 1)
        for way in permutations(sorted(top), size)
    )
    return (Outcome.CIRCLE if goes_round else Outcome.LEVEL), top


@given(
    st.integers(2, 4).flatmap(
        lambda n: st.tuples(
            st.just(list(range(1, n + 1))),
            st.lists(
                st.sampled_from([(a, b, best) for a, b in pairs_of(range(1, n + 1)) for best in (a, b)]),
                max_size=25,
            ),
        )
    )
)
@settings(max_examples=300, deadline=None)
def test_both_implementations_agree(panel):
    projects, answers = panel
    verdict = verdict_of(projects, answers)
    outcome, top = naive(projects, answers)
    assert (verdict.outcome, set(verdict.top)) == (outcome, top)
    assert sum(verdict.favours.values()) == len(answers)
    assert sum(verdict.won.values()) == sum(1 for duel in verdict.duels if duel.answers)
    if verdict.circle:
        way = [*verdict.circle, verdict.circle[0]]
        winners = {frozenset((duel.first, duel.second)): duel.winner for duel in verdict.duels}
        assert all(winners[frozenset(pair)] == pair[0] for pair in zip(way, way[1:], strict=False))


# -- In the room -----------------------------------------------------------------------------------------------


def page(answer) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("’", "'")


def url(name, world, **kwargs):
    return reverse(f"juries:{name}", kwargs={"code": world.sitting.code, **kwargs})


def room(projects=3, jurors=3, absent=0, aside=()):
    """A sitting in deliberation; ``aside`` are (juror, project) by place; the last ``absent`` jurors are away."""
    world = make.World(projects=projects, jurors=jurors, places=1).open_scoring()
    for juror, project in aside:
        scoring.recuse(actor=world.jurors[juror], hearing=world.hearings[project])
    world.secretary = make.person("Secrétaire")
    return world.deliberate(present=world.everyone[: len(world.everyone) - absent])


def opened(world, *places, actor=None):
    chosen = [world.hearings[place] for place in places or range(len(world.hearings))]
    return tie_breaks.open_tie_break(actor=actor or world.president, sitting=world.sitting, hearings=chosen)


def answer(world, user, tie_break, order):
    """``order``: project places from the preferred one on; answers every pair the member is asked."""
    seat = world.sitting.seats.get(user=user)
    (ballot,) = tie_breaks.ballots_of(tie_break, seat)
    rank = {world.hearings[place].pk: index for index, place in enumerate(order)}
    answers = {pair: min(pair, key=rank.get) for pair in ballot.pairs}
    return tie_breaks.answer_tie_break(actor=user, tie_break=tie_break, answers=answers)


def shown(world, reader=None):
    with translation.override("en"):
        return tie_breaks.shown_to(reader or world.manager, world.sitting)


def refusal(verb, **arguments) -> str:
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        verb(**arguments)
    return " ".join(caught.value.messages)


@pytest.mark.django_db
def test_a_circle_is_said_plainly_and_decides_nothing():
    world = room(jurors=2)
    tie_break = opened(world)
    for user, order in zip(world.everyone, ((0, 1, 2), (1, 2, 0), (2, 0, 1)), strict=True):
        assert answer(world, user, tie_break, order) == 3
    assert shown(world)[0].sentence == ""  # nothing is read while members answer
    verdict = tie_breaks.close_tie_break(actor=world.president, tie_break=tie_break)
    assert verdict.outcome == Outcome.CIRCLE
    (one,) = shown(world)
    assert one.sentence.startswith(
        "No winner: the preferences go in a circle (Projet A → Projet B → Projet C → Projet A)."
    )
    assert [(line.title, line.won, line.comparisons) for line in one.projects] == [
        ("Projet A", "1", 2), ("Projet B", "1", 2), ("Projet C", "1", 2),
    ]  # fmt: skip
    assert [duel.text for duel in one.duels] == [
        "“Projet A” before “Projet B”: 2 to 1",
        "“Projet C” before “Projet A”: 2 to 1",
        "“Projet B” before “Projet C”: 2 to 1",
    ]
    assert not Decision.objects.exists()
    verbs = list(JournalEntry.objects.filter(verb__contains="tie_break").values_list("verb", flat=True))
    assert sorted(verbs) == ["juries.tie_break_answered"] * 3 + [
        "juries.tie_break_closed", "juries.tie_break_opened",
    ]  # fmt: skip


@pytest.mark.django_db
def test_who_stands_aside_is_not_asked_and_who_is_away_neither():
    world = room(jurors=3, absent=1, aside=[(0, 1)])
    tie_break = opened(world)
    ballots = {ballot.seat.user: len(ballot.pairs) for ballot in tie_breaks.ballots_of(tie_break)}
    assert ballots == {world.president: 3, world.jurors[0]: 1, world.jurors[1]: 3}
    first, second, _third = (hearing.pk for hearing in world.hearings)
    said = refusal(
        tie_breaks.answer_tie_break,
        actor=world.jurors[0], tie_break=tie_break, answers={(first, second): first},
    )  # fmt: skip
    assert said == "You cannot compare these two projects here. Reload the page."
    away = world.jurors[2]
    assert "not marked as present" in refusal(
        tie_breaks.answer_tie_break, actor=away, tie_break=tie_break, answers={}
    )
    answer(world, world.jurors[0], tie_break, (2, 0))
    answer(world, world.president, tie_break, (0, 1, 2))
    tie_breaks.close_tie_break(actor=world.president, tie_break=tie_break)
    (one,) = shown(world)
    assert one.sentence == (
        "No winner: Projet A, Projet B, Projet C are level. The comparison does not settle it, talk again."
    ) or one.sentence.startswith("No winner")
    assert [(duel.answers, duel.aside) for duel in one.duels] == [(1, 1), (2, 0), (1, 1)]
    # Someone who stands aside from one of them reads nothing of it before the decisions are pronounced.
    (own,) = shown(world, world.jurors[0])
    assert (own.hidden, own.sentence, own.titles) == (True, "", [])


@pytest.mark.django_db
def test_a_president_who_stands_aside_does_not_read_which_projects_are_compared(client_for, site):
    world = make.World(projects=3, jurors=2, places=1).open_scoring()
    for hearing in world.hearings[1:]:
        world.give(world.president, hearing, 4, 4, 4)
    scoring.recuse(actor=world.president, hearing=world.hearings[0])
    world.deliberate()
    tie_break = tie_breaks.open_tie_break(
        actor=world.manager, sitting=world.sitting, hearings=world.hearings[:2]
    )
    president, manager = client_for(world.president), client_for(world.manager)
    comparison, papers = url("tie_break", world, number=1), url("tie_break_ballots", world, number=1)
    enter = url("tie_break_enter", world, number=1, seat=world.sitting.seats.get(user=world.jurors[0]).pk)
    assert "Projet A · Projet B" in page(manager.get(comparison))
    assert manager.get(papers).status_code == manager.get(enter).status_code == 200
    read = page(president.get(comparison))
    assert "ce départage vous reste fermé" in read
    assert "Projet A" not in read
    assert "Projet B" not in read
    assert "Saisir le bulletin papier" not in read
    assert url("tie_break_close", world, number=1) in read
    assert president.get(papers).status_code == president.get(enter).status_code == 404
    board = page(president.get(url("results", world)))
    assert comparison in board
    assert "Projet A · Projet B" not in board
    tie_breaks.close_tie_break(actor=world.manager, tie_break=tie_break)
    assert "Projet B" not in page(president.get(comparison))
    assert "Projet A · Projet B" in page(manager.get(comparison))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("one project", "Choose two to four projects."),
        ("five projects", "Choose two to four projects."),
        ("a foreign project", "Choose projects that this sitting hears."),
        ("a second one", "A comparison is open already: close it first."),
        ("nobody may", "No member who is present may compare these projects"),
        ("aside", "You stand aside from one of these projects"),
        ("scoring", "Projects are compared during the deliberation: begin it first."),
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_to_do(case, sentence):
    if case == "scoring":
        world = make.World(projects=2, jurors=1).open_scoring()
    elif case == "nobody may":
        world = room(projects=2, jurors=1, aside=[(0, 0)])
        world.sitting.seats.filter(user=world.president).update(present=False)
    else:
        world = room(projects=5, jurors=1)
    chosen = world.hearings[:2]
    actor = world.president
    if case == "one project":
        chosen = world.hearings[:1]
    elif case == "five projects":
        chosen = world.hearings
    elif case == "a foreign project":
        chosen = [*world.hearings[:1], *make.World(projects=1).hearings]
    elif case == "a second one":
        opened(world, 2, 3)
    elif case == "aside":
        world = make.World(projects=2, jurors=2).open_scoring()
        scoring.recuse(actor=world.president, hearing=world.hearings[0])
        world.deliberate()
        chosen, actor = world.hearings, world.president
    before = TieBreak.objects.count()
    said = refusal(tie_breaks.open_tie_break, actor=actor, sitting=world.sitting, hearings=chosen)
    assert sentence in said
    assert TieBreak.objects.count() == before


@pytest.mark.django_db
def test_answers_change_until_it_is_closed_and_none_is_taken_after():
    world = room(projects=2, jurors=1)
    tie_break = opened(world)
    first, second = (hearing.pk for hearing in world.hearings)
    juror = world.jurors[0]
    give = tie_breaks.answer_tie_break
    assert give(actor=juror, tie_break=tie_break, answers={(first, second): first}) == 1
    assert give(actor=juror, tie_break=tie_break, answers={(first, second): second}) == 1
    assert TieBreakAnswer.objects.get().preferred_id == second
    assert give(actor=juror, tie_break=tie_break, answers={(first, second): None}) == 0
    assert "Choose one of the two" in refusal(
        give, actor=juror, tie_break=tie_break, answers={(first, second): 10**6}
    )
    for stranger in (make.person(), world.manager):
        with pytest.raises(PermissionDenied):
            give(actor=stranger, tie_break=tie_break, answers={})
    with pytest.raises(PermissionDenied):
        tie_breaks.close_tie_break(actor=juror, tie_break=tie_break)
    tie_breaks.close_tie_break(actor=world.manager, tie_break=tie_break)
    assert "This comparison is closed" in refusal(
        give, actor=juror, tie_break=tie_break, answers={(first, second): first}
    )
    assert shown(world)[0].sentence == "Nobody has answered: the comparison says nothing."


@pytest.mark.django_db
def test_a_paper_ballot_is_entered_and_never_replaces_a_screen():
    world = room(projects=2, jurors=1)
    tie_break = opened(world)
    first, second = (hearing.pk for hearing in world.hearings)
    seat = world.sitting.seats.get(user=world.jurors[0])
    enter = tie_breaks.enter_paper_answers
    assert enter(actor=world.manager, tie_break=tie_break, seat=seat, answers={(first, second): second}) == 1
    kept = TieBreakAnswer.objects.get()
    assert (kept.on_paper, kept.entered_by, kept.seat) == (True, world.manager, seat)
    with pytest.raises(PermissionDenied):
        enter(actor=world.jurors[0], tie_break=tie_break, seat=seat, answers={})
    own = world.sitting.seats.get(user=world.president)
    tie_breaks.answer_tie_break(actor=world.president, tie_break=tie_break, answers={(first, second): first})
    assert "already" in refusal(
        enter, actor=world.manager, tie_break=tie_break, seat=own, answers={(first, second): second}
    )


@pytest.mark.django_db
def test_the_projects_around_the_cut_are_suggested():
    world = make.World(projects=5, jurors=1, places=2).open_scoring()
    for hearing, mark in zip(world.hearings, (5, 3, 3, 2, 1), strict=True):
        for user in world.everyone:
            world.give(user, hearing, mark, mark, mark)
    board = board_of(world.sitting, world.manager)
    picked = tie_breaks.suggested(board.rows, 2)
    assert [row.title for row in picked] == ["Projet B", "Projet C"]  # tied where the list ends
    world.give(world.president, world.hearings[2], 3, 2, 3)
    board = board_of(world.sitting, world.manager)
    assert [row.title for row in tie_breaks.suggested(board.rows, 2)] == ["Projet B", "Projet C"]
    assert tie_breaks.suggested(board.rows, None) == []


@pytest.mark.django_db
def test_the_president_asks_a_juror_answers_on_a_phone_and_the_boards_show_it(client_for, site):
    world = make.World(projects=3, jurors=2, places=1).open_scoring()
    for hearing, mark in zip(world.hearings, (4, 4, 1), strict=True):
        for user in world.everyone:
            world.give(user, hearing, mark, mark, mark)
    world.deliberate()
    president, juror = client_for(world.president), client_for(world.jurors[0])
    text = page(president.get(url("tie_break_new", world)))
    assert text.count("checked") == 2  # A and B, tied at the cut
    uuids = [str(hearing.uuid) for hearing in world.hearings[:2]]
    assert "Choisissez deux à quatre projets." in page(
        president.post(url("tie_break_new", world), {"hearings": uuids[:1]})
    )
    answer_ = president.post(url("tie_break_new", world), {"hearings": uuids})
    tie_break = TieBreak.objects.get()
    assert answer_.url == url("tie_break", world, number=tie_break.number)
    assert "Lequel étudieriez-vous d'abord" in page(president.get(answer_.url))
    # the juror finds it on the page of the sitting
    own = url("tie_break_answer", world, number=1)
    assert own in page(juror.get(url("detail", world)))
    first, second = (hearing.pk for hearing in world.hearings[:2])
    name = f"pair-{first}-{second}"
    assert page(juror.get(own)).count("checked") == 1  # “I do not choose”, until one chooses
    refused = page(juror.post(own, {name: "999"}))
    assert "Choisissez un des deux projets, ou laissez la question." in refused
    assert juror.post(own, {name: str(second)}).url == own
    assert own not in page(juror.get(url("detail", world)))  # answered: it is no longer asked
    juror_two = world.sitting.seats.get(user=world.jurors[1])
    enter = url("tie_break_enter", world, number=1, seat=juror_two.pk)
    papers = page(president.get(url("tie_break_ballots", world, number=1)))
    assert papers.count('class="jr-ballot"') == 3
    assert president.post(enter, {name: str(second)}).url == url("tie_break", world, number=1)
    assert page(president.get(url("tie_break", world, number=1))).count("sur papier") == 1
    for address in (url("tie_break", world, number=1), url("tie_break_new", world), enter):
        assert juror.get(address).status_code == 404
    president.post(url("tie_break_close", world, number=1))
    sentence = "« Projet B » serait étudié d'abord : 2 réponses sur 2."
    for name_ in ("results", "decisions"):
        assert sentence in page(president.get(url(name_, world)))
    assert "Comparaisons gagnées" in page(president.get(url("tie_break", world, number=1)))
    assert JournalEntry.objects.filter(verb="juries.tie_break_read", actor=world.president).count() == 1
    closed = page(juror.get(own))
    assert "Ce départage est terminé" in closed
    assert sentence not in closed
    for stranger in (world.sponsor, make.person()):
        assert client_for(stranger).get(own).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("jurors", [1, 3])
def test_the_pages_of_a_comparison_cost_a_constant_number_of_queries(
    client_for, site, assert_queries, jurors
):
    world = room(projects=3, jurors=jurors)
    tie_break = opened(world)
    for user in world.everyone:
        answer(world, user, tie_break, (0, 1, 2))
    client = client_for(world.president)
    with assert_queries(TIE_BREAK_QUERIES):
        client.get(url("tie_break", world, number=1))
    with assert_queries(ANSWER_QUERIES):
        client.get(url("tie_break_answer", world, number=1))
    with assert_queries(BALLOTS_QUERIES):
        client.get(url("tie_break_ballots", world, number=1))
    client.get(url("results", world))
    with assert_queries(RESULTS_QUERIES):
        client.get(url("results", world))


TIE_BREAK_QUERIES, ANSWER_QUERIES, BALLOTS_QUERIES, RESULTS_QUERIES = 15, 13, 14, 13
