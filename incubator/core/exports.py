"""CSV that a spreadsheet opens as it was meant: streamed, in French columns, and never a formula."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import StreamingHttpResponse

# What a spreadsheet would run instead of show (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe(value: Any) -> str:
    """One cell as text; words that a spreadsheet would take for a formula are preceded by an apostrophe."""
    text = "" if value is None else str(value)
    if isinstance(value, str) and text.startswith(_FORMULA_STARTS):
        return "'" + text
    return text


class _Echo:
    """What ``csv.writer`` writes comes straight back, line by line."""

    def write(self, value: str) -> str:
        return value


def stream_csv(filename: str, rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A streamed download; the mark at the start lets spreadsheets read the accents."""
    writer = csv.writer(_Echo(), delimiter=";")

    def lines():
        yield "\ufeff"
        for row in rows:
            yield writer.writerow([safe(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
