"""Reminders to jurors, and the warning that a project has too few readers."""

import html
from datetime import timedelta

import pytest
from django.urls import reverse

from incubator.core import clock
from incubator.core.models import JournalEntry, Letter
from juries.domain import scoring
from projects.domain import projects as project_verbs
from tests.factories import juries as make

pytestmark = pytest.mark.django_db

MONDAY = make.at(2026, 3, 2)


def text_of(answer) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("’", "'")


def url(name, world) -> str:
    return reverse(f"juries:{name}", args=[world.sitting.code])


def test_one_click_reminds_those_who_have_not_finished_once_a_day(client_for, site):
    with clock.at(MONDAY):
        world = make.World(projects=3, jurors=2, starts_at=make.at(2026, 3, 5, 14)).open_scoring()
        late, nearly = world.jurors
        for hearing in world.hearings:
            world.give(world.president, hearing, 3, 3, 3)
        for hearing in world.hearings[:2]:
            world.give(nearly, hearing, 3, 3, 3)
        client = client_for(world.manager)
        assert "Relancer ceux qui n'ont pas fini" in text_of(client.get(url("results", world)))
        assert "2 relances sont écrites" in text_of(client.post(url("remind", world), follow=True))
        written = Letter.objects.order_by("pk")
        assert [(one.recipient, one.kind, one.state) for one in written] == [
            (late, "juries.reminder", "held"),
            (nearly, "juries.reminder", "held"),
        ]
        assert "Il vous reste 3 dossiers à noter" in written[0].body
        assert "Il vous reste un dossier à noter" in written[1].body
        assert "jeudi 5 mars 2026 à 14" in written[0].body
        assert f"/jurys/{world.sitting.code}/noter/" in written[0].body
        again = text_of(client.post(url("remind", world), follow=True))
        assert "aucune lettre n'est ajoutée" in again
        assert Letter.objects.count() == 2
        scoring.recuse(actor=nearly, hearing=world.hearings[2])  # nothing left to give: not reminded again
    with clock.at(MONDAY + timedelta(days=1)):
        assert "1 relance est écrite" in text_of(
            client_for(world.manager).post(url("remind", world), follow=True)
        )
    assert Letter.objects.filter(recipient=late).count() == 2
    assert Letter.objects.filter(recipient=nearly).count() == 1
    assert JournalEntry.objects.filter(verb="juries.jurors_reminded").count() == 2


def test_nobody_is_reminded_when_nothing_is_expected(client_for, site):
    world = make.World(projects=1, jurors=1)
    client = client_for(world.manager)
    assert "il n'y a personne à relancer" in text_of(client.post(url("remind", world), follow=True))
    world.open_scoring().everyone_scores()
    assert "il n'y a personne à relancer" in text_of(client.post(url("remind", world), follow=True))
    assert "Relancer ceux" not in text_of(client.get(url("results", world)))
    assert client_for(world.president).post(url("remind", world)).status_code == 403
    assert not Letter.objects.exists()


def test_the_manager_is_told_when_a_project_has_too_few_readers(client_for, site):
    world = make.World(projects=2, jurors=1)
    project_verbs.add_member(actor=world.manager, project=world.projects[0], user=world.jurors[0])
    client = client_for(world.manager)
    text = text_of(client.get(url("detail", world)))
    assert "Moins de 2 membres pourraient noter : Projet A." in text
    world.open_scoring()
    text = text_of(client.get(url("results", world)))
    assert "Moins de 2 membres peuvent noter : Projet A." in text
