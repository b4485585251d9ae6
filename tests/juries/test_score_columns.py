"""Exports of applications say the results of the juries, to those who may read them only."""

import csv
import io

import pytest

from juries.score_columns import score_columns
from tests.factories.calls import make_call
from tests.factories.juries import World
from tests.factories.projects import make_manager, make_person, make_programme

pytestmark = pytest.mark.django_db


def test_results_are_columns_for_who_may_read_them_and_only_once_the_scoring_is_over(client_for, site):
    world = World(projects=2, jurors=2)
    call = make_call(programme=world.programme, manager=world.manager, cohort=world.cohort)
    world.open_scoring()
    assert score_columns(world.manager, call) is None
    for user in world.everyone:
        world.give(user, world.hearings[0], 4, 4, 4)
        world.give(user, world.hearings[1], 2, 2, 2)
    world.deliberate()
    found = score_columns(world.manager, call)
    assert [column.key for column in found.columns] == [
        f"{world.sitting.code}.mean",
        f"{world.sitting.code}.rank",
    ]

    class Of:
        def __init__(self, hearing):
            self.project_id = hearing.project_id

    assert [str(value) for value in found.values(Of(world.hearings[0]))] == ["4.00", "1"]
    assert [str(value) for value in found.values(Of(world.hearings[1]))] == ["2.00", "2"]
    for user in (world.jurors[0], make_person(), make_manager(make_programme())):
        assert score_columns(user, call) is None
    response = client_for(world.manager).get(f"/appels/{call.code}/candidatures/export.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    head = next(csv.reader(io.StringIO(text), delimiter=";"))
    assert head[-2].startswith("Moyenne, ")
    assert head[-1].startswith("Rang, ")
