"""The demonstration stops where it is asked to, and never covers real data."""

import pytest
from django.core.management import CommandError, call_command

from home.demo import replay
from home.demo.reset import empty
from projects.models import Project
from tests.factories.projects import make_programme

pytestmark = pytest.mark.same_on_any_database(
    reason="the browser walks load the demonstration on PostgreSQL, from beginning to end"
)


@pytest.mark.parametrize(
    ("stage", "stages"),
    [
        ("call", {"applied": 13}),
        ("selection", {"selected": 6, "not_selected": 4, "redirected": 3}),
    ],
)
def test_the_replay_stops_at_its_stage(stage, stages, db):
    from collections import Counter

    replay.load(stage=stage)
    assert Counter(Project.objects.values_list("stage", flat=True)) == stages


def test_a_site_with_data_of_its_own_is_left_alone(db):
    make_programme()
    with pytest.raises(CommandError, match="people or programmes of its own"):
        call_command("load_demo")


def test_only_a_demonstration_is_emptied(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        empty(is_demo=True)
    settings.DEMO = True
    make_programme()
    with pytest.raises(CommandError, match="nothing was emptied"):
        empty(is_demo=False)
