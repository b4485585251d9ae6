"""Dates, delays, amounts and numbers as they are read."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

from incubator.core import clock, words

NOON = datetime(2020, 7, 7, 12, tzinfo=UTC)  # 14 h in Paris


@pytest.mark.parametrize(
    ("language", "value", "said"),
    [
        ("fr", NOON, "mardi 7 juillet 2020 à 14\xa0h"),
        ("fr", datetime(2020, 7, 7, 12, 5, tzinfo=UTC), "mardi 7 juillet 2020 à 14\xa0h\xa005"),
        ("fr", date(2020, 4, 1), "mercredi 1er avril 2020"),
        ("fr", datetime(2020, 12, 31, 23, 30, tzinfo=UTC), "vendredi 1er janvier 2021 à 0\xa0h\xa030"),
        ("en", NOON, "Tuesday 7 July 2020 at 14:00"),
        ("en", date(2020, 4, 1), "Wednesday 1 April 2020"),
        ("fr", None, ""),
    ],
)
def test_a_date_in_words(language, value, said):
    with translation.override(language):
        assert words.in_words(value) == said


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (date(2020, 7, 7), "aujourd’hui", "today"),
        (date(2020, 7, 8), "demain", "tomorrow"),
        (date(2020, 7, 6), "hier", "yesterday"),
        (date(2020, 7, 4), "il y a 3 jours", "3 days ago"),
        (date(2020, 9, 10), "dans 2 mois", "in 2 months"),
        (date(2015, 7, 7), "il y a 5 ans", "5 years ago"),
        # Late that evening in Universal Time it is tomorrow in Paris.
        (datetime(2020, 7, 7, 22, 30, tzinfo=UTC), "demain", "tomorrow"),
        (None, "", ""),
    ],
)
def test_how_far_a_day_is(value, french, english):
    with clock.at(NOON):
        with translation.override("fr"):
            assert words.ago(value) == french
        with translation.override("en"):
            assert words.ago(value) == english


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (50000, "50\xa0000\xa0€", "€50,000"),
        (Decimal("6666.67"), "6\xa0666,67\xa0€", "€6,666.67"),
        (Decimal("40000.00"), "40\xa0000\xa0€", "€40,000"),
        (0, "0\xa0€", "€0"),
        (None, "", ""),
        ("no number", "", ""),
    ],
)
def test_an_amount(value, french, english):
    with translation.override("fr"):
        assert words.amount(value) == french
    with translation.override("en"):
        assert words.amount(value) == english


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (6500, "", "6\xa0500"),
        (Decimal("66.70"), "%", "66,7\xa0%"),
        (Decimal("1E+3"), "", "1\xa0000"),
        (12, "jours", "12\xa0jours"),
        (50000, "€", "50\xa0000\xa0€"),
        (None, "%", ""),
    ],
)
def test_a_number_and_its_unit(value, unit, said):
    with translation.override("fr"):
        assert words.with_unit(value, unit) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Un problème\xa0? «\xa0Oui\xa0»\xa0: 15\xa0% des agents"),
        ("en", "Un problème\xa0? «\xa0Oui\xa0»\xa0: 15\xa0% des agents"),
    ],
)
def test_french_signs_stay_with_the_word_before(language, said):
    with translation.override(language):
        assert words.typeset("Un problème ? « Oui » : 15 % des agents") == said


def test_safe_markup_stays_safe_and_nothing_else_becomes_so():
    assert conditional_escape(words.typeset(mark_safe("<p>Vraiment ?</p>"))) == "<p>Vraiment\xa0?</p>"
    assert conditional_escape(words.typeset("<b> ?")) == "&lt;b&gt;\xa0?"


@pytest.mark.parametrize(("language", "said"), [("fr", "Thème\xa0: Écologie"), ("en", "Thème: Écologie")])
def test_a_label_and_what_it_says(language, said):
    with translation.override(language):
        assert words.labelled("Thème", "Écologie") == said
