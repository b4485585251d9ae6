"""CSV: streamed in blocks, in the language of the request, and never a formula."""

from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext as _

from incubator.core.exports import safe, stream_csv


def read(response) -> str:
    return b"".join(response).decode()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_words_that_begin_like_a_formula_are_text(start):
    assert safe(f"{start}1+2") == f"'{start}1+2"


@pytest.mark.parametrize("value", [-3, Decimal("-3.5"), None, "", "a=b", "1 - 2"])
def test_numbers_and_other_words_stay_as_they_are(value):
    assert safe(value) == value


def test_a_file_that_a_spreadsheet_opens():
    response = stream_csv(
        "liste.csv", [("nom", "solde"), ("Éloïse; née X", Decimal("-3.50")), ("=2+3", None)]
    )
    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="liste.csv"'
    assert read(response) == '\ufeffnom;solde\r\n"Éloïse; née X";-3.50\r\n\'=2+3;\r\n'


def test_rows_are_read_while_they_are_sent():
    """What is held at once is counted in characters: long texts make blocks of few rows."""
    seen = []

    def rows():
        for number in range(1_200):
            seen.append(number)
            yield ("mot " * 1_000,)

    blocks = iter(stream_csv("liste.csv", rows()))
    assert seen == []
    next(blocks)
    assert len(seen) == 9
    sent = list(blocks)
    assert len(seen) == 1_200
    assert len(sent) == 133
    assert max(map(len, sent)) < 40_000


def test_no_row_is_an_empty_file():
    assert read(stream_csv("liste.csv", [])) == ""


def test_the_language_is_the_one_of_the_request():
    with translation.override("fr"):
        response = stream_csv("liste.csv", ((_("Project"),) for _row in range(1)))
    with translation.override("en"):
        assert read(response) == "\ufeffProjet\r\n"
