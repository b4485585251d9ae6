"""Tables that a spreadsheet or a program opens as they were meant: streamed, accents kept, never a formula.

A cell is text, a number, a date, a moment or None. Rows are read while they are written, so that the
memory does not grow with their number.
"""

import csv
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.formats import number_format

# What a spreadsheet would run instead of show (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# Characters of one network write, up to the line that passes them: long answers make blocks of few lines.
_BLOCK = 32_768
_XLSX_CELL_MAX = 32_767  # characters that a cell of a workbook can hold
_XLSX_WIDTH = 24
_not_in_xml = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

CSV_TYPE = "text/csv; charset=utf-8"
JSON_TYPE = "application/json"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    return stream(filename, csv_blocks(rows, translation.get_language()), CSV_TYPE)


def stream(filename: str, blocks: Iterator[str], content_type: str) -> StreamingHttpResponse:
    """A download made while it is sent."""
    response = StreamingHttpResponse(blocks, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def csv_blocks(
    rows: Iterable[Sequence[Any]], language: str | None, *, local_numbers: bool = False
) -> Iterator[str]:
    """The text of a CSV file, some lines at a time, in this language.

    ``local_numbers``: decimals as the spreadsheets of that language take them (``1200,5`` in French).
    """
    writer = csv.writer(_Echo(), delimiter=";")

    def line(row) -> str:
        return writer.writerow([_csv_cell(cell, local_numbers) for cell in row])

    mark = "\ufeff"
    for lines in _some_at_a_time(rows, line, language):
        yield mark + "".join(lines)
        mark = ""


def _some_at_a_time(
    rows: Iterable[Any], line: Callable[[Any], str], language: str | None
) -> Iterator[list[str]]:
    """The lines of these rows, as many together as make one block. The language holds while rows are read only."""
    rows = iter(rows)
    while True:
        lines, size = [], 0
        with translation.override(language):
            for row in rows:
                lines.append(line(row))
                size += len(lines[-1])
                if size >= _BLOCK:
                    break
        if not lines:
            return
        yield lines


def _csv_cell(value: Any, local_numbers: bool) -> Any:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal) and local_numbers:
        return number_format(value, use_l10n=True, force_grouping=False)
    return safe(value)


def stream_xlsx(filename: str, sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]]) -> FileResponse:
    """A workbook: each sheet is its name and its rows, the first of which holds the titles."""
    return send_written(filename, lambda file: write_xlsx(file, sheets), XLSX_TYPE)


def send_written(filename: str, write: Callable[[IO[bytes]], None], content_type: str) -> FileResponse:
    """A download of what ``write`` puts into an open binary file, which is thrown away once it is sent."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
    write(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=filename, content_type=content_type)


def write_xlsx(file, sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]], *, cut: str = "…") -> None:
    """Write a workbook into an open binary file, row after row by way of the disk (``constant_memory``).

    Words are written as words, whatever they begin with, so that no spreadsheet runs them; numbers stay
    numbers. ``cut`` is said at the end of a text longer than what a cell can hold.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(file, options) as book:
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        for name, rows in sheets:
            _write_sheet(book.add_worksheet(_sheet_name(name)), rows, formats, cut)


def _write_sheet(sheet, rows: Iterable[Sequence[Any]], formats: dict, cut: str) -> None:
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows):
        if number == 0:
            sheet.set_column(0, max(len(row) - 1, 0), _XLSX_WIDTH)
        for column, value in enumerate(row):
            _write_cell(sheet, number, column, value, formats, formats["head"] if number == 0 else None, cut)


def _write_cell(sheet, row: int, column: int, value, formats: dict, head, cut: str) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, timezone.localtime(value).replace(tzinfo=None), formats[datetime])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), formats[date])  # noqa: DTZ001
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    else:
        text = _not_in_xml.sub("", str(value))
        if len(text) > _XLSX_CELL_MAX:
            text = text[: _XLSX_CELL_MAX - len(cut)] + cut
        sheet.write_string(row, column, text, head)


def _sheet_name(title: str) -> str:
    """At most 31 characters, without those that a sheet's name may not hold."""
    return "".join(char for char in title if char not in "[]:*?/\\'")[:31].strip() or "1"


def stream_json(
    filename: str, head: dict[str, Any], lists: dict[str, Iterable[Any]]
) -> StreamingHttpResponse:
    """A JSON object: ``head`` as it is, then each list of ``lists``, read while it is sent."""
    return stream(filename, json_blocks(head, lists, translation.get_language()), JSON_TYPE)


def json_blocks(head: dict[str, Any], lists: dict[str, Iterable[Any]], language: str | None) -> Iterator[str]:
    """The text of such an object, some rows at a time, in this language."""
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2]
    for name, rows in lists.items():
        before = f",\n {json.dumps(name)}: [\n"
        for lines in _some_at_a_time(rows, lambda row: json.dumps(row, ensure_ascii=False), language):
            yield before + ",\n".join(lines)
            before = ",\n"
        yield before + "]" if before != ",\n" else "\n ]"
    yield "\n}\n"
