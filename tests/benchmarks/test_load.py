"""The load's verdicts can fail: a value that is missing, overwritten or half kept is counted as lost."""

from collections import Counter

from tests.benchmarks.fields import hidden_fields
from tests.benchmarks.load import Person, lost_marks, lost_texts, report


def person(**known) -> Person:
    return Person(session="s", port=1, times=[10.0] * 20, **known)


def test_a_text_that_is_missing_or_older_is_lost():
    plans = [{"application": 7}]
    writers = [person(acknowledged={"a": "new", "b": "kept", "c": "gone"})]
    assert lost_texts({(7, "a"): "old", (7, "b"): "kept"}, plans, writers) == 2
    assert lost_texts({(7, "a"): "new", (7, "b"): "kept", (7, "c"): "gone"}, plans, writers) == 0


def test_a_mark_must_stand_or_be_in_the_history():
    plans = [{"juror": 3}]
    jurors = [person(acknowledged={("9", "besoin"): 5}, every=[("9", "besoin", 4), ("9", "besoin", 5)])]
    assert lost_marks({(3, "9", "besoin"): (5, {4})}, plans, jurors) == 0
    assert lost_marks({(3, "9", "besoin"): (5, set())}, plans, jurors) == 1
    assert lost_marks({(3, "9", "besoin"): (4, {4})}, plans, jurors) == 2
    assert lost_marks({}, plans, jurors) == 3


def test_an_error_or_a_page_without_a_sentence_spoils_a_run():
    assert report("sound", [person(seen=Counter({200: 20}))], 0)["sound"]
    assert not report("error", [person(seen=Counter({200: 19, 503: 1}))], 0)["sound"]
    assert report("away", [person(seen=Counter({200: 19, 503: 1}))], 0, breaks=True)["sound"]
    assert not report("mute", [person(seen=Counter({200: 19, 500: 1, "no sentence": 1}))], 0, breaks=True)[
        "sound"
    ]
    assert not report("lost", [person(seen=Counter({200: 20}))], 1)["sound"]


def test_what_a_form_hides_is_read_without_its_token():
    html = (
        '<input type="hidden" name="seen-a" value="1:x"><input name="b">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="t">'
    )
    assert hidden_fields(html) == {"seen-a": "1:x"}
