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


class MarksShown(models.TextChoices):
    """When a juror may read the marks of the others. Whoever runs the sitting follows other rules."""

    NEVER = "never", _("Never")
    AFTER_OWN = "after_own", _("Once they have given their own marks on the project")
    DELIBERATION = "deliberation", _("When the deliberation begins")


class NamesReturn(models.TextChoices):
    """In an anonymous reading, when those who sit may read names again."""

    PRESIDENT = "president", _("To the president and the secretary when the deliberation begins")
    EVERYONE = "everyone", _("To all members when the deliberation begins")
    PRONOUNCED = "pronounced", _("To all members once the decisions are pronounced")


class CriterionKind(models.TextChoices):
    """A mark from 1 to 5 counts in the weighted mean; a yes or no never does: it is shown as counts."""

    SCALE = "scale", _("Mark from 1 to 5")
    YES_NO = "yes_no", _("Yes or no")


class AssignmentSource(models.TextChoices):
    AUTOMATIC = "automatic", _("Shared out by the site")
    REPAIRED = "repaired", _("Given to replace someone who stands aside")
    BY_HAND = "by_hand", _("Given by hand")


class MarkChannel(models.TextChoices):
    """How the marks of a juror came into the site."""

    SCREEN = "screen", _("On the screen")
    PAPER = "paper", _("Entered from paper")


# The seats that follow the whole sitting: they see the results and prepare the decisions.
STAFF_ROLES = frozenset({SeatRole.PRESIDENT, SeatRole.SECRETARY})

# What the site can know of a link, in words: the keys are the reasons of the recusals that it makes.
WHY_LINKED = {
    "team": _("is or was in the team"),
    "coach": _("accompanies the project"),
    "manager": _("manages someone in the team"),
}
