"""The frame of the sittings is written once a file: half of what a sitting costs a test, and the same in all."""

from copy import deepcopy
from pathlib import Path

import pytest

from tests.factories.juries import Frame

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Each test of this folder that opens the database has the frame at hand, but where some test is transactional."""
    mine = [item for item in items if HERE in item.path.parents]
    marks = {item: item.get_closest_marker("django_db") for item in mine}
    alone = {item.path for item, mark in marks.items() if mark and mark.kwargs.get("transaction")}
    for item, mark in marks.items():
        if mark and item.path not in alone:
            item.fixturenames[:0] = ["frame", "_frame_at_hand"]  # before the test's own savepoint


@pytest.fixture(scope="module")
def frame(written_once):
    with written_once(Frame) as frame:
        yield frame


@pytest.fixture
def _frame_at_hand(frame, monkeypatch):
    """The first sitting of the test stands in this frame; a second one makes its own."""
    monkeypatch.setattr(Frame, "ready", deepcopy(frame))
