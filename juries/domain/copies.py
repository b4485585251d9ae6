"""Copies: the frame of a sitting or of a grid, for another cohort or another day, without anyone's marks."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from incubator.core import journal
from juries import rules
from juries.domain import grids, sittings
from juries.models import Criterion, Grid, GridVersion, Sitting

# What a sitting is, dates and people aside.
FRAME = (
    "gate",
    "body",
    "place",
    "online",
    "link",
    "quorum",
    "places",
    "minutes_each",
    "breaks",
    "names_hidden",
    "names_return",
    "marks_shown",
    "readers_each",
    "min_readers",
)
DATES = ("reading_opens_at", "scores_close_at")


@transaction.atomic
def copy_sitting(
    *, actor, sitting: Sitting, cohort, starts_at: datetime, with_members: bool = False
) -> Sitting:
    """The same body at the same gate, for ``cohort``, at ``starts_at``: a new sitting in preparation.

    The rules, the hours of passage and the newest version of the grid come along; the other dates keep their
    distance from the sitting's. Members come with ``with_members``, except those whose account is closed and
    the managers who may not judge. Projects, marks, recusals and decisions never do. A cohort of another
    programme takes no grid: its own is chosen there.
    """
    if not rules.can_organise(actor, sitting):
        raise PermissionDenied("juries.copy_sitting")
    shift = starts_at - sitting.starts_at
    moved = {name: getattr(sitting, name) + shift if getattr(sitting, name) else None for name in DATES}
    programme = cohort.programme
    made = sittings.prepare_sitting(
        actor=actor,
        programme=programme,
        cohort=cohort,
        starts_at=starts_at,
        grid_version=_newest(sitting.grid_version) if programme.pk == sitting.programme_id else None,
        **{name: getattr(sitting, name) for name in FRAME},
        **moved,
    )
    if with_members:
        for seat in sitting.seats.select_related("user").filter(
            user__is_active=True, user__anonymised_at__isnull=True
        ):
            if not rules.judges_what_they_manage(seat.user, programme, seat.role):
                sittings.add_seat(actor=actor, sitting=made, user=seat.user, role=seat.role)
    journal.record(verb="juries.sitting_copied", actor=actor, target=made, copied=sitting.code)
    return made


def _newest(version: GridVersion | None) -> GridVersion | None:
    return None if version is None else grids.newest(version.grid)


@transaction.atomic
def copy_grid(*, actor, grid: Grid, programme=None, name: str = "") -> GridVersion:
    """A new grid with the criteria of the newest version, for the same programme or another one."""
    programme = programme or grid.programme
    if not (rules.can_prepare(actor, grid.programme) and rules.can_prepare(actor, programme)):
        raise PermissionDenied("juries.copy_grid")
    newest = grids.newest(grid)
    return grids.create_grid(
        actor=actor,
        programme=programme,
        name=name.strip() or _("%(name)s (copy)") % {"name": grid.name},
        criteria=[as_data(criterion) for criterion in newest.criteria.all()] if newest else [],
    )


def as_data(criterion: Criterion) -> dict:
    """A criterion as ``create_grid`` takes it."""
    return {
        "key": criterion.key,
        "label": criterion.label,
        "kind": criterion.kind,
        "question": criterion.question,
        "weight": criterion.weight,
        "anchors": {mark: getattr(criterion, f"anchor_{mark}") for mark in grids.MARKS},
    }
