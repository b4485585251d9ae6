from calls.models.application import Answer, AnswerRevision, Applicant, Application, ApplicationTransition
from calls.models.call import Call, CallForm, CallFormVersion, CallTransition
from calls.models.completion import CompletionRequest
from calls.models.desk import ApplicationNote, BulkAct, Redirection, SavedView
from calls.models.export import ApplicationExport
from calls.models.pages import CallIndexPage, CallPage
from calls.models.team import Invitation
from calls.models.text import ApplicationText

__all__ = [
    "Answer",
    "AnswerRevision",
    "Applicant",
    "Application",
    "ApplicationNote",
    "ApplicationText",
    "ApplicationExport",
    "ApplicationTransition",
    "BulkAct",
    "Call",
    "CallForm",
    "CallFormVersion",
    "CallIndexPage",
    "CallPage",
    "CallTransition",
    "CompletionRequest",
    "Invitation",
    "Redirection",
    "SavedView",
]
