"""Gates and durations are data: a programme of seven months without a hackathon, beside one of three months with one."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from calls import queries
from incubator.core import clock
from incubator.core.models import Refused
from juries.domain import decisions, links, scoring, sittings
from juries.domain.grids import create_grid
from juries.enums import SeatRole
from projects.domain import projects
from projects.enums import PhaseKind, Stage
from projects.models import Phase
from tests.factories.calls import make_application, make_call
from tests.factories.juries import CRITERIA, person
from tests.factories.projects import make_cohort, make_manager, make_person, make_programme, sign_commitment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


def call_of(programme, **fields):
    today = clock.today()
    return make_call(
        programme=programme,
        manager=make_manager(programme),
        cohort=make_cohort(programme),
        preselection_on=today + timedelta(days=40),
        hackathon_on=today + timedelta(days=60),
        preincubation_from=today + timedelta(days=90),
        jury_on=today + timedelta(days=300),
        **fields,
    )


@pytest.fixture
def long_call():
    """Seven months, no hackathon, teams of two."""
    programme = make_programme(uses_hackathon=False, preincubation_months=7, max_extensions=0)
    return call_of(programme, title="L’appel long", max_team_size=2)


@pytest.fixture
def short_call():
    return call_of(make_programme(), title="L’appel court")


def labels(path) -> list[str]:
    return [str(stop.label) for stop in path.stops]


def test_pages_paths_and_diaries_say_each_programme_s_own_steps(client_for, long_call, short_call):
    visitor = client_for()
    assert labels(queries.path_of_call(long_call)) == ["Candidature", "Présélection", "Préincubation", "Jury"]
    assert labels(queries.path_of_call(short_call)) == [
        "Candidature",
        "Présélection",
        "Hackathon",
        "Préincubation",
        "Jury",
    ]
    for call, months, hackathon in ((long_call, "7 mois", False), (short_call, "3 mois", True)):
        html = visitor.get(f"/appels/{call.code}/").content.decode().replace("\xa0", " ")
        assert months in html
        assert ("Hackathon" in html) is hackathon
        diary = Calendar.from_ical(visitor.get(f"/appels/{call.code}/calendrier.ics").content)
        keys = [str(event["uid"]).split(".")[-1].partition("@")[0] for event in diary.walk("VEVENT")]
        assert ("hackathon" in keys) is hackathon
    listed = visitor.get("/appels/").content.decode()
    assert "L’appel long" in listed
    assert "L’appel court" in listed


def judge(call, project, gate, outcome, demands=None):
    """A sitting of one juror who presides: scored, deliberated, pronounced."""
    manager, president = call.created_by, person("Présidente")
    grid = create_grid(actor=manager, programme=call.programme, name="Grille", criteria=CRITERIA)
    sitting = sittings.prepare_sitting(
        actor=manager,
        programme=call.programme,
        cohort=call.cohort,
        gate=gate,
        body="Jury",
        starts_at=clock.now() + timedelta(days=1),
        grid_version=grid,
        min_readers=1,
        quorum=1,
    )
    sittings.add_seat(actor=manager, sitting=sitting, user=president, role=SeatRole.PRESIDENT)
    hearing = sittings.add_hearing(actor=manager, sitting=sitting, project=project)
    sittings.open_scoring(actor=manager, sitting=sitting)
    links.declare_links(actor=president, sitting=sitting, links={}, none=True)
    hearing.refresh_from_db()
    marks = {criterion["key"]: 4 for criterion in CRITERIA}
    scoring.save_scores(actor=president, hearing=hearing, scores=marks, comment="", give=True)
    sittings.begin_deliberation(actor=president, sitting=sitting, present=[president])
    decisions.prepare_decision(
        actor=president, hearing=hearing, outcome=outcome, reason="Un vrai problème.", demands=demands or {}
    )
    decisions.pronounce(actor=president, sitting=sitting)
    project.refresh_from_db()


def test_without_a_hackathon_preselection_selects_for_seven_months(long_call, short_call):
    long_one = make_application(call=long_call, user=make_person())
    short_one = make_application(call=short_call, user=make_person())
    assert "Hackathon" not in labels(queries.path_of_application(long_one))
    assert "Hackathon" in labels(queries.path_of_application(short_one))
    for application, call in ((long_one, long_call), (short_one, short_call)):
        judge(call, application.project, "preselection", "retain")
    assert long_one.project.stage == Stage.SELECTED
    assert short_one.project.stage == Stage.PRESELECTED
    phase = Phase.objects.get(project=long_one.project)
    assert phase.kind == PhaseKind.PREINCUBATION
    months = (phase.planned_end.year - phase.planned_start.year) * 12
    months += phase.planned_end.month - phase.planned_start.month
    assert months == 7
    sign_commitment(long_one.project, ends_on=clock.today() + timedelta(days=215))
    projects.start_preincubation(actor=long_call.created_by, project=long_one.project)
    assert long_one.project.stage == Stage.PREINCUBATION
    judge(short_call, short_one.project, "hackathon", "retain")
    assert short_one.project.stage == Stage.SELECTED


def test_what_a_programme_does_not_use_is_not_asked_of_it(long_call):
    """No hackathon date where there is no hackathon, and no extension where none is allowed."""
    application = make_application(call=long_call, user=make_person())
    judge(long_call, application.project, "preselection", "retain")
    next_step = queries.next_step_of(application)
    assert next_step is None or str(next_step.label) != "Hackathon"
    sign_commitment(application.project, ends_on=clock.today() + timedelta(days=215))
    projects.start_preincubation(actor=long_call.created_by, project=application.project)
    demands = {
        "open_question": "Les gestionnaires ouvriront-ils ?",
        "evidence": "Dix accords écrits.",
        "ends_on": (clock.today() + timedelta(days=90)).isoformat(),
    }
    with pytest.raises(Refused, match="ne peut pas donner cette issue"):
        judge(long_call, application.project, "preincubation_end", "extend", demands)
