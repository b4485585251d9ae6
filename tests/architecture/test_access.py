"""Every address of ours x every role x ownership: what each person gets (tests/architecture/access_table.py).

A new address without a row fails. The table is read with one rule in mind: who may not know gets 404, who
may know but not do gets 403, who is not signed in is sent to the door.
"""

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from tests.architecture.access_table import FOR_EVERY_MANAGER, PUBLIC, TABLE
from tests.architecture.access_world import ROLES, World

OUR_MODULES = ("incubator.", "projects.", "calls.", "juries.", "home.")


def our_addresses() -> dict[str, set[str]]:
    """The name of every address whose view is ours, with the names of its arguments."""
    found = {}

    def walk(patterns, space):
        for pattern in patterns:
            if str(pattern.pattern).startswith("admin/"):  # tests/architecture/test_viewsets.py
                continue
            if hasattr(pattern, "url_patterns"):
                inner = ":".join(part for part in (space, pattern.namespace) if part)
                walk(pattern.url_patterns, inner)
            elif pattern.lookup_str.startswith(OUR_MODULES):
                name = f"{space}:{pattern.name}" if space else str(pattern.name)
                if pattern.name:  # without a name: walls in front of other packages' doors
                    found[name] = set(pattern.pattern.converters)

    walk(get_resolver().url_patterns, "")
    return found


class Undo(Exception):
    """Take back what a request did."""


def answers(world: World, name: str, arguments: set[str], method: str) -> str:
    """The status of the address for each role, in the order of ROLES."""
    statuses = []
    path = reverse(name, kwargs=world.arguments(name, arguments))
    for role in ROLES:
        client = world.client(role)
        try:
            with transaction.atomic():
                response = getattr(client, method.lower())(path)
                if response.streaming:
                    list(response.streaming_content)  # a file is closed once it is read
                statuses.append(str(response.status_code))
                raise Undo
        except Undo:
            pass
    return " ".join(statuses)


def test_every_address_has_its_row():
    assert sorted(our_addresses()) == sorted(TABLE)


@pytest.mark.django_db
def test_every_role_gets_what_the_table_says(site, settings, client_for):
    settings.DEMO = True
    world = World(client_for)
    faults = []
    for name, arguments in our_addresses().items():
        for method, expected in TABLE.get(name, {}).items():
            got = answers(world, name, arguments, method)
            faults += [
                f"{method} {name} as {role}: {have}, expected {want}"
                for role, have, want in zip(ROLES, got.split(), expected.split(), strict=True)
                if have != want
            ]
    assert faults == []


def suspicious(table, addresses) -> list[str]:
    """Rows that no reader should accept: a stranger or another programme's manager reads what is not theirs,
    a visitor is let in, somebody meets an error."""
    faults = []
    for name, rows in table.items():
        for method, row in rows.items():
            got = dict(zip(ROLES, row.split(), strict=True))
            if name != "core:health" and any(status.startswith("5") for status in got.values()):
                faults.append(f"{method} {name}: an error")
            if name in PUBLIC:
                continue
            if got["visitor"] not in {"302", "404", "405", "403"}:
                faults.append(f"{method} {name}: a visitor gets {got['visitor']}")
            if addresses[name]:
                strangers = ("stranger",) if name in FOR_EVERY_MANAGER else ("stranger", "other_manager")
                faults += [
                    f"{method} {name}: the {role} gets {got[role]}"
                    for role in strangers
                    if got[role] not in {"403", "404", "405"}
                ]
    return faults


def test_no_row_lets_a_stranger_in():
    assert suspicious(TABLE, our_addresses()) == []


# -- The gates, seen failing -------------------------------------------------------------------------


def test_the_gate_fails_on_an_open_row():
    addresses = {"projects:detail": {"code"}}
    shut = {"projects:detail": {"GET": " ".join("302" if role == "visitor" else "404" for role in ROLES)}}
    assert suspicious(shut, addresses) == []
    open_ = {"projects:detail": {"GET": " ".join("200" for role in ROLES)}}
    assert suspicious(open_, addresses) == [
        "GET projects:detail: a visitor gets 200",
        "GET projects:detail: the stranger gets 200",
        "GET projects:detail: the other_manager gets 200",
    ]
