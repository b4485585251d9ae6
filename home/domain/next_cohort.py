"""The next cohort from the last one: its call with questions, texts and dates, and its sittings with their grids.

Nothing of a person comes along: no application, no answer, no juror, no mark. Whole days are added in the
programme's zone, so that an hour stays the hour that people read, whatever clocks did between.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from calls import rules
from calls.domain import calls
from calls.domain.forms import write_questions
from calls.models import Call
from incubator.core import clock, journal
from incubator.core.models import Refused
from juries.domain.copies import copy_sitting
from juries.enums import SittingState
from juries.models import Sitting
from projects.domain.programmes import create_cohort
from projects.enums import Gate
from projects.models import Cohort

YEAR = re.compile(r"\b20\d\d\b")
CALL_DAYS = ("preselection_on", "hackathon_on", "preincubation_from", "jury_on")
CALL_SETTINGS = ("grace_minutes", "max_team_size", "minutes_to_apply", "reminder_days_before")
WEEK = timedelta(weeks=1)
LATEST = timedelta(days=5 * 366)


@dataclass(frozen=True)
class Plan:
    """What the copy would be: names to correct, and each date as it moves (days as days, hours as hours)."""

    opens_on: date
    shift: timedelta
    cohort_name: str
    cohort_code: str
    title: str
    code: str
    opens_at: datetime
    closes_at: datetime
    days: dict[str, date | None]
    preincubation_starts_on: date | None
    sittings: list[tuple[Sitting, datetime]]

    @property
    def keeps_weekdays(self) -> bool:
        return self.shift % WEEK == timedelta(0)


def next_opening(call: Call) -> date:
    """The day proposed: the same weekday about a year later, the first such day that is still to come."""
    day = _local(call.opens_at, call).date() + 52 * WEEK
    while day <= clock.today():
        day += WEEK
    return day


def wrong_day(opens_on: date) -> str | None:
    """Why no call is copied to open on this day, or None."""
    if opens_on <= clock.today():
        return _("This day has passed: choose one that is still to come.")
    if opens_on > clock.today() + LATEST:
        return _("This day is more than five years away: choose a nearer one.")
    return None


def plan(*, call: Call, opens_on: date | None = None) -> Plan:
    """What copying ``call`` would make, opening on this day (:func:`next_opening` when not given). Two queries."""
    opens_on = opens_on or next_opening(call)
    shift = opens_on - _local(call.opens_at, call).date()
    years = opens_on.year - _local(call.opens_at, call).year
    opens_at, closes_at = (_moved(hour, shift, call) for hour in (call.opens_at, call.closes_at))
    starts_on = call.cohort.preincubation_starts_on
    return Plan(
        opens_on=opens_on,
        shift=shift,
        cohort_name=_renewed(call.cohort.name, years, " "),
        cohort_code=_renewed(call.cohort.code, years, "-"),
        title=_renewed(call.title, years, " "),
        code=_renewed(call.code, years, "-"),
        opens_at=opens_at,
        closes_at=closes_at,
        days={name: day + shift if (day := getattr(call, name)) else None for name in CALL_DAYS},
        preincubation_starts_on=starts_on + shift if starts_on else None,
        sittings=[(sitting, _moved(sitting.starts_at, shift, call)) for sitting in sittings_to_copy(call)],
    )


def sittings_to_copy(call: Call) -> list[Sitting]:
    """The sittings of the call's cohort at the gates that its programme uses, the first first. One query."""
    programme = call.programme
    gates = {Gate.PRESELECTION: programme.uses_preselection, Gate.HACKATHON: programme.uses_hackathon}
    used = [
        gate for gate in (Gate.PRESELECTION, Gate.HACKATHON, Gate.PREINCUBATION_END) if gates.get(gate, True)
    ]
    return list(
        Sitting.objects.filter(cohort=call.cohort_id, gate__in=used)
        .exclude(state=SittingState.CANCELLED)
        .select_related("programme", "cohort", "grid_version__grid")
        .order_by("starts_at", "pk")
    )


@transaction.atomic
def copy_for_next_cohort(
    *, actor, call: Call, opens_on: date, cohort_name: str, cohort_code: str, title: str, code: str
) -> Call:
    """Make the next cohort, its call in preparation with its page as a draft, and its sittings in preparation.

    Refused with sentences by field when a name is taken or the day has passed; all or nothing.
    """
    if not rules.can_manage_call(actor, call):
        raise PermissionDenied("home.copy_for_next_cohort")
    cohort_code, code = slugify(cohort_code), slugify(code)
    errors = {}
    for field, value in (
        ("cohort_name", cohort_name),
        ("cohort_code", cohort_code),
        ("title", title),
        ("code", code),
    ):
        if not value.strip():
            errors[field] = _("Write something here.")
    if Cohort.objects.filter(code=cohort_code).exists():
        errors["cohort_code"] = _("A cohort already has this code: perhaps the copy is made. Choose another.")
    if Call.objects.filter(code=code).exists():
        errors["code"] = _("A call already has this address. Choose another.")
    if wrong := wrong_day(opens_on):
        errors["opens_on"] = wrong
    if errors:
        raise Refused(errors)
    wanted = plan(call=call, opens_on=opens_on)
    cohort = create_cohort(
        actor=actor,
        programme=call.programme,
        code=cohort_code,
        name=cohort_name.strip(),
        preincubation_starts_on=wanted.preincubation_starts_on,
    )
    made = _copy_call(actor, call, cohort, wanted, title.strip(), code)
    for sitting, starts_at in wanted.sittings:
        copy_sitting(actor=actor, sitting=sitting, cohort=cohort, starts_at=starts_at)
    journal.record(
        verb="home.copied_for_next_cohort",
        actor=actor,
        target=made,
        copied=call.code,
        cohort=cohort.code,
        sittings=len(wanted.sittings),
    )
    return made


def _copy_call(actor, call: Call, cohort: Cohort, wanted: Plan, title: str, code: str) -> Call:
    page = call.page.get_latest_revision_as_object()
    made = calls.create_call(
        actor=actor,
        programme=call.programme,
        cohort=cohort,
        code=code,
        title=title,
        opens_at=wanted.opens_at,
        closes_at=wanted.closes_at,
        page_content={"lead": page.lead, "body": page.body.get_prep_value()},
        **wanted.days,
        **{name: getattr(call, name) for name in CALL_SETTINGS},
    )
    form = made.form
    # As the builder holds them, keys included: exports of two years read side by side.
    form.sections = call.form.sections
    write_questions(actor=actor, form=form)
    copied = made.page
    copied.seo_title, copied.search_description = page.seo_title, page.search_description
    copied.share_image = page.share_image
    copied.save()
    copied.save_revision(user=actor)
    return made


def _local(moment: datetime, call: Call) -> datetime:
    return moment.astimezone(call.zone)


def _moved(moment: datetime, shift: timedelta, call: Call) -> datetime:
    """So many days later at the same hour of the wall clock."""
    zone = ZoneInfo(call.programme.time_zone)
    return (moment.astimezone(zone).replace(tzinfo=None) + shift).replace(tzinfo=zone)


def _renewed(text: str, years: int, between: str) -> str:
    """The same name for another year; without a year in it, the name and « 2 »."""
    if years and YEAR.search(text):
        return YEAR.sub(lambda found: str(int(found[0]) + years), text)
    stem, _between, number = text.rpartition(between)
    if stem and number.isdecimal() and len(number) < 3:
        return f"{stem}{between}{int(number) + 1}"
    return f"{text}{between}2"
