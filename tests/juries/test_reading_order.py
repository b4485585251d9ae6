"""The order in which a juror reads: drawn for each, and the same from the first dossier to the last."""

from datetime import timedelta

import pytest
from django.utils import timezone

from incubator.core import clock
from juries import queries
from juries.domain import agenda, scoring
from juries.models import Hearing
from projects.domain import projects as project_verbs
from tests.factories import juries as make

pytestmark = pytest.mark.django_db


def order_of(world, user) -> list[int]:
    return list(queries.reading_list(world.sitting, user).order)


def added(world) -> Hearing:
    """A project that comes in after the opening, as no verb allows today."""
    project = world.open_project("Projet tardif")
    dossier = {"title": "Projet tardif", "words": 10}
    return Hearing.objects.create(sitting=world.sitting, project=project, position=1, dossier=dossier)


def test_it_is_drawn_for_each_juror_and_never_drawn_again():
    world = make.World(projects=8, jurors=3).open_scoring()
    orders = [order_of(world, user) for user in world.everyone]
    assert len({tuple(order) for order in orders}) > 1
    assert all(sorted(order) == sorted(hearing.pk for hearing in world.hearings) for order in orders)
    assert orders == [order_of(world, user) for user in world.everyone]


def test_the_others_keep_their_order_when_a_project_comes_leaves_or_is_stood_aside_from():
    world = make.World(projects=8, jurors=2).open_scoring()
    me = world.jurors[0]
    before = order_of(world, me)
    first = Hearing.objects.select_related("sitting", "project").get(pk=before[0])
    world.give(me, first, 3, 3, 3)
    late = added(world)
    assert [pk for pk in order_of(world, me) if pk != late.pk] == before
    gone = Hearing.objects.select_related("project").get(pk=before[3])
    project_verbs.withdraw(actor=world.manager, project=gone.project)
    scoring.recuse(actor=me, hearing=Hearing.objects.get(pk=before[5]))
    left = [pk for pk in before if pk not in {before[3], before[5]}]
    assert [pk for pk in order_of(world, me) if pk != late.pk] == left


def passage_of(world) -> list[int]:
    return [hearing.pk for hearing in world.hearings]


def test_hours_of_passage_given_while_jurors_read_change_no_order_until_the_day():
    world = make.World(projects=8, jurors=3).open_scoring()
    before = [order_of(world, user) for user in world.everyone]
    assert passage_of(world) not in before
    agenda.make_hours(actor=world.manager, sitting=world.sitting, minutes_each=20)
    assert [order_of(world, user) for user in world.everyone] == before
    evening = midnight_before(world.sitting.starts_at) - timedelta(minutes=1)
    with clock.at(evening):
        assert [order_of(world, user) for user in world.everyone] == before
    with clock.at(evening + timedelta(minutes=2)):  # they listen to the teams, one after the other
        assert [order_of(world, user) for user in world.everyone] == [passage_of(world)] * 4


def midnight_before(moment):
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)


def test_without_hours_the_order_stays_drawn_on_the_day_too():
    world = make.World(projects=8, jurors=1).open_scoring()
    before = order_of(world, world.jurors[0])
    with clock.at(world.sitting.starts_at):
        assert order_of(world, world.jurors[0]) == before != passage_of(world)


def test_the_order_of_passage_holds_when_the_only_project_with_an_hour_leaves():
    world = make.World(projects=6, jurors=1)
    Hearing.objects.filter(pk=world.hearings[2].pk).update(starts_at=clock.now() + timedelta(days=2))
    world.open_scoring()
    me = world.jurors[0]
    with clock.at(world.sitting.starts_at):
        assert order_of(world, me) == passage_of(world)
        project_verbs.withdraw(actor=world.manager, project=world.projects[2])
        assert order_of(world, me) == [pk for pk in passage_of(world) if pk != world.hearings[2].pk]
