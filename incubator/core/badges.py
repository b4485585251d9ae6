"""Badges: how a state is shown, by its word, a shape and a tint. Packages register their enums in ``ready()``."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any


class Tint(StrEnum):
    """Five tints, each with its own shape, so that a badge can be told apart without colour."""

    NEUTRAL = "neutral"  # known, nothing to do: open circle
    ACTIVE = "active"  # work is going on: filled disc
    WAITING = "waiting"  # someone is expected to act: half disc
    GOOD = "good"  # came to a good end: tick
    ENDED = "ended"  # closed, whatever the way: square


_tints: dict[Enum, Tint] = {}


@dataclass(frozen=True)
class Badge:
    label: Any
    tint: str


def register(tints: Mapping[Enum, str]) -> None:
    """Give each member of an enum its tint; an unknown tint is a programming error (ValueError)."""
    _tints.update({member: Tint(tint) for member, tint in tints.items()})


def is_registered(member: Enum) -> bool:
    return member in _tints


def badge_for(member: Enum, audience: str = "") -> Badge:
    """The word and tint of a member; ``audience`` chooses the word where the enum has ``label_for``."""
    label_for = getattr(member, "label_for", None)
    label = label_for(audience) if audience and label_for else member.label
    return Badge(label, _tints[member].value)
