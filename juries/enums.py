"""Closed lists of sittings, seats and scores. What a body may decide stands in ``projects.enums``."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SittingState(models.TextChoices):
    PREPARING = "preparing", _("In preparation")
    SCORING = "scoring", _("Open for scoring")
    DELIBERATING = "deliberating", _("In deliberation")
    PRONOUNCED = "pronounced", _("Decisions pronounced")
    CANCELLED = "cancelled", _("Cancelled")

    @classmethod
    def over(cls) -> frozenset["SittingState"]:
        """Nothing is expected of anyone any more."""
        return frozenset({cls.PRONOUNCED, cls.CANCELLED})


class SeatRole(models.TextChoices):
    PRESIDENT = "president", _("President")
    JUROR = "juror", _("Juror")
    SECRETARY = "secretary", _("Secretary")
    OBSERVER = "observer", _("Observer")


SCORING_ROLES = frozenset({SeatRole.PRESIDENT, SeatRole.JUROR})


class RecusalSource(models.TextChoices):
    DECLARED = "declared", _("Declared by the juror")
    FOUND = "found", _("Found by the site")


# The seats that follow the whole sitting: they see the results and prepare the decisions.
STAFF_ROLES = frozenset({SeatRole.PRESIDENT, SeatRole.SECRETARY})
