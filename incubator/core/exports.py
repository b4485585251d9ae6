"""Tables that leave the house (CSV, XLSX, JSON): streamed, accents kept, and never a formula."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from itertools import islice
from typing import Any

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.utils import translation

# What a spreadsheet would run instead of show (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_LINES_A_BLOCK = 500  # one network write for so many lines


def safe(value: Any) -> Any:
    """One cell: words that a spreadsheet would take for a formula are preceded by an apostrophe.

    Numbers stay as they are (-3 is a number, "-3" may be the start of a formula); None becomes empty.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


class _Echo:
    """What ``csv.writer`` writes comes straight back, line by line."""

    def write(self, line: str) -> str:
        return line


def stream_csv(filename: str, rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A streamed download: semicolons, and a mark at the start that lets spreadsheets read the accents.

    ``rows`` is read while it is sent, in the language of the request.
    """
    response = StreamingHttpResponse(
        _blocks(iter(rows), translation.get_language()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _blocks(rows, language):
    writer = csv.writer(_Echo(), delimiter=";")
    mark = "\ufeff"
    while True:
        with translation.override(language):
            lines = [writer.writerow([safe(cell) for cell in row]) for row in islice(rows, _LINES_A_BLOCK)]
        if not lines:
            return
        yield mark + "".join(lines)
        mark = ""


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEET_NAME = 31  # the longest a spreadsheet takes


def stream_xlsx(filename: str, sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]]) -> FileResponse:
    """A workbook: each sheet is its name and its rows, the first of which holds the titles.

    Rows are written one by one to temporary files, only the compressed workbook is held. Words are written as
    words, whatever they begin with, so that no spreadsheet runs them; numbers stay numbers.
    """
    file = BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
        "default_date_format": "yyyy-mm-dd hh:mm",
    }
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        for name, rows in sheets:
            _write_sheet(book.add_worksheet(name[:_SHEET_NAME]), rows, bold)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=filename, content_type=XLSX)


def _write_sheet(sheet, rows: Iterable[Sequence[Any]], bold) -> None:
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                sheet.write_string(line, column, value, bold if line == 0 else None)
            elif isinstance(value, int | float):
                sheet.write_number(line, column, value)
            else:
                sheet.write(line, column, value)


def stream_json(
    filename: str, head: dict[str, Any], lists: dict[str, Iterable[Any]]
) -> StreamingHttpResponse:
    """A JSON object: ``head`` as it is, then each list of ``lists``, read while it is sent."""
    response = StreamingHttpResponse(
        _json_blocks(head, lists, translation.get_language()), content_type="application/json"
    )
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _json_blocks(head, lists, language) -> Iterator[str]:
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2]
    for name, rows in lists.items():
        before = f",\n {json.dumps(name)}: [\n"
        rows = iter(rows)
        while True:
            with translation.override(language):
                block = [json.dumps(row, ensure_ascii=False) for row in islice(rows, _LINES_A_BLOCK)]
            if not block:
                break
            yield before + ",\n".join(block)
            before = ",\n"
        yield before + "]" if before != ",\n" else "\n ]"
    yield "\n}\n"
