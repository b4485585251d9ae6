"""Impact: measures that are added and never changed, and the public page that says only what may be said."""

from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError

from home.domain.site import set_up_site
from incubator.core import clock
from incubator.core.models import AppendOnlyError, Refused
from projects.domain import impact
from projects.domain import projects as verbs
from projects.enums import Direction, Gate, IndicatorLevel, MeasureRole, Outcome, Stage, Unit
from projects.models import ImpactIndexPage, Measure, Project
from projects.queries import indicators_of, money_of
from projects.readings import Reading, Value
from tests.factories.projects import decide, make_indicator, make_measure, make_project, manager_of

pytestmark = pytest.mark.django_db

PAGE_QUERIES = 9
INDEX_QUERIES = 9
FILE_QUERIES = 7


def value(number, until, role=MeasureRole.FOLLOW_UP, **fields):
    return Value(
        since=until,
        until=until,
        value=Decimal(number),
        role=role,
        quality="A",
        source="Journal de la messagerie",
        **fields,
    )


def reading(*values, **fields):
    return Reading(
        **{
            "name": "Ouverture des boîtes mail",
            "question": "Les agents ouvrent-ils leur messagerie ?",
            "level": IndicatorLevel.USED,
            "direction": Direction.INCREASE,
            "unit": Unit.PERCENT,
            "values": values,
            **fields,
        }
    )


class TestReading:
    def test_fifteen_to_forty_percent_is_twenty_five_points(self):
        read = reading(value(15, date(2019, 1, 1), MeasureRole.BASELINE), value(40, date(2019, 7, 1)))
        assert read.change_in_words == "+25\u00a0points"
        assert "25\u00a0%" not in read.finding
        assert read.is_better is True

    def test_one_point_is_singular(self):
        read = reading(value(15, date(2019, 1, 1), MeasureRole.BASELINE), value(14, date(2019, 7, 1)))
        assert read.change_in_words == "−1\u00a0point"

    def test_improving_downwards_is_the_right_way(self):
        read = reading(
            value(91, date(2020, 5, 1), MeasureRole.BASELINE),
            value(60, date(2021, 5, 1)),
            direction=Direction.DECREASE,
        )
        assert read.is_better is True
        assert read.verdict == "dans le bon sens"

    def test_what_is_missing_is_said_and_never_invented(self):
        read = reading(value(37, date(2022, 12, 1)))
        assert read.baseline_figure == "non communiqué"
        assert read.change is None
        assert read.change_in_words == ""

    def test_values_of_fewer_than_eleven_people_are_not_public(self):
        read = reading(
            value(15, date(2019, 1, 1), MeasureRole.BASELINE, sample=8500),
            value(40, date(2019, 7, 1), sample=10),
        )
        assert [shown.value for shown in read.public().values] == [15]
        assert reading(value(40, date(2019, 7, 1), sample=11)).public().values[0].value == 40

    @pytest.mark.parametrize(("until", "old"), [(date(2019, 12, 1), False), (date(2019, 11, 30), True)])
    def test_a_figure_older_than_thirteen_months_says_so(self, until, old):
        with clock.at(datetime(2021, 1, 1, tzinfo=UTC)):
            assert reading(value(40, until)).is_old is old

    @pytest.mark.parametrize(
        ("level", "usage"),
        [
            (IndicatorLevel.MEANS, True),
            (IndicatorLevel.ACTIVITY, True),
            (IndicatorLevel.USABLE, True),
            (IndicatorLevel.USED, True),
            (IndicatorLevel.USEFUL, False),
            (IndicatorLevel.IMPACT, False),
            (IndicatorLevel.EFFICIENCY, False),
        ],
    )
    def test_usage_is_marked_as_usage(self, level, usage):
        assert reading(level=level).is_usage is usage

    def test_a_baseline_found_afterwards_is_flagged(self):
        base = value(15, date(2020, 10, 2), MeasureRole.BASELINE)
        assert reading(base, intervention_on=date(2020, 10, 1)).is_reconstructed is True
        assert reading(base, intervention_on=date(2020, 10, 3)).is_reconstructed is False

    def test_a_target_is_compared_at_its_date(self):
        from projects.readings import Aim

        aim = Aim(Decimal(30), date(2019, 6, 1))
        read = reading(
            value(15, date(2019, 1, 1), MeasureRole.BASELINE),
            value(28, date(2019, 5, 1)),
            value(40, date(2019, 9, 1)),
            aims=(aim,),
        )
        assert read.is_reached(aim) is False  # 28 % was known on that day, 40 % came later

    def test_a_snapshot_reads_as_it_was_written(self):
        read = reading(value(15, date(2019, 1, 1), MeasureRole.BASELINE), value(40, date(2019, 7, 1)))
        assert Reading.from_json(read.to_json()) == read


@pytest.fixture(scope="class")
def made(written_once):
    with written_once(lambda: make_project(Stage.PREINCUBATION)) as project:
        yield project


class TestVerbs:
    @pytest.fixture
    def project(self, made, db):
        return deepcopy(made)

    def test_a_percentage_says_out_of_what(self, project):
        with pytest.raises(Refused) as refused:
            make_indicator(project, denominator="")
        assert set(refused.value.message_dict) == {"denominator"}

    @pytest.mark.parametrize("level", ["means", "activity", "usable"])
    def test_the_main_indicator_is_no_vanity(self, project, level):
        with pytest.raises(Refused) as refused:
            make_indicator(project, level=level, is_main=True)
        assert set(refused.value.message_dict) == {"is_main"}

    def test_one_main_indicator_and_five_at_most(self, project):
        make_indicator(project, is_main=True)
        with pytest.raises(Refused):
            make_indicator(project, is_main=True)
        for _number in range(4):
            make_indicator(project)
        with pytest.raises(Refused):
            make_indicator(project)

    @pytest.mark.parametrize("wrong", ["-1", "100.5"])
    def test_a_percentage_lies_between_zero_and_a_hundred(self, project, wrong):
        with pytest.raises(Refused) as refused:
            make_measure(make_indicator(project), value=Decimal(wrong))
        assert set(refused.value.message_dict) == {"value"}

    def test_a_correction_is_a_new_row_and_the_old_one_leaves_the_series(self, project):
        indicator = make_indicator(project)
        first = make_measure(indicator, value=Decimal(40))
        second = make_measure(
            indicator,
            value=Decimal(38),
            replaces=first,
            comment="Erreur de saisie.",
            actor=manager_of(project.programme),
        )
        assert second.replaces == first
        ((_indicator, read),) = indicators_of(project)
        assert [shown.value for shown in read.values] == [38]
        assert indicator.measures.count() == 2

    def test_the_team_does_not_correct_a_measure(self, project):
        indicator = make_indicator(project)
        member = project.memberships.first().user
        first = make_measure(indicator, actor=member)
        with pytest.raises(PermissionDenied):
            make_measure(indicator, actor=member, replaces=first, comment="Erreur.")

    def test_a_measure_is_corrected_once(self, project):
        indicator = make_indicator(project)
        first = make_measure(indicator)
        manager = manager_of(project.programme)
        make_measure(indicator, replaces=first, comment="Erreur.", actor=manager)
        with pytest.raises(Refused):
            make_measure(indicator, replaces=first, comment="Erreur.", actor=manager)

    def test_a_measure_is_never_changed_nor_deleted(self, project):
        measure = make_measure(make_indicator(project))
        with pytest.raises(AppendOnlyError):
            measure.save()
        with pytest.raises(AppendOnlyError):
            Measure.objects.all().delete()
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE projects_measure SET value = 99")

    def test_a_future_measure_is_refused(self, project):
        with pytest.raises(Refused) as refused:
            make_measure(make_indicator(project), period_end=date(2999, 1, 1))
        assert set(refused.value.message_dict) == {"period_end"}

    def test_no_way_out_alive_without_a_baseline_or_a_reason(self, project):
        with pytest.raises(Refused) as refused:
            decide(project, Gate.PREINCUBATION_END, Outcome.STARTUP_INTERNAL, no_baseline_reason="")
        assert set(refused.value.message_dict) == {"no_baseline_reason"}
        make_measure(make_indicator(project), role=MeasureRole.BASELINE)
        decide(project, Gate.PREINCUBATION_END, Outcome.STARTUP_INTERNAL, no_baseline_reason="")
        assert project.stage == Stage.STARTUP_INTERNAL


class TestMoney:
    def test_a_range_is_never_averaged(self):
        project = make_project(Stage.PREINCUBATION)
        decide(
            project,
            Gate.PREINCUBATION_END,
            Outcome.STARTUP_TERRITORY,
            amount_min="50000",
            amount_max="100000",
        )
        planned = money_of(project)["planned"]
        assert planned.total_in_words == "de 50\u00a0000\u00a0€ à 100\u00a0000\u00a0€"
        assert "75" not in planned.total_in_words
        assert planned.is_partial is False

    def test_agents_time_that_is_not_valued_makes_a_partial_cost(self):
        project = make_project(Stage.STARTUP_INTERNAL)
        planned = money_of(project)["planned"]
        assert planned.total_in_words == ""
        assert planned.is_partial is True


class TestPublicPage:
    @pytest.fixture
    def index(self, site):
        home = set_up_site()
        page = ImpactIndexPage.objects.first()
        if page is None:
            page = home.add_child(instance=ImpactIndexPage(title="Impact", slug="impact"))
        return page

    @pytest.fixture
    def project(self, index):
        with clock.at(datetime(2019, 1, 10, tzinfo=UTC)):
            project = make_project(Stage.STARTUP_INTERNAL, title="Une tablette pour chaque agent des lycées")
            indicator = make_indicator(project, is_main=True, is_public=True, name="Boîtes mail ouvertes")
            make_measure(indicator, value=Decimal(15), role=MeasureRole.BASELINE)
        with clock.at(datetime(2019, 7, 10, tzinfo=UTC)):
            verbs.start_phase(actor=manager_of(project.programme), project=project)
            make_measure(indicator, value=Decimal(40))
        return project

    def publish(self, project, **fields):
        return impact.publish_impact(actor=manager_of(project.programme), project=project, **fields)

    def test_everyone_reads_before_now_and_what_is_not_known(self, project, client_for):
        page = self.publish(project)
        answer = client_for().get(page.url)
        assert answer.status_code == 200
        html = answer.content.decode()
        for words in ("15\u00a0%", "40\u00a0%", "+25\u00a0points", "mesure d’usage", "donnée ancienne"):
            assert words in html
        assert "+25\u00a0%" not in html
        assert "d’autres causes" in html
        assert "coût partiel" in html

    def test_the_snapshot_stays_while_the_project_goes_on(self, project, client_for):
        page = self.publish(project)
        with clock.at(datetime(2019, 9, 1, tzinfo=UTC)):
            make_measure(project.indicators.first(), value=Decimal(44))
        assert "44" not in client_for().get(page.url).content.decode()
        self.publish(project)
        assert "44\u00a0%" in client_for().get(page.url).content.decode()

    def test_publishing_again_keeps_the_words_of_the_editor(self, project):
        page = self.publish(project)
        page.unknown = "Nous ne savons pas si l'usage dure."
        page.save_revision().publish()
        assert self.publish(project).unknown == "Nous ne savons pas si l'usage dure."

    def test_values_of_few_people_never_leave(self, project, client_for):
        with clock.at(datetime(2019, 9, 1, tzinfo=UTC)):
            make_measure(project.indicators.first(), value=Decimal("73.7"), sample=10)
        page = self.publish(project)
        for address in (page.url, page.url + "?format=csv", page.url + "?format=json"):
            shown = b"".join(client_for().get(address)).decode()
            assert not any(trace in shown for trace in ("73\u00a0%", "73,7", "73.7", "74\u00a0%"))

    def test_the_series_is_a_file(self, project, client_for):
        page = self.publish(project)
        answer = client_for().get(page.url + "?format=csv")
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        rows = b"".join(answer).decode("utf-8-sig").splitlines()
        assert rows[0] == "period_start;period_end;value;role;quality;n;source;comment"
        assert rows[1].startswith("2019-01-10;2019-01-10;15;baseline;A;;")
        assert len(rows) == 3

    def test_a_private_indicator_is_not_published(self, index):
        project = make_project(Stage.STARTUP_INTERNAL)
        make_indicator(project, is_main=True, is_public=False)
        with pytest.raises(Refused, match="public"):
            self.publish(project)

    def test_an_application_is_not_published(self, index):
        project = make_project(Stage.APPLIED)
        make_indicator(project, is_main=True, is_public=True)
        with pytest.raises(Refused):
            self.publish(project)

    def test_only_the_manager_publishes(self, project):
        with pytest.raises(PermissionDenied):
            impact.publish_impact(actor=project.memberships.first().user, project=project)

    @pytest.mark.parametrize("measures", [1, 3])
    def test_few_queries_whatever_the_measures(self, client_for, assert_queries, index, measures):
        project = make_project(Stage.STARTUP_INTERNAL)
        indicator = make_indicator(project, is_main=True, is_public=True)
        for number in range(measures):
            make_measure(indicator, value=Decimal(10 + number), period_end=date(2020, 1, 1 + number))
        page = self.publish(project)
        visitor = client_for()
        for address in (page.url, page.url + "?format=csv", page.url + "?format=json"):
            with assert_queries(PAGE_QUERIES if address == page.url else FILE_QUERIES):
                b"".join(visitor.get(address))

    @pytest.mark.parametrize("rows", [1, 3])
    def test_few_queries_whatever_the_rows(self, project, client_for, assert_queries, index, rows):
        page = self.publish(project)
        for number in range(rows - 1):
            other = make_project(Stage.STARTUP_INTERNAL)
            indicator = make_indicator(other, is_main=True, is_public=True)
            make_measure(indicator, value=Decimal(10 + number), period_end=date(2020, 1, 1 + number))
            self.publish(other)
        visitor = client_for()
        with assert_queries(PAGE_QUERIES):
            visitor.get(page.url)
        with assert_queries(INDEX_QUERIES):
            visitor.get(index.url)

    def test_a_stopped_project_says_what_was_learnt(self, index):
        project = make_project(Stage.PREINCUBATION)
        make_indicator(project, is_main=True, is_public=True)
        decide(project, Gate.PREINCUBATION_END, Outcome.STOP, learning="Le besoin était ailleurs.")
        assert self.publish(Project.objects.get(pk=project.pk)).learnt == "Le besoin était ailleurs."
