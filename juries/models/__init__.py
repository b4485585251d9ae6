from juries.models.decision import (
    Correction,
    CorrectionDraft,
    Decision,
    Feedback,
    Minutes,
    MinutesFile,
)
from juries.models.deliberation import DeliberationNote, HearingClock, LateLeave
from juries.models.grid import Criterion, Grid, GridVersion
from juries.models.reading import Assignment, CalibrationBallot, CalibrationFile
from juries.models.results import ResultsSnapshot
from juries.models.scoring import Evaluation, Score, ScoreChange
from juries.models.sitting import Hearing, LiftedLink, Recusal, Seat, Sitting, SittingTransition
from juries.models.tie_break import TieBreak, TieBreakAnswer

__all__ = [
    "Assignment",
    "CalibrationBallot",
    "CalibrationFile",
    "Correction",
    "CorrectionDraft",
    "Criterion",
    "Decision",
    "DeliberationNote",
    "Evaluation",
    "Feedback",
    "Grid",
    "GridVersion",
    "Hearing",
    "HearingClock",
    "LateLeave",
    "LiftedLink",
    "Minutes",
    "MinutesFile",
    "Recusal",
    "ResultsSnapshot",
    "Score",
    "ScoreChange",
    "Seat",
    "Sitting",
    "SittingTransition",
    "TieBreak",
    "TieBreakAnswer",
]
