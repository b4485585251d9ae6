"""A link that the site found wrongly: lifted by the organiser, with a reason, before the deliberation."""

import html

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from incubator.core.models import JournalEntry
from incubator.core.models.base import AppendOnlyError
from juries import queries
from juries.domain import coverage, links, scoring
from juries.models import LiftedLink, Recusal
from projects.domain import projects as project_verbs
from projects.domain.projects import assign_companion
from tests.factories import juries as make

pytestmark = pytest.mark.django_db

WHY = "Elle n’accompagne plus ce projet depuis deux ans."


def linked_world(**sitting):
    """The first juror accompanies the first project; the site finds it."""
    world = make.World(projects=2, jurors=3, **sitting)
    assign_companion(actor=world.manager, project=world.projects[0], user=world.jurors[0])
    return world


def lift(world, actor=None, reason=WHY, juror=0, hearing=0):
    hearing = world.hearings[hearing]
    hearing.refresh_from_db()
    seat = world.sitting.seats.get(user=world.jurors[juror])
    return links.lift_found_link(actor=actor or world.manager, seat=seat, hearing=hearing, reason=reason)


def page_of(client, world) -> str:
    answer = client.get(reverse("juries:coverage", args=[world.sitting.code]))
    return html.unescape(answer.content.decode()).replace("\u00a0", " ")


@pytest.mark.parametrize("opened", [False, True])
def test_the_juror_may_judge_again_and_the_site_finds_the_link_no_more(opened):
    world = linked_world()
    if opened:
        world.open_scoring()
        assert Recusal.objects.get().reason == "coach"
    lifted = lift(world)
    assert (lifted.found, lifted.reason, lifted.lifted_by) == ("coach", WHY, world.manager)
    (entry,) = JournalEntry.objects.filter(verb="juries.link_lifted")
    assert (entry.actor, entry.data["found"], entry.data["reason"]) == (world.manager, "coach", WHY)
    if not opened:
        world.open_scoring()
    assert not Recusal.objects.exists()
    me, hearing = world.jurors[0], world.hearings[0]
    assert hearing.pk in queries.reading_list(world.sitting, me).order
    row = coverage.coverage_of(world.sitting).by_hearing[hearing.pk]
    assert me in [seat.user for seat in row.readers]
    world.give(me, hearing, 4, 4, 4)
    world.give(world.president, hearing, 4, 4, 4)
    world.deliberate()
    assert not Recusal.objects.exists()
    with pytest.raises(ValidationError):
        lift(world)
    with pytest.raises(AppendOnlyError):
        lifted.delete()


def test_only_the_organiser_lifts_and_says_why():
    world = linked_world().open_scoring()
    for stranger in (world.president, world.jurors[0], world.sponsor):
        with pytest.raises(PermissionDenied):
            lift(world, actor=stranger)
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(ValidationError) as refused:
            lift(world, reason=reason)
        assert "reason" in refused.value.message_dict
    with pytest.raises(ValidationError, match="n’est pas en déport"):
        lift(world, juror=1)
    assert Recusal.objects.count() == 1
    assert not LiftedLink.objects.exists()


def test_what_a_juror_declares_and_a_team_of_today_stay():
    world = linked_world()
    project_verbs.add_member(actor=world.manager, project=world.projects[1], user=world.jurors[1])
    world.open_scoring()
    scoring.recuse(actor=world.jurors[2], hearing=world.hearings[0], reason="Une amie")
    with pytest.raises(ValidationError, match="a déclaré ce lien"):
        lift(world, juror=2)
    with pytest.raises(ValidationError, match="fait partie de l’équipe"):
        lift(world, juror=1, hearing=1)
    assert Recusal.objects.count() == 3


def test_the_page_says_why_and_lifts_and_proposes_the_dossier(client_for, site):
    world = linked_world(readers_each=3, min_readers=2).open_scoring()
    client = client_for(world.manager)
    me, hearing = world.jurors[0], world.hearings[0]
    text = page_of(client, world)
    assert f"{me}, accompagne le projet" in text
    assert "Une amie" not in text
    seat = world.sitting.seats.get(user=me)
    address = reverse("juries:lift_link", args=[world.sitting.code, hearing.uuid, seat.pk])
    assert address in text
    refused = client.post(address, {"reason": ""})
    assert refused.status_code == 200
    assert "Dites en une phrase pourquoi" in html.unescape(refused.content.decode())
    long = "Trop long. " * 60
    assert long.strip() in html.unescape(client.post(address, {"reason": long}).content.decode())
    done = client.post(address, {"reason": WHY}, follow=True)
    assert done.status_code == 200
    text = page_of(client, world)
    assert f"Lien de {me} levé par {world.manager}" in text
    assert WHY in text
    assert address not in text
    row = coverage.coverage_of(world.sitting).by_hearing[hearing.pk]
    assert me in [one.user for one in (*row.spare, *row.readers)]


def test_a_declared_link_has_no_button_and_its_words_stay_the_jurors(client_for, site):
    world = make.World(projects=1, jurors=2).open_scoring()
    scoring.recuse(actor=world.jurors[0], hearing=world.hearings[0], reason="Une amie")
    text = page_of(client_for(world.manager), world)
    assert f"{world.jurors[0]}, déclaré par le membre" in text
    assert "Une amie" not in text
    assert "Lever ce lien" not in text
