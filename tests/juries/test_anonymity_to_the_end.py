"""An anonymous sitting on paper and up to its decisions: who must not know reads no name, and no title that tells one."""

import html

import pytest
from django.urls import reverse

from incubator.core.models import Refused
from juries.domain import decisions, sittings
from juries.enums import NamesReturn, SeatRole
from projects.enums import Gate, Outcome, Stage, TeamRole
from tests.factories import juries as make
from tests.factories import projects as project_factory

pytestmark = pytest.mark.django_db

NAMED = "La méthode de Maëlle Quéméneur"


def in_preincubation(_world, project) -> None:
    project_factory.bring_to(project, Stage.PREINCUBATION)


def anonymous_world(**sitting):
    world = make.World(projects=0, jurors=2, names_hidden=True, gate=Gate.PREINCUBATION_END, **sitting)
    lead = make.person("Maëlle", "Quéméneur", phone="+33612345678")
    project = world.open_project(
        NAMED,
        team=[(lead, TeamRole.LEAD)],
        problem="Maëlle Quéméneur attend depuis des mois, au 06 12 34 56 78.",
    )
    project_factory.bring_to(project, Stage.PREINCUBATION)
    world.projects = [project]
    world.hearings = [sittings.add_hearing(actor=world.manager, sitting=world.sitting, project=project)]
    return world


def page(client, name, world, *args, **kwargs) -> str:
    answer = client.get(reverse(f"juries:{name}", args=[world.sitting.code, *args]), **kwargs)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode()).replace("\u00a0", " ")


def tells(text: str) -> list[str]:
    return [word for word in ("Maëlle", "Quéméneur", "06 12", "12 34 56 78") if word in text]


def test_no_name_is_in_the_reading_pack_on_the_screen_nor_on_paper(client_for, site):
    world = anonymous_world().open_scoring()
    seat = world.sitting.seats.get(user=world.jurors[0])
    title = world.hearings[0].dossier["title"]
    for reader in (world.jurors[0], world.manager):  # the manager hands the same pack out
        text = page(client_for(reader), "pack", world, seat.pk)
        assert title in text
        assert tells(text) == []
    answer = client_for(world.jurors[0]).get(reverse("juries:pack", args=[world.sitting.code, seat.pk]))
    assert tells(str(answer.headers)) == []
    grid = page(client_for(world.manager), "paper_grid", world, seat.pk, world.hearings[0].uuid)
    assert tells(grid) == []


@pytest.mark.parametrize(
    ("returns", "named"),
    [(NamesReturn.PRESIDENT, False), (NamesReturn.EVERYONE, True), (NamesReturn.PRONOUNCED, False)],
)
def test_a_sponsor_who_sits_agrees_without_a_name_as_long_as_members_read_none(
    client_for, site, returns, named
):
    world = anonymous_world(names_return=returns)
    sittings.add_seat(actor=world.manager, sitting=world.sitting, user=world.sponsor, role=SeatRole.OBSERVER)
    world.open_scoring().everyone_scores().deliberate()
    world.decide(
        world.hearings[0],
        Outcome.STARTUP_INTERNAL,
        demands=project_factory.demands_for(Outcome.STARTUP_INTERNAL),
    )
    client = client_for(world.sponsor)
    assert (NAMED in page(client, "sign_off", world)) is named
    assert bool(tells(page(client, "sign_off", world))) is named
    done = client.post(
        reverse("juries:sign_off_one", args=[world.sitting.code, world.hearings[0].uuid]), follow=True
    )
    said = html.unescape(done.content.decode())
    assert "Vous avez donné" in said or "accord" in said
    assert bool(tells(said)) is named


def test_a_sponsor_without_a_seat_reads_what_they_engage(client_for, site):
    world = anonymous_world(names_return=NamesReturn.PRONOUNCED)
    world.open_scoring().everyone_scores().deliberate()
    world.decide(
        world.hearings[0],
        Outcome.STARTUP_INTERNAL,
        demands=project_factory.demands_for(Outcome.STARTUP_INTERNAL),
    )
    assert NAMED in page(client_for(world.sponsor), "sign_off", world)


def test_a_refusal_to_pronounce_tells_the_president_no_name(monkeypatch):
    world = anonymous_world(names_return=NamesReturn.PRONOUNCED)
    world.open_scoring().everyone_scores().deliberate()
    world.decide(world.hearings[0], Outcome.STOP, demands=project_factory.demands_for(Outcome.STOP))

    def refuse(**_arguments):
        raise Refused("Pas aujourd’hui.")

    monkeypatch.setattr(decisions, "apply_outcome", refuse)
    with pytest.raises(Refused) as refused:
        world.pronounce()
    assert "Pas aujourd’hui." in refused.value.messages[0]
    assert tells(refused.value.messages[0]) == []


def test_once_pronounced_everyone_reads_the_names_and_a_correction_bears_them(client_for, site):
    world = anonymous_world()
    world.open_scoring().everyone_scores().deliberate()
    world.decide(world.hearings[0], Outcome.STOP, demands=project_factory.demands_for(Outcome.STOP))
    answers = reverse("juries:answers", args=[world.sitting.code])
    correct = reverse("juries:correct", args=[world.sitting.code, world.hearings[0].uuid])
    for address in (answers, correct):  # not before
        assert client_for(world.jurors[0]).get(address).status_code == 404
        assert not tells(html.unescape(client_for(world.president).get(address).content.decode()))
    world.pronounce()
    assert NAMED in page(client_for(world.manager), "correct", world, world.hearings[0].uuid)
    assert NAMED in page(client_for(world.president), "answers", world)
