"""Closed lists of the spine: stages, gates, outcomes, phases, measures. Codes are stored, labels translated."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(models.TextChoices):
    """Where a project stands. Only ``projects.workflow`` writes it."""

    APPLIED = "applied", _("Application")
    PRESELECTED = "preselected", _("Preselected")
    SELECTED = "selected", _("Selected")
    PREINCUBATION = "preincubation", _("Pre-incubation")
    STARTUP_TERRITORY = "startup_territory", _("Territorial startup")
    STARTUP_INTERNAL = "startup_internal", _("Internal startup")
    STARTUP_INCUBATOR = "startup_incubator", _("In-house incubator")
    SUSTAINED = "sustained", _("Sustained")
    NOT_SELECTED = "not_selected", _("Not selected this time")
    REDIRECTED = "redirected", _("Redirected")
    MERGED = "merged", _("Joined with another project")
    HANDED_OVER = "handed_over", _("Handed over to ordinary project mode")
    STOPPED = "stopped", _("Stopped")
    WITHDRAWN = "withdrawn", _("Withdrawn by the team")
    SUSPENDED = "suspended", _("Suspended")
    DORMANT = "dormant", _("Dormant")


STARTUP_STAGES = frozenset({Stage.STARTUP_TERRITORY, Stage.STARTUP_INTERNAL, Stage.STARTUP_INCUBATOR})
FINAL_STAGES = frozenset(
    {
        Stage.NOT_SELECTED,
        Stage.REDIRECTED,
        Stage.MERGED,
        Stage.HANDED_OVER,
        Stage.STOPPED,
        Stage.WITHDRAWN,
        Stage.SUSTAINED,
    }
)


class Maturity(models.TextChoices):
    """How far a startup is, inside startup mode."""

    NONE = "", _("Not in startup mode")
    CONSTRUCTION = "construction", _("Construction")
    ACCELERATION = "acceleration", _("Scale-up")
    CONSOLIDATION = "consolidation", _("Consolidation")


class Gate(models.TextChoices):
    """Where a body decides."""

    PRESELECTION = "preselection", _("Preselection")
    HACKATHON = "hackathon", _("Hackathon")
    PREINCUBATION_END = "preincubation_end", _("End of pre-incubation")
    EXTENSION_END = "extension_end", _("End of the extension")
    COMMITTEE = "committee", _("Investment committee")
    FAST_TRACK = "fast_track", _("Fast track")


class Outcome(models.TextChoices):
    """What a body may decide. Which outcomes a gate offers: ``OUTCOMES_BY_GATE``."""

    RETAIN = "retain", _("Retained")
    NOT_THIS_TIME = "not_this_time", _("Not selected this time")
    REDIRECT = "redirect", _("Redirected")
    STARTUP_TERRITORY = "startup_territory", _("Territorial startup")
    STARTUP_INTERNAL = "startup_internal", _("Internal startup")
    STARTUP_INCUBATOR = "startup_incubator", _("In-house incubator, in startup mode")
    EXTEND = "extend", _("Three more months")
    HAND_OVER = "hand_over", _("Handed over to ordinary project mode")
    STOP = "stop", _("Stopped")
    ADJOURN = "adjourn", _("Decision postponed")
    CONTINUE = "continue", _("Continued")
    NEXT_MATURITY = "next_maturity", _("Next step of startup mode")
    PROVISIONAL = "provisional", _("Provisional, with a proof to bring")
    DORMANT = "dormant", _("Made dormant")
    SUSTAIN = "sustain", _("Sustained")
    GRANTED = "granted", pgettext_lazy("answer of the fast track", "Granted")
    REFUSED = "refused", pgettext_lazy("answer of the fast track", "Refused")


OUTCOMES_BY_GATE: dict[Gate, tuple[Outcome, ...]] = {
    Gate.PRESELECTION: (Outcome.RETAIN, Outcome.NOT_THIS_TIME, Outcome.REDIRECT),
    Gate.HACKATHON: (Outcome.RETAIN, Outcome.NOT_THIS_TIME, Outcome.REDIRECT),
    Gate.PREINCUBATION_END: (
        Outcome.STARTUP_TERRITORY,
        Outcome.STARTUP_INTERNAL,
        Outcome.STARTUP_INCUBATOR,
        Outcome.EXTEND,
        Outcome.HAND_OVER,
        Outcome.STOP,
        Outcome.ADJOURN,
    ),
    Gate.EXTENSION_END: (
        Outcome.STARTUP_TERRITORY,
        Outcome.STARTUP_INTERNAL,
        Outcome.STARTUP_INCUBATOR,
        Outcome.HAND_OVER,
        Outcome.STOP,
        Outcome.ADJOURN,
    ),
    Gate.COMMITTEE: (
        Outcome.CONTINUE,
        Outcome.NEXT_MATURITY,
        Outcome.PROVISIONAL,
        Outcome.HAND_OVER,
        Outcome.STOP,
        Outcome.DORMANT,
        Outcome.SUSTAIN,
    ),
    Gate.FAST_TRACK: (Outcome.GRANTED, Outcome.REFUSED),
}
# Where a body meets in a sitting. The fast track has none: the sponsor answers alone.
GATES_OF_SITTINGS = tuple(gate for gate in Gate if gate != Gate.FAST_TRACK)


# Outcomes that engage money or staff: the sponsor signs them off.
ENGAGING_OUTCOMES = frozenset(
    {Outcome.STARTUP_TERRITORY, Outcome.STARTUP_INTERNAL, Outcome.STARTUP_INCUBATOR}
)


class StopReason(models.TextChoices):
    PROBLEM_TOO_SMALL = "problem_too_small", _("The problem is smaller than we thought")
    SOLUTION_EXISTS = "solution_exists", _("A solution already exists")
    CONSTRAINTS = "constraints", _("Legal or technical constraints")
    COST = "cost", _("The cost is too high for the impact")
    NO_INTRAPRENEUR = "no_intrapreneur", _("No intrapreneur is available any more")
    NO_SPONSOR = "no_sponsor", _("No sponsor carries it any more")
    NO_BUDGET = "no_budget", _("No budget")


class PhaseKind(models.TextChoices):
    PREINCUBATION = "preincubation", _("Pre-incubation")
    EXTENSION = "extension", _("Extension of pre-incubation")
    CONSTRUCTION = "construction", _("Construction")
    ACCELERATION = "acceleration", _("Scale-up")
    CONSOLIDATION = "consolidation", _("Consolidation")


class TeamRole(models.TextChoices):
    LEAD = "lead", _("Leads the project")
    MEMBER = "member", _("Member of the team")
    READER = "reader", _("May read")


class AccompanimentKind(models.TextChoices):
    COACH = "coach", _("Coach")
    SENIOR = "senior", _("Senior companion")
    EXPERT = "expert", _("Internal expert")
    PARTNER = "partner", _("Partner")


class ProgrammeRoleKind(models.TextChoices):
    MANAGER = "manager", _("Programme manager")
    SPONSOR = "sponsor", _("Sponsor")
    PARTNER = "partner", _("Partner")


class MilestoneKind(models.TextChoices):
    CHECKPOINT = "checkpoint", _("Checkpoint")
    INTERVIEWS = "interviews", _("Interviews with users")
    TEST = "test", _("Test with users")
    DELIVERABLE = "deliverable", _("Deliverable")


class IndicatorLevel(models.TextChoices):
    """The levels of DINUM's impact matrix, with the two that come before (means, activity)."""

    MEANS = "means", _("Means")
    ACTIVITY = "activity", _("Activity")
    USABLE = "usable", _("Usable")
    USED = "used", _("Used")
    USEFUL = "useful", _("Useful")
    IMPACT = "impact", pgettext_lazy("level of an indicator", "Impact")
    EFFICIENCY = "efficiency", _("Efficiency")


class Direction(models.TextChoices):
    INCREASE = "increase", _("should go up")
    DECREASE = "decrease", _("should go down")


class MeasureRole(models.TextChoices):
    BASELINE = "baseline", _("Baseline")
    FOLLOW_UP = "follow_up", _("Follow-up")
    FINAL = "final", _("Final")


class Quality(models.TextChoices):
    A = "A", _("A: complete register or log")
    B = "B", _("B: sample, with its size and method")
    C = "C", _("C: declared, with a document")
    D = "D", _("D: declared, without a document")


class Unit(models.TextChoices):
    PERCENT = "percent", "%"
    COUNT = "count", _("number")
    EURO = "euro", "€"
    DAY = "day", _("days")


class BudgetKind(models.TextChoices):
    PLANNED = "planned", _("Planned")
    SPENT = "spent", _("Spent")


class FollowUpState(models.TextChoices):
    ALIVE = "alive", _("Still alive")
    CHANGED = "changed", _("Goes on in another form")
    ENDED = "ended", _("Ended")
    UNKNOWN = "unknown", _("Not known")
