"""How applications are named to the verbs and to the screens that act on several of them."""

import re


def pks(applications) -> list[int]:
    return [one.pk for one in applications]


def uuids(applications) -> list[str]:
    return [str(one.uuid) for one in applications]


def page_of(call) -> str:
    return f"/appels/{call.code}/candidatures/ensemble/"


def seen_in(html: str) -> dict[str, str]:
    """What the preview sends back with its confirmation: a mark of the words that it showed."""
    return {"seen": re.search(r'name="seen" value="([0-9a-f]{16})"', html)[1], "confirm": "1"}
