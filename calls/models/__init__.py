from calls.models.application import Answer, AnswerRevision, Applicant, Application, ApplicationTransition
from calls.models.call import Call, CallFormVersion, CallTransition

__all__ = [
    "Answer",
    "AnswerRevision",
    "Applicant",
    "Application",
    "ApplicationTransition",
    "Call",
    "CallFormVersion",
    "CallTransition",
]
