"""What the front page shows besides its editor's words: the call that is open, the path, what projects changed."""

from dataclasses import dataclass

from calls.models import Call
from calls.queries import duration_in_words, open_calls, path_of_call, time_left
from incubator.core.path import Path
from projects.models import ImpactPage, Programme
from projects.queries import planned_path

TEASERS = 3


@dataclass(frozen=True)
class FrontCall:
    call: Call
    time_left: str
    duration: str


@dataclass(frozen=True)
class Front:
    call: FrontCall | None
    others: list[Call]
    path: Path | None
    impact_pages: list[ImpactPage]


def front() -> Front:
    """At most three queries: open calls, a programme where no call is open, impact pages."""
    calls = open_calls()
    shown = calls[0] if calls else None
    return Front(
        call=FrontCall(shown, time_left(shown), duration_in_words(shown)) if shown else None,
        others=calls[1:],
        path=path_of_call(shown) if shown else _path_without_dates(),
        impact_pages=list(ImpactPage.objects.live().order_by("-first_published_at", "-pk")[:TEASERS]),
    )


def _path_without_dates() -> Path | None:
    programme = Programme.objects.order_by("pk").first()
    return planned_path(programme, {}) if programme else None
