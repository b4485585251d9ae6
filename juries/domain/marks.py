"""The marks of a sitting as they leave the house, in three forms from which the published rank is computed again.

CSV: a line for each mark. XLSX: a line for each evaluation, with the grid, the recusals and the result beside it. JSON:
the whole, for a program. ``tools/recompute_rank.py`` reads the three with the standard library alone.

Two queries for the marks and one for the grid, whatever their number.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from juries import rules
from juries.domain import results
from juries.domain.figures import Figures, Heard, figures_among, read_marks, state_of
from juries.domain.statistics import Ballot, Result
from juries.models import Criterion, Sitting
from juries.verdicts import LateMark, late_marks_of_sitting

FORMAT, VERSION = "eclosion-marks", 1


@dataclass
class Sheet:
    """What one reader may export. Projects and jurors carry a number, as two of them may bear the same name.

    ``left_out`` counts the projects the reader stands aside from: their marks are not in the file, and the ranks
    are those of the others among themselves, as on the board of this reader. ``late`` are the marks said after
    the deliberation began, by hearing, juror and criterion: they enter no rank.
    """

    sitting: Sitting
    criteria: list[Criterion]
    hearings: list[Heard]
    projects: dict[int, int]  # hearing → number, from 1
    jurors: dict[int, int]  # person → number, from 1
    names: dict[int, str]
    ballots: list[Ballot]
    given_at: dict[tuple[int, int], datetime]
    figures: Figures
    left_out: int
    late: dict[tuple[int, int, int], LateMark]

    def result_of(self, heard: Heard) -> Result:
        return self.figures.results.get(heard.pk) or Result(heard.pk)

    def recusals(self) -> list[tuple[Heard, int]]:
        return [
            (heard, person) for heard in self.hearings for person in sorted(heard.aside, key=self._number)
        ]

    def _number(self, person: int) -> int:
        return self.jurors.get(person, 0)


def sheet_of(sitting: Sitting, reader, seats) -> Sheet:
    """Everything the three exports say, for this reader."""
    state = state_of(sitting, blind=not rules.sees_names(reader, sitting))
    hearings = state.hearings
    marks = read_marks(sitting, hearings, with_moments=True)
    hidden = results.hidden_from(reader, sitting, hearings)
    shown = [heard for heard in hearings if heard.pk not in hidden]
    figures = figures_among(shown, sitting, hearings, marks)
    projects = {heard.pk: number for number, heard in enumerate(hearings, start=1)}
    jurors = {seat.user_id: number for number, seat in enumerate(seats, start=1)}
    ballots = [ballot for ballot in marks.ballots if ballot.hearing not in hidden]
    return Sheet(
        sitting=sitting,
        criteria=list(Criterion.objects.filter(version=sitting.grid_version_id)),
        hearings=shown,
        projects=projects,
        jurors=jurors,
        names={seat.user_id: str(seat.user) for seat in seats},
        ballots=sorted(ballots, key=lambda one: (projects[one.hearing], jurors.get(one.juror, 0))),
        given_at=marks.given_at,
        figures=figures,
        left_out=len(hidden),
        late=_late_of(sitting, hidden) if state.late else {},
    )


def _late_of(sitting: Sitting, hidden: frozenset[int]) -> dict[tuple[int, int, int], LateMark]:
    """The last mark each juror has said late, by hearing, juror and criterion; one query."""
    return {
        (hearing, mark.juror.pk, mark.criterion_id): mark
        for hearing, marks in late_marks_of_sitting(sitting).items()
        if hearing not in hidden
        for mark in marks
    }


def _moment(value: datetime) -> str:
    return timezone.localtime(value).isoformat(timespec="seconds")


# -- CSV -------------------------------------------------------------------------------------------------------


def csv_rows(sheet: Sheet) -> Iterator[tuple]:
    """A line for each mark, then for each recusal, then for each project without a mark."""
    yield (
        _("project"), _("juror"), _("criterion"), _("weight"), _("mark"), _("given at"), _("stands aside"),
        _("project number"), _("juror number"), _("criterion key"), _("kind of criterion"), _("has left"),
        _("published rank"), _("mark said late"), _("said at"),
    )  # fmt: skip
    known = {heard.pk: heard for heard in sheet.hearings}
    tails = {
        heard.pk: ("1" if heard.closed else "", _blank(sheet.result_of(heard).rank))
        for heard in known.values()
    }
    silent = dict.fromkeys(known)
    late = dict(sheet.late)
    for ballot in sheet.ballots:
        heard = known[ballot.hearing]
        silent.pop(heard.pk, None)
        name = sheet.names.get(ballot.juror, "")
        given_at = _moment(sheet.given_at[ballot.hearing, ballot.juror])
        for criterion in sheet.criteria:
            if criterion.pk in ballot.marks:
                yield (
                    heard.title, name, criterion.label, criterion.weight, _blank(ballot.marks[criterion.pk]),
                    given_at, "", sheet.projects[heard.pk], sheet.jurors.get(ballot.juror, ""), criterion.key,
                    criterion.kind, *tails[heard.pk],
                    *_late_cells(late.pop((heard.pk, ballot.juror, criterion.pk), None)),
                )  # fmt: skip
    criteria = {criterion.pk: criterion for criterion in sheet.criteria}
    for (pk, person, criterion_id), mark in late.items():  # who had given none: no mark that counts
        heard, criterion = known[pk], criteria[criterion_id]
        silent.pop(pk, None)
        yield (
            heard.title, sheet.names.get(person, ""), criterion.label, criterion.weight, "", "", "",
            sheet.projects[pk], sheet.jurors.get(person, ""), criterion.key, criterion.kind, *tails[pk],
            *_late_cells(mark),
        )  # fmt: skip
    for heard, person in sheet.recusals():
        silent.pop(heard.pk, None)
        yield (
            heard.title, sheet.names.get(person, ""), "", "", "", "", "1", sheet.projects[heard.pk],
            sheet.jurors.get(person, ""), "", "", *tails[heard.pk], "", "",
        )  # fmt: skip
    for pk in silent:
        heard = known[pk]
        yield (heard.title, "", "", "", "", "", "", sheet.projects[pk], "", "", "", *tails[pk], "", "")


def _late_cells(mark: LateMark | None) -> tuple:
    return ("", "") if mark is None else (mark.value, _moment(mark.at))


def _blank(value: Any) -> Any:
    return "" if value is None else value


# -- XLSX ------------------------------------------------------------------------------------------------------


def xlsx_sheets(sheet: Sheet) -> list[tuple[str, Iterator[tuple]]]:
    return [
        (_("Result"), _result_rows(sheet)),
        (_("Marks"), _mark_rows(sheet)),
        (_("Grid"), _grid_rows(sheet)),
        (_("Recusals"), _recusal_rows(sheet)),
        *([(_("Late marks"), _late_rows(sheet))] if sheet.late else []),
        (_("Rule"), iter([(line,) for line in rule_lines(sheet)])),
    ]


def _result_rows(sheet: Sheet) -> Iterator[tuple]:
    yield (
        _("project number"), _("project"), _("published rank"), _("mean"), _("median"), _("spread"),
        _("marks given"), _("has left"),
    )  # fmt: skip
    for heard in sheet.hearings:
        result = sheet.result_of(heard)
        yield (
            sheet.projects[heard.pk], heard.title, result.rank, result.total, result.median, result.spread,
            result.n, 1 if heard.closed else None,
        )  # fmt: skip


def _mark_rows(sheet: Sheet) -> Iterator[tuple]:
    yield (
        _("project number"), _("project"), _("juror number"), _("juror"), _("given at"),
        *(criterion.label for criterion in sheet.criteria),
    )  # fmt: skip
    titles = {heard.pk: heard.title for heard in sheet.hearings}
    for ballot in sheet.ballots:
        yield (
            sheet.projects[ballot.hearing], titles[ballot.hearing], sheet.jurors.get(ballot.juror),
            sheet.names.get(ballot.juror, ""), _moment(sheet.given_at[ballot.hearing, ballot.juror]),
            *(ballot.marks.get(criterion.pk) for criterion in sheet.criteria),
        )  # fmt: skip


def _grid_rows(sheet: Sheet) -> Iterator[tuple]:
    yield (_("criterion key"), _("criterion"), _("kind of criterion"), _("weight"))
    for criterion in sheet.criteria:
        yield (criterion.key, criterion.label, criterion.kind, criterion.weight)


def _recusal_rows(sheet: Sheet) -> Iterator[tuple]:
    yield (_("project number"), _("project"), _("juror number"), _("juror"))
    for heard, person in sheet.recusals():
        yield (sheet.projects[heard.pk], heard.title, sheet.jurors.get(person), sheet.names.get(person, ""))


def _late_rows(sheet: Sheet) -> Iterator[tuple]:
    yield (
        _("project number"), _("project"), _("juror number"), _("juror"), _("criterion"), _("first mark"),
        _("mark said late"), _("said at"),
    )  # fmt: skip
    titles = {heard.pk: heard.title for heard in sheet.hearings}
    for (pk, person, _criterion), mark in sheet.late.items():
        yield (
            sheet.projects[pk], titles[pk], sheet.jurors.get(person), sheet.names.get(person, ""),
            mark.criterion, mark.first, mark.value, _moment(mark.at),
        )  # fmt: skip


def rule_lines(sheet: Sheet) -> list[str]:
    """The rule that gives the rank, for whoever computes it again."""
    lines = [
        _(
            "For each project and each criterion marked from 1 to 5, take the mean of the marks given; a missing "
            "mark counts for nothing."
        ),
        _(
            "The mean of the project is the mean of these means with the weights of the criteria, over the "
            "criteria that have a mark. A yes or no enters no mean."
        ),
        _(
            "The highest mean has rank 1; equal means, compared without rounding, share a rank and the next rank "
            "is skipped. Projects that have left and projects without a mark have no rank."
        ),
        _("The marks of a juror who stands aside are not in the file. Scores help, the jury decides."),
    ]
    if sheet.left_out:
        lines.append(
            _(
                "Projects from which you stand aside are not in this file: %(count)d. The ranks are those of the "
                "others among themselves, as if these were not there."
            )
            % {"count": sheet.left_out}
        )
    if sheet.late:
        lines.append(
            _("Marks said after the deliberation began stand apart, with their hour. They enter no mean.")
        )
    return lines


# -- JSON ------------------------------------------------------------------------------------------------------


def json_head(sheet: Sheet) -> dict[str, Any]:
    """Everything but the evaluations, which follow as a list of their own."""
    sitting = sheet.sitting
    return {
        "format": FORMAT,
        "version": VERSION,
        "sitting": {
            "code": sitting.code,
            "body": sitting.body,
            "gate": sitting.gate,
            "state": sitting.state,
            "starts_at": _moment(sitting.starts_at),
            "places": sitting.places,
        },
        "rule": rule_lines(sheet),
        "left_out": sheet.left_out,
        "criteria": [
            {"key": one.key, "label": one.label, "kind": one.kind, "weight": one.weight}
            for one in sheet.criteria
        ],
        "projects": [
            {
                "number": sheet.projects[heard.pk],
                "id": str(heard.uuid),
                "title": heard.title,
                "has_left": heard.closed,
            }
            for heard in sheet.hearings
        ],
        "jurors": [{"number": number, "name": sheet.names[pk]} for pk, number in sheet.jurors.items()],
        "recusals": [
            {"project": sheet.projects[heard.pk], "juror": sheet.jurors.get(person)}
            for heard, person in sheet.recusals()
        ],
        "late_marks": [
            {
                "project": sheet.projects[hearing],
                "juror": sheet.jurors.get(person),
                "criterion": mark.criterion,
                "first": mark.first,
                "mark": mark.value,
                "said_at": _moment(mark.at),
            }
            for (hearing, person, _pk), mark in sheet.late.items()
        ],
        "result": [
            {
                "project": sheet.projects[heard.pk],
                "rank": result.rank,
                "mean": result.total,
                "median": result.median,
                "spread": result.spread,
                "marks": result.n,
                "kept_by_the_means": result.in_list,
            }
            for heard in sheet.hearings
            for result in [sheet.result_of(heard)]
        ],
    }


def json_evaluations(sheet: Sheet) -> Iterator[dict[str, Any]]:
    keys = {criterion.pk: criterion.key for criterion in sheet.criteria}
    for ballot in sheet.ballots:
        yield {
            "project": sheet.projects[ballot.hearing],
            "juror": sheet.jurors.get(ballot.juror),
            "given_at": _moment(sheet.given_at[ballot.hearing, ballot.juror]),
            "marks": {keys[pk]: mark for pk, mark in ballot.marks.items() if pk in keys},
        }
