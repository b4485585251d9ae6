from projects.models.fast_track import FastTrackRequest
from projects.models.impact import Indicator, Measure, Population, Target
from projects.models.pages import ImpactIndexPage, ImpactPage
from projects.models.programme import Cohort, Programme, ProgrammeRole
from projects.models.project import Accompaniment, Commitment, Membership, Phase, Project, Transition
from projects.models.work import BudgetLine, CoachingNote, FollowUp, Milestone, PostMortem

__all__ = [
    "Accompaniment",
    "BudgetLine",
    "CoachingNote",
    "Cohort",
    "Commitment",
    "FastTrackRequest",
    "FollowUp",
    "ImpactIndexPage",
    "ImpactPage",
    "Indicator",
    "Measure",
    "Membership",
    "Milestone",
    "Phase",
    "Population",
    "PostMortem",
    "Programme",
    "ProgrammeRole",
    "Project",
    "Target",
    "Transition",
]
