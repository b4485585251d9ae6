"""Navigation: each package says, in ``AppConfig.ready()``, which entries it offers to whom.

A provider takes the user (perhaps anonymous) and answers a list of :class:`Entry`; it must cost no
query beyond the user's roles, which are kept on the user object.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Section(StrEnum):
    """Where an entry stands in the header."""

    PUBLIC = "public"  # what everyone may read: calls, impact, what the incubator is
    SPACE = "space"  # where this person works
    MANAGE = "manage"  # what the programme's managers prepare and publish


SECTION_LABELS = {
    Section.PUBLIC: _("The incubator"),
    Section.SPACE: _("My space"),
    Section.MANAGE: _("Running the programme"),
}


@dataclass(frozen=True)
class Entry:
    label: Any
    url: str
    section: str = Section.SPACE
    order: int = 50
    current: bool = False
    within: str = ""  # a regular expression: the other addresses that belong to this entry


Provider = Callable[[Any], Iterable[Entry]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Ask ``provider(user)`` for entries on every page."""
    if provider not in _providers:
        _providers.append(provider)


@dataclass(frozen=True)
class NavigationSection:
    key: str
    label: Any
    entries: tuple[Entry, ...]

    @property
    def is_current(self) -> bool:
        """Whether the page being read is one of this section's."""
        return any(entry.current for entry in self.entries)


def navigation_for(user, path: str = "") -> list[NavigationSection]:
    """The entries of this user, by section, each in order; the one the path belongs to is marked current."""
    entries = [entry for provider in _providers for entry in provider(user)]
    current = max(
        (entry for entry in entries if _belongs(path, entry)),
        key=lambda entry: (bool(entry.within) and _is_within(path, entry), len(str(entry.url))),
        default=None,
    )
    current = current and current.url
    sections = []
    for section in Section:
        mine = sorted((e for e in entries if e.section == section), key=lambda e: e.order)
        if mine:
            marked = tuple(Entry(e.label, e.url, e.section, e.order, current=e.url == current) for e in mine)
            sections.append(NavigationSection(section.value, SECTION_LABELS[section], marked))
    return sections


def _belongs(path: str, entry: Entry) -> bool:
    url = str(entry.url)
    under = url != "/" and url.endswith("/") and path.startswith(url)
    return path == url or under or _is_within(path, entry)


def _is_within(path: str, entry: Entry) -> bool:
    return bool(entry.within) and re.match(entry.within, path) is not None
