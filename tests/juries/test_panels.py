"""What other pages show of a sitting: the date for the team, the criteria for everyone, never a score."""

import pytest

from juries import panels
from tests.factories import juries as make

pytestmark = pytest.mark.django_db


def test_the_team_reads_when_it_is_heard_once_the_scoring_is_open():
    world = make.World(projects=1)
    author = world.projects[0].memberships.get().user
    assert panels.next_hearing(author, world.projects[0]) is None
    world.open_scoring().everyone_scores()
    panel = panels.next_hearing(author, world.projects[0])
    assert panel.context["hearing"] == world.hearings[0]
    assert panels.next_hearing(world.jurors[0], world.projects[0]) is None
    assert panels.next_hearing(make.person(), world.projects[0]) is None


def test_nothing_is_announced_any_more_once_the_decisions_are_pronounced():
    world = make.World(projects=1).open_scoring().deliberate().decide_all()
    author = world.projects[0].memberships.get().user
    assert panels.next_hearing(author, world.projects[0]) is not None
    world.pronounce()
    assert panels.next_hearing(author, world.projects[0]) is None


def test_only_those_whom_juries_concern_have_the_entry_of_the_menu():
    world = make.World(projects=1)
    author = world.projects[0].memberships.get().user
    assert [str(entry.label) for entry in panels.entries(world.jurors[0])] == ["Jurys"]
    assert [str(entry.label) for entry in panels.entries(world.manager)] == ["Jurys"]
    assert panels.entries(author) == []
    assert panels.entries(None) == []
