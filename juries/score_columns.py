"""What the exports of applications say of the juries: the mean and the rank at each sitting, for who may read them."""

from decimal import Decimal

from django.utils.translation import gettext as _

from calls.exports import Column, MoreColumns
from juries import rules
from juries.domain.figures import figures_of, figures_without
from juries.domain.results import hidden_from
from juries.enums import SittingState
from juries.models import Hearing, Sitting

# While the scoring is open nobody carries results away.
KNOWN_AT = (SittingState.DELIBERATING, SittingState.PRONOUNCED)
HUNDREDTH = Decimal("0.01")


def score_columns(user, call) -> MoreColumns | None:
    """Two columns a sitting of the call's cohort whose results this person may read, names with them.

    Two queries, and those of the results of each sitting; none more for more applications. A project that
    the reader stands aside from has no figure before the decisions are pronounced.
    """
    sittings = [
        sitting
        for sitting in Sitting.objects.visible_to(user)
        .filter(cohort=call.cohort_id, state__in=KNOWN_AT)
        .select_related("programme")
        .order_by("pk")
        if rules.can_read_results(user, sitting) and rules.sees_names(user, sitting)
    ]
    if not sittings:
        return None
    projects = dict(Hearing.objects.filter(sitting__in=sittings).values_list("pk", "project_id"))
    columns, by_sitting = [], []
    for sitting in sittings:
        state, figures = figures_of(sitting)
        hidden = hidden_from(user, sitting, state.hearings)
        if hidden:
            figures = figures_without(sitting, state.hearings, hidden)
        by_sitting.append(
            {
                projects[pk]: (Decimal(str(result.total)).quantize(HUNDREDTH), result.rank)
                for pk, result in figures.results.items()
                if pk in projects and pk not in hidden and result.total is not None
            }
        )
        named = {"sitting": sitting}
        columns += [
            Column(f"{sitting.code}.mean", _("Mean, %(sitting)s") % named, part="results", kind="number"),
            Column(f"{sitting.code}.rank", _("Rank, %(sitting)s") % named, part="results", kind="number"),
        ]

    def values(application) -> list:
        return [
            value for results in by_sitting for value in results.get(application.project_id, (None, None))
        ]

    return MoreColumns(columns, values)
