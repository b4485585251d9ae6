"""Calendar arithmetic on days: what “three months later” means."""

from datetime import date, datetime

from dateutil.relativedelta import relativedelta


def months_after(day: date, months: int) -> date:
    """The same day of the month, ``months`` later; the last day of that month when there is no such day."""
    return day + relativedelta(months=months)


def parse_day(text) -> date | None:
    """A day written as ``2020-07-07`` (or already a date); None when it is not a day."""
    if isinstance(text, datetime):
        return text.date()
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(str(text).strip())
    except ValueError:
        return None
