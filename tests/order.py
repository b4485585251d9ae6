"""In which order the tests run, and which need not run twice.

Processes take whole files, the longest first: whoever ends first then waits for little. The walks of every
screen know nothing of each other and are taken one by one.
"""

import pytest

# What a process is busy with for long, longest first; the others follow in the order of their names.
LONG = (
    "tests/e2e/test_promotion.py",
    "tests/e2e/test_screens.py",
    "tests/architecture/test_access.py",
    "tests/e2e/",
    "tests/tools/",
    "tests/juries/test_invariants.py",
    "tests/calls/test_life_properties.py",
    "tests/home/",
)
ONE_BY_ONE = "tests/e2e/test_screens.py"


def pytest_addoption(parser):
    parser.addoption(
        "--only-database",
        action="store_true",
        help="leave out the tests that say the same on any database: they open none, or are marked so",
    )


def pytest_collection_modifyitems(config, items):
    items.sort(key=lambda item: place_of(item.nodeid))  # stable: a file keeps its own order
    if config.getoption("--only-database"):
        same = [item for item in items if not differs_by_database(item)]
        config.hook.pytest_deselected(items=same)
        items[:] = [item for item in items if differs_by_database(item)]


def place_of(nodeid: str) -> int:
    return next((place for place, path in enumerate(LONG) if nodeid.startswith(path)), len(LONG))


def differs_by_database(item) -> bool:
    """Whether the test opens a database, or asks for a service by name, and does not say that it is the same on any."""
    if marker := item.get_closest_marker("same_on_any_database"):
        if not marker.kwargs.get("reason"):
            raise pytest.UsageError(f"{item.nodeid}: same_on_any_database needs its reason=…")
        return False
    return "django_db_setup" in item.fixturenames or any(
        item.get_closest_marker(marker)
        for marker in ("django_db", "requires_postgres", "requires_redis", "requires_chromium")
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """``--dist loadfile``, but for what is taken one by one."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return nodeid if nodeid.startswith(ONE_BY_ONE) else super()._split_scope(nodeid)

    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None
