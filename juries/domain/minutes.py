"""What the minutes say: plain data written once, so that no later change of a name or a label touches it."""

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from incubator.core import clock
from juries.domain import findings, tie_breaks
from juries.domain.figures import figures_of
from juries.models import Minutes, Recusal, Sitting, TieBreakAnswer
from juries.notifications import demands_in_words
from juries.verdicts import late_marks_by_hearing
from projects.enums import Stage


def next_number(year: int) -> str:
    """``2020-003``: numbered by year over the whole site, without a hole."""
    last = Minutes.objects.filter(number__startswith=f"{year}-").aggregate(last=Max("number"))["last"]
    return f"{year}-{int(last.rsplit('-', 1)[1]) + 1 if last else 1:03d}"


def write(sitting: Sitting, decisions) -> dict:
    """Members, quorum, recusals, outcomes with their reasons and what each records."""
    seats = list(sitting.seats.select_related("user"))
    recusals = Recusal.objects.filter(
        hearing__sitting=sitting, hearing__closed_at__isnull=True
    ).select_related("seat__user", "hearing__project")
    grid = sitting.grid_version
    late = late_marks_by_hearing(sitting)
    return {
        "body": sitting.body,
        "gate": sitting.gate,
        "gate_label": str(sitting.get_gate_display()),
        "programme": sitting.programme.name,
        "cohort": sitting.cohort.name,
        "starts_at": timezone.localtime(sitting.starts_at).isoformat(),
        "pronounced_at": timezone.localtime(clock.now()).isoformat(),
        "place": sitting.place,
        "quorum": sitting.quorum,
        "members": [
            {
                "name": str(seat.user),
                "role": seat.role,
                "role_label": str(seat.get_role_display()),
                "present": seat.present,
            }
            for seat in seats
        ],
        "recusals": [
            {"name": str(recusal.seat.user), "project": recusal.hearing.project.title}
            for recusal in recusals.order_by("hearing__position", "seat__pk")
        ],
        "grid": {
            "name": grid.grid.name,
            "version": grid.number,
            "criteria": [
                {"label": criterion.label, "weight": criterion.weight} for criterion in grid.criteria.all()
            ],
        },
        "decisions": [
            {
                "title": decision.hearing.project.title,
                "code": decision.hearing.project.code,
                "outcome": decision.outcome,
                "outcome_label": str(decision.get_outcome_display()),
                "reason": decision.reason,
                "demands": demands_in_words(decision),
                "signed_off_by": str(decision.signed_off_by) if decision.signed_off_by_id else "",
                "late_marks": late.get(decision.hearing_id, 0),
            }
            for decision in decisions
        ],
        "tie_breaks": _tie_breaks(sitting),
        "left": [
            _("%(title)s (suspended)") % {"title": hearing.project.title}
            if hearing.project.stage == Stage.SUSPENDED
            else hearing.project.title
            for hearing in sitting.hearings.filter(closed_at__isnull=False).select_related("project")
        ],
    }


def _tie_breaks(sitting: Sitting) -> list[dict]:
    """The comparisons that were closed: of what, why by the marks, who answered and what it gives.

    Who preferred what stays in the ballots: the body has answered, as it has marked.
    """
    closed = [one for one in sitting.tie_breaks.select_related("closed_by") if not one.is_open]
    if not closed:
        return []
    _state, figures = figures_of(sitting)
    answered: dict[int, dict[int, str]] = {}
    for answer in TieBreakAnswer.objects.filter(tie_break__in=closed).select_related("seat__user"):
        answered.setdefault(answer.tie_break_id, {})[answer.seat_id] = str(answer.seat.user)
    return [
        {
            "number": one.number,
            "closed_at": timezone.localtime(one.closed_at).isoformat(),
            "closed_by": str(one.closed_by),
            "projects": [
                {"title": hearing.project.title, **_by_the_marks(figures.results.get(hearing.pk))}
                for hearing in one.hearings.select_related("project").order_by("position", "pk")
            ],
            "who": [name for _seat, name in sorted(answered.get(one.pk, {}).items())],
            "result": tie_breaks.verdict_in_words(one),
        }
        for one in closed
    ]


def _by_the_marks(result) -> dict:
    """The rank and the mean that led to the comparison, in words; empty without marks."""
    if result is None or result.rank is None:
        return {"rank": "", "mean": ""}
    return {"rank": findings.rank_text(result), "mean": findings.one_decimal(result.total)}
