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


# By list and code: members of two lists with the same code are equal as strings.
_tints: dict[tuple[type[Enum], Any], Tint] = {}


@dataclass(frozen=True)
class Badge:
    label: Any
    tint: str


def _key(member: Enum) -> tuple[type[Enum], Any]:
    return type(member), member.value


def register(tints: Mapping[Enum, str]) -> None:
    """Give each member of an enum its tint.

    An unknown tint is a programming error (ValueError), and so are members of two lists at once: in one
    mapping, members of two lists with the same code would take each other's place.
    """
    if len({type(member) for member in tints}) > 1:
        raise ValueError("Register one list at a time")
    _tints.update({_key(member): Tint(tint) for member, tint in tints.items()})


def is_registered(member: Enum) -> bool:
    return _key(member) in _tints


def badge_for(member: Enum, audience: str = "") -> Badge:
    """The word and tint of a member; ``audience`` chooses the word where the enum has ``label_for``."""
    label_for = getattr(member, "label_for", None)
    label = label_for(audience) if audience and label_for else member.label
    return Badge(label, _tints[_key(member)].value)
