"""The results of a sitting as its president, secretary and manager read them. Scores help, people decide.

A constant number of queries, whatever the number of projects: criteria, hearings with who stands aside,
evaluations with their marks, and the seats where the caller has not read them.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from juries.domain import statistics
from juries.domain.heat import Heat, heat_of
from juries.domain.statistics import Ballot, Result, Stability
from juries.enums import SCORING_ROLES, CriterionKind, SittingState
from juries.models import Criterion, Evaluation, Recusal, Score, Sitting

TENTH = Decimal("0.1")
MOST_SENTENCES = 40  # on a phone, more rows than that are read in the table


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


@dataclass(slots=True)
class Progress:
    """How far one juror is: marks given, begun, to read, and projects they stand aside from."""

    seat: Any
    given: int
    begun: int
    expected: int
    recused: int
    severity: str = ""  # compared with the others on the same projects, in words

    @property
    def left(self) -> int:
        return self.expected - self.given


@dataclass
class Board:
    sitting: Sitting
    criteria: list[Criterion]
    rows: list[Row]
    progress: list[Progress]
    stability: Stability
    sentence: str
    own_left: int = 0  # marks that the reader, if a juror, has still to give: until then the board stays shut
    results: dict[int, Result] = field(default_factory=dict)
    heat: Heat | None = None

    @property
    def is_open(self) -> bool:
        return self.own_left == 0

    @property
    def thin(self) -> list[str]:
        """Projects that fewer members than the quorum may score, as too many stand aside."""
        return [row.title for row in self.rows if not row.closed and row.expected < self.sitting.quorum]

    @property
    def in_sentences(self) -> bool:
        """Whether a phone reads the rows as sentences, under one another."""
        return len(self.rows) <= MOST_SENTENCES

    @property
    def given(self) -> int:
        return sum(one.given for one in self.progress)

    @property
    def expected(self) -> int:
        return sum(one.expected for one in self.progress)


def one_decimal(value: float | None) -> str:
    """A mean as the panel can carry it: one decimal, halves upwards; a dash where there is nothing."""
    # number_format alone would cut 4.25 to 4.2: it rounds nothing, and it is never given a float.
    if value is None:
        return "–"
    return number_format(Decimal(repr(value)).quantize(TENTH, ROUND_HALF_UP), 1)


def severity_in_words(difference: float | None) -> str:
    """« 0,4 plus sévère »; a dash where too few projects are in common to say anything."""
    if difference is None:
        return "–"
    size = one_decimal(abs(difference))
    if size == one_decimal(0.0):
        return _("like the others")
    if difference < 0:
        return _("%(size)s more severe") % {"size": size}
    return _("%(size)s more generous") % {"size": size}


def board_of(sitting: Sitting, reader, seats: list | None = None) -> Board:
    """Everything the results page shows to ``reader``; three queries, and one for the seats if not given.

    Blind until one's own marks are given: while the scoring is open, a president who still has marks to give
    sees the progress only. Hearings the reader stands aside from keep their figures hidden.
    """
    criteria = list(Criterion.objects.filter(version=sitting.grid_version_id, kind=CriterionKind.SCALE))
    hearings, recusals = _hearings(sitting)
    if seats is None:
        seats = list(sitting.seats.select_related("user"))
    voices = [seat for seat in seats if seat.role in SCORING_ROLES]
    closed = {pk for pk, _uuid, _position, _title, closed_at in hearings if closed_at is not None}
    ballots, begun = _ballots(sitting, recusals)
    open_hearings = [row[0] for row in hearings if row[0] not in closed]
    results, stability = statistics.compute(
        {criterion.pk: criterion.weight for criterion in criteria} or {0: 1},
        open_hearings,
        ballots,
        sitting.places,
    )
    progress = _progress(voices, open_hearings, recusals, ballots, begun)
    own = next((one for one in progress if one.seat.user_id == reader.pk), None)
    own_left = own.left if own is not None and sitting.state == SittingState.SCORING else 0
    recused_on = Counter(hearing for _user, hearing in recusals)
    hidden = {hearing for user, hearing in recusals if user == reader.pk}
    if sitting.state == SittingState.PRONOUNCED:
        hidden = set()
    rows = [
        _row(
            row,
            results.get(row[0]) or Result(row[0]),
            criteria,
            voices=len(voices),
            recused=recused_on[row[0]],
            closed=row[0] in closed,
            hidden=row[0] in hidden,
        )
        for row in hearings
    ]
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.position))
    weights = {criterion.pk: criterion.weight for criterion in criteria}
    shown = [ballot for ballot in ballots if ballot.hearing not in hidden]
    differences = statistics.severity(weights, shown)
    for one in progress:
        one.severity = severity_in_words(differences.get(one.seat.user_id))
    return Board(
        sitting=sitting,
        criteria=criteria,
        rows=rows,
        progress=progress,
        stability=stability,
        sentence=_sentence(stability, results, rows),
        own_left=own_left,
        results=results,
        heat=heat_of(rows, voices, shown, recusals, weights, one_decimal),
    )


def _hearings(sitting: Sitting) -> tuple[list[tuple], set[tuple[int, int]]]:
    """The hearings in the order of passage, and who stands aside from which as (user, hearing)."""
    rows = sitting.hearings.order_by("position", "pk").values_list(
        "pk", "uuid", "position", "project__title", "closed_at", "recusals__seat__user"
    )
    hearings, recusals = {}, set()
    for *hearing, user in rows:
        hearings[hearing[0]] = tuple(hearing)
        if user is not None:
            recusals.add((user, hearing[0]))
    return list(hearings.values()), recusals


def _ballots(sitting: Sitting, recusals: set) -> tuple[list[Ballot], Counter]:
    """The ballots that count (given, by someone who does not stand aside), and how many each juror has begun."""
    marks: dict[tuple[int, int], dict[int, int | None]] = {}
    unfinished = set()
    rows = (
        Evaluation.objects.filter(hearing__sitting=sitting)
        .order_by()
        .values_list("hearing", "juror", "submitted_at", "scores__criterion", "scores__value")
    )
    for hearing, juror, submitted_at, criterion, value in rows:
        if (juror, hearing) in recusals:
            continue
        if submitted_at is None:
            unfinished.add((juror, hearing))
        else:
            marks.setdefault((hearing, juror), {})[criterion] = value
    begun = Counter(juror for juror, _hearing in unfinished)
    return [Ballot(hearing, juror, given) for (hearing, juror), given in marks.items()], begun


def _progress(voices, open_hearings, recusals, ballots, begun) -> list[Progress]:
    alive = set(open_hearings)
    given = Counter(ballot.juror for ballot in ballots if ballot.hearing in alive)
    recused = Counter(user for user, hearing in recusals if hearing in alive)
    return [
        Progress(
            seat=seat,
            given=given[seat.user_id],
            begun=begun[seat.user_id],
            expected=len(alive) - recused[seat.user_id],
            recused=recused[seat.user_id],
        )
        for seat in voices
    ]


def _row(row, result: Result, criteria, *, voices: int, recused: int, closed: bool, hidden: bool) -> Row:
    pk, uuid, position, title, _closed_at = row
    return Row(
        pk=pk,
        uuid=uuid,
        position=position,
        title=title,
        n=result.n,
        expected=voices - recused,
        recused=recused,
        means=["·" if hidden else one_decimal(result.means.get(criterion.pk)) for criterion in criteria],
        total="·" if hidden else one_decimal(result.total),
        median="·" if hidden else one_decimal(result.median),
        spread="·" if hidden or result.spread is None else one_decimal(result.spread),
        rank=None if hidden else result.rank,
        rank_text="" if hidden else _rank_text(result),
        moves="" if hidden else _moves(result),
        in_zone=result.in_zone and not hidden,
        in_list=result.in_list and not hidden,
        closed=closed,
        hidden=hidden,
    )


def _rank_text(result: Result) -> str:
    if result.rank is None:
        return "–"
    return _("%(rank)d, tied") % {"rank": result.rank} if result.tied else str(result.rank)


def _moves(result: Result) -> str:
    """« 3 à 6 » where the rank depends on one juror; empty where it is firm."""
    if result.rank is None or result.highest_rank == result.lowest_rank:
        return ""
    return _("%(best)d to %(worst)d") % {"best": result.highest_rank, "worst": result.lowest_rank}


def _sentence(stability: Stability, results: dict[int, Result], rows: list[Row]) -> str:
    """The finding on stability, in one sentence."""
    if stability.jurors < 2:
        return _("Too few marks are given to say how firm the list is.")
    if stability.places:
        if not stability.changing and not stability.tie_at_cut:
            return _("The list stays the same without any one juror.")
        # Hidden rows are not counted in: their place would be told.
        shown = sorted(row.rank for row in rows if row.in_zone and row.rank is not None)
        if not shown:
            return _("Without one juror, the list changes.")
        return ngettext(
            "Without one juror, the list changes (true for %(count)d of %(jurors)d jurors), around ranks "
            "%(first)d to %(last)d: talk about these projects first.",
            "Without one juror, the list changes (true for %(count)d of %(jurors)d jurors), around ranks "
            "%(first)d to %(last)d: talk about these projects first.",
            len(stability.changing),
        ) % {
            "count": len(stability.changing),
            "jurors": stability.jurors,
            "first": shown[0],
            "last": shown[-1],
        }
    moving = sum(
        1 for result in results.values() if result.rank and result.highest_rank != result.lowest_rank
    )
    if not moving:
        return _("The order stays the same without any one juror.")
    return ngettext(
        "Without one juror, the rank of %(count)d project changes.",
        "Without one juror, the rank of %(count)d projects changes.",
        moving,
    ) % {"count": moving}


def own_marks_left(sitting: Sitting, reader) -> int:
    """Marks the reader has still to give before they may see those of others (while the scoring is open)."""
    if sitting.state != SittingState.SCORING:
        return 0
    given = Evaluation.objects.filter(juror=reader, submitted_at__isnull=False).values("hearing")
    return sitting.hearings.to_score_by(reader).exclude(pk__in=given).count()


def score_rows(sitting: Sitting, reader):
    """All marks for the export, as tuples, read in one pass: given ones, and recusals as missing.

    Hearings from which the reader stands aside are left out until the decisions are pronounced.
    """
    recusals = list(
        Recusal.objects.filter(hearing__sitting=sitting)
        .order_by("hearing__position", "seat__pk")
        .values_list("hearing", "seat__user", "hearing__project__title", "seat__user__display_name",
                     "seat__user__first_name", "seat__user__last_name", "seat__user__username")
    )  # fmt: skip
    aside = {(hearing, user) for hearing, user, *_rest in recusals}
    hidden = {hearing for hearing, user in aside if user == reader.pk}
    if sitting.state == SittingState.PRONOUNCED:
        hidden = set()
    rows = (
        Score.objects.filter(
            evaluation__hearing__sitting=sitting, evaluation__submitted_at__isnull=False
        )
        .order_by("evaluation__hearing__position", "evaluation__hearing", "evaluation__juror", "criterion__position")
        .values_list(
            "evaluation__hearing", "evaluation__juror", "evaluation__hearing__project__title",
            "evaluation__juror__display_name", "evaluation__juror__first_name", "evaluation__juror__last_name",
            "evaluation__juror__username", "criterion__label", "criterion__weight", "value",
            "evaluation__submitted_at",
        )
    )  # fmt: skip
    for hearing, juror, title, *names, label, weight, value, given_at in rows.iterator(chunk_size=2_000):
        if hearing in hidden or (hearing, juror) in aside:
            continue
        mark = "" if value is None else value
        yield title, _name(*names), label, weight, mark, given_at.isoformat(timespec="seconds"), ""
    for hearing, _user, title, *names in recusals:
        if hearing not in hidden:
            yield title, _name(*names), "", "", "", "", "1"


def _name(display_name: str, first_name: str, last_name: str, username: str) -> str:
    return display_name or f"{first_name} {last_name}".strip() or username
