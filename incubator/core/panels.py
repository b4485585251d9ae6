"""Panels: how a page shows what a package to its right knows.

The page's template opens a slot; packages to the right register providers in ``AppConfig.ready()``.
A provider takes (user, object), applies its own ``visible_to``, costs a fixed number of queries,
and answers a :class:`Panel` or None.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Panel:
    """A template and its context, shown in a slot."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


_providers: dict[str, list[tuple[int, Callable[[Any, Any], Panel | None]]]] = defaultdict(list)


def register(slot: str, provider: Callable[[Any, Any], Panel | None], *, order: int = 50) -> None:
    """Offer ``provider`` to ``slot`` (for example ``"project.main"``); lower ``order`` stands higher."""
    if all(known is not provider for _, known in _providers[slot]):
        _providers[slot].append((order, provider))
        _providers[slot].sort(key=lambda row: row[0])


def panels_for(slot: str, user, obj) -> list[Panel]:
    """What every provider of ``slot`` shows this user about this object."""
    panels = (provider(user, obj) for _, provider in _providers.get(slot, ()))
    return [panel for panel in panels if panel is not None]
