"""Links of interest said before reading, dossiers shared out evenly, and what is repaired after a recusal."""

import html
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from hypothesis import example, given, settings
from hypothesis import strategies as st

from incubator.accounts.models import Directorate
from incubator.core import clock
from incubator.core.models import JournalEntry
from juries import queries
from juries.domain import coverage, links, scoring, sittings
from juries.domain.sharing import share
from juries.enums import AssignmentSource, RecusalSource, SeatRole
from juries.models import Assignment, Hearing, Recusal
from projects.domain.projects import assign_companion
from tests.factories import juries as make

db = pytest.mark.django_db


def page(answer) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ")


def url(name, sitting, hearing=None) -> str:
    args = [sitting.code] if hearing is None else [sitting.code, hearing.uuid]
    return reverse(f"juries:{name}", args=args)


# -- Sharing: properties ----------------------------------------------------------------------------------


@st.composite
def boards(draw):
    readers = draw(st.integers(1, 7))
    projects = draw(st.integers(1, 9))
    pairs = [(reader, 100 + project) for reader in range(readers) for project in range(projects)]
    barred = draw(st.sets(st.sampled_from(pairs), max_size=len(pairs)))
    avoided = draw(st.sets(st.sampled_from(pairs), max_size=len(pairs)))
    each = draw(st.integers(1, 5))
    kept = {pair for pair in draw(st.sets(st.sampled_from(pairs), max_size=6)) if pair not in barred}
    return range(readers), range(100, 100 + projects), each, barred, avoided, kept


def loads_of(pairs, readers) -> list[int]:
    return [sum(1 for reader, _project in pairs if reader == one) for one in readers]


@settings(max_examples=300, deadline=None)
@given(boards())
def test_a_sharing_gives_what_can_be_given_and_to_nobody_who_is_barred(board):
    readers, projects, each, barred, avoided, kept = board
    found = share(projects=projects, readers=readers, each=each, barred=barred, avoided=avoided, kept=kept)
    assert not found.pairs & barred
    assert kept <= found.pairs
    for project in projects:
        able = {one for one in readers if (one, project) not in barred}
        have = {reader for reader, given_project in found.pairs if given_project == project}
        before = {reader for reader, given_project in kept if given_project == project}
        assert len(have) == max(len(before), min(each, len(able)))
        assert found.short.get(project, 0) == max(0, each - len(able))
        # Someone whom something speaks against reads only where those without it all do.
        new_near = {one for one in have - before if (one, project) in avoided}
        if new_near:
            assert {one for one in able if (one, project) not in avoided} <= have


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 8), st.integers(1, 12), st.integers(1, 8))
def test_without_bars_nobody_reads_two_more_than_another(readers, projects, each):
    found = share(projects=range(100, 100 + projects), readers=range(readers), each=each)
    loads = loads_of(found.pairs, range(readers))
    assert sum(loads) == projects * min(each, readers)
    assert max(loads) - min(loads) <= 1


# Where each dossier in its turn goes to the freest reader, one of them has too many: it has to change hands.
CHAIN = (range(4), range(100, 102), 2, {(0, 100), (2, 101)}, set(), set())
CIRCLE = (range(3), range(100, 103), 1, {(0, 100), (1, 102), (2, 101)}, set(), set())
# The repair of a sharing: who has read the most gets the least of what is left.
REPAIR = (range(2), range(100, 104), 1, set(), set(), {(0, 100), (0, 101)})


@settings(max_examples=60, deadline=None)
@given(boards())
@example(CHAIN)
@example(CIRCLE)
@example(REPAIR)
def test_no_other_sharing_is_more_even(board):
    """Against a second method: the sum of the squared loads is the least, by min-cost flow (networkx-free)."""
    readers, projects, each, barred, _avoided, kept = board
    found = share(projects=projects, readers=readers, each=each, barred=barred, kept=kept)
    assert sum(load**2 for load in loads_of(found.pairs, readers)) == least_squares(
        readers, projects, each, barred, kept
    )


def least_squares(readers, projects, each, barred, kept) -> int:
    """The least sum of squared loads, by successive shortest paths (Bellman-Ford) on a network with unit costs."""
    readers, projects = list(readers), list(projects)
    edges = []  # [from, to, room, cost, index of the reverse]

    def link(start, end, room, cost):
        edges.append([start, end, room, cost, len(edges) + 1])
        edges.append([end, start, 0, -cost, len(edges) - 1])

    for project in projects:
        free = [one for one in readers if (one, project) not in barred | kept]
        have = sum(1 for one in readers if (one, project) in kept)
        link("source", ("p", project), min(max(0, each - have), len(free)), 0)
        for reader in free:
            link(("p", project), ("r", reader), 1, 0)
    before = loads_of(kept, readers)
    for reader in readers:
        for unit in range(len(projects)):  # the n-th dossier costs (n+1)² - n²
            link(("r", reader), "sink", 1, 2 * (before[reader] + unit) + 1)
    total = sum(load**2 for load in before)
    while True:
        best, came = {"source": 0}, {}
        changed = True
        while changed:
            changed = False
            for number, (start, end, room, cost, _back) in enumerate(edges):
                if room and start in best and best[start] + cost < best.get(end, 10**9):
                    best[end], came[end], changed = best[start] + cost, number, True
        if "sink" not in best:
            return total
        total += best["sink"]
        node = "sink"
        while node != "source":
            edge = edges[came[node]]
            edge[2] -= 1
            edges[edge[4]][2] += 1
            node = edge[0]


def test_the_same_input_gives_the_same_sharing_and_readers_are_mixed():
    first = share(projects=range(12), readers=range(6), each=2, salt="jury")
    assert share(projects=reversed(range(12)), readers=reversed(range(6)), each=2, salt="jury") == first
    together = {
        tuple(sorted(reader for reader, one in first.pairs if one == project)) for project in range(12)
    }
    assert len(together) >= 6  # not three couples who always read together


# -- Declaring --------------------------------------------------------------------------------------------


@db
def test_nobody_reads_before_having_said_their_links(client_for, site):
    world = make.World(projects=2, jurors=1).open_scoring(declared=False)
    juror, (first, second) = world.jurors[0], world.hearings
    client = client_for(juror)
    assert not Hearing.objects.visible_to(juror).exists()
    assert client.get(url("score_next", world.sitting)).url == url("links", world.sitting)
    assert client.get(url("score", world.sitting, first)).url == url("links", world.sitting)
    with pytest.raises(ValidationError) as caught:
        world.give(juror, first, 3, 3, 3)
    assert "si vous avez un lien" in caught.value.messages[0]
    text = page(client.get(url("links", world.sitting)))
    assert "Projet A" in text
    assert "Un problème qui se répète chaque semaine." in text
    answer = client.post(
        url("links", world.sitting),
        {f"link-{second.uuid}": "on", f"why-{second.uuid}": "Mon ancienne équipe"},
        follow=True,
    )
    assert answer.redirect_chain[-1][0] == url("score", world.sitting, first)
    recusal = Recusal.objects.get()
    assert (recusal.hearing, recusal.source, recusal.reason) == (
        second,
        RecusalSource.DECLARED,
        "Mon ancienne équipe",
    )
    assert list(Hearing.objects.visible_to(juror)) == [first]
    assert JournalEntry.objects.filter(verb="juries.links_declared").count() == 1
    assert client.get(url("score", world.sitting, second)).status_code == 404
    with pytest.raises(ValidationError) as caught:
        links.declare_links(actor=juror, sitting=world.sitting, links={}, none=True)
    assert "déjà" in caught.value.messages[0]


@db
@pytest.mark.parametrize(
    ("ticks", "none", "why", "sentence"),
    [
        (False, False, "", "Dites que vous n’avez aucun lien"),
        (True, True, "Un ami", "reprenez l’un des deux"),
        (True, False, "", "Dites en quelques mots quel lien"),
        (True, False, "   ", "Dites en quelques mots quel lien"),
    ],
)
def test_an_unclear_declaration_says_what_to_do_and_keeps_what_was_typed(
    client_for, site, ticks, none, why, sentence
):
    world = make.World(projects=2, jurors=1).open_scoring(declared=False)
    hearing = world.hearings[1]
    posted = {f"why-{hearing.uuid}": why}
    if ticks:
        posted[f"link-{hearing.uuid}"] = "on"
    if none:
        posted["none"] = "1"
    text = page(client_for(world.jurors[0]).post(url("links", world.sitting), posted))
    assert sentence in text
    assert (f'id="link-{hearing.uuid}" checked' in text) is ticks
    assert not Recusal.objects.exists()
    world.sitting.refresh_from_db()
    assert world.sitting.seats.filter(declared_at__isnull=False).count() == 0


@db
def test_what_the_site_knows_is_told_to_the_juror_and_to_nobody_beside_them(client_for, site):
    world = make.World(projects=2, jurors=2)
    coach, other = world.jurors
    assign_companion(
        actor=world.manager,
        project=world.projects[0],
        user=coach,
        kind="coach",
        starts_on=clock.today(),
    )
    world.open_scoring(declared=False)
    text = page(client_for(coach).get(url("links", world.sitting)))
    assert "« Projet A » : accompagne le projet" in text
    assert f"link-{world.hearings[0].uuid}" not in text
    links.declare_links(actor=other, sitting=world.sitting, links={}, none=True)
    client = client_for(other)
    for address in (
        url("detail", world.sitting),
        url("links", world.sitting),
        url("score", world.sitting, world.hearings[0]),
    ):
        text = page(client.get(address))
        assert "déport" not in text.replace("Je me déporte", "").replace("vous déportez", "").lower() or (
            "accompagne le projet" not in text
        )
        assert "accompagne le projet" not in text
    # Their screens are the same, whether or not the other one stands aside.
    before = page(client.get(url("score", world.sitting, world.hearings[1])))
    scoring.recuse(actor=world.president, hearing=world.hearings[1])
    after = page(client.get(url("score", world.sitting, world.hearings[1])))
    strip = lambda text: text.split("csrfmiddlewaretoken")[0]  # noqa: E731 - the token changes
    assert strip(before) == strip(after)


@db
def test_who_has_no_voice_declares_nothing(client_for, site):
    world = make.World(projects=1, jurors=1)
    observer = make.person("Observatrice")
    sittings.add_seat(actor=world.manager, sitting=world.sitting, user=observer, role=SeatRole.OBSERVER)
    world.open_scoring(declared=False)
    assert list(Hearing.objects.visible_to(observer)) == world.hearings
    with pytest.raises(PermissionDenied):
        links.declare_links(actor=observer, sitting=world.sitting, links={}, none=True)
    assert client_for(observer).get(url("links", world.sitting)).status_code == 404


@db
def test_reading_begins_on_its_date_and_links_are_said_before(client_for, site):
    now = clock.now()
    world = make.World(projects=1, jurors=1, reading_opens_at=now + timedelta(days=1)).open_scoring()
    juror, hearing = world.jurors[0], world.hearings[0]
    client = client_for(juror)
    assert not Hearing.objects.visible_to(juror).exists()
    assert not Hearing.objects.to_score_by(juror).exists()
    with pytest.raises(ValidationError) as caught:
        world.give(juror, hearing, 3, 3, 3)
    assert "peuvent être lus et notés à partir" in caught.value.messages[0].replace("\u00a0", " ")
    assert "Les dossiers peuvent être lus à partir" in page(client.get(url("detail", world.sitting)))
    with clock.at(now + timedelta(days=1)):
        assert list(Hearing.objects.visible_to(juror)) == [hearing]
        assert list(Hearing.objects.to_score_by(juror)) == [hearing]
        world.give(juror, hearing, 3, 3, 3)
        with pytest.raises(ValidationError):
            sittings.update_sitting(
                actor=world.manager, sitting=world.sitting, reading_opens_at=now + timedelta(days=1, hours=1)
            )


# -- Coverage ---------------------------------------------------------------------------------------------


def loads(sitting) -> list[int]:
    return sorted(load.reads for load in coverage.coverage_of(sitting).loads)


@db
def test_dossiers_are_shared_out_evenly_when_the_scoring_opens():
    world = make.World(projects=6, jurors=3, readers_each=2).open_scoring()
    assert Assignment.objects.count() == 12
    assert loads(world.sitting) == [3, 3, 3, 3]
    juror = world.jurors[0]
    mine = set(Assignment.objects.filter(seat__user=juror).values_list("hearing", flat=True))
    assert set(Hearing.objects.visible_to(juror).values_list("pk", flat=True)) == mine
    assert set(Hearing.objects.to_score_by(juror).values_list("pk", flat=True)) == mine
    assert set(queries.reading_list(world.sitting, juror).order) == mine
    not_mine = next(hearing for hearing in world.hearings if hearing.pk not in mine)
    with pytest.raises(ValidationError) as caught:
        world.give(juror, not_mine, 3, 3, 3)
    assert "d’autres personnes" in caught.value.messages[0]
    # The president scores their own share and may read all, as they run the deliberation.
    assert Hearing.objects.visible_to(world.president).count() == 6
    assert Hearing.objects.to_score_by(world.president).count() == 3
    world.deliberate()
    assert Hearing.objects.visible_to(juror).count() == 6


@db
def test_who_stands_aside_gets_nothing_of_it_and_the_teams_directorate_is_spared():
    directorate = Directorate.objects.create(name="Direction des lycées")
    world = make.World(projects=3, jurors=3, readers_each=2)
    near, author, _third = world.jurors
    for user in (near, world.projects[0].memberships.get().user):
        user.directorate = directorate
        user.save(update_fields=["directorate"])
    world.projects[1].memberships.create(user=author, role="reader")
    world.open_scoring()
    given = set(Assignment.objects.values_list("seat__user", "hearing__project"))
    assert (near.pk, world.projects[0].pk) not in given
    assert (author.pk, world.projects[1].pk) not in given
    assert all(len(row.readers) == 2 for row in coverage.coverage_of(world.sitting).rows)


@db
def test_a_recusal_is_repaired_with_a_preview_and_a_reason(client_for, site):
    world = make.World(projects=6, jurors=3, readers_each=2, min_readers=2).open_scoring()
    client = client_for(world.manager)
    first = Assignment.objects.filter(seat__user=world.jurors[0]).first()
    scoring.recuse(actor=world.jurors[0], hearing=first.hearing)
    state = coverage.coverage_of(world.sitting)
    (row,) = state.short
    assert row.hearing == first.hearing
    (gift,) = coverage.propose(world.sitting, state).gifts
    assert gift.seat.user != world.jurors[0]
    text = page(client.get(url("coverage", world.sitting)))
    assert "Trop peu de lecteurs" in text
    assert f"{gift.seat.user} : « {row.title} »" in text
    stamp = coverage.propose(world.sitting).stamp
    answer = client.post(url("coverage", world.sitting), {"stamp": stamp, "reason": ""})
    assert "Dites en quelques mots pourquoi" in page(answer)
    assert Assignment.objects.count() == 12
    answer = client.post(url("coverage", world.sitting), {"stamp": "old", "reason": "Un déport"})
    assert "lisez la nouvelle proposition" in page(answer)
    assert 'value="Un déport"' in page(answer)
    answer = client.post(url("coverage", world.sitting), {"stamp": stamp, "reason": "Un déport"}, follow=True)
    assert "Chaque projet garde assez de lecteurs" in page(answer)
    assert "Un déport" in page(answer)
    given_now = Assignment.objects.latest("pk")
    assert (given_now.seat, given_now.hearing, given_now.source) == (
        gift.seat,
        first.hearing,
        AssignmentSource.REPAIRED,
    )
    assert JournalEntry.objects.filter(verb="juries.dossiers_shared").count() == 2
    with pytest.raises(ValidationError):
        coverage.share_out(actor=world.manager, sitting=world.sitting, reason="Encore")


@db
@pytest.mark.parametrize(("jurors", "enough"), [(2, True), (1, False)])
def test_before_the_opening_nothing_alarms_where_sharing_out_will_do(client_for, site, jurors, enough):
    world = make.World(projects=2, jurors=jurors, readers_each=3, min_readers=3)
    text = page(client_for(world.manager).get(url("coverage", world.sitting)))
    assert ("À l’ouverture de la notation, chaque projet aura ses lecteurs." in text) is enough
    assert ("Trop peu de lecteurs" in text) is not enough


@db
def test_a_project_that_nobody_else_may_read_says_what_to_do(client_for, site):
    world = make.World(projects=2, jurors=1, readers_each=2, min_readers=2).open_scoring()
    scoring.recuse(actor=world.jurors[0], hearing=world.hearings[0])
    text = page(client_for(world.manager).get(url("coverage", world.sitting)))
    assert "Personne d’autre ne peut le lire" in text
    proposal = coverage.propose(world.sitting)
    assert [row.hearing for row in proposal.uncovered] == [world.hearings[0]]
    assert proposal.gifts == []
    substitute = make.person("Remplaçante")
    sittings.add_seat(actor=world.manager, sitting=world.sitting, user=substitute)
    (gift,) = coverage.propose(world.sitting).gifts
    assert (gift.seat.user, gift.row.hearing) == (substitute, world.hearings[0])


@db
def test_one_dossier_is_given_by_hand_with_its_reason(client_for, site):
    world = make.World(projects=2, jurors=3, readers_each=2).open_scoring()
    client = client_for(world.manager)
    hearing = world.hearings[0]
    row = coverage.coverage_of(world.sitting).by_hearing[hearing.pk]
    spare = row.spare[0]
    posted = {"seat": str(spare.pk), "reason": ""}
    text = page(client.post(url("give_dossier", world.sitting, hearing), posted, follow=True))
    assert "Dites en quelques mots pourquoi" in text
    posted["reason"] = "Connaît les marchés publics"
    text = page(client.post(url("give_dossier", world.sitting, hearing), posted, follow=True))
    assert "Connaît les marchés publics" in text
    assert Assignment.objects.get(seat=spare, hearing=hearing).source == AssignmentSource.BY_HAND
    for seat, sentence in ((spare.pk, "le lit déjà"), ("x", "qui a une voix"), (10**30, "qui a une voix")):
        again = client.post(
            url("give_dossier", world.sitting, hearing), {"seat": str(seat), "reason": "Encore"}, follow=True
        )
        assert sentence in page(again)


@db
def test_more_readers_than_members_hold_up_the_opening():
    world = make.World(projects=1, jurors=1, readers_each=3)
    with pytest.raises(ValidationError) as caught:
        world.open_scoring()
    assert "3 lecteurs" in caught.value.messages[0].replace("\u00a0", " ")


@db
@pytest.mark.parametrize("projects", [1, 3])
def test_the_coverage_page_costs_the_same_for_any_number(client_for, site, assert_queries, projects):
    world = make.World(projects=projects, jurors=3, readers_each=2).open_scoring()
    client = client_for(world.manager)
    client.get(url("coverage", world.sitting))
    with assert_queries(COVERAGE_QUERIES):
        client.get(url("coverage", world.sitting))


COVERAGE_QUERIES = 14
