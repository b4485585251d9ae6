from calls.models.application import Answer, AnswerRevision, Applicant, Application, ApplicationTransition
from calls.models.call import Call, CallForm, CallFormVersion, CallTransition
from calls.models.pages import CallIndexPage, CallPage

__all__ = [
    "Answer",
    "AnswerRevision",
    "Applicant",
    "Application",
    "ApplicationTransition",
    "Call",
    "CallForm",
    "CallFormVersion",
    "CallIndexPage",
    "CallPage",
    "CallTransition",
]
