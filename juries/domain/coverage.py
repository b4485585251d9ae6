"""Who reads what, and whether each project keeps enough readers. Verbs to share dossiers out, and to repair.

A reader of a project is a member with a voice who does not stand aside from it and, where each project has so
many readers (``sitting.readers_each``), to whom it was given.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from hashlib import sha256

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incubator.core import clock, journal
from incubator.core.models import Refused
from juries import queries, rules
from juries.domain import sharing
from juries.domain.locks import lock
from juries.enums import SCORING_ROLES, WHY_LINKED, AssignmentSource, RecusalSource, SittingState
from juries.models import Assignment, Evaluation, Hearing, LiftedLink, Recusal, Seat, Sitting


@dataclass(frozen=True)
class Aside:
    """A member who stands aside, and why: what the site found (``team``, ``coach``, ``manager``) or empty for what
    they declared, which stays theirs. ``may_lift``: the organiser can say that the site is wrong."""

    seat: Seat
    found: str

    @property
    def may_lift(self) -> bool:
        return bool(self.found)

    @property
    def why(self) -> str:
        return str(WHY_LINKED.get(self.found, "")) if self.found else _("declared by the juror")


@dataclass
class Covered:
    """One project: who reads it, who else could, who stands aside, and who is of the team's directorate."""

    hearing: Hearing
    readers: list[Seat]
    spare: list[Seat]
    aside: list[Seat]
    near: list[Seat]
    why_aside: list[Aside] = field(default_factory=list)
    lifted: list[LiftedLink] = field(default_factory=list)
    lacks: int = 0  # readers under the number that each project must keep
    wants: int = 0  # readers under the number that each project should have
    advice: str = ""

    @property
    def title(self) -> str:
        return self.hearing.dossier.get("title") or self.hearing.project.title


@dataclass
class Load:
    """One member with a voice: how many dossiers they read, and how many they have given marks for."""

    seat: Seat
    reads: int
    given: int
    then: int = 0  # after what is proposed


@dataclass
class Coverage:
    sitting: Sitting
    rows: list[Covered]
    loads: list[Load]
    undeclared: list[Seat]
    by_hearing: dict[int, Covered] = field(default_factory=dict)

    @property
    def undeclared_names(self) -> str:
        return ", ".join(str(seat.user) for seat in self.undeclared)

    @property
    def short(self) -> list[Covered]:
        """Projects that keep fewer readers than they must."""
        return [row for row in self.rows if row.lacks]


@dataclass
class Gift:
    seat: Seat
    row: Covered
    near: bool  # of the directorate of the team: nobody else was free


@dataclass
class Proposal:
    """What the site would give to whom. ``stamp`` names it: what a person confirms is what they saw."""

    coverage: Coverage
    gifts: list[Gift]
    uncovered: list[Covered]
    stamp: str


def coverage_of(sitting: Sitting) -> Coverage:
    """The readers of each project and the load of each member; seven queries for any size."""
    hearings = list(sitting.hearings.open().select_related("project").order_by("position", "pk"))
    seats = list(
        sitting.seats.filter(role__in=SCORING_ROLES).select_related("user__directorate").order_by("pk")
    )
    aside = _aside(sitting, hearings, seats)
    lifted = defaultdict(list)
    for one in LiftedLink.objects.filter(hearing__in=hearings).select_related("seat__user", "lifted_by"):
        lifted[one.hearing_id].append(one)
    near = queries.same_directorate(hearings, seats)
    shared = sitting.readers_each is not None
    given = (
        set(Assignment.objects.filter(hearing__in=hearings).values_list("seat", "hearing"))
        if shared
        else set()
    )
    rows = []
    for hearing in hearings:
        able = [seat for seat in seats if (seat.pk, hearing.pk) not in aside]
        readers = [seat for seat in able if not shared or (seat.pk, hearing.pk) in given]
        row = Covered(
            hearing=hearing,
            readers=readers,
            spare=[seat for seat in able if seat not in readers],
            aside=[seat for seat in seats if (seat.pk, hearing.pk) in aside],
            near=[seat for seat in able if (seat.pk, hearing.pk) in near],
            why_aside=[
                Aside(seat, aside[seat.pk, hearing.pk]) for seat in seats if (seat.pk, hearing.pk) in aside
            ],
            lifted=lifted[hearing.pk],
        )
        row.lacks = max(0, sitting.min_readers - len(readers))
        row.wants = max(0, sitting.readers_each - len(readers)) if shared else row.lacks
        row.advice = _advice(sitting, row)
        rows.append(row)
    return Coverage(
        sitting=sitting,
        rows=rows,
        loads=_loads(sitting, rows, seats),
        undeclared=[seat for seat in seats if seat.declared_at is None],
        by_hearing={row.hearing.pk: row for row in rows},
    )


def _aside(sitting, hearings, seats) -> dict[tuple[int, int], str]:
    """Who stands aside from what, with the link that the site found, empty for a declared one; before the dossiers
    are frozen, also who will, as the site can tell."""
    recusals = Recusal.objects.filter(hearing__in=hearings).values_list("seat", "hearing", "source", "reason")
    aside = {
        (seat, hearing): why if source == RecusalSource.FOUND else ""
        for seat, hearing, source, why in recusals
    }
    if sitting.state == SittingState.PREPARING:
        for seat, hearing, why in queries.links_of_interest(hearings, seats):
            aside.setdefault((seat.pk, hearing.pk), why)
    return aside


def _loads(sitting, rows, seats) -> list[Load]:
    reads = Counter(seat.pk for row in rows for seat in row.readers)
    done = Counter(
        Evaluation.objects.filter(
            hearing__in=[row.hearing.pk for row in rows], submitted_at__isnull=False
        ).values_list("juror", flat=True)
    )
    return [
        Load(seat=seat, reads=reads[seat.pk], given=done[seat.user_id], then=reads[seat.pk]) for seat in seats
    ]


def _advice(sitting, row: Covered) -> str:
    """What to do about a project that keeps too few readers; nothing to say of the others."""
    if not row.lacks:
        return ""
    if sitting.readers_each is not None and row.spare:
        return ngettext(
            "%(count)d reader is missing: share the dossiers out again. Members who are free: %(spare)d.",
            "%(count)d readers are missing: share the dossiers out again. Members who are free: %(spare)d.",
            row.lacks,
        ) % {"count": row.lacks, "spare": len(row.spare)}
    return ngettext(
        "Nobody else may read it: add a member as a substitute, or hear it at another sitting. "
        "%(count)d reader is missing.",
        "Nobody else may read it: add members as substitutes, or hear it at another sitting. "
        "%(count)d readers are missing.",
        row.lacks,
    ) % {"count": row.lacks}


def propose(sitting: Sitting, coverage: Coverage | None = None) -> Proposal:
    """Give each project the readers it lacks; nobody loses a dossier. The same input, the same proposal.

    Who stands aside gets nothing of it; who is of the directorate of the team only where nobody else is free.
    """
    coverage = coverage or coverage_of(sitting)
    seats = {load.seat.pk: load.seat for load in coverage.loads}
    barred = {(seat.pk, row.hearing.pk) for row in coverage.rows for seat in row.aside}
    avoided = {(seat.pk, row.hearing.pk) for row in coverage.rows for seat in row.near}
    found = sharing.share(
        projects=list(coverage.by_hearing),
        readers=list(seats),
        each=sitting.readers_each or 0,
        barred=barred,
        avoided=avoided,
        kept={(seat.pk, row.hearing.pk) for row in coverage.rows for seat in row.readers},
        salt=sitting.code,
    )
    pairs = sorted(found.given, key=lambda pair: (coverage.by_hearing[pair[1]].hearing.position, *pair[::-1]))
    then = Counter(reader for reader, _project in found.pairs)
    for load in coverage.loads:
        load.then = then[load.seat.pk]
    return Proposal(
        coverage=coverage,
        gifts=[
            Gift(seats[reader], coverage.by_hearing[project], (reader, project) in avoided)
            for reader, project in pairs
        ],
        uncovered=[coverage.by_hearing[project] for project in sorted(found.short)],
        stamp=sha256(repr(pairs).encode()).hexdigest()[:16],
    )


def _require_shared(sitting: Sitting) -> None:
    if sitting.readers_each is None:
        raise Refused(_("Everyone reads everything in this sitting: there is nothing to share out."))
    if sitting.state == SittingState.PREPARING:
        raise Refused(_("Dossiers are shared out when the scoring opens."))
    if sitting.state != SittingState.SCORING:
        raise Refused(_("The deliberation has begun: everyone reads everything now."))


@transaction.atomic
def share_out(*, actor, sitting: Sitting, reason: str = "", stamp: str | None = None) -> list[Assignment]:
    """Give each project the readers it lacks, as ``propose`` says. ``stamp`` is the one of the proposal shown.

    The first time needs no reason; afterwards it is a repair and says why. Refused when the proposal has changed
    meanwhile (someone stood aside), or when there is nothing to give.
    """
    if not rules.can_organise(actor, sitting):
        raise PermissionDenied("juries.share_out")
    lock(sitting)
    _require_shared(sitting)
    proposal = propose(sitting)
    if stamp is not None and stamp != proposal.stamp:
        raise Refused(_("Someone stood aside or joined meanwhile: read the new proposal, then confirm it."))
    if not proposal.gifts:
        raise Refused(_("Nothing to share out: each project has all the readers that it can have."))
    repairs = Assignment.objects.filter(hearing__sitting=sitting).exists()
    if repairs and not reason.strip():
        raise Refused({"reason": _("Say in a few words why the dossiers are shared out again.")})
    made = Assignment.objects.bulk_create(
        Assignment(
            seat=gift.seat,
            hearing=gift.row.hearing,
            source=AssignmentSource.REPAIRED if repairs else AssignmentSource.AUTOMATIC,
            reason=reason.strip()[:200],
            created_at=clock.now(),
        )
        for gift in proposal.gifts
    )
    journal.record(
        verb="juries.dossiers_shared",
        actor=actor,
        target=sitting,
        given=len(made),
        reason=reason.strip()[:200],
    )
    return made


@transaction.atomic
def give_dossier(*, actor, hearing: Hearing, seat: Seat, reason: str) -> Assignment:
    """Give one dossier to one member by hand, with the reason."""
    sitting = hearing.sitting
    if not rules.can_organise(actor, sitting):
        raise PermissionDenied("juries.give_dossier")
    lock(sitting)
    _require_shared(sitting)
    if seat.sitting_id != sitting.pk or seat.role not in SCORING_ROLES:
        raise Refused({"seat": _("Choose a member who has a voice in this sitting.")})
    if not (reason or "").strip():
        raise Refused({"reason": _("Say in a few words why this person reads it.")})
    if hearing.recusals.filter(seat=seat).exists():
        raise Refused({"seat": _("%(name)s stands aside from this project.") % {"name": seat.user}})
    given, new = Assignment.objects.get_or_create(
        seat=seat,
        hearing=hearing,
        defaults={"source": AssignmentSource.BY_HAND, "reason": reason.strip()[:200]},
    )
    if not new:
        raise Refused({"seat": _("%(name)s reads it already.") % {"name": seat.user}})
    journal.record(
        verb="juries.dossier_given",
        actor=actor,
        target=sitting,
        project=hearing.project.code,
        user=str(seat.user.uuid),
        reason=reason.strip()[:200],
    )
    return given


def history_of(sitting: Sitting) -> list[dict]:
    """What was given after the opening, newest first, by act: ``[{"when", "how", "why", "gifts": [...]}]``."""
    acts = defaultdict(list)
    rows = (
        Assignment.objects.filter(hearing__sitting=sitting)
        .exclude(source=AssignmentSource.AUTOMATIC)
        .select_related("seat__user", "hearing__project")
        .order_by("-created_at", "pk")
    )
    for row in rows:
        acts[row.created_at, row.source, row.reason].append(row)
    return [
        {"when": when, "how": AssignmentSource(source), "why": reason, "gifts": gifts}
        for (when, source, reason), gifts in acts.items()
    ]
