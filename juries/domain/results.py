"""The results of a sitting as its president, secretary and manager read them. Scores help, people decide.

The figures come from ``juries.domain.figures``, the same for all; here they are put into words for one reader, who
may have to give their own marks first or stand aside from a project.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from juries import rules
from juries.domain import adjusted, statistics
from juries.domain.figures import Figures, Heard, Question, figures_of
from juries.domain.heat import Heat, heat_of, map_of
from juries.domain.statistics import Result
from juries.enums import SCORING_ROLES, SittingState
from juries.models import Evaluation, Recusal, Score, Sitting

TENTH = Decimal("0.1")
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
    cut_below: bool = False  # the last one of the list: the cut line is drawn under it


@dataclass(slots=True)
class Progress:
    """How far one juror is: marks given, begun, to read, and projects they stand aside from."""

    seat: Any
    given: int
    begun: int
    expected: int
    recused: int
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


def one_decimal(value: float | None) -> str:
    """A mean as the panel can carry it: one decimal, halves upwards; a dash where there is nothing.

    One, because whole marks by fewer than about fifty readers who differ by a point leave a mean uncertain by
    more than a tenth (0.8 / √50): a second decimal would be read as a difference that is not there. Ranks and
    ties come from the exact means, so that rounding decides nothing.
    """
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
    """Everything the results page shows to ``reader``: the queries of ``figures_of``, and one for the seats if
    they are not given.

    Blind until one's own marks are given: while the scoring is open, a president who still has marks to give
    sees the progress only. Hearings the reader stands aside from keep their figures hidden.
    """
    if seats is None:
        seats = list(sitting.seats.select_related("user"))
    voices = [seat for seat in seats if seat.role in SCORING_ROLES]
    hearings, figures = figures_of(sitting, blind=not rules.sees_names(reader, sitting))
    people = frozenset(seat.user_id for seat in voices)
    asked = {heard.pk: asked_of(heard, people, sitting) for heard in hearings}
    progress = _progress(voices, hearings, asked, figures)
    own = next((one for one in progress if one.seat.user_id == reader.pk), None)
    own_left = own.left if own is not None and sitting.state == SittingState.SCORING else 0
    hidden = hidden_from(reader, sitting, hearings)
    rows = [
        _row(heard, figures, expected=len(asked[heard.pk]), hidden=heard.pk in hidden) for heard in hearings
    ]
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.position))
    _draw_the_cut(rows, figures.places)
    shown = {pair: opinion for pair, opinion in figures.opinions.items() if pair[0] not in hidden}
    _compare_jurors(progress, shown)
    aside = frozenset((user, heard.pk) for heard in hearings for user in heard.aside)
    return Board(
        sitting=sitting,
        figures=figures,
        rows=rows,
        progress=progress,
        sentence=_sentence(figures, rows),
        own_left=own_left,
        hidden=hidden,
        aside=aside,
        heat=heat_of(rows, voices, shown, aside, one_decimal),
        adjusted_note=_adjusted_note(figures, rows, any(one.is_atypical for one in progress)),
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
    )
    if hidden:
        return row
    row.means = [one_decimal(result.means.get(criterion.pk)) for criterion in figures.scales]
    row.answers = _yes_counts(figures, heard.pk)
    row.total = one_decimal(result.total)
    row.median = one_decimal(result.median)
    row.spread = one_decimal(result.spread) if result.n >= SPREAD_NEEDS else "–"
    row.rank = result.rank
    row.rank_text = _rank_text(result)
    row.moves = _moves(result)
    row.in_zone = result.in_zone if figures.places else result.is_disputed
    row.in_list = result.in_list
    row.adjusted, row.why_adjusted = _adjusted(result, figures.adjusted)
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


def _rank_text(result: Result) -> str:
    if result.rank is None:
        return "–"
    return _("%(rank)d, tied") % {"rank": result.rank} if result.tied else str(result.rank)


def _moves(result: Result) -> str:
    """« 3 à 6 » where the rank depends on one juror; empty where it is firm."""
    if result.rank is None or result.is_firm:
        return ""
    return _("%(best)d to %(worst)d") % {"best": result.highest_rank, "worst": result.lowest_rank}


# -- With comparable readers -----------------------------------------------------------------------------------


def _adjusted(result: Result, found: adjusted.Adjusted) -> tuple[str, str]:
    """The rank with comparable readers where it differs, and why: who happened to read this project."""
    rank = found.ranks.get(result.hearing)
    if rank is None or rank == result.rank:
        return "", ""
    difference = result.total - found.means[result.hearing]
    size = one_decimal(abs(difference))
    if size == one_decimal(0.0):
        return str(rank), _("the means are very close")
    if difference < 0:
        return str(rank), _("read by more severe jurors: %(size)s point") % {"size": size}
    return str(rank), _("read by more generous jurors: %(size)s point") % {"size": size}


def _adjusted_note(figures: Figures, rows: list[Row], someone_is_apart: bool) -> str:
    """What the correction says about the whole list; empty where there is no reason to speak of it."""
    outcome = figures.adjusted.outcome
    if outcome == adjusted.Outcome.COMPLETE:
        if not someone_is_apart:
            return ""
        return _(
            "One juror marks far from the others. As everybody scored every project, this lowers or raises all "
            "of them alike: the order does not come from there."
        )
    if outcome == adjusted.Outcome.SPLIT:
        return _(
            "The jurors form %(count)d groups that have no project in common: nothing tells a severe group "
            "from weaker projects. Compare the ranks of two groups with care, or have some projects read by both."
        ) % {"count": figures.adjusted.parts}
    if outcome == adjusted.Outcome.THIN:
        return _(
            "Not everybody scored every project, and there are too few marks to correct for it: nothing tells a "
            "severe juror from a weaker project yet."
        )
    if outcome != adjusted.Outcome.DONE:
        return ""
    moved = sum(1 for row in rows if row.adjusted)
    if not moved:
        return _("Not everybody scored every project. Corrected for who read what, the order stays the same.")
    return ngettext(
        "Not everybody scored every project. If the same jurors had read them all, %(count)d project would "
        "probably have another rank: it stands under “Comparable readers”.",
        "Not everybody scored every project. If the same jurors had read them all, %(count)d projects would "
        "probably have another rank: it stands under “Comparable readers”.",
        moved,
    ) % {"count": moved}


# -- The finding -----------------------------------------------------------------------------------------------


def _sentence(figures: Figures, rows: list[Row]) -> str:
    """What to remember, in one sentence: how firm the list is, or where the jurors differ."""
    if figures.jurors < 2:
        return _("Too few marks are given to say how firm the list is.")
    if figures.places:
        return _sentence_on_the_list(figures, rows)
    disputed = sum(1 for row in rows if row.in_zone)
    if disputed:
        return ngettext(
            "The jurors are far apart on %(count)d project: talk about it first.",
            "The jurors are far apart on %(count)d projects: talk about them first.",
            disputed,
        ) % {"count": disputed}
    moving = sum(1 for result in figures.results.values() if result.rank and not result.is_firm)
    if not moving:
        return _("The order stays the same without any one juror.")
    return ngettext(
        "Without one juror, the rank of %(count)d project changes.",
        "Without one juror, the rank of %(count)d projects changes.",
        moving,
    ) % {"count": moving}


def _sentence_on_the_list(figures: Figures, rows: list[Row]) -> str:
    if not figures.changing and not figures.tie_at_cut:
        return _("The list stays the same without any one juror.")
    # Hidden rows are not counted in: their place would be told.
    shown = sorted(row.rank for row in rows if row.in_zone and row.rank is not None)
    if not shown:
        return _("Without one juror, the list changes.")
    if not figures.changing:
        if len(shown) == 1:  # the reader stands aside from the others
            return _("Several projects share the rank where the list ends: talk about them first.")
        return _(
            "%(count)d projects share rank %(rank)d, where the list ends: talk about these projects first."
        ) % {"count": len(shown), "rank": shown[0]}
    return ngettext(
        "Without one juror, the list changes (true for %(count)d of %(jurors)d jurors), around ranks "
        "%(first)d to %(last)d: talk about these projects first.",
        "Without one juror, the list changes (true for %(count)d of %(jurors)d jurors), around ranks "
        "%(first)d to %(last)d: talk about these projects first.",
        figures.changing,
    ) % {
        "count": figures.changing,
        "jurors": figures.jurors,
        "first": shown[0],
        "last": shown[-1],
    }


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
