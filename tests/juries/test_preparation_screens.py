"""A sitting prepared in the space, and its grids written and copied in the admin; through HTTP."""

import html

import pytest
from django.urls import reverse

from juries.domain import copies, sittings
from juries.models import Grid
from tests.factories import juries as make

pytestmark = pytest.mark.django_db


def page(answer) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("’", "'")


def url(name, world, **kwargs):
    return reverse(f"juries:{name}", kwargs={"code": world.sitting.code, **kwargs})


# -- Preparation -------------------------------------------------------------------------------------------


def test_the_manager_prepares_a_sitting_in_the_space(client_for, site):
    world = make.World(projects=2)
    sittings.cancel_sitting(actor=world.manager, sitting=world.sitting, reason="Une grève ce jour-là.")
    client = client_for(world.manager)
    answer = client.post(
        reverse("juries:new"),
        {
            "body": "Pré-jury",
            "cohort": world.cohort.pk,
            "gate": "preselection",
            "starts_at": "2030-03-05T09:30",
            "grid_version": world.grid.pk,
            "quorum": "2",
            "places": "1",
        },
    )
    code = "pre-jury-2030-03-05"
    assert answer.url == reverse("juries:detail", args=[code])
    text = page(client.get(answer.url))
    assert "Personne ne préside" in text
    assert "mardi 5 mars 2030" in text
    members = reverse("juries:members", args=[code])
    assert str(world.president) in page(client.get(members, {"q": world.president.last_name}))
    client.post(members, {"user": world.president.pk, "role": "president"})
    client.post(members, {"user": world.jurors[0].pk, "role": "juror"})
    twice = client.post(members, {"user": world.jurors[0].pk, "role": "juror"}, follow=True)
    assert "siège déjà" in page(twice)
    hearings = reverse("juries:hearings", args=[code])
    client.post(hearings, {"project": [project.code for project in world.projects]})
    text = page(client.get(answer.url))
    assert "Tout est prêt : ouvrez la notation" in text
    client.post(reverse("juries:open_scoring", args=[code]))
    assert "Le jury lit les dossiers" in page(client.get(answer.url))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts_at": "demain"}, "Écrivez-la comme 05/03/2030 09:30"),
        ({"quorum": "0"}, "supérieure ou égale à 1"),
        ({"gate": "other"}, "choix valide"),
        ({"cohort": "999999"}, "choix valide"),
        ({"body": ""}, "Dites quelle instance se réunit"),
    ],
)
def test_a_wrong_frame_gets_a_sentence_and_keeps_what_was_typed(client_for, site, changes, sentence):
    world = make.World(projects=1)
    posted = {
        "body": "Un jury écrit avec soin",
        "cohort": world.cohort.pk,
        "gate": "preselection",
        "starts_at": "2030-03-05T09:30",
        "quorum": "2",
        "place": "Salle des Actes",
        **changes,
    }
    answer = client_for(world.manager).post(reverse("juries:new"), posted)
    assert answer.status_code == 200
    assert sentence in page(answer)
    assert "Salle des Actes" in page(answer)


def test_the_order_of_passage_and_the_hours_are_kept(client_for, site):
    world = make.World(projects=2)
    first, second = world.hearings
    client = client_for(world.manager)
    client.post(
        url("order", world),
        {
            f"place-{first.uuid}": "2",
            f"hour-{first.uuid}": "14:30",
            f"place-{second.uuid}": "1",
            f"hour-{second.uuid}": "14h10",
        },
    )
    listed = list(world.sitting.hearings.order_by("position"))
    assert [hearing.pk for hearing in listed] == [second.pk, first.pk]
    answer = client.post(url("order", world), {f"hour-{first.uuid}": "midi"}, follow=True)
    assert "« midi » n'est pas une heure" in page(answer)


# -- Grids in the admin ------------------------------------------------------------------------------------


def grid_fields(world, **changes):
    fields = {"programme": world.programme.pk, "name": "Grille du hackathon"}
    for number in range(1, 9):
        for name in ("label", "question", "weight", *(f"anchor_{mark}" for mark in range(1, 6))):
            fields[f"{name}_{number}"] = ""
    fields |= {
        "label_1": "Le problème",
        "weight_1": "2",
        "anchor_1_1": "Supposé",
        "anchor_3_1": "Vécu",
        "anchor_5_1": "Mesuré",
    }
    return {**fields, **changes}


def test_a_manager_writes_a_grid_in_the_admin(client_for, site):
    world = make.World(projects=1)
    client = client_for(world.manager)
    assert client.get(reverse("grids:add")).status_code == 200
    answer = client.post(reverse("grids:add"), grid_fields(world))
    assert answer.status_code == 302, page(answer)
    grid = Grid.objects.get(name="Grille du hackathon")
    criterion = grid.versions.get().criteria.get()
    assert (criterion.label, criterion.weight, criterion.anchor_5) == ("Le problème", 2, "Mesuré")
    edit = reverse("grids:edit", args=[grid.pk])
    assert 'value="Mesuré"' in page(client.get(edit))
    client.post(edit, grid_fields(world, anchor_5_1="Mesuré auprès de cent usagers"))
    assert grid.versions.get().criteria.get().anchor_5 == "Mesuré auprès de cent usagers"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weight_1": "0"}, "un poids de 0 ne compte pour rien"),
        ({"weight_1": ""}, "un poids de 0 ne compte pour rien"),
        ({"anchor_3_1": ""}, "Décrivez cette note"),
        ({"label_1": ""}, "Donnez un nom à chaque critère"),
    ],
)
def test_a_wrong_grid_gets_a_sentence(client_for, site, changes, sentence):
    world = make.World(projects=1)
    answer = client_for(world.manager).post(reverse("grids:add"), grid_fields(world, **changes))
    assert answer.status_code == 200
    assert sentence in page(answer)
    assert "Grille du hackathon" in page(answer)


def test_grids_of_another_programme_are_not_found(client_for, site):
    world, other = make.World(projects=1), make.World(projects=1)
    client = client_for(other.manager)
    assert client.get(reverse("grids:edit", args=[world.grid.grid.pk])).status_code == 404
    assert client_for(world.jurors[0]).get(reverse("grids:index")).status_code in {302, 403}


def test_a_grid_is_copied_in_the_admin_and_the_frozen_one_stays_as_it_is(client_for, site):
    world = make.World(projects=1).open_scoring().everyone_scores()
    frozen = world.grid
    client = client_for(world.manager)
    copy = reverse("grids:copy", args=[frozen.grid.pk])
    assert copy in page(client.get(reverse("grids:index")))
    form = page(client.get(copy))
    assert 'value="Grille (copie)"' in form
    assert 'value="Deux jours par semaine, accord signé"' in form
    before = [copies.as_data(criterion) for criterion in frozen.criteria.all()]
    answer = client.post(copy, grid_fields(world, name="Grille (copie)", weight_1="3"))
    assert answer.status_code == 302, page(answer)
    made = Grid.objects.get(name="Grille (copie)").versions.get()
    assert (made.number, made.frozen_at, made.criteria.get().weight) == (1, None, 3)
    assert frozen.grid.versions.get() == frozen
    assert [copies.as_data(criterion) for criterion in frozen.criteria.all()] == before
    edit = reverse("grids:edit", args=[made.grid.pk])
    client.post(edit, grid_fields(world, name="Grille (copie)", weight_1="4"))
    assert made.grid.versions.get().criteria.get().weight == 4
    other = make.World(projects=1)
    assert client_for(other.manager).get(copy).status_code == 404
