"""The path is a drawing and a list that say the same."""

import re

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.utils import translation

from incubator.core import drawing
from incubator.core.path import Branch, Path, Stop


@pytest.fixture(autouse=True)
def _in_french():
    with translation.override("fr"):
        yield


def render(path, size="large"):
    html = Template("{% load ui %}{% path path size=size %}").render(Context({"path": path, "size": size}))
    return BeautifulSoup(html, "html.parser")


def a_path(**changes):
    stops = (
        Stop("Candidature", "done", "31 janvier 2020"),
        Stop("Hackathon", "skipped"),
        Stop("Préincubation", "now", "depuis le 1er avril 2020", "prévue pour trois mois"),
        Stop("Jury", "next", "7 juillet 2020", url="/jurys/j1/"),
        Stop("Mode startup", "planned"),
    )
    return Path(**{"stops": stops, "title": "Le chemin de Shareloc", **changes})


def words(element):
    return re.sub(r"\s+", " ", element.get_text(" ", strip=True))


class TestLarge:
    def test_it_is_an_ordered_list_with_a_name(self):
        page = render(a_path())
        stops = page.find("ol")
        assert stops["aria-label"] == "Le chemin de Shareloc"
        assert [words(li) for li in stops.find_all("li", recursive=False)] == [
            "Candidature Fait 31 janvier 2020",
            "Hackathon Sans objet",
            "Préincubation Maintenant depuis le 1er avril 2020 prévue pour trois mois",
            "Jury Ensuite 7 juillet 2020",
            "Mode startup Prévu",
        ]

    def test_only_the_present_stop_is_the_current_step(self):
        page = render(a_path())
        current = page.find_all(attrs={"aria-current": True})
        assert [li["aria-current"] for li in current] == ["step"]
        assert current[0].find(class_="ec-path__label").get_text() == "Préincubation"

    def test_a_stop_may_be_a_link(self):
        links = render(a_path()).find_all("a")
        assert [(a["href"], a.get_text()) for a in links] == [("/jurys/j1/", "Jury")]

    def test_the_drawing_is_hidden_from_those_who_hear_the_list(self):
        page = render(a_path())
        outer = [svg for svg in page.find_all("svg") if not svg.find_parent("svg")]
        assert outer
        assert all(svg["aria-hidden"] == "true" for svg in outer)

    def test_each_state_has_a_shape_of_its_own(self):
        page = render(a_path())
        shapes = {
            group["class"][1]: str(group).replace(group["class"][1], "")
            for group in page.find(class_="ec-path__line").find_all("g", class_="ec-dot")
        }
        assert set(shapes) == {f"ec-dot--{s}" for s in ("done", "now", "next", "planned", "skipped")}
        assert len(set(shapes.values())) == 5

    def test_coordinates_keep_their_dots_in_french(self):
        markup = str(render(a_path(stops=a_path().stops[:3])))
        assert 'x="33.33%"' in markup
        assert not re.search(r'(?:x|y|d|transform)="[^"]*\d,\d', markup)

    def test_no_inline_style(self):
        assert "style=" not in str(render(a_path()))


class TestBranches:
    def futures(self, *states):
        return Branch(
            "Six suites possibles", tuple(Stop(f"Suite {i}", s) for i, s in enumerate(states, start=1))
        )

    def test_the_futures_are_a_list_inside_the_last_item(self):
        branch = self.futures("planned", "planned", "planned", "planned", "planned", "planned")
        page = render(a_path(branch=branch))
        last = page.find("ol").find_all("li", recursive=False)[-1]
        assert last.find("p").get_text() == "Six suites possibles"
        assert [words(li) for li in last.find("ul").find_all("li")] == [
            f"Suite {i} Possible" for i in range(1, 7)
        ]

    def test_one_stroke_opens_towards_each_future(self):
        page = render(a_path(branch=self.futures("planned", "done", "skipped")))
        strokes = page.find(class_="ec-path__fan").find_all("path")
        assert [s["class"][1] for s in strokes] == [
            "ec-stroke--ahead",
            "ec-stroke--walked",
            "ec-stroke--ahead",
        ]
        assert [s["d"].split(" ")[-1] for s in strokes] == ["22", "66", "110"]

    def test_a_way_not_taken_is_another_way_and_nothing_worse(self):
        page = render(a_path(branch=self.futures("done", "skipped")))
        assert [words(li) for li in page.find("ul").find_all("li")] == [
            "Suite 1 Choisi",
            "Suite 2 Autre voie",
        ]


class TestSmall:
    def test_it_says_now_and_next_in_words(self):
        page = render(a_path(), "small")
        assert (
            words(page.find(class_="ec-path-small__words")) == "Préincubation ensuite : Jury, 7 juillet 2020"
        )

    def test_the_list_is_there_for_those_who_hear(self):
        page = render(a_path(), "small")
        items = page.find("ol", class_="visually-hidden").find_all("li")
        assert [li.get_text() for li in items] == [
            "Candidature (Fait, 31 janvier 2020)",
            "Hackathon (Sans objet)",
            "Préincubation (Maintenant, depuis le 1er avril 2020)",
            "Jury (Ensuite, 7 juillet 2020)",
            "Mode startup (Prévu)",
        ]
        assert [li.get("aria-current") for li in items] == [None, None, "step", None, None]

    def test_one_svg_as_wide_as_its_stops(self):
        page = render(a_path(), "small")
        assert [svg["viewbox"] for svg in page.find_all("svg")] == ["0 0 130 26"]

    @pytest.mark.parametrize("size", ["small", "large"])
    def test_a_path_without_stops_is_drawn_without_fault(self, size):
        page = render(Path(stops=(), title="Rien encore"), size)
        assert page.find("ol")["aria-label"] == "Rien encore"
        assert page.find_all("li") == []


class TestLine:
    def kinds(self, *states):
        return [s.kind for s in drawing.draw(Path([Stop("x", s) for s in states]), "large").strokes]

    @pytest.mark.parametrize(
        ("states", "kinds"),
        [
            (("done", "now", "next", "planned"), ["walked", "next", "ahead"]),
            (("done", "skipped", "now"), ["walked", "walked"]),
            (("done", "done", "planned", "next"), ["walked", "next", "next"]),
            (("next", "planned"), ["ahead"]),
            (("planned", "planned"), ["ahead"]),
            (("done",), []),
        ],
    )
    def test_it_is_walked_to_where_one_is_then_leads_to_what_is_next(self, states, kinds):
        assert self.kinds(*states) == kinds

    def test_it_climbs_to_where_the_branches_open(self):
        marks = drawing.draw(Path([Stop("x", "planned")] * 5), "large").marks
        heights = [float(m.y[:-1]) for m in marks]
        assert heights[0] == drawing.LOW
        assert heights[-1] == drawing.HIGH
        assert min(heights) >= drawing.HIGH - drawing.SWAY


def test_an_unknown_state_or_icon_is_refused_at_once():
    with pytest.raises(ValueError, match="dead"):
        Stop("x", "dead")
    with pytest.raises(ValueError, match="cross"):
        Stop("x", "done", icon="cross")
