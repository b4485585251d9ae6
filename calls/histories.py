"""Who wrote what and when: an answer as it stands, and the texts that it had before."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from calls import schema
from calls.enums import ApplicationState
from calls.models import AnswerRevision, Application, CompletionRequest

# A completion is waited for; or was, when the application joined another: nobody sends it any more.
_BEING_WRITTEN = frozenset({ApplicationState.TO_COMPLETE, ApplicationState.JOINED})


@dataclass(frozen=True)
class Text:
    """One text of an answer. ``revision`` is its row among the earlier ones, None for the one that stands."""

    words: str
    by: Any
    at: datetime
    revision: int | None = None


@dataclass
class Written:
    """A question, the text that stands, and the earlier ones, the newest first."""

    question: dict
    now: Text | None = None
    earlier: list[Text] = field(default_factory=list)


def texts_of(application: Application) -> list[Written]:
    """Every question that was answered at one time or another, in the order of the form. Two queries."""
    found = {
        question["key"]: Written(question)
        for question in schema.questions_of(application.form_version.schema)
    }
    for answer in application.answers.select_related("saved_by", "file"):
        if answer.key in found:
            row = found[answer.key]
            row.now = Text(schema.in_words(row.question, answer.value), answer.saved_by, answer.saved_at)
    revisions = AnswerRevision.objects.filter(answer__application=application).select_related(
        "answer", "saved_by"
    )
    for revision in revisions.order_by("-saved_at", "-pk"):
        if revision.answer.key in found:
            row = found[revision.answer.key]
            words = schema.in_words(row.question, revision.value)
            row.earlier.append(Text(words, revision.saved_by, revision.saved_at, revision.pk))
    return [row for row in found.values() if row.now is not None or row.earlier]


def submitted_values(application: Application) -> dict[str, dict]:
    """What stands as submitted while a completion is being written: only then anything, by question key
    (``{"value", "file"}``). One query in these states, none otherwise."""
    if application.state not in _BEING_WRITTEN:
        return {}
    request = application.completions.waiting().first()
    if request is None:
        return {}
    return as_submitted(request.keys, request.before)


def as_submitted(keys: list[str], before: dict[str, dict]) -> dict[str, dict]:
    """What stood when a completion of these questions was asked, those that had no answer included."""
    return {key: before.get(key, {"value": None, "file": None}) for key in keys}


def asked_again(applications):
    """The completions being written among these applications (a queryset, or a subquery of keys): the twin of
    :func:`submitted_values` for many."""
    return CompletionRequest.objects.waiting().filter(
        application__in=applications, application__state__in=_BEING_WRITTEN
    )


@dataclass(frozen=True)
class Completed:
    """One request for completion, with each question's text before and after."""

    request: CompletionRequest
    rows: list[tuple[dict, str, str]]


def completions_of(application: Application) -> list[Completed]:
    """Every request for completion, the oldest first. One query."""
    questions = {q["key"]: q for q in schema.questions_of(application.form_version.schema)}

    def words(texts: dict, key: str) -> str:
        return schema.in_words(questions[key], texts.get(key, {}).get("value"))

    return [
        Completed(
            request,
            [
                (questions[key], words(request.before, key), words(request.after, key))
                for key in request.keys
                if key in questions
            ],
        )
        for request in application.completions.select_related("asked_by", "completed_by", "closed_by")
    ]
