"""A comparison of projects in the minutes: what was compared and why, by whom, and what it gives; sealed."""

import html
import re

import pytest
from django.urls import reverse

from juries.domain import tie_breaks
from juries.models import Minutes
from tests.factories import juries as make
from tests.juries.test_minutes_pdf import needs_pango, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Two projects level by the marks; the president and two jurors compare them, two to one, the third is away."""
    world = make.World(projects=3, jurors=3, places=1).open_scoring()
    for hearing, mark in zip(world.hearings, (4, 4, 2), strict=True):
        for user in world.everyone:
            world.give(user, hearing, mark, mark, mark)
    world.deliberate(present=world.everyone[:3])
    level = world.hearings[:2]
    one = tie_breaks.open_tie_break(actor=world.president, sitting=world.sitting, hearings=level)
    for user, preferred in zip(world.everyone[:3], (1, 1, 0), strict=True):
        pair = tuple(hearing.pk for hearing in level)
        answers = {pair: level[preferred].pk}
        tie_breaks.answer_tie_break(actor=user, tie_break=one, answers=answers)
    tie_breaks.close_tie_break(actor=world.president, tie_break=one)
    # A second one is left open: it has no result to record.
    tie_breaks.open_tie_break(actor=world.president, sitting=world.sitting, hearings=world.hearings[1:])
    return world.decide_all()


def test_the_minutes_say_who_compared_what_why_and_what_it_gives(client_for, site, world):
    world.pronounce()
    (kept,) = Minutes.objects.get().content["tie_breaks"]
    assert kept["number"] == 1
    assert kept["closed_by"] == str(world.president)
    assert kept["projects"] == [
        {"title": "Projet A", "rank": "1 ex æquo", "mean": "4,0"},
        {"title": "Projet B", "rank": "1 ex æquo", "mean": "4,0"},
    ]
    assert kept["who"] == [str(user) for user in world.everyone[:3]]
    assert kept["result"]["sentence"].replace("\u00a0", " ") == (
        "« Projet B » serait étudié d’abord : 2 réponses sur 3."
    )
    answer = client_for(world.jurors[2]).get(reverse("juries:minutes", args=[world.sitting.code]))
    text = html.unescape(answer.content.decode()).replace("\u00a0", " ")
    assert "Départage n° 1" in text
    assert "Projet A (rang 1 ex æquo, moyenne 4,0), Projet B (rang 1 ex æquo, moyenne 4,0)." in text
    assert f"Comparés par : {', '.join(map(str, world.everyone[:3]))}." in text
    assert "« Projet B » serait étudié d’abord : 2 réponses sur 3." in text
    assert "Départage n° 2" not in text


def test_without_a_comparison_the_minutes_have_no_such_part(client_for, site):
    world = make.World(projects=1, jurors=1).open_scoring().deliberate().decide_all()
    world.pronounce()
    assert Minutes.objects.get().content["tie_breaks"] == []
    answer = client_for(world.president).get(reverse("juries:minutes", args=[world.sitting.code]))
    assert "Départage" not in html.unescape(answer.content.decode())


@needs_pango
def test_the_pdf_has_it_as_a_titled_part(client_for, site, world):
    world.tell()
    world.pronounce()
    sent = client_for(world.president).post(reverse("juries:minutes_pdf", args=[world.sitting.code]))
    without = make.World(projects=3, jurors=3, places=1).open_scoring().deliberate().decide_all().tell()
    without.pronounce()
    other = client_for(without.president).post(reverse("juries:minutes_pdf", args=[without.sitting.code]))

    def titles(answer) -> int:
        return len(re.findall(rb"/S /H[23]\b", opened(b"".join(answer.streaming_content))))

    assert titles(sent) == titles(other) + 2  # the part, and its one comparison
