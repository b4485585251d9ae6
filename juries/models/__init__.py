from juries.models.decision import Decision, Minutes
from juries.models.grid import Criterion, Grid, GridVersion
from juries.models.reading import Assignment, CalibrationBallot, CalibrationFile
from juries.models.scoring import Evaluation, Score, ScoreChange
from juries.models.sitting import Hearing, Recusal, Seat, Sitting, SittingTransition

__all__ = [
    "Assignment",
    "CalibrationBallot",
    "CalibrationFile",
    "Criterion",
    "Decision",
    "Evaluation",
    "Grid",
    "GridVersion",
    "Hearing",
    "Minutes",
    "Recusal",
    "Score",
    "ScoreChange",
    "Seat",
    "Sitting",
    "SittingTransition",
]
