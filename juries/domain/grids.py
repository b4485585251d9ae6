"""Verbs on grids. A version is frozen at its first mark; a later change makes a new version."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from incubator.core import clock, journal
from incubator.core.models import Refused
from juries import rules
from juries.enums import CriterionKind, SittingState
from juries.models import Criterion, Grid, GridVersion, Sitting

MARKS = range(1, 6)
MAX_CRITERIA = 12
RESERVED_KEYS = frozenset({"comment", "give", "skip", "seen", "grid"})  # other fields of the score form


def _anchors_of(given: dict) -> dict[str, str]:
    anchors = given.get("anchors") or {}
    if isinstance(anchors, (list, tuple)):
        anchors = dict(zip(MARKS, anchors, strict=False))
    return {
        f"anchor_{mark}": str(
            given.get(f"anchor_{mark}") or anchors.get(mark) or anchors.get(str(mark)) or ""
        ).strip()
        for mark in MARKS
    }


def _weight_of(given: dict) -> int:
    try:
        weight = int(given.get("weight", 1))
    except (TypeError, ValueError):
        weight = 0
    if weight < 1:
        raise Refused(
            {
                "weight": _("“%(label)s” needs a weight of 1 or more: a weight of 0 would count for nothing.")
                % {"label": given.get("label", "")}
            }
        )
    return weight


def _build(criteria: list[dict]) -> list[Criterion]:
    """Unsaved criteria from plain data, checked; Refused says which one is wrong."""
    if not criteria:
        raise Refused(_("A grid needs at least one criterion."))
    if len(criteria) > MAX_CRITERIA:
        raise Refused(
            _("A grid of more than %(max)d criteria cannot be read in time.") % {"max": MAX_CRITERIA}
        )
    built, keys = [], set()
    for position, given in enumerate(criteria, start=1):
        label = str(given.get("label", "")).strip()
        if not label:
            raise Refused({"label": _("Give each criterion a name.")})
        key = slugify(given.get("key") or label)[:40] or f"criterion-{position}"
        if key in RESERVED_KEYS:
            key = f"criterion-{key}"
        if key in keys:
            raise Refused({"label": _("Two criteria have the same name: “%(label)s”.") % {"label": label}})
        keys.add(key)
        kind = str(given.get("kind") or CriterionKind.SCALE)
        criterion = Criterion(
            key=key,
            label=label,
            kind=kind,
            question=str(given.get("question", "")).strip(),
            weight=1 if kind == CriterionKind.YES_NO else _weight_of(given),
            position=position,
            **_anchors_of(given),
        )
        try:
            criterion.full_clean(exclude=["version"])
        except ValidationError as error:
            raise Refused(error.message_dict) from error
        if criterion.counts and not (criterion.anchor_1 and criterion.anchor_3 and criterion.anchor_5):
            raise Refused(
                {
                    "anchors": _(
                        "Say what a 1, a 3 and a 5 mean for “%(label)s”, so that every juror means the same."
                    )
                    % {"label": label}
                }
            )
        built.append(criterion)
    if not any(criterion.counts for criterion in built):
        raise Refused(
            _("A grid needs at least one criterion marked from 1 to 5: a yes or a no enters no mean.")
        )
    return built


def newest(grid: Grid) -> GridVersion | None:
    return grid.versions.order_by("-number").first()


def is_in_use(version: GridVersion) -> bool:
    """Whether jurors read or score with it: a change then makes a new version."""
    return version.frozen_at is not None or version.sittings.exclude(state=SittingState.PREPARING).exists()


def _require_manager(actor, programme) -> None:
    if not rules.can_prepare(actor, programme):
        raise PermissionDenied("juries.grid")


@transaction.atomic
def create_grid(*, actor, programme, name: str, criteria: list[dict]) -> GridVersion:
    """A new grid with its first version.

    Each criterion is ``{"label", "kind", "question", "weight", "anchors"}``; ``kind`` is a mark from 1 to 5
    unless it says ``yes_no``, which has no weight; ``anchors`` is a dict of the marks 1 to 5 (2 and 4 may stay
    empty; of a yes or no, 5 says what a yes means and 1 what a no means), or a list of five sentences.
    """
    _require_manager(actor, programme)
    name = (name or "").strip()
    if not name:
        raise Refused({"name": _("Give the grid a name.")})
    built = _build(criteria)
    grid = Grid.objects.create(programme=programme, name=name[:120])
    version = GridVersion.objects.create(grid=grid, number=1)
    for criterion in built:
        criterion.version = version
    Criterion.objects.bulk_create(built)
    journal.record(verb="juries.grid_created", actor=actor, target=grid, criteria=len(built))
    return version


@transaction.atomic
def revise_grid(*, actor, grid: Grid, criteria: list[dict], name: str | None = None) -> GridVersion:
    """Change the criteria: in place while nobody scores with them, otherwise as a new version.

    Sittings that are still being prepared with the last version move to the new one; the others keep theirs.
    """
    _require_manager(actor, grid.programme)
    built = _build(criteria)
    if name is not None and name.strip() and name.strip() != grid.name:
        grid.name = name.strip()[:120]
        grid.save(update_fields=["name"])
    last = newest(grid)
    if last is None or is_in_use(last):
        version = GridVersion.objects.create(grid=grid, number=(last.number if last else 0) + 1)
        if last is not None:
            Sitting.objects.filter(grid_version=last, state=SittingState.PREPARING).update(
                grid_version=version
            )
    else:
        version = last
        version.criteria.all().delete()
    for criterion in built:
        criterion.version = version
    Criterion.objects.bulk_create(built)
    journal.record(verb="juries.grid_revised", actor=actor, target=grid, version=version.number)
    return version


def freeze(version_id: int) -> None:
    """At the first mark. Costs one statement and changes nothing the second time."""
    GridVersion.objects.filter(pk=version_id, frozen_at__isnull=True).update(frozen_at=clock.now())
