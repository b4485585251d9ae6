"""Compute the rank of a jury again from an export of its marks: ``python tools/recompute_rank.py notes.json``.

Reads the JSON, CSV and XLSX exports of a sitting with Python's standard library alone, and needs nothing else of this
site: anyone may check a published rank on a machine of their own. Prints the projects by rank, and says whether
the rank computed from the marks is the one that the file publishes.

The rule stands in each export. Means are exact fractions, so that ties do not depend on rounding.
"""

import csv
import io
import json
import re
import sys
import zipfile
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# The columns of the CSV by place: their titles are in the language of whoever made the export.
TITLE, WEIGHT, MARK, PROJECT, JUROR, KEY, KIND, LEFT, RANK = 0, 3, 4, 7, 8, 9, 10, 11, 12


def mean_of(weights: dict[str, int], evaluations: list[dict[str, int | None]]) -> Fraction | None:
    """The weighted mean of the criteria's means; None without a mark."""
    total = weight_sum = Fraction(0)
    for key, weight in weights.items():
        given = [marks[key] for marks in evaluations if marks.get(key) is not None]
        if given:
            total += weight * Fraction(sum(given), len(given))
            weight_sum += weight
    return total / weight_sum if weight_sum else None


def ranks_of(weights, projects, evaluations) -> dict[int, int | None]:
    """The rank by project number. ``evaluations`` are (project number, marks by criterion)."""
    by_project: dict[int, list] = {project: [] for project in projects}
    for project, marks in evaluations:
        if project in by_project:
            by_project[project].append(marks)
    means = {project: mean_of(weights, given) for project, given in by_project.items()}
    counted = [mean for mean in means.values() if mean is not None]
    return {
        project: None if mean is None else 1 + sum(other > mean for other in counted)
        for project, mean in means.items()
    }


def from_json(content: bytes):
    file = json.loads(content)
    weights = {one["key"]: one["weight"] for one in file["criteria"] if one["kind"] == "scale"}
    projects = [one["number"] for one in file["projects"] if not one["has_left"]]
    evaluations = [(one["project"], one["marks"]) for one in file["evaluations"]]
    published = {one["project"]: one["rank"] for one in file["result"]}
    titles = {one["number"]: one["title"] for one in file["projects"]}
    return ranks_of(weights, projects, evaluations), published, titles


def from_csv(content: bytes):
    _head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    weights, evaluations, published, titles, alive = {}, {}, {}, {}, set()
    for row in rows:
        project = int(row[PROJECT])
        titles[project] = row[TITLE]
        published[project] = int(row[RANK]) if row[RANK] else None
        if not row[LEFT]:
            alive.add(project)
        if row[KIND] == "scale":
            weights[row[KEY]] = int(row[WEIGHT])
            mark = int(row[MARK]) if row[MARK] else None
            evaluations.setdefault((project, row[JUROR]), {})[row[KEY]] = mark
    given = [(project, marks) for (project, _juror), marks in evaluations.items()]
    return ranks_of(weights, alive, given), published, titles


def from_xlsx(content: bytes):
    result, marks, grid, *_rest = sheets_of(content)
    kinds = [(row[0], row[2], int(row[3])) for row in grid[1:]]
    weights = {key: weight for key, kind, weight in kinds if kind == "scale"}
    evaluations = [
        (
            int(row[0]),
            {
                key: int(value)
                for (key, _kind, _weight), value in zip(kinds, row[5:], strict=False)
                if value != ""
            },
        )
        for row in marks[1:]
    ]
    published = {int(row[0]): int(row[2]) if row[2] else None for row in result[1:]}
    titles = {int(row[0]): row[1] for row in result[1:]}
    alive = [int(row[0]) for row in result[1:] if row[7] != "1"]
    return ranks_of(weights, alive, evaluations), published, titles


def sheets_of(content: bytes) -> list[list[list[str]]]:
    """The sheets of a workbook in their order, as rows of texts; an empty cell is an empty text."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        shared = []
        if "xl/sharedStrings.xml" in book.namelist():
            root = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - the reader's own file
            shared = ["".join(item.itertext()) for item in root]
        names = [name for name in book.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
        names.sort(key=lambda name: int(re.findall(r"\d+", name)[0]))
        return [_rows(ElementTree.fromstring(book.read(name)), shared) for name in names]  # noqa: S314


def _rows(sheet, shared: list[str]) -> list[list[str]]:
    rows = []
    for line in sheet.iter(f"{SPREADSHEET}row"):
        cells: dict[int, str] = {}
        for cell in line:
            letters = re.match(r"[A-Z]+", cell.get("r"))[0]
            column = 0
            for letter in letters:
                column = column * 26 + ord(letter) - 64
            text = "".join(part.text or "" for part in cell.iter() if part.tag != f"{SPREADSHEET}f")
            cells[column - 1] = shared[int(text)] if cell.get("t") == "s" else text
        rows.append([cells.get(i, "") for i in range(max([*cells, 7]) + 1)])
    return rows


READERS = {".json": from_json, ".csv": from_csv, ".xlsx": from_xlsx}


def main() -> int:
    if len(sys.argv) != 2 or Path(sys.argv[1]).suffix not in READERS:
        print(__doc__)
        return 2
    path = Path(sys.argv[1])
    computed, published, titles = READERS[path.suffix](path.read_bytes())
    for project, rank in sorted(computed.items(), key=lambda one: (one[1] is None, one[1], one[0])):
        print(f"{rank or '-':>4}  {titles[project]}")
    differs = [titles[project] for project, rank in computed.items() if published.get(project) != rank]
    if differs:
        print(f"\nThe file publishes another rank for: {', '.join(differs)}")
        return 1
    print("\nThe ranks computed from the marks are those that the file publishes.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
