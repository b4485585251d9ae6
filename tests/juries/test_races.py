"""Two people, or two tabs, at the same moment: nothing is lost, nothing is done twice."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from incubator.core.models import Letter
from juries.domain import decisions, scoring, sittings
from juries.enums import SittingState
from juries.models import Evaluation, Minutes, Score, ScoreChange, Sitting
from projects.models import Transition
from tests.factories import juries as make

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts) -> list:
    """Run the acts at the same moment, each on its own connection; answer what each returned or raised."""
    start = threading.Barrier(len(acts))
    results: list = [None] * len(acts)

    def run(index, act):
        try:
            start.wait(timeout=20)
            results[index] = act()
        except Exception as error:  # noqa: BLE001  what was raised is the result
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_two_presidents_clicking_together_make_one(site):
    world = make.World(projects=3).open_scoring().deliberate().decide_all()

    def pronounce():
        return decisions.pronounce(actor=world.president, sitting=Sitting.objects.get(pk=world.sitting.pk))

    results = together(pronounce, pronounce, pronounce)
    assert sorted(type(result).__name__ for result in results) == ["Minutes", "Refused", "Refused"]
    assert Minutes.objects.count() == 1
    assert Transition.objects.count() == 3
    assert Letter.objects.count() == 3


def test_two_tabs_of_one_juror_make_one_evaluation(site):
    world = make.World(projects=1).open_scoring()
    juror, hearing = world.jurors[0], world.hearings[0]

    def save(mark):
        return lambda: scoring.save_scores(actor=juror, hearing=hearing, scores={"effet": mark})

    results = together(*(save(mark) for mark in (1, 2, 3, 4)))
    assert not [result for result in results if isinstance(result, Exception)], results
    assert Evaluation.objects.count() == 1
    assert Score.objects.count() == 1
    changes = list(ScoreChange.objects.order_by("pk").values_list("old", "new"))
    assert len(changes) == 3
    assert all(before[1] == after[0] for before, after in zip(changes, changes[1:], strict=False))
    assert changes[-1][1] == Score.objects.get().value


def test_no_mark_slips_in_once_the_deliberation_is_open(site):
    world = make.World(projects=1, jurors=3).open_scoring()
    hearing = world.hearings[0]

    def save(juror):
        return lambda: scoring.save_scores(actor=juror, hearing=hearing, scores={"effet": 5})

    def deliberate():
        sitting = Sitting.objects.get(pk=world.sitting.pk)
        return sittings.begin_deliberation(actor=world.president, sitting=sitting, present=world.everyone)

    results = together(deliberate, *(save(juror) for juror in world.jurors))
    world.sitting.refresh_from_db()
    assert world.sitting.state == SittingState.DELIBERATING
    refused = [result for result in results if isinstance(result, ValidationError)]
    assert len(refused) + Score.objects.count() == len(world.jurors)
    assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, ValidationError)]
    opened_at = world.sitting.transitions.get(name="begin_deliberation").created_at
    assert all(evaluation.saved_at <= opened_at for evaluation in Evaluation.objects.all())
