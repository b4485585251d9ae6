"""A chart's drawing, sentence, table and file say the same figures."""

import re
from datetime import date
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.utils import translation

from incubator.core import charts
from incubator.core.charts.base import nice_ticks, percent


@pytest.fixture(autouse=True)
def _in_french():
    with translation.override("fr"):
        yield


def render(chart):
    html = Template("{% load ui %}{% chart chart %}").render(Context({"chart": chart}))
    return BeautifulSoup(html, "html.parser")


def table_of(page):
    table = page.find("table")
    heads = [th.get_text() for th in table.thead.find_all("th")]
    rows = [[cell.get_text() for cell in tr.find_all(["th", "td"])] for tr in table.tbody.find_all("tr")]
    return heads, rows


def opening(**changes):
    return charts.Trajectory(
        **{
            "title": "Ouverture des messages",
            "finding": "De 15 % à 40 %.",
            "unit": "%",
            "baseline": 15,
            "points": [
                charts.Point(date(2020, 7, 20), Decimal("40.5"), "A", "journal du serveur"),
                charts.Point(date(2019, 9, 15), 15, "B"),
                charts.Point(date(2020, 3, 10), 24, "C"),
            ],
            "targets": [charts.Flag(date(2020, 6, 30), 35, "jury")],
            "events": [charts.Event(date(2020, 3, 17), "confinement")],
            "csv_url": "/impact/lycees.csv",
            **changes,
        }
    )


FUNNEL = charts.Funnel(
    title="La promotion 2020",
    finding="6 des 9 projets présélectionnés sont entrés en préincubation.",
    steps=["Appel", "Présélection", "Hackathon"],
    series=[
        charts.Series("Personnes", [19, None, None]),
        charts.Series("Candidatures", [13, None, None]),
        charts.Series("Projets", [13, 9, 6]),
    ],
)

ALL = [
    opening(),
    FUNNEL,
    charts.Bars(title="Décisions", finding="Deux transmis.", bars=[charts.Bar("Transmis", 2)]),
    charts.Ranges(
        title="Notes",
        finding="Les avis sont partagés.",
        start=1,
        end=5,
        ticks=[(1, "1"), (5, "5")],
        reference=3,
        ranges=[charts.Range("Navette", 3.5, "3,5 (de 1,5 à 4,5)", 1.5, 4.5), charts.Range("Paie", 2, "2")],
    ),
    charts.Bullet(title="Ouverture", finding="40 % pour 35 %.", reference=15, now=40, target=35, unit="%"),
]


@pytest.mark.parametrize("chart", ALL, ids=lambda c: type(c).__name__)
class TestEveryChart:
    def test_each_drawing_is_an_image_with_a_title_and_a_description(self, chart):
        page = render(chart)
        drawings = page.find_all("svg", role="img")
        assert drawings
        for svg in drawings:
            named = [page.find(id=ref) for ref in svg["aria-labelledby"].split()]
            assert [tag.name for tag in named] == ["title", "desc"]
            assert all(tag.get_text(strip=True) for tag in named)

    def test_the_finding_is_said_in_a_sentence(self, chart):
        assert render(chart).find(class_="ec-chart__finding").get_text() == chart.finding

    def test_the_table_holds_the_same_figures(self, chart):
        heads, rows = table_of(render(chart))
        assert heads == [str(column) for column in chart.table.columns]
        assert rows == [[str(cell) for cell in row] for row in chart.table.rows]

    def test_no_coordinate_has_a_french_comma_and_no_style_is_inline(self, chart):
        markup = str(render(chart))
        assert "style=" not in markup
        attribute = r'\b(?:x|y|x1|x2|y1|y2|width|height|d|viewbox)="[^"]*\d,\d'
        assert not re.search(attribute, markup, re.IGNORECASE)

    def test_its_bytes_do_not_change_from_one_reading_to_the_next(self, chart):
        assert str(render(chart)) == str(render(chart))

    def test_its_ids_are_used_once(self, chart):
        ids = [tag["id"] for tag in render(chart).find_all(id=True)]
        assert len(ids) == len(set(ids))


class TestTrajectory:
    def test_the_table_is_in_the_order_of_the_days(self):
        assert table_of(render(opening()))[1] == [
            ["Avant", "Valeur de référence", "15\xa0%", "", ""],
            ["15 septembre 2019", "Mesure", "15\xa0%", "B", ""],
            ["10 mars 2020", "Mesure", "24\xa0%", "C", ""],
            ["17 mars 2020", "Événement", "", "", "confinement"],
            ["30 juin 2020", "Cible", "35\xa0%", "", "jury"],
            ["20 juillet 2020", "Mesure", "40,5\xa0%", "A", "journal du serveur"],
        ]

    def test_the_line_goes_straight_from_point_to_point(self):
        page = render(opening())
        d = page.find("path", class_="ec-chart__line")["d"]
        assert re.fullmatch(r"M[\d. ]+( L[\d. ]+){2}", d)

    def test_points_stand_where_their_values_are(self):
        drawn = opening().draw()
        # Three tenths of the way up from 0 to the top tick (60): 15 is a quarter, 24 is two fifths.
        heights = [float(p["y"][:-1]) for p in drawn["points"]]
        assert drawn["axis"] == "88%"
        assert drawn["ticks"][-1] == {"y": "28%", "label": "60\xa0%"}
        assert heights == [73.0, 64.0, 47.5]

    def test_the_letter_of_quality_is_a_shape(self):
        page = render(opening())
        shapes = [s.name for s in page.find_all(class_="ec-point") if not s.find_parent("ul")]
        assert shapes == ["rect", "path", "circle"]
        assert [li.get_text(strip=True)[0] for li in page.find(class_="ec-chart__legend")("li")] == list(
            "ABC"
        )

    def test_each_target_is_a_dated_flag(self):
        page = render(opening())
        assert len(page.find_all(class_="ec-chart__flag")) == 1
        assert page.find(class_="ec-chart__target").get_text() == "cible 35\xa0%30 juin 2020"

    def test_a_baseline_known_between_two_values_is_a_band(self):
        drawn = opening(baseline=(10, 20)).draw()
        assert drawn["baseline"]["y"] == "68%"
        assert drawn["baseline"]["height"] == "10%"
        assert drawn["baseline"]["label"] == "référence 10\xa0% à 20\xa0%"

    def test_without_a_measure_it_still_shows_its_target(self):
        page = render(opening(points=[], baseline=None, events=[]))
        assert page.find(class_="ec-chart__line")["d"] == ""
        assert table_of(page)[1] == [["30 juin 2020", "Cible", "35\xa0%", "", "jury"]]

    def test_the_file_is_offered(self):
        links = [a["href"] for a in render(opening()).find_all("a")]
        assert links == ["/impact/lycees.csv"]

    def test_its_description_says_the_first_and_the_last_measure(self):
        assert opening().description == (
            "3 mesures, de 15\xa0% (15 septembre 2019) à 40,5\xa0% (20 juillet 2020), "
            "référence 15\xa0%, cible 35\xa0% au 30 juin 2020."
        )


class TestFunnel:
    def test_units_stand_apart(self):
        page = render(FUNNEL)
        assert [p.get_text() for p in page.find_all(class_="ec-chart__unit")] == [
            "Personnes",
            "Candidatures",
            "Projets",
        ]
        assert table_of(page) == (
            ["Étape", "Personnes", "Candidatures", "Projets"],
            [
                ["Appel", "19", "13", "13"],
                ["Présélection", "non compté", "non compté", "9"],
                ["Hackathon", "non compté", "non compté", "6"],
            ],
        )

    def test_a_rate_never_leaves_its_unit(self):
        text = render(FUNNEL).get_text(" ")
        assert "66,7\xa0% des 9 précédents" in text
        assert "69,2\xa0% des 13 précédents" in text
        for mixed in ("47,4", "31,6", "46,2", "68,4"):  # 9/19, 6/19, 6/13, 13/19
            assert mixed not in text

    def test_each_unit_has_a_pattern_of_its_own(self):
        page = render(FUNNEL)
        fills = {
            svg.find("rect", class_="ec-chart__bar").get("fill", "plain")
            for svg in page.find_all("svg", role="img")
        }
        assert len(fills) == 3

    def test_a_series_needs_a_value_for_each_step(self):
        with pytest.raises(ValueError, match="one value for each step"):
            charts.Funnel(title="", finding="", steps=["a", "b"], series=[charts.Series("x", [1])])


class TestRanges:
    def test_positions_on_the_scale(self):
        chart = charts.Ranges(
            title="t", finding="f", start=1, end=5,
            ticks=[(1, "1"), (5, "très bien")],
            ranges=[charts.Range("a", 3, "3 (de 1 à 5)", 1, 5), charts.Range("b", 2, "2 (de 2 à 3)", 2, 3)],
        )  # fmt: skip
        drawing = chart.draw()
        assert [(row["x1"], row["x"], row["x2"], row["anchor"]) for row in drawing["rows"]] == [
            ("2%", "50%", "98%", "end"),
            ("26%", "26%", "50%", "start"),
        ]
        assert [(tick["x"], tick["anchor"]) for tick in drawing["ticks"]] == [
            ("2%", "middle"),
            ("98%", "end"),
        ]

    def test_without_bounds_the_line_starts_at_the_reference(self):
        chart = charts.Ranges(
            title="t", finding="f", start=-1, end=1, reference=0, ranges=[charts.Range("a", -0.5, "x")]
        )
        (row,) = chart.draw()["rows"]
        assert (row["x1"], row["x2"], row["x"]) == ("26%", "50%", "26%")

    def test_a_scale_without_length_is_refused(self):
        with pytest.raises(ValueError, match="ends after"):
            charts.Ranges(title="t", finding="f", start=1, end=1, ranges=[])


class TestBarsAndBullet:
    def test_the_longest_bar_leaves_room_for_its_value(self):
        bars = charts.Bars(
            title="t", finding="f", bars=[charts.Bar("a", 4), charts.Bar("b", 1), charts.Bar("c", 0)]
        )
        assert [row["width"] for row in bars.draw()["rows"]] == ["78%", "19.5%", "0%"]

    def test_not_counted_is_not_zero(self):
        bars = charts.Bars(title="t", finding="f", bars=[charts.Bar("a", None), charts.Bar("b", 0)])
        assert [row["value"] for row in bars.draw()["rows"]] == ["non compté", "0"]

    def test_a_bullet_without_a_target_shows_what_is_known(self):
        bullet = charts.Bullet(title="t", finding="f", reference=15, now=40, target=None, unit="%")
        page = render(bullet)
        assert page.find(class_="ec-chart__goal") is None
        assert table_of(page)[1][-1] == ["Cible", "non compté"]


@pytest.mark.parametrize(
    ("high", "ticks"),
    [
        (40, ["0", "10", "20", "30", "40"]),
        (Decimal("40.5"), ["0", "20", "40", "60"]),
        (0, ["0", "1"]),
        (1, ["0", "0.25", "0.50", "0.75", "1.00"]),
        (6500, ["0", "2000", "4000", "6000", "8000"]),
        (3, ["0", "1", "2", "3"]),
    ],
)
def test_ticks_are_round_and_reach_the_top(high, ticks):
    assert [Decimal(t) for t in ticks] == nice_ticks(high)


def test_percentages_always_have_a_dot():
    with translation.override("fr"):
        assert percent(0.125) == "12.5%"
        assert percent(1 / 3) == "33.33%"
