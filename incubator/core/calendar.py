"""Working days: no Saturday, no Sunday, no public holiday of the country (``HOLIDAYS_COUNTRY``)."""

from datetime import date, timedelta
from functools import cache

import holidays
from django.conf import settings


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _free_days(settings.HOLIDAYS_COUNTRY)


def add_working_days(start: date, count: int) -> date:
    """The ``count``-th working day after ``start``."""
    free = _free_days(settings.HOLIDAYS_COUNTRY)
    day = start
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in free:
            count -= 1
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days come after ``start``, up to ``end`` included; negative when ``end`` is before."""
    if end < start:
        return -working_days_between(end, start)
    free = _free_days(settings.HOLIDAYS_COUNTRY)
    days = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(1 for day in days if day.weekday() < 5 and day not in free)


def working_day_on_or_after(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@cache
def _free_days(country: str):
    """The public holidays of a country: each year is reckoned once a process."""
    return holidays.country_holidays(country)
