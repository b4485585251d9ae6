"""How an indicator is read: what changed, which way, how sure we are, and what must not be shown.

A :class:`Reading` is plain data (``to_json`` and ``from_json``), so that a published page keeps the
figures of its day while the project goes on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incubator.core import clock, words
from incubator.core.charts import Flag, Point, Trajectory
from projects.counts import SECRET_BELOW
from projects.dates import months_after
from projects.enums import Direction, IndicatorLevel, MeasureRole, Quality, Unit

OLD_AFTER_MONTHS = 13
USAGE_LEVELS = frozenset(
    {IndicatorLevel.MEANS, IndicatorLevel.ACTIVITY, IndicatorLevel.USABLE, IndicatorLevel.USED}
)
NOT_COMMUNICATED = gettext_lazy("not communicated")
_SIGNS = {Unit.PERCENT: "%", Unit.EURO: "€", Unit.COUNT: ""}


@dataclass(frozen=True)
class Value:
    """One measure: its period, its value, how good it is, where it comes from."""

    since: date
    until: date
    value: Decimal
    role: str
    quality: str
    source: str
    sample: int | None = None
    comment: str = ""
    corrects: bool = False

    @property
    def is_secret(self) -> bool:
        """Measured on fewer than eleven people: never shown in public."""
        return self.sample is not None and self.sample < SECRET_BELOW

    @property
    def is_old(self) -> bool:
        return months_after(self.until, OLD_AFTER_MONTHS) < clock.today()

    @property
    def quality_label(self):
        return Quality(self.quality).label

    @property
    def role_label(self):
        return MeasureRole(self.role).label

    def to_json(self) -> dict[str, Any]:
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "value": str(self.value),
            "role": self.role,
            "quality": self.quality,
            "source": self.source,
            "sample": self.sample,
            "comment": self.comment,
            "corrects": self.corrects,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Value":
        return cls(
            since=date.fromisoformat(data["since"]),
            until=date.fromisoformat(data["until"]),
            value=Decimal(data["value"]),
            role=data["role"],
            quality=data["quality"],
            source=data["source"],
            sample=data["sample"],
            comment=data["comment"],
            corrects=data["corrects"],
        )


@dataclass(frozen=True)
class Aim:
    """A target: a value at a date, and who set it."""

    value: Decimal
    due_on: date
    set_by: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"value": str(self.value), "due_on": self.due_on.isoformat(), "set_by": self.set_by}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Aim":
        return cls(Decimal(data["value"]), date.fromisoformat(data["due_on"]), data["set_by"])


@dataclass(frozen=True)
class Reading:
    """An indicator with its values (oldest first, corrected ones left out) and its targets."""

    name: str
    question: str
    level: str
    direction: str
    unit: str
    decimals: int = 0
    out_of: str = ""
    source: str = ""
    values: tuple[Value, ...] = ()
    aims: tuple[Aim, ...] = ()
    intervention_on: date | None = None

    # -- Which values

    @cached_property
    def baseline(self) -> Value | None:
        return next((value for value in self.values if value.role == MeasureRole.BASELINE), None)

    @cached_property
    def latest(self) -> Value | None:
        """The last value after the baseline."""
        later = [value for value in self.values if value.role != MeasureRole.BASELINE]
        return later[-1] if later else None

    @property
    def aim(self) -> Aim | None:
        """The last target that was set."""
        return self.aims[-1] if self.aims else None

    def public(self) -> "Reading":
        """As anyone may read it: without the values measured on too few people."""
        shown = tuple(value for value in self.values if not value.is_secret)
        return replace(self, values=shown) if len(shown) < len(self.values) else self

    # -- What to say with it

    @property
    def is_usage(self) -> bool:
        """Says that something is used, not that it helps."""
        return self.level in USAGE_LEVELS

    @property
    def is_reconstructed(self) -> bool:
        """The baseline was measured once the work had begun to change things."""
        return bool(self.baseline and self.intervention_on and self.baseline.until >= self.intervention_on)

    @property
    def is_old(self) -> bool:
        last = self.latest or self.baseline
        return bool(last and last.is_old)

    @property
    def level_label(self):
        return IndicatorLevel(self.level).label

    @property
    def direction_label(self):
        return Direction(self.direction).label

    @property
    def unit_sign(self) -> str:
        return _("days") if self.unit == Unit.DAY else _SIGNS[Unit(self.unit)]

    # -- Figures

    def figure(self, value: Decimal | None) -> str:
        """A value with its unit; “not communicated” when there is none: never an invented zero."""
        if value is None:
            return str(NOT_COMMUNICATED)
        return words.with_unit(_rounded(value, self.decimals), self.unit_sign)

    @property
    def baseline_figure(self) -> str:
        return self.figure(self.baseline.value if self.baseline else None)

    @property
    def latest_figure(self) -> str:
        return self.figure(self.latest.value if self.latest else None)

    @cached_property
    def change(self) -> Decimal | None:
        """How much the value moved since the baseline; None when one of the two is missing."""
        if self.baseline is None or self.latest is None:
            return None
        return self.latest.value - self.baseline.value

    @property
    def change_in_words(self) -> str:
        """“+25 points” for a percentage (15 % to 40 %), “+1 200” for a number; empty when unknown."""
        if self.change is None:
            return ""
        change = _rounded(self.change, self.decimals)
        sign = "+" if change > 0 else "−" if change < 0 else ""
        size = abs(change)
        if self.unit == Unit.PERCENT:
            return ngettext("%(change)s point", "%(change)s points", 2 if size >= 2 else 1) % {
                "change": f"{sign}{words.number(size)}"
            }
        return f"{sign}{words.with_unit(size, self.unit_sign)}"

    @property
    def is_better(self) -> bool | None:
        """Whether it moved the way it should; None when it did not move or is not known."""
        if not self.change:
            return None
        return (self.change > 0) == (self.direction == Direction.INCREASE)

    @property
    def verdict(self) -> str:
        """The direction in words; colours and signs follow it, never the reverse."""
        if self.change is None:
            return ""
        if self.change == 0:
            return _("no change")
        return _("in the right direction") if self.is_better else _("in the wrong direction")

    def value_at(self, day: date) -> Value | None:
        """The value that was known at ``day``: a target is compared at its date, not at the last measure."""
        known = [value for value in self.values if value.until <= day]
        return known[-1] if known else None

    def is_reached(self, aim: Aim) -> bool | None:
        """Whether a target was reached at its date; None before that day, or when nothing was measured."""
        known = self.value_at(aim.due_on)
        if aim.due_on > clock.today() or known is None or known.role == MeasureRole.BASELINE:
            return None
        if self.direction == Direction.INCREASE:
            return known.value >= aim.value
        return known.value <= aim.value

    @property
    def finding(self) -> str:
        """What the chart shows, in a sentence."""
        if self.baseline is None and self.latest is None:
            return _("No value has been measured yet.")
        if self.baseline is None:
            return _("%(value)s on %(day)s; the value before is not communicated.") % {
                "value": self.latest_figure,
                "day": words.day(self.latest.until),
            }
        start = {"value": self.baseline_figure, "day": words.day(self.baseline.until)}
        if self.latest is None:
            return _("%(value)s on %(day)s, before the work; nothing has been measured since.") % start
        return _("From %(value)s on %(day)s to %(now)s on %(then)s: %(change)s, %(verdict)s.") % {
            **start,
            "now": self.latest_figure,
            "then": words.day(self.latest.until),
            "change": self.change_in_words or "0",
            "verdict": self.verdict,
        }

    def chart(self, csv_url: str = "") -> Trajectory:
        return Trajectory(
            title=self.name,
            finding=self.finding,
            points=[Point(value.until, value.value, value.quality, value.source) for value in self.values],
            baseline=self.baseline.value if self.baseline else None,
            targets=[Flag(aim.due_on, aim.value, aim.set_by) for aim in self.aims],
            unit=self.unit_sign,
            csv_url=csv_url,
        )

    def rows(self) -> list[tuple]:
        """The series as rows for a file: period, value, role, quality, n, source, comment."""
        return [
            (
                value.since.isoformat(),
                value.until.isoformat(),
                _rounded(value.value, max(self.decimals, 0)),
                value.role,
                value.quality,
                "" if value.sample is None else value.sample,
                value.source,
                value.comment,
            )
            for value in self.values
        ]

    # -- Kept with a page

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "question": self.question,
            "level": self.level,
            "direction": self.direction,
            "unit": self.unit,
            "decimals": self.decimals,
            "out_of": self.out_of,
            "source": self.source,
            "values": [value.to_json() for value in self.values],
            "aims": [aim.to_json() for aim in self.aims],
            "intervention_on": self.intervention_on.isoformat() if self.intervention_on else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Reading":
        day = data["intervention_on"]
        return cls(
            **{key: data[key] for key in ("name", "question", "level", "direction", "unit", "decimals")},
            out_of=data["out_of"],
            source=data["source"],
            values=tuple(Value.from_json(value) for value in data["values"]),
            aims=tuple(Aim.from_json(aim) for aim in data["aims"]),
            intervention_on=date.fromisoformat(day) if day else None,
        )


def amount_in_words(lowest: Decimal | None, highest: Decimal | None) -> str:
    if lowest is None:
        return ""
    if highest is None or highest == lowest:
        return words.amount(lowest)
    return _("from %(lowest)s to %(highest)s") % {
        "lowest": words.amount(lowest),
        "highest": words.amount(highest),
    }


CSV_HEAD = ("period_start", "period_end", "value", "role", "quality", "n", "source", "comment")


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
