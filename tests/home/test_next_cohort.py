"""Copy a call for the next cohort: questions, texts, dates by whole days, sittings and grids; nobody's own."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from calls.domain import calls
from calls.models import Application, Call, CallPage
from home.domain.next_cohort import copy_for_next_cohort, plan, sittings_to_copy
from incubator.core import clock
from incubator.core.models import JournalEntry, Letter, Refused
from juries.domain import sittings
from juries.domain.grids import create_grid
from juries.models import Hearing, Seat, Sitting
from projects.models import Cohort, Project
from tests.factories.calls import QUESTIONS, make_application, make_call
from tests.factories.juries import CRITERIA, person
from tests.factories.projects import make_cohort, make_manager, make_person, make_programme

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2027, 1, 11, 8, tzinfo=UTC)  # a Monday
NAMES = {
    "cohort_name": "Promotion 2028",
    "cohort_code": "promotion-2028",
    "title": "Appel 2028",
    "code": "appel-2028",
}


@pytest.fixture(autouse=True)
def _now(site):
    with clock.at(NOW):
        yield


@pytest.fixture
def call():
    programme = make_programme()
    cohort = make_cohort(
        programme, code="promotion-2027", name="Promotion 2027", preincubation_starts_on=date(2027, 5, 3)
    )
    manager = make_manager(programme)
    made = make_call(
        programme=programme,
        manager=manager,
        cohort=cohort,
        code="appel-2027",
        title="Appel 2027",
        opens_at=NOW,
        closes_at=datetime(2027, 3, 26, 17, tzinfo=UTC),  # Friday at 18 h, in winter
        preselection_on=date(2027, 4, 6),
        hackathon_on=date(2027, 4, 20),
        preincubation_from=date(2027, 5, 3),
        jury_on=date(2027, 8, 3),
        grace_minutes=45,
        max_team_size=3,
        page_content={
            "lead": "Vingt minutes suffisent.",
            "body": [{"type": "text", "value": {"heading": "Pour qui ?", "text": "<p>Tous.</p>"}}],
        },
    )
    grid = create_grid(actor=manager, programme=programme, name="Grille", criteria=CRITERIA)
    sitting = sittings.prepare_sitting(
        actor=manager,
        programme=programme,
        cohort=cohort,
        gate="preselection",
        body="Jury de présélection",
        starts_at=datetime(2027, 4, 6, 9, tzinfo=PARIS),
        grid_version=grid,
    )
    sittings.add_seat(actor=manager, sitting=sitting, user=person("Jurée"))
    application = make_application(call=made, user=make_person(email="a@region.example"))
    sittings.add_hearing(actor=manager, sitting=sitting, project=application.project)
    return made


def copy(call, **changes):
    values = {"opens_on": date(2028, 1, 10), **NAMES, **changes}
    return copy_for_next_cohort(actor=call.created_by, call=call, **values)


def test_by_default_the_next_call_opens_a_year_later_on_the_same_weekday(call):
    proposed = plan(call=call)
    assert proposed.opens_on == date(2028, 1, 10)
    assert proposed.keeps_weekdays
    assert {name: getattr(proposed, name) for name in NAMES} == NAMES
    with clock.at(datetime(2030, 6, 1, tzinfo=UTC)):
        assert plan(call=call).opens_on == date(2030, 6, 3)  # the first Monday still to come
    assert not plan(call=call, opens_on=date(2028, 1, 11)).keeps_weekdays


def test_the_dates_move_by_whole_days_and_hours_stay_what_people_read(call):
    # 52 weeks and 13 weeks later: the closing falls in summer time and stays at 18 h.
    made = copy(call, opens_on=date(2028, 4, 10))
    assert made.opens_at.astimezone(PARIS) == datetime(2028, 4, 10, 9, tzinfo=PARIS)
    assert made.closes_at.astimezone(PARIS) == datetime(2028, 6, 23, 18, tzinfo=PARIS)
    assert made.closes_at.astimezone(PARIS).strftime("%A") == "Friday"
    days = (made.preselection_on, made.hackathon_on, made.preincubation_from, made.jury_on)
    assert days == (date(2028, 7, 4), date(2028, 7, 18), date(2028, 7, 31), date(2028, 10, 31))
    assert made.cohort.preincubation_starts_on == date(2028, 7, 31)


def test_questions_texts_settings_and_sittings_come_along(call):
    call.page.search_description = "Pour tous."
    call.page.save_revision()  # written since, not published
    made = copy(call)
    assert (made.state, made.cohort.name, made.title, made.code) == (
        "draft",
        "Promotion 2028",
        "Appel 2028",
        "appel-2028",
    )
    assert (made.grace_minutes, made.max_team_size) == (45, 3)
    page = CallPage.objects.get(call=made)
    assert not page.live
    assert (page.lead, page.search_description) == ("Vingt minutes suffisent.", "Pour tous.")
    assert page.body[0].value["heading"] == "Pour qui ?"
    made.form.refresh_from_db()
    asked = [
        (q.block_type, q.value["key"], q.value["label"])
        for s in made.form.sections
        for q in s.value["questions"]
    ]
    assert asked == [(q["kind"], q["key"], q["label"]) for section in QUESTIONS for q in section["questions"]]
    (sitting,) = Sitting.objects.filter(cohort=made.cohort)
    (original,) = Sitting.objects.filter(cohort=call.cohort)
    assert (sitting.body, sitting.state) == ("Jury de présélection", "preparing")
    assert sitting.grid_version == original.grid_version
    assert sitting.starts_at.astimezone(PARIS) == datetime(2028, 4, 4, 9, tzinfo=PARIS)
    entry = JournalEntry.objects.get(verb="home.copied_for_next_cohort")
    assert (entry.data["copied"], entry.data["sittings"]) == ("appel-2027", 1)


def test_nothing_of_a_person_comes_along(call):
    models = (Application, Project, Seat, Hearing, Letter)
    before = [model.objects.count() for model in models]
    made = copy(call)
    assert [model.objects.count() for model in models] == before
    assert not made.applications.exists()


def test_the_copy_opens_as_any_other_call(call):
    made = copy(call)
    calls.publish_call_page(actor=call.created_by, call=made)
    calls.schedule_call(actor=call.created_by, call=made)
    assert made.state == "scheduled"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cohort_code": "promotion-2027"}, "cohort_code"),
        ({"code": "appel-2027"}, "code"),
        ({"code": "  "}, "code"),
        ({"cohort_name": " "}, "cohort_name"),
        ({"opens_on": date(2027, 1, 11)}, "opens_on"),
        ({"opens_on": date(2020, 1, 6)}, "opens_on"),
    ],
)
def test_a_copy_is_refused_with_a_sentence_and_leaves_nothing(call, changes, field):
    models = (Call, Cohort, Sitting)
    before = [model.objects.count() for model in models]
    with pytest.raises(Refused) as refused:
        copy(call, **changes)
    assert field in refused.value.message_dict
    assert [model.objects.count() for model in models] == before


def test_twice_makes_one(call):
    copy(call)
    with pytest.raises(Refused) as refused:
        copy(call)
    assert set(refused.value.message_dict) == {"cohort_code", "code"}
    assert Call.objects.count() == 2


def test_a_stranger_copies_nothing(call):
    with pytest.raises(PermissionDenied):
        copy_for_next_cohort(
            actor=make_manager(make_programme()), call=call, opens_on=date(2028, 1, 10), **NAMES
        )


def test_only_gates_of_the_programme_are_copied(call):
    call.programme.uses_preselection = False
    assert sittings_to_copy(call) == []


def test_the_manager_sees_the_dates_then_makes_the_copy(client_for, call):
    browser = client_for(call.created_by)
    address = f"/appels/{call.code}/prochaine-promotion/"
    board = browser.get(f"/admin/appels/{call.pk}/ou-en-est-il/").content.decode()
    assert f'href="{address}"' in board
    html = browser.get(address).content.decode().replace("\xa0", " ")
    for words in (
        "Promotion 2028",
        "lundi 10 janvier 2028 à 9 h",
        "vendredi 24 mars 2028 à 18 h",
        "7 questions",
    ):
        assert words in html
    form = {"opens_on": "2028-01-11", **NAMES, "cohort_name": "Promotion du printemps"}
    preview = browser.post(address, {**form, "preview": "1"}).content.decode().replace("\xa0", " ")
    assert "mardi 11 janvier 2028" in preview
    assert "autres jours" in preview
    assert "Promotion du printemps" in preview
    assert Call.objects.count() == 1
    wrong = browser.post(address, {**form, "code": "appel-2027", "copy": "1"})
    assert wrong.status_code == 422
    assert "Promotion du printemps" in wrong.content.decode()
    done = browser.post(address, {**form, "copy": "1"})
    made = Call.objects.get(code="appel-2028")
    assert done["Location"] == f"/admin/appels/{made.pk}/ou-en-est-il/"
    assert made.opens_at - timedelta(days=365) == NOW


def test_bad_dates_are_said_and_never_an_error(client_for, call):
    browser = client_for(call.created_by)
    address = f"/appels/{call.code}/prochaine-promotion/"
    for day in ("", "demain", "0000-00-00", "9999-12-31", "0001-01-01"):
        assert browser.get(address, {"opens_on": day}).status_code in (200, 422)
        assert browser.post(address, {"opens_on": day, **NAMES, "copy": "1"}).status_code == 422
    assert Call.objects.count() == 1
