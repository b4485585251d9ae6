"""The juror's screens through HTTP: blind, kept, refused with a sentence, in a constant number of queries."""

import html
from datetime import timedelta

import pytest
from django.urls import reverse

from incubator.core import clock
from juries import queries
from juries.domain import dossiers, scoring
from juries.models import Evaluation, Hearing, Score
from tests.factories import juries as make

pytestmark = pytest.mark.django_db

# Session and user included; the targets are 12 for the form and 12 for the POST.
GET_QUERIES, POST_QUERIES, AUTOSAVE_QUERIES = 10, 12, 11

MARKS = {"probleme": "4", "equipe": "3", "effet": "5"}


def page(answer) -> str:
    return html.unescape(answer.content.decode())


def score_url(hearing) -> str:
    return reverse("juries:score", kwargs={"code": hearing.sitting.code, "hearing": hearing.uuid})


def test_a_juror_reads_and_gives_marks_and_goes_on_to_the_next(client_for, site):
    world = make.World(projects=2, jurors=2).open_scoring()
    client = client_for(world.jurors[0])
    first = client.get(reverse("juries:score_next", args=[world.sitting.code]))
    answer = client.get(first.url)
    assert "1 sur 2" in page(answer)
    assert "environ 4 minutes" in page(answer)
    answer = client.post(first.url, {**MARKS, "comment": "Une équipe solide.", "give": "1"}, follow=True)
    assert "2 sur 2" in page(answer)
    evaluation = Evaluation.objects.get()
    assert evaluation.submitted_at is not None
    assert evaluation.comment == "Une équipe solide."
    assert sorted(evaluation.scores.values_list("criterion__key", "value")) == [
        ("effet", 5),
        ("equipe", 3),
        ("probleme", 4),
    ]
    answer = client.post(answer.redirect_chain[-1][0], {**MARKS, "give": "1"}, follow=True)
    assert "Vous avez tout lu" in page(answer)


def test_each_click_is_kept_as_a_draft_and_says_when(client_for, site):
    world = make.World(projects=1).open_scoring()
    client = client_for(world.jurors[0])
    with clock.at(make.at(2026, 3, 5, 9, 41)):
        answer = client.post(score_url(world.hearings[0]), {"equipe": "2"}, headers={"HX-Request": "true"})
    assert page(answer).strip() == "Enregistré à 9\u00a0h\u00a041 · pas encore données"
    assert Score.objects.get().value == 2
    assert Evaluation.objects.get().submitted_at is None
    answer = client.get(score_url(world.hearings[0]))
    assert 'value="2" id="equipe-2" checked' in page(answer)


def test_marks_of_others_are_never_in_the_page(client_for, site):
    world = make.World(projects=1, jurors=2).open_scoring()
    before = page(client_for(world.jurors[0]).get(score_url(world.hearings[0])))
    world.give(world.jurors[1], world.hearings[0], 5, 5, 5, comment="Un secret de délibération")
    after = page(client_for(world.jurors[0]).get(score_url(world.hearings[0])))
    assert "Un secret" not in after
    assert strip_token(before) == strip_token(after)
    world.give(world.jurors[0], world.hearings[0], 2, 2, 2)
    assert "Un secret" not in page(client_for(world.jurors[0]).get(score_url(world.hearings[0])))


def strip_token(text: str) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({**MARKS, "effet": "6"}, "choisissez une note de 1 à 5"),
        ({**MARKS, "effet": "-3"}, "choisissez une note de 1 à 5"),
        ({**MARKS, "effet": "beaucoup"}, "choisissez une note de 1 à 5"),
        ({"probleme": "4", "equipe": "3"}, "Choisissez une note pour « L'effet attendu »"),
        ({**MARKS, "autre": "3"}, "La grille a changé"),
    ],
)
def test_a_wrong_mark_gets_a_sentence_and_what_was_chosen_is_kept(client_for, site, posted, sentence):
    world = make.World(projects=1).open_scoring()
    answer = client_for(world.jurors[0]).post(
        score_url(world.hearings[0]), {**posted, "comment": "Déjà écrit", "give": "1"}
    )
    assert answer.status_code == 200
    text = page(answer).replace("\u00a0", " ").replace("’", "'")
    assert sentence in text
    assert "Déjà écrit" in text
    assert 'value="4" id="probleme-4" checked' in text
    assert not Evaluation.objects.exists()


def test_a_mark_after_the_deadline_says_until_when(client_for, site):
    world = make.World(projects=1, scores_close_at=clock.now() + timedelta(hours=1)).open_scoring()
    with clock.at(clock.now() + timedelta(hours=2)):
        client = client_for(world.jurors[0])
        answer = client.post(score_url(world.hearings[0]), MARKS, headers={"HX-Request": "true"})
    assert "Non enregistré" in page(answer)
    assert "Les notes étaient ouvertes jusqu’au" in page(answer)


def test_strangers_find_nothing(client_for, site):
    world = make.World(projects=1).open_scoring()
    author = world.projects[0].memberships.get().user
    other = make.World(projects=1).open_scoring()
    urls = [
        reverse("juries:detail", args=[world.sitting.code]),
        reverse("juries:score_next", args=[world.sitting.code]),
        reverse("juries:results", args=[world.sitting.code]),
        reverse("juries:scores_csv", args=[world.sitting.code]),
        reverse("juries:decisions", args=[world.sitting.code]),
        reverse("juries:minutes", args=[world.sitting.code]),
        score_url(world.hearings[0]),
    ]
    for user in (author, make.person(), other.jurors[0], other.manager):
        for url in urls:
            assert client_for(user).get(url).status_code == 404, url
        assert client_for(user).post(urls[-1], {**MARKS, "give": "1"}).status_code == 404
    # a hearing of another sitting under this sitting's address
    url = reverse("juries:score", kwargs={"code": world.sitting.code, "hearing": other.hearings[0].uuid})
    assert client_for(world.jurors[0]).get(url).status_code == 404
    assert client_for(None).get(urls[0]).status_code == 302


def test_a_juror_sees_neither_results_nor_decisions_nor_the_project(client_for, site):
    world = make.World(projects=1).open_scoring().everyone_scores()
    client = client_for(world.jurors[0])
    for name in ("results", "scores_csv", "deliberation", "decisions", "minutes", "sign_off"):
        assert client.get(reverse(f"juries:{name}", args=[world.sitting.code])).status_code == 404, name
    for name in ("edit", "members", "hearings", "cancel"):
        assert client.get(reverse(f"juries:{name}", args=[world.sitting.code])).status_code == 403, name
    assert client.get(f"/projets/{world.projects[0].code}/").status_code == 404


def test_standing_aside_takes_the_dossier_away(client_for, site):
    world = make.World(projects=2).open_scoring()
    client = client_for(world.jurors[0])
    hearing = world.hearings[0]
    url = reverse("juries:recuse", kwargs={"code": world.sitting.code, "hearing": hearing.uuid})
    assert client.get(url).status_code == 200
    answer = client.post(url, {"reason": "Ma sœur est dans l'équipe"}, follow=True)
    assert "elle est absente" in page(answer)
    assert client.get(score_url(hearing)).status_code == 404
    assert "1 sur 1" in page(answer)


def test_the_order_is_drawn_for_each_juror_and_stays(client_for, site):
    world = make.World(projects=8, jurors=4).open_scoring()
    orders = [list(queries.reading_list(world.sitting, juror).order) for juror in world.jurors]
    again = [list(queries.reading_list(world.sitting, juror).order) for juror in world.jurors]
    assert orders == again
    assert len({tuple(order) for order in orders}) > 1
    assert all(sorted(order) == sorted(h.pk for h in world.hearings) for order in orders)
    Hearing.objects.filter(sitting=world.sitting).update(starts_at=clock.now())
    for juror in world.jurors:
        assert list(queries.reading_list(world.sitting, juror).order) == [h.pk for h in world.hearings]


def test_a_passed_project_comes_back_at_the_end(client_for, site):
    world = make.World(projects=3).open_scoring()
    reading = queries.reading_list(world.sitting, world.jurors[0])
    first, second, third = reading.order.values()
    assert reading.next_after(first) == second
    assert reading.next_after(third) == first
    assert reading.next_after(None) == first


@pytest.mark.parametrize("projects", [1, 3])
def test_the_score_form_costs_a_constant_number_of_queries(client_for, site, assert_queries, projects):
    world = make.World(projects=projects).open_scoring()
    client = client_for(world.jurors[0])
    world.give(world.jurors[0], world.hearings[0], 4, 3, 5)
    with assert_queries(GET_QUERIES):
        assert client.get(score_url(world.hearings[0])).status_code == 200


@pytest.mark.parametrize("projects", [1, 3])
def test_giving_marks_costs_a_constant_number_of_queries(client_for, site, assert_queries, projects):
    world = make.World(projects=projects).open_scoring()
    client = client_for(world.jurors[0])
    with assert_queries(POST_QUERIES):
        assert client.post(score_url(world.hearings[0]), {**MARKS, "give": "1"}).status_code == 302
    with assert_queries(AUTOSAVE_QUERIES):
        client.post(score_url(world.hearings[0]), {**MARKS, "effet": "2"}, headers={"HX-Request": "true"})


# -- The dossier -------------------------------------------------------------------------------------------


def test_a_dossier_shows_300_words_and_keeps_the_rest_behind_see_more():
    long_text = " ".join(f"mot{number}" for number in range(1, 401))
    reading = dossiers.cut({"problem": "Un problème court.", "answers": [{"label": "Q", "text": long_text}]})
    shown = " ".join(part["text"] for part in reading.shown).split()
    assert len([word for word in shown if word != "…"]) == 300
    assert reading.words == 403
    rest = reading.more[0]["text"].split()
    assert rest[0] == "…"
    assert rest[1] == "mot298"
    assert rest[-1] == "mot400"


def test_a_short_dossier_is_shown_whole_and_nothing_twice():
    reading = dossiers.cut(
        {"problem": "Le même texte.", "answers": [{"label": "Le problème", "text": "Le même texte."}]}
    )
    assert [part["text"] for part in reading.shown] == ["Le même texte."]
    assert reading.more == []


def test_two_requests_of_one_juror_make_one_evaluation(client_for, site):
    world = make.World(projects=1).open_scoring()
    for mark in (2, 3, 3):
        scoring.save_scores(actor=world.jurors[0], hearing=world.hearings[0], scores={"effet": mark})
    assert Evaluation.objects.count() == 1
    assert list(Score.objects.values_list("value", flat=True)) == [3]
