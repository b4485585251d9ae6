"""The results of a sitting as its president, secretary and manager read them. Scores help, people decide.

The figures come from ``juries.domain.figures``, the same for all; here they are put into words for one reader, who
may have to give their own marks first or stand aside from a project.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from juries import rules, verdicts
from juries.domain import findings, statistics
from juries.domain.figures import Figures, Heard, Question, figures_of, figures_without
from juries.domain.findings import one_decimal, severity_in_words
from juries.domain.heat import Heat, heat_of, map_of
from juries.domain.statistics import Result
from juries.enums import SCORING_ROLES, SittingState
from juries.models import Evaluation, Sitting

MOST_SENTENCES = 40  # on a phone, more rows than that are read in the table
MOST_NAMED = 6  # projects named in the finding
SPREAD_NEEDS = 3  # on two marks, the spread is only their difference


@dataclass(slots=True)
class Row:
    """One hearing on the board; the texts are ready to be read. ``hidden``: the reader stands aside from it."""

    pk: int
    uuid: Any
    position: int
    title: str
    n: int
    expected: int
    recused: int
    means: list[str]
    answers: list[str]
    total: str
    median: str
    spread: str
    rank: int | None
    rank_text: str
    moves: str
    in_zone: bool
    in_list: bool
    closed: bool
    hidden: bool = False
    adjusted: str = ""  # the rank with comparable readers, where it is another one
    why_adjusted: str = ""
    marks: str = ""  # « 5 sur 7 »
    cut_below: bool = False  # the last one of the list: the cut line is drawn under it
    late: list[verdicts.LateMark] = field(default_factory=list)  # said after the deliberation began


@dataclass(slots=True)
class Progress:
    """How far one juror is: marks given, begun, to read, and projects they stand aside from."""

    seat: Any
    given: int
    begun: int
    expected: int
    recused: int
    late: int = 0  # projects on which their only marks came after the deliberation began
    severity: str = ""  # compared with the others on the same projects, in words
    difference: float | None = None
    is_atypical: bool = False

    @property
    def left(self) -> int:
        return self.expected - self.given


@dataclass
class Board:
    sitting: Sitting
    figures: Figures
    rows: list[Row]
    progress: list[Progress]
    sentence: str
    own_left: int = 0  # marks that the reader, if a juror, has still to give: until then the board stays shut
    hidden: frozenset[int] = frozenset()
    aside: frozenset[tuple[int, int]] = frozenset()  # who stands aside from which, as (user, hearing)
    has_tie_breaks: bool = False
    heat: Heat | None = None
    adjusted_note: str = ""

    @property
    def criteria(self) -> list[Question]:
        return self.figures.scales

    @property
    def questions(self) -> list[Question]:
        return self.figures.questions

    @property
    def results(self) -> dict[int, Result]:
        return self.figures.results

    @property
    def is_open(self) -> bool:
        return self.own_left == 0

    @property
    def apart(self) -> int:
        """Projects the reader stands aside from: everything is worked out among the others."""
        return len(self.hidden)

    @property
    def late_rows(self) -> list[Row]:
        return [row for row in self.rows if row.late]

    @property
    def zone(self) -> list[Row]:
        return [row for row in self.rows if row.in_zone]

    @property
    def zone_titles(self) -> list[str]:
        """The projects to talk about first, when they are few enough to be named in one breath."""
        titles = [row.title for row in self.zone]
        return titles if len(titles) <= MOST_NAMED else []

    @property
    def thin(self) -> list[str]:
        """Projects that fewer members than the quorum may score, as too many stand aside."""
        return [row.title for row in self.rows if not row.closed and row.expected < self.sitting.quorum]

    @property
    def is_small(self) -> bool:
        """A phone reads every row as a sentence, and a desk the means by criterion on the same page."""
        return len(self.rows) <= MOST_SENTENCES

    @property
    def sentence_rows(self) -> list[Row]:
        """What a phone reads as sentences: everything, or what is to be talked about first."""
        return self.rows if self.is_small else self.zone[:MOST_SENTENCES]

    @property
    def shows_adjusted(self) -> bool:
        return any(row.adjusted for row in self.rows)

    @property
    def given(self) -> int:
        return sum(one.given for one in self.progress)

    @property
    def expected(self) -> int:
        return sum(one.expected for one in self.progress)


def board_of(sitting: Sitting, reader, seats: list | None = None) -> Board:
    """Everything the results page shows to ``reader``: the queries of ``figures_of``, and one for the seats if
    they are not given.

    Blind until one's own marks are given: while the scoring is open, a president who still has marks to give
    sees the progress only. Hearings the reader stands aside from keep their figures hidden, and those of the
    others are worked out without them (one query more). Marks said late cost a query where there are some.
    """
    if seats is None:
        seats = list(sitting.seats.select_related("user"))
    voices = [seat for seat in seats if seat.role in SCORING_ROLES]
    state, figures = figures_of(sitting, blind=not rules.sees_names(reader, sitting))
    hearings = state.hearings
    hidden = hidden_from(reader, sitting, hearings)
    if hidden:
        figures = figures_without(sitting, hearings, hidden)
    people = frozenset(seat.user_id for seat in voices)
    asked = {heard.pk: asked_of(heard, people, sitting) for heard in hearings}
    progress = _progress(voices, hearings, asked, figures)
    own = next((one for one in progress if one.seat.user_id == reader.pk), None)
    own_left = own.left if own is not None and sitting.state == SittingState.SCORING else 0
    rows = [
        _row(heard, figures, expected=len(asked[heard.pk]), hidden=heard.pk in hidden) for heard in hearings
    ]
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.position))
    _draw_the_cut(rows, figures.places)
    if state.late:
        _put_late_marks(rows, progress, sitting)
    shown = {pair: opinion for pair, opinion in figures.opinions.items() if pair[0] not in hidden}
    _compare_jurors(progress, shown)
    aside = frozenset((user, heard.pk) for heard in hearings for user in heard.aside)
    return Board(
        sitting=sitting,
        figures=figures,
        rows=rows,
        progress=progress,
        sentence=findings.sentence(figures, rows),
        own_left=own_left,
        hidden=hidden,
        aside=aside,
        has_tie_breaks=state.has_tie_breaks,
        heat=heat_of(rows, voices, shown, aside, one_decimal),
        adjusted_note=findings.note_on_readers(figures, rows, any(one.is_atypical for one in progress)),
    )


def map_for(board: Board, rows: list[Row], seats) -> Heat:
    """Who gave what for these rows of the board, with the members who have something to say of them."""
    asked = {row.pk for row in rows if not row.hidden}
    aside = {pair for pair in board.aside if pair[1] in asked}
    speaking = {juror for hearing, juror in board.figures.opinions if hearing in asked}
    speaking |= {user for user, _hearing in aside}
    voices = [seat for seat in seats if seat.role in SCORING_ROLES and seat.user_id in speaking]
    return map_of(rows, voices, board.figures.opinions, aside, one_decimal)


def hidden_from(reader, sitting: Sitting, hearings: Iterable[Heard]) -> frozenset[int]:
    """The hearings the reader stands aside from, until the decisions are pronounced."""
    if sitting.state == SittingState.PRONOUNCED:
        return frozenset()
    return frozenset(heard.pk for heard in hearings if reader.pk in heard.aside)


def asked_of(heard: Heard, voices: frozenset[int], sitting: Sitting) -> frozenset[int]:
    """The people whose marks are expected on this hearing: its readers, or everyone with a voice."""
    return (voices if sitting.readers_each is None else voices & heard.readers) - heard.aside


def _progress(voices, hearings: list[Heard], asked: dict, figures: Figures) -> list[Progress]:
    alive = [heard for heard in hearings if not heard.closed]
    recused = Counter(user for heard in alive for user in heard.aside)
    expected = Counter(user for heard in alive for user in asked[heard.pk])
    return [
        Progress(
            seat=seat,
            given=figures.given.get(seat.user_id, 0),
            begun=figures.begun.get(seat.user_id, 0),
            expected=expected[seat.user_id],
            recused=recused[seat.user_id],
        )
        for seat in voices
    ]


def _compare_jurors(progress: list[Progress], opinions: statistics.Opinions) -> None:
    differences = statistics.severity(opinions)
    apart = statistics.atypical(opinions)
    for one in progress:
        one.difference = differences.get(one.seat.user_id)
        one.severity = severity_in_words(one.difference)
        one.is_atypical = one.seat.user_id in apart


def _row(heard: Heard, figures: Figures, *, expected: int, hidden: bool) -> Row:
    result = figures.results.get(heard.pk) or Result(heard.pk)
    row = Row(
        pk=heard.pk,
        uuid=heard.uuid,
        position=heard.position,
        title=heard.title,
        n=result.n,
        expected=expected,
        recused=len(heard.aside),
        means=["·"] * len(figures.scales),
        answers=["·"] * len(figures.questions),
        total="·",
        median="·",
        spread="·",
        rank=None,
        rank_text="",
        moves="",
        in_zone=False,
        in_list=False,
        closed=heard.closed,
        hidden=hidden,
        marks=_("%(given)s of %(expected)s") % {"given": result.n, "expected": expected},
    )
    if hidden:
        return row
    row.means = [one_decimal(result.means.get(criterion.pk)) for criterion in figures.scales]
    row.answers = _yes_counts(figures, heard.pk)
    row.total = one_decimal(result.total)
    row.median = one_decimal(result.median)
    row.spread = one_decimal(result.spread) if result.n >= SPREAD_NEEDS else "–"
    row.rank = result.rank
    row.rank_text = findings.rank_text(result)
    row.moves = findings.moves(result)
    row.in_zone = result.in_zone if figures.places else result.is_disputed
    row.in_list = result.in_list
    row.adjusted, row.why_adjusted = findings.corrected(result, figures.adjusted)
    return row


def _yes_counts(figures: Figures, hearing: int) -> list[str]:
    given = figures.answers.get(hearing, {})
    return [
        _("%(yes)d yes of %(count)d") % {"yes": given[one.pk][0], "count": given[one.pk][1]}
        if one.pk in given
        else "–"
        for one in figures.questions
    ]


def _draw_the_cut(rows: list[Row], places: int | None) -> None:
    """Mark the last row of the list; nowhere when the body does not choose, or when everything is kept."""
    kept = [index for index, row in enumerate(rows) if row.in_list]
    if places and kept and any(row.rank for row in rows[kept[-1] + 1 :]):
        rows[kept[-1]].cut_below = True


def _put_late_marks(rows: list[Row], progress: list[Progress], sitting: Sitting) -> None:
    """A juror whose only marks on a project are late has not begun it: they have given it late."""
    late = verdicts.late_marks_of_sitting(sitting)
    first = {(pk, mark.juror.pk) for pk, marks in late.items() for mark in marks if mark.first is None}
    projects = Counter(juror for _pk, juror in first)
    for one in progress:
        one.late = projects[one.seat.user_id]
        one.begun -= one.late
    for row in rows:
        if not row.hidden:
            row.late = late.get(row.pk, [])


def own_marks_left(sitting: Sitting, reader) -> int:
    """Marks the reader has still to give before they may see those of others (while the scoring is open)."""
    if sitting.state != SittingState.SCORING:
        return 0
    given = Evaluation.objects.filter(juror=reader, submitted_at__isnull=False).values("hearing")
    return sitting.hearings.to_score_by(reader).exclude(pk__in=given).count()
