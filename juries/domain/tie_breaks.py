"""Verbs and readings of a tie-break: open it, answer it, enter a paper ballot, close it, say what it shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incubator.core import clock, journal
from incubator.core.models import Refused
from juries import rules
from juries.domain import pairwise
from juries.domain.locks import lock
from juries.domain.pairwise import FEWEST, MOST, Duel, Outcome, Verdict
from juries.domain.results import Row
from juries.enums import SCORING_ROLES, SittingState
from juries.models import Hearing, Recusal, Seat, Sitting, TieBreak, TieBreakAnswer

Pair = tuple[int, int]  # two hearings, in the order of passage


# -- Verbs -----------------------------------------------------------------------------------------------------


@transaction.atomic
def open_tie_break(*, actor, sitting: Sitting, hearings: list[Hearing]) -> TieBreak:
    """Ask the members who are present to compare two to four projects. One at a time."""
    if not rules.can_deliberate(actor, sitting):
        raise PermissionDenied("juries.open_tie_break")
    lock(sitting)
    if sitting.state != SittingState.DELIBERATING:
        raise Refused(_("Projects are compared during the deliberation: begin it first."))
    if not FEWEST <= len({hearing.pk for hearing in hearings}) <= MOST:
        raise Refused({"hearings": _("Choose two to four projects.")})
    if any(hearing.sitting_id != sitting.pk or hearing.closed_at is not None for hearing in hearings):
        raise Refused({"hearings": _("Choose projects that this sitting hears.")})
    if Recusal.objects.filter(hearing__in=hearings, seat__user=actor).exists():
        raise Refused(
            {
                "hearings": _(
                    "You stand aside from one of these projects: let someone else open this comparison."
                )
            }
        )
    if sitting.tie_breaks.filter(closed_at__isnull=True).exists():
        raise Refused(_("A comparison is open already: close it first."))
    number = (sitting.tie_breaks.aggregate(last=Max("number"))["last"] or 0) + 1
    tie_break = TieBreak.objects.create(
        sitting=sitting, number=number, opened_by=actor, opened_at=clock.now()
    )
    tie_break.hearings.set(hearings)
    if not any(ballot.pairs for ballot in ballots_of(tie_break)):
        raise Refused(
            {
                "hearings": _(
                    "No member who is present may compare these projects: choose others, or say who is here."
                )
            }
        )
    journal.record(
        verb="juries.tie_break_opened", actor=actor, target=sitting, number=number, projects=len(hearings)
    )
    return tie_break


@transaction.atomic
def answer_tie_break(*, actor, tie_break: TieBreak, answers: Mapping[Pair, int | None]) -> int:
    """Keep one member's own answers, ``{(hearing, hearing): the preferred one, or None}``; answers how many stand.

    Pairs that are not named stay as they are, so that one can answer in several goes.
    """
    seat = Seat.objects.filter(sitting=tie_break.sitting_id, user=actor, role__in=SCORING_ROLES).first()
    if seat is None:
        raise PermissionDenied("juries.answer_tie_break")
    _require_open(tie_break)
    if not seat.present:
        raise Refused(_("You are not marked as present: tell the secretary."))
    given = _store(tie_break, seat, answers, entered_by=actor, on_paper=False)
    journal.record(
        verb="juries.tie_break_answered", actor=actor, target=tie_break.sitting, number=tie_break.number
    )
    return given


@transaction.atomic
def enter_paper_answers(*, actor, tie_break: TieBreak, seat: Seat, answers: Mapping[Pair, int | None]) -> int:
    """Enter the paper ballot of one member; refused once they have answered on their own screen."""
    if not rules.can_deliberate(actor, tie_break.sitting) or seat.sitting_id != tie_break.sitting_id:
        raise PermissionDenied("juries.enter_paper_answers")
    _require_open(tie_break)
    if seat.role not in SCORING_ROLES or not seat.present:
        raise Refused(_("This person has no voice in the room: no ballot can be entered for them."))
    if tie_break.answers.filter(seat=seat, on_paper=False).exists():
        raise Refused(_("This member has answered on their own screen already: their paper is not needed."))
    given = _store(tie_break, seat, answers, entered_by=actor, on_paper=True)
    journal.record(
        verb="juries.tie_break_entered",
        actor=actor,
        target=tie_break.sitting,
        number=tie_break.number,
        member=str(seat.user),
    )
    return given


@transaction.atomic
def close_tie_break(*, actor, tie_break: TieBreak) -> Verdict:
    """Nobody answers any more, and the result can be read. It is written in the journal, and decides nothing."""
    if not rules.can_deliberate(actor, tie_break.sitting):
        raise PermissionDenied("juries.close_tie_break")
    _require_open(tie_break)
    tie_break.closed_at, tie_break.closed_by = clock.now(), actor
    tie_break.save(update_fields=["closed_at", "closed_by"])
    verdict = verdict_of(tie_break)
    journal.record(
        verb="juries.tie_break_closed",
        actor=actor,
        target=tie_break.sitting,
        number=tie_break.number,
        outcome=verdict.outcome,
    )
    return verdict


def _require_open(tie_break: TieBreak) -> None:
    """Hold the sitting, so that no answer slips in while the comparison is being closed."""
    lock(tie_break.sitting)
    tie_break.refresh_from_db(fields=["closed_at"])
    if tie_break.sitting.state != SittingState.DELIBERATING:
        raise Refused(_("The deliberation is over: nothing is compared any more."))
    if not tie_break.is_open:
        raise Refused(_("This comparison is closed: tell the president what you think."))


def _store(tie_break, seat, answers: Mapping[Pair, int | None], *, entered_by, on_paper: bool) -> int:
    allowed = {pair for ballot in ballots_of(tie_break, seat) for pair in ballot.pairs}
    for pair, preferred in answers.items():
        if pair not in allowed:
            raise Refused(_("You cannot compare these two projects here. Reload the page."))
        if preferred is not None and preferred not in pair:
            raise Refused(_("Choose one of the two projects, or leave the question."))
    for (first, second), preferred in answers.items():
        if preferred is None:
            tie_break.answers.filter(seat=seat, first=first, second=second).delete()
        else:
            TieBreakAnswer.objects.update_or_create(
                tie_break=tie_break,
                seat=seat,
                first_id=first,
                second_id=second,
                defaults={
                    "preferred_id": preferred,
                    "entered_by": entered_by,
                    "on_paper": on_paper,
                    "answered_at": clock.now(),
                },
            )
    return tie_break.answers.filter(seat=seat).count()


# -- Readings --------------------------------------------------------------------------------------------------


@dataclass
class Ballot:
    """What one present member is asked: the pairs without the projects they stand aside from."""

    seat: Seat
    pairs: list[Pair]
    answers: dict[Pair, int] = field(default_factory=dict)
    on_paper: bool = False

    @property
    def is_complete(self) -> bool:
        return len(self.answers) == len(self.pairs)


def in_order(tie_break: TieBreak) -> list[Hearing]:
    return list(tie_break.hearings.select_related("project").order_by("position", "pk"))


def ballots_of(tie_break: TieBreak, seat: Seat | None = None) -> list[Ballot]:
    """The ballots of all present members, or of one; four queries whatever their number."""
    hearings = list(tie_break.hearings.order_by("position", "pk").values_list("pk", flat=True))
    seats = tie_break.sitting.seats.filter(role__in=SCORING_ROLES, present=True).select_related("user")
    if seat is not None:
        seats = seats.filter(pk=seat.pk)
    aside = set(Recusal.objects.filter(hearing__in=hearings).values_list("seat", "hearing"))
    ballots = {
        one.pk: Ballot(
            one, pairwise.pairs_of([hearing for hearing in hearings if (one.pk, hearing) not in aside])
        )
        for one in seats
    }
    for one, first, second, preferred, on_paper in tie_break.answers.values_list(
        "seat", "first", "second", "preferred", "on_paper"
    ):
        if one in ballots and (first, second) in ballots[one].pairs:
            ballots[one].answers[first, second] = preferred
            ballots[one].on_paper = on_paper
    return list(ballots.values())


def verdict_of(tie_break: TieBreak) -> Verdict:
    """What the answers of the present members say."""
    projects = list(tie_break.hearings.order_by("position", "pk").values_list("pk", flat=True))
    answers = tie_break.answers.values_list("first", "second", "preferred")
    return pairwise.verdict_of(projects, answers)


@dataclass
class DuelLine:
    """« A devant B : 4 à 2 », with how many answered and how many stand aside."""

    text: str
    answers: int
    aside: int


@dataclass
class ProjectLine:
    title: str
    won: str
    comparisons: int
    favours: int
    answers: int


@dataclass
class Shown:
    """A comparison as it is read. ``sentence`` is empty while it is open.

    Who stands aside from one of the projects reads nothing of it, not even which ones are compared: that would
    tell where theirs stands.
    """

    tie_break: TieBreak
    titles: list[str]
    hidden: bool
    sentence: str = ""
    projects: list[ProjectLine] = field(default_factory=list)
    duels: list[DuelLine] = field(default_factory=list)


def shown_to(reader, sitting: Sitting, only: TieBreak | None = None) -> list[Shown]:
    """The comparisons of a sitting for whoever may read its results; five queries whatever their number."""
    blind = not rules.sees_names(reader, sitting)
    tie_breaks = sitting.tie_breaks.all() if only is None else [only]
    pks = [one.pk for one in tie_breaks]
    heard: dict[int, dict[int, str]] = {pk: {} for pk in pks}
    through = TieBreak.hearings.through.objects.filter(tiebreak__in=pks)
    for pk, hearing, title in through.order_by("hearing__position", "hearing").values_list(
        "tiebreak", "hearing", "hearing__dossier__title" if blind else "hearing__project__title"
    ):
        heard[pk][hearing] = title
    given: dict[int, list] = {pk: [] for pk in pks}
    for pk, *answer in TieBreakAnswer.objects.filter(tie_break__in=pks).values_list(
        "tie_break", "first", "second", "preferred"
    ):
        given[pk].append(answer)
    everyone = {hearing for titles in heard.values() for hearing in titles}
    aside: dict[int, set[int]] = {}
    own = set()
    for hearing, seat, user, counts in Recusal.objects.filter(hearing__in=everyone).values_list(
        "hearing", "seat", "seat__user", "seat__present"
    ):
        if user == reader.pk:
            own.add(hearing)
        if counts:  # of those who are not in the room, nothing is missing
            aside.setdefault(hearing, set()).add(seat)
    lines = []
    for one in tie_breaks:
        titles = heard[one.pk]
        hidden = sitting.state != SittingState.PRONOUNCED and bool(own & set(titles))
        shown = Shown(one, [] if hidden else list(titles.values()), hidden)
        if not one.is_open and not hidden:
            verdict = pairwise.verdict_of(list(titles), given[one.pk])
            shown.sentence = sentence(verdict, titles)
            shown.projects = _project_lines(verdict, titles)
            shown.duels = [_duel_line(duel, titles, aside) for duel in verdict.duels]
        lines.append(shown)
    return lines


def is_hidden_from(reader, tie_break: TieBreak) -> bool:
    """Whether the reader stands aside from one of the projects, until the decisions are pronounced; one query."""
    if tie_break.sitting.state == SittingState.PRONOUNCED:
        return False
    return Recusal.objects.filter(hearing__tie_breaks=tie_break, seat__user=reader).exists()


def verdict_in_words(tie_break: TieBreak) -> dict:
    """``{"sentence", "duels"}`` of a closed comparison with the full titles, for the minutes; two queries."""
    titles = dict(tie_break.hearings.order_by("position", "pk").values_list("pk", "project__title"))
    verdict = verdict_of(tie_break)
    return {
        "sentence": sentence(verdict, titles),
        "duels": [_duel_line(duel, titles, {}).text for duel in verdict.duels],
    }


def sentence(verdict: Verdict, titles: Mapping[int, str]) -> str:
    """What the comparison shows, in one sentence; it says plainly when there is no winner."""
    if verdict.outcome == Outcome.EMPTY:
        return _("Nobody has answered: the comparison says nothing.")
    if verdict.outcome == Outcome.WINNER:
        (winner,) = verdict.top
        if len(titles) == FEWEST:
            (duel,) = verdict.duels
            return ngettext(
                "“%(title)s” would be studied first: %(votes)d of %(count)d answer.",
                "“%(title)s” would be studied first: %(votes)d of %(count)d answers.",
                duel.answers,
            ) % {
                "title": titles[winner],
                "votes": max(duel.for_first, duel.for_second),
                "count": duel.answers,
            }
        return _("“%(title)s” would be studied first: it is preferred to each of the others.") % {
            "title": titles[winner]
        }
    if verdict.outcome == Outcome.CIRCLE:
        way = [titles[pk] for pk in (*verdict.circle, verdict.circle[0])]
        return _(
            "No winner: the preferences go in a circle (%(way)s). Nobody is wrong; the comparison does not settle "
            "it, talk again."
        ) % {"way": " → ".join(way)}
    return _("No winner: %(titles)s are level. The comparison does not settle it, talk again.") % {
        "titles": ", ".join(titles[pk] for pk in verdict.top)
    }


def _project_lines(verdict: Verdict, titles: Mapping[int, str]) -> list[ProjectLine]:
    """The projects by comparisons won, then by answers in favour."""
    lines = []
    for pk in sorted(titles, key=lambda pk: (-verdict.won[pk], -verdict.favours[pk])):
        own = [duel for duel in verdict.duels if pk in (duel.first, duel.second)]
        won = verdict.won[pk]
        lines.append(
            ProjectLine(
                titles[pk],
                f"{int(won)}½".replace("0½", "½") if won % 1 else str(int(won)),
                len(own),
                verdict.favours[pk],
                sum(duel.answers for duel in own),
            )
        )
    return lines


def _duel_line(duel: Duel, titles: Mapping[int, str], aside: Mapping[int, set[int]]) -> DuelLine:
    standing = len(aside.get(duel.first, set()) | aside.get(duel.second, set()))
    first, second = (duel.first, duel.second), (duel.for_first, duel.for_second)
    if duel.winner == duel.second:
        first, second = first[::-1], second[::-1]
    words = {"one": titles[first[0]], "other": titles[first[1]], "for_one": second[0], "for_other": second[1]}
    if duel.winner is None:
        text = _("“%(one)s” and “%(other)s”: level, %(for_one)d to %(for_other)d") % words
    else:
        text = _("“%(one)s” before “%(other)s”: %(for_one)d to %(for_other)d") % words
    return DuelLine(text, duel.answers, standing)


def suggested(rows: list[Row], places: int | None) -> list[Row]:
    """Two to four projects worth comparing: those tied where the list ends, or the last one in and the first one
    out with those that show the same mean. None when the body does not choose, or when nothing is left out."""
    ranked = [row for row in rows if row.rank is not None and not row.hidden]
    kept = [row for row in ranked if row.in_list]
    out = [row for row in ranked if not row.in_list]
    if not places or not kept:
        return []
    if len(kept) > places:
        return [row for row in kept if row.rank == kept[-1].rank][:MOST]
    if not out:
        return []
    last, first = kept[-1], out[0]
    near = [row for row in (*reversed(kept), *out) if row.total in (last.total, first.total)]
    near.sort(key=lambda row: abs(ranked.index(row) - len(kept) + 0.5))
    return sorted(near[:MOST], key=ranked.index)
