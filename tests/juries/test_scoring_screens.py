"""The juror's screens through HTTP: blind, kept, refused with a sentence, in a constant number of queries."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from incubator.core import clock
from juries import queries
from juries.domain import dossiers, scoring, sittings
from juries.models import Evaluation, Score, ScoreChange
from tests.factories import juries as make

pytestmark = pytest.mark.django_db

# Session and user included; the targets are 12 for the form and 8 for each click.
GET_QUERIES, POST_QUERIES, AUTOSAVE_QUERIES, END_QUERIES = 9, 9, 8, 11

CLICK = {"Accept": "application/json"}  # what the page's own module asks for

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
    assert "encore environ 2 minutes" in page(answer)  # 2 × (8 words ÷ 230 × 60 s + 30 s) = 64 s
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
    second = {**MARKS, "equipe": "1"}
    answer = client.post(answer.redirect_chain[-1][0], {**second, "give": "1"}, follow=True)
    # The marks of all projects stand side by side, to see whether one was even-handed.
    read = page(answer).replace("\u00a0", " ")
    assert "Vous avez tout lu" in read
    assert re.findall(r"Le problème (\d) · L.équipe (\d) · L.effet attendu (\d)", read) == [
        ("4", "3", "5"), ("4", "1", "5"),
    ]  # fmt: skip


@pytest.mark.parametrize("projects", [1, 3])
def test_the_end_of_the_reading_costs_the_same_for_any_number(client_for, site, assert_queries, projects):
    world = make.World(projects=projects).open_scoring()
    for hearing in world.hearings:
        world.give(world.jurors[0], hearing, 4, 3, 5)
    client = client_for(world.jurors[0])
    with assert_queries(END_QUERIES):
        client.get(reverse("juries:score_next", args=[world.sitting.code]))


def test_each_click_is_kept_as_a_draft_and_says_when(client_for, site):
    world = make.World(projects=1).open_scoring()
    client = client_for(world.jurors[0])
    with clock.at(make.at(2026, 3, 5, 9, 41)):
        answer = client.post(score_url(world.hearings[0]), {"equipe": "2"}, headers=CLICK)
    assert answer.json() == {
        "line": "Enregistré à 9\u00a0h\u00a041 · pas encore données",
        "marks": {"probleme": None, "equipe": 2, "effet": None},
        "comment": "",
        "conflicts": [],
        "next": None,
    }
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
        answer = client.post(score_url(world.hearings[0]), MARKS, headers=CLICK)
        assert answer.status_code == 422
        (sentence,) = answer.json()["refused"]
        assert sentence.startswith("Les notes étaient ouvertes jusqu’au")
        assert "demandez-le" in sentence or "Demandez" in sentence
        assert sentence in page(client.post(score_url(world.hearings[0]), MARKS))


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


def test_a_passed_project_is_missing_counted_and_taken_up_again(client_for, site):
    world = make.World(projects=3).open_scoring()
    juror = world.jurors[0]
    client = client_for(juror)
    first, second, third = queries.reading_list(world.sitting, juror).order.values()
    start = reverse("juries:score_next", args=[world.sitting.code])

    def url(uuid):
        return reverse("juries:score", kwargs={"code": world.sitting.code, "hearing": uuid})

    assert client.get(start).url == url(first)
    # passed with one mark already chosen: the mark is kept, and counts for nothing
    after = client.post(url(first), {"equipe": "2", "skip": "1"}, follow=True)
    assert after.redirect_chain[-1][0] == url(second)
    assert "1 passé, à reprendre" in page(after)
    assert client.post(url(second), {**MARKS, "give": "1"}, follow=True).redirect_chain[-1][0] == url(third)
    end = page(client.post(url(third), {"skip": "1"}, follow=True))
    assert "2 projets passés, à reprendre" in end
    assert f'href="{url(first)}"' in end
    assert "Les reprendre" in end
    assert client.get(start).status_code == 200  # to go on shows which ones
    assert Evaluation.objects.filter(submitted_at__isnull=False).count() == 1
    assert list(Score.objects.filter(evaluation__hearing__uuid=first).values_list("value", flat=True)) == [2]
    # taken up again: the marks are given, then the next passed one comes
    after = client.post(url(first), {**MARKS, "give": "1"}, follow=True)
    assert after.redirect_chain[-1][0] == url(third)
    end = page(client.post(url(third), {**MARKS, "give": "1"}, follow=True))
    assert "Vous avez tout lu" in end
    assert "Vous pouvez changer vos notes jusqu’au début de la délibération" in end
    answer = client.post(url(third), {"skip": "1"}, headers=CLICK)
    assert "modifiez-les plutôt que de le passer" in answer.json()["refused"][0]


def test_the_time_left_counts_what_is_shown():
    assert queries.minutes_to_score([]) == 0
    assert queries.minutes_to_score([230]) == 2  # 60 s + 30 s, rounded up
    assert queries.minutes_to_score([230, 230]) == 3
    assert queries.minutes_to_score([300] * 9) == 17  # 9 × 108 s = 16 min 16 s
    assert queries.minutes_to_score([4_000] * 9) == 17  # what stands behind "see more" is not asked of anyone


def test_the_marks_of_the_project_before_are_there_to_compare(client_for, site):
    world = make.World(projects=2).open_scoring()
    juror = world.jurors[0]
    client = client_for(juror)
    order = list(queries.reading_list(world.sitting, juror).order)
    before, then = (next(h for h in world.hearings if h.pk == pk) for pk in order)
    assert "Comparer avec le projet précédent" not in page(client.get(score_url(then)))
    world.give(juror, before, 4, 3, 5)
    text = page(client.get(score_url(then)))
    assert "Comparer avec le projet précédent" in text
    assert before.project.title in text
    assert "<div><dt>L'effet attendu</dt><dd>5</dd></div>" in text
    assert "Comparer avec le projet précédent" not in page(client.get(score_url(before)))


# -- A page that is older than the last mark ---------------------------------------------------------------


def seen_in(text: str) -> str:
    return re.search(r'name="seen" value="([^"]*)"', text).group(1)


def test_two_tabs_keep_what_each_has_changed(client_for, site):
    world = make.World(projects=1).open_scoring()
    client, url = client_for(world.jurors[0]), score_url(world.hearings[0])
    seen = seen_in(page(client.get(url)))
    assert seen == "probleme=&equipe=&effet=&comment="
    client.post(url, {"equipe": "2", "seen": seen}, headers=CLICK)
    client.post(url, {"effet": "4", "comment": "Solide.", "seen": seen}, headers=CLICK)
    kept = dict(Score.objects.values_list("criterion__key", "value"))
    assert kept == {"equipe": 2, "effet": 4}
    assert Evaluation.objects.get().comment == "Solide."


def test_an_older_page_never_overwrites_a_newer_mark_silently(client_for, site):
    world = make.World(projects=1).open_scoring()
    client, url = client_for(world.jurors[0]), score_url(world.hearings[0])
    seen = seen_in(page(client.get(url)))
    client.post(url, {"equipe": "2", "comment": "Première.", "seen": seen}, headers=CLICK)
    late = {"equipe": "5", "effet": "1", "comment": "Seconde.", "seen": seen}
    answer = client.post(url, {**late, "probleme": "3", "give": "1"}, headers=CLICK).json()
    assert answer["marks"] == {"probleme": 3, "equipe": 2, "effet": 1}
    assert answer["next"] is None
    assert [sentence.split("\u00a0:")[0] for sentence in answer["conflicts"]] == [
        "«\u00a0L'équipe\u00a0»",
        "Vous avez écrit une autre phrase ailleurs depuis l’ouverture de cette page, et c’est elle qui est gardée",
    ]
    assert "vous avez choisi 2 ailleurs" in answer["conflicts"][0]
    assert "Cette page disait 5" in answer["conflicts"][0]
    assert "«\u00a0Première.\u00a0»" in answer["conflicts"][1]
    evaluation = Evaluation.objects.get()
    assert (evaluation.comment, evaluation.submitted_at) == ("Première.", None)

    # without the page's module: the form again, the kept mark chosen, the typed sentence still there
    text = page(client.post(url, {**late, "give": "1"}))
    assert 'value="2" id="equipe-2" checked' in text
    assert ">Seconde.</textarea>" in text
    assert "vous avez choisi 2 ailleurs" in text
    # chosen again knowingly: it is written
    client.post(url, {"equipe": "5", "comment": "Seconde.", "give": "1", "seen": seen_in(text)})
    evaluation.refresh_from_db()
    assert evaluation.comment == "Seconde."
    assert evaluation.submitted_at is not None
    assert dict(Score.objects.values_list("criterion__key", "value"))["equipe"] == 5


def test_a_mark_sent_twice_is_kept_once(client_for, site):
    """The first answer was lost on the way: the page sends again what the site has already."""
    world = make.World(projects=1).open_scoring()
    client, url = client_for(world.jurors[0]), score_url(world.hearings[0])
    world.give(world.jurors[0], world.hearings[0], 3, 3, 3)
    for _time in range(2):
        answer = client.post(url, {"equipe": "4", "seen": "equipe=3"}, headers=CLICK).json()
        assert answer["conflicts"] == []
    assert list(ScoreChange.objects.values_list("old", "new")) == [(3, 4)]


def test_a_page_drawn_from_another_grid_is_refused(client_for, site):
    world = make.World(projects=1).open_scoring()
    client, url = client_for(world.jurors[0]), score_url(world.hearings[0])
    for stale in ({"grid": str(world.grid.pk + 1)}, {"disparu": "3"}):
        answer = client.post(url, {**MARKS, **stale}, headers=CLICK)
        assert answer.status_code == 422
        assert answer.json()["refused"] == [
            "La grille a changé depuis que vous avez ouvert cette page. Rechargez-la\u00a0: vos notes sont gardées."
        ]
    assert not Score.objects.exists()


def test_a_mark_for_a_project_one_stands_aside_from_gets_a_sentence(client_for, site):
    world = make.World(projects=1).open_scoring()
    client, url = client_for(world.jurors[0]), score_url(world.hearings[0])
    scoring.recuse(actor=world.jurors[0], hearing=world.hearings[0])
    answer = client.post(url, MARKS, headers=CLICK)
    assert answer.status_code == 422
    assert "Vous vous êtes déporté" in answer.json()["refused"][0]
    text = page(client.post(url, MARKS, follow=True))
    assert "Vous vous êtes déporté·e de ce projet" in text
    assert not Score.objects.exists()


def test_a_mark_under_the_address_of_another_sitting_is_not_taken(client_for, site):
    one, other = make.World(projects=1).open_scoring(), make.World(projects=1).open_scoring()
    url = reverse("juries:score", kwargs={"code": one.sitting.code, "hearing": other.hearings[0].uuid})
    for juror in (one.jurors[0], other.jurors[0]):
        assert client_for(juror).post(url, MARKS, headers=CLICK).status_code == 404
    assert not Score.objects.exists()


def test_an_observer_reads_and_gives_no_mark(client_for, site):
    world = make.World(projects=1)
    observer = make.person()
    sittings.add_seat(actor=world.manager, sitting=world.sitting, user=observer, role="observer")
    world.open_scoring()
    assert client_for(observer).post(score_url(world.hearings[0]), MARKS, headers=CLICK).status_code == 403
    assert not Score.objects.exists()


@pytest.mark.parametrize("projects", [1, 3])
def test_the_score_form_costs_a_constant_number_of_queries(client_for, site, assert_queries, projects):
    world = make.World(projects=projects).open_scoring()
    client = client_for(world.jurors[0])
    for hearing in world.hearings:
        world.give(world.jurors[0], hearing, 4, 3, 5)
    last = list(queries.reading_list(world.sitting, world.jurors[0]).order)[-1]
    url = score_url(next(hearing for hearing in world.hearings if hearing.pk == last))
    with assert_queries(GET_QUERIES + (projects > 1)):  # one more for the marks of the project before
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("projects", [1, 3])
def test_giving_marks_costs_a_constant_number_of_queries(client_for, site, assert_queries, projects):
    world = make.World(projects=projects).open_scoring()
    client = client_for(world.jurors[0])
    url = score_url(world.hearings[0])
    with assert_queries(POST_QUERIES):  # the very first mark freezes the grid: one more
        assert client.post(url, {**MARKS, "give": "1"}).status_code == 302
    seen = "probleme=4&equipe=3&effet=5"
    with assert_queries(AUTOSAVE_QUERIES):
        client.post(url, {"effet": "2", "seen": seen}, headers=CLICK)


def test_the_first_click_on_a_project_keeps_the_budget_of_a_click(client_for, site, assert_queries):
    world = make.World(projects=2).open_scoring()
    client = client_for(world.jurors[0])
    client.post(score_url(world.hearings[0]), {"effet": "2"}, headers=CLICK)
    url = score_url(world.hearings[1])
    with assert_queries(AUTOSAVE_QUERIES):
        client.post(url, {"effet": "2", "seen": "effet="}, headers=CLICK)


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


def test_what_is_shown_ends_with_a_sentence_where_one_ends_near():
    text = " ".join(["Nous relevons sept compteurs chaque lundi matin."] * 60)
    reading = dossiers.cut({"problem": "Un problème court.", "answers": [{"label": "Q", "text": text}]})
    shown = reading.shown[-1]["text"]
    assert shown.endswith("chaque lundi matin. …")
    assert len(shown.split()) == 42 * 7 + 1  # 294 of the 297 words that are left, and the sign of the cut
    assert reading.more[0]["text"].startswith("… Nous relevons")


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
