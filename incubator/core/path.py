"""The path: where a project is, was and may go, as one drawn line with its stops.

Plain data; packages to the right build it, ``{% path %}`` draws it. Everything the drawing says is
also said in words, so that it can be heard, printed in one colour, or read as a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StopState(StrEnum):
    DONE = "done"
    NOW = "now"
    NEXT = "next"
    PLANNED = "planned"
    SKIPPED = "skipped"


STATE_WORDS = {
    StopState.DONE: pgettext_lazy("stop of the path", "Done"),
    StopState.NOW: pgettext_lazy("stop of the path", "Now"),
    StopState.NEXT: pgettext_lazy("stop of the path", "Next"),
    StopState.PLANNED: pgettext_lazy("stop of the path", "Planned"),
    StopState.SKIPPED: pgettext_lazy("stop of the path", "Not concerned"),
}

# What a future is called when it is one of the branches at the end of the line.
BRANCH_WORDS = {
    StopState.DONE: pgettext_lazy("branch of the path", "Chosen"),
    StopState.NOW: pgettext_lazy("branch of the path", "Chosen, now"),
    StopState.NEXT: pgettext_lazy("branch of the path", "Next"),
    StopState.PLANNED: pgettext_lazy("branch of the path", "Possible"),
    StopState.SKIPPED: pgettext_lazy("branch of the path", "Another way"),
}

ICONS = frozenset({"end", "bloom", "pause", "handover"})


@dataclass(frozen=True)
class Stop:
    """One stop. ``when`` is a date already in words; ``note`` a short line (« planned 7 July, held 9 July »).

    ``icon`` changes the drawn mark only: ``"end"`` (a square: it ends here, with what was learnt),
    ``"bloom"`` (a sprout: it lives), ``"pause"``, ``"handover"`` (an arrow: it goes on elsewhere).
    """

    label: Any
    state: str
    when: Any = ""
    note: Any = ""
    url: str = ""
    icon: str | None = None

    def __post_init__(self):
        StopState(self.state)
        if self.icon is not None and self.icon not in ICONS:
            raise ValueError(f"unknown icon of a stop: {self.icon}")

    @property
    def is_now(self) -> bool:
        return self.state == StopState.NOW

    @property
    def word(self) -> Any:
        return STATE_WORDS[StopState(self.state)]

    @property
    def branch_word(self) -> Any:
        return BRANCH_WORDS[StopState(self.state)]


@dataclass(frozen=True)
class Branch:
    """The futures that open at the end of the line."""

    label: Any
    futures: Sequence[Stop] = field(default_factory=tuple)


@dataclass(frozen=True)
class Path:
    """The whole line. ``title`` names the list for those who hear it."""

    stops: Sequence[Stop]
    title: Any = _("The path")
    branch: Branch | None = None

    @property
    def now(self) -> Stop | None:
        return next((stop for stop in self.stops if stop.is_now), None)

    @property
    def next(self) -> Stop | None:
        return next((stop for stop in self.stops if stop.state == StopState.NEXT), None)
