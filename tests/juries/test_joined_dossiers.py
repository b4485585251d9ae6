"""A project that another has joined: jurors read both texts, without names where names are hidden."""

from datetime import timedelta

import pytest
from django.urls import reverse

from calls.domain import applications, completion
from calls.domain.joining import join_applications
from incubator.core import clock
from juries.domain import anonymity, dossiers, sittings
from juries.queries import reading_list, texts_for_jury
from tests.factories import juries as make
from tests.factories.calls import make_application, make_call

pytestmark = pytest.mark.django_db

SCORE_QUERIES, PACK_QUERIES = 9, 11
OURS = "Chaque badge ouvre une seule porte."
THEIRS = "Trop de badges, disent Yuna Le Bihan et Goulven\u00a0: un pour la cantine."


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


def joined_world(projects: int = 1, **sitting):
    """A sitting with projects, each joined by another application of the cohort."""
    world = make.World(projects=0, **sitting)
    call = make_call(programme=world.programme, manager=world.manager, cohort=world.cohort)
    world.stays, world.joined = [], []
    for _number in range(projects):
        lead, other = make.person("Awen"), make.person("Goulven", "Kersauson")
        one = make_application(
            call=call, user=lead, answers={"title": "Un seul badge", "probleme": OURS, "combien": "12"}
        )
        two = make_application(
            call=call,
            user=other,
            answers={"title": "Le badge de Goulven", "probleme": THEIRS, "combien": "40"},
        )
        # Named on paper, without an account: they move nowhere, their name is hidden all the same.
        two.applicants.create(first_name="Yuna", last_name="Le Bihan", role="member")
        join_applications(actor=world.manager, application=two, into=one, reason="Même problème.")
        one.refresh_from_db()
        two.refresh_from_db()
        world.stays.append(one)
        world.joined.append(two)
        world.hearings.append(
            sittings.add_hearing(actor=world.manager, sitting=world.sitting, project=one.project)
        )
    return world


def score_url(hearing) -> str:
    return reverse("juries:score", args=[hearing.sitting.code, hearing.uuid])


def pack_url(world) -> str:
    seat = world.sitting.seats.get(user=world.jurors[0])
    return reverse("juries:pack", args=[world.sitting.code, seat.pk])


def said(client, address: str) -> str:
    return client.get(address).content.decode()


def test_both_texts_are_read_the_joined_one_under_its_name(client_for):
    world = joined_world().open_scoring()
    (hearing,) = world.hearings
    juror = client_for(world.jurors[0])
    page = said(juror, score_url(hearing))
    ours, _heading, theirs = page.partition("Candidature jointe\u00a0: «\u00a0Le badge de Goulven\u00a0»")
    assert OURS in ours
    assert THEIRS in theirs
    pack = said(juror, pack_url(world))
    assert pack.index(OURS) < pack.index("Candidature jointe") < pack.index(THEIRS)
    assert hearing.dossier["words"] == dossiers.cut(hearing.dossier).words
    assert hearing.dossier["words"] > len(f"{OURS} {THEIRS}".split())


def test_where_names_are_hidden_those_of_the_joined_team_are_too(client_for):
    world = joined_world(names_hidden=True).open_scoring()
    (hearing,) = world.hearings
    read = str(hearing.dossier) + said(client_for(world.jurors[0]), score_url(hearing))
    for name in ("Goulven", "Kersauson", "Yuna", "Le Bihan"):
        assert name not in read
    assert "un pour la cantine" in read
    parts = anonymity.preview(
        hearing, hearing.original, anonymity.people_behind([hearing.project])[hearing.project_id]
    )
    assert {"Yuna Le Bihan", "Goulven"} <= {word for _label, part in parts for word in part.hidden}


def test_what_both_say_alike_is_said_once():
    dossier = {
        "problem": "Le même texte.",
        "answers": [],
        "joined": [{"title": "L’autre", "answers": [{"label": "Q", "text": "Le même texte."}]}],
    }
    assert dossiers.whole(dossier) == [{"label": "", "text": "Le même texte."}]
    dossier["joined"][0]["answers"].append({"label": "R", "text": "Un autre texte."})
    assert dossiers.whole(dossier)[1:] == [{"label": "R", "text": "Un autre texte.", "joined": "L’autre"}]


def test_a_long_dossier_names_the_joined_text_once_wherever_it_is_cut():
    long = " ".join(f"mot{number}" for number in range(1, 201))
    reading = dossiers.cut(
        {
            "problem": long,
            "answers": [],
            "joined": [{"title": "L’autre", "answers": [{"label": "R", "text": f"{long} et plus"}]}],
        }
    )
    assert [part.get("joined", "") for part in (*reading.shown, *reading.more)] == ["", "L’autre", ""]


def test_a_text_that_was_being_completed_when_it_joined_is_read_as_submitted():
    world = make.World(projects=0)
    call = make_call(programme=world.programme, manager=world.manager, cohort=world.cohort)
    author = make.person("Nolwenn")
    one = make_application(call=call, user=make.person("Awen"))
    two = make_application(
        call=call, user=author, answers={"title": "Deux", "probleme": OURS, "combien": "3"}
    )
    completion.ask_completion(
        actor=world.manager, application=two, keys=["probleme"], message="Dites où.",
        due_on=clock.today() + timedelta(days=7),
    )  # fmt: skip
    applications.save_answers(actor=author, application=two, values={"probleme": "Pas encore envoyé"})
    join_applications(actor=world.manager, application=two, into=one, reason="Même problème.")
    one.refresh_from_db()
    read = str(texts_for_jury([one.project]))
    assert OURS in read
    assert "Pas encore envoyé" not in read


@pytest.mark.parametrize("projects", [1, 3])
def test_reading_both_costs_the_same_for_any_number(assert_queries, projects):
    """Three queries, whatever the number of projects, also while a completion is being written."""
    world = joined_world(projects)
    late = make.person("Maël")
    call = world.stays[0].call
    for _number in range(projects):
        asked = make_application(call=call, user=late)
        completion.ask_completion(
            actor=world.manager,
            application=asked,
            keys=["probleme"],
            message="Dites où.",
            due_on=clock.today(),
        )
        world.stays.append(asked)
    found = [application.project for application in world.stays]
    with assert_queries(3):
        texts = texts_for_jury(found)
    assert [len(texts[project.pk]) for project in found] == [2] * projects + [1] * projects


@pytest.mark.parametrize("projects", [1, 3])
def test_the_score_form_and_the_pack_keep_their_budget(client_for, assert_queries, projects):
    world = joined_world(projects).open_scoring()
    juror = client_for(world.jurors[0])
    first = list(reading_list(world.sitting, world.jurors[0]).order)[0]
    url = score_url(next(hearing for hearing in world.hearings if hearing.pk == first))
    pack = pack_url(world)
    with assert_queries(SCORE_QUERIES):
        assert juror.get(url).status_code == 200
    with assert_queries(PACK_QUERIES):
        assert juror.get(pack).status_code == 200
