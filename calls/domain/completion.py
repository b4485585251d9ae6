"""A request for completion: some questions of a submitted application open again, until a day.

What stood there stays readable beside what is sent (``CompletionRequest.before`` and ``after``). After the
day the team is told that it is late and can still answer, until the manager stops waiting: then the
submitted text stands again, and what had been begun is kept among the earlier answers.
"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from calls import notifications, rules, schema
from calls.domain.answers import locked, revision_of
from calls.domain.problems import problem_text
from calls.enums import AUTHORS, ApplicationState
from calls.histories import as_submitted
from calls.models import Answer, AnswerRevision, Application, CompletionRequest
from calls.workflow import application_workflow
from incubator.core import clock, journal, words
from incubator.core.models import Refused
from projects.domain import projects as project_verbs
from projects.enums import Stage

MESSAGE_MAX = 2000


@transaction.atomic
def ask_completion(
    *, actor, application: Application, keys: list[str], message: str, due_on: date
) -> CompletionRequest:
    """Open these questions again until ``due_on``, and write to the authors what is missing."""
    row = locked(application, person=actor)
    if not rules.can_ask_completion(actor, row):
        raise PermissionDenied("ask_completion")
    questions = {question["key"]: question for question in schema.questions_of(row.form_version.schema)}
    message = _tidy(message)
    problems = _problems(keys, message, due_on)
    if set(keys) - set(_may_open(row)):
        problems["keys"] = _("Choose questions of this application; its title does not change any more.")
    if problems:
        raise Refused(problems)
    keys = [key for key in questions if key in keys]  # in the order of the form
    application_workflow.perform(application, "ask_completion", actor=actor)
    request = CompletionRequest.objects.create(
        application=row,
        keys=keys,
        message=message,
        due_on=due_on,
        before=_texts(row, keys),
        asked_by=actor,
        asked_at=clock.now(),
    )
    people = row.applicants.filter(role__in=AUTHORS).select_related("user")
    notifications.completion_asked(request, people, [questions[key]["label"] for key in keys])
    journal.record(verb="calls.ask_completion", actor=actor, target=application, questions=len(keys))
    return request


def check_request(*, keys: list[str], message: str, due_on: date) -> str:
    """The message as it will be sent; refuses what :func:`ask_completion` refuses whatever the application."""
    message = _tidy(message)
    if problems := _problems(keys, message, due_on):
        raise Refused(problems)
    return message


def questions_to_open(applications) -> list[dict]:
    """The questions that every one of these applications was asked, in the words and the order of the latest
    form; never the title. No query when their forms were read with them."""
    versions = {application.form_version_id: application.form_version for application in applications}
    if not versions:
        return []
    latest = versions[max(versions)]
    common = set.intersection(
        *({question["key"] for question in schema.questions_of(one.schema)} for one in versions.values())
    )
    return [
        question
        for question in schema.questions_of(latest.schema)
        if question["key"] in common and question["key"] != schema.TITLE_KEY
    ]


def _may_open(row: Application) -> list[str]:
    return [question["key"] for question in questions_to_open([row])]


def _tidy(message: str) -> str:
    return (schema.tidy(message) or "").strip()


def _problems(keys: list[str], message: str, due_on: date) -> dict[str, str]:
    problems = {}
    if not keys:
        problems["keys"] = _("Choose at least one question.")
    if not message:
        problems["message"] = _("Write what is missing, so that the team knows what to answer.")
    elif len(message) > MESSAGE_MAX:
        problems["message"] = _("Shorten this: %(limit)d characters are allowed.") % {"limit": MESSAGE_MAX}
    if due_on < clock.today():
        problems["due_on"] = _("This day is past. Choose a later one.")
    return problems


def _texts(row: Application, keys: list[str]) -> dict:
    return {
        answer.key: {"value": answer.value, "file": answer.file_id}
        for answer in row.answers.filter(key__in=keys)
    }


def completions_asked_of(user):
    """The completions that wait for this person, who applies: not those of a team that they only read.

    The completion of an application that a body decided about, or whose team has left, is asked of nobody.
    """
    return (
        CompletionRequest.objects.waiting()
        .filter(
            application__state=ApplicationState.TO_COMPLETE,
            application__project__stage=Stage.APPLIED,
            application__applicants__user=user.pk,
            application__applicants__role__in=AUTHORS,
        )
        .order_by("due_on", "pk")
    )


def _waiting(row: Application) -> CompletionRequest:
    request = row.completions.waiting().first()
    if row.state != ApplicationState.TO_COMPLETE or request is None:
        raise Refused(_("Nothing more is asked: this application waits for no completion."))
    request.application = row
    return request


@transaction.atomic
def complete(*, actor, application: Application) -> CompletionRequest:
    """Send what was asked: the text is frozen again, and a receipt is given. Late is possible."""
    row = locked(application, person=actor)
    if not rules.can_complete(actor, row):
        raise PermissionDenied("complete")
    request = _waiting(row)
    if problems := problems_of_completion(row, request):
        raise Refused(problems)
    application_workflow.perform(application, "complete", actor=actor)
    request.after = _texts(row, request.keys)
    request.completed_by, request.completed_at = actor, clock.now()
    request.save(update_fields=["after", "completed_by", "completed_at"])
    _tell_the_project(row, request, actor=actor)
    notifications.completed(request, row.applicants.filter(role__in=AUTHORS).select_related("user"))
    journal.record(verb="calls.complete", actor=actor, target=application)
    return request


def _tell_the_project(row: Application, request: CompletionRequest, *, actor) -> None:
    """The project says the completed problem too, unless somebody has worded its own meanwhile."""
    sections = row.form_version.schema
    now = {answer.key: answer.value for answer in row.answers.all()}
    submitted = as_submitted(request.keys, request.before)
    was = now | {key: text["value"] for key, text in submitted.items()}
    project_verbs.follow_problem(
        actor=actor, project=row.project, was=problem_text(sections, was), problem=problem_text(sections, now)
    )


def problems_of_completion(row: Application, request: CompletionRequest) -> dict[str, str]:
    """What is wrong with the questions that were asked again, by key; the others were judged at submission."""
    answers = {answer.key: answer for answer in row.answers.filter(key__in=request.keys)}
    problems = {}
    for question in questions_asked(row, request):
        answer = answers.get(question["key"])
        value, has_file = (answer.value, bool(answer.file_id)) if answer else (None, False)
        if schema.is_empty(value) and not has_file:
            problems[question["key"]] = _missing(question, row.call.programme.phone)
        elif sentence := schema.problem(question, value, has_file=has_file):
            problems[question["key"]] = sentence
    return problems


def questions_asked(row: Application, request: CompletionRequest) -> list[dict]:
    """The questions that were asked again. Each awaits an answer, also one that could be left empty before."""
    return [
        {**question, "required": True, "only_if": None}
        for question in schema.questions_of(row.form_version.schema)
        if question["key"] in request.keys
    ]


def _missing(question: dict, phone: str) -> str:
    if question["kind"] in schema.TEXT_KINDS:
        return _("An answer is awaited here. If you have none, write it here.")
    if phone:
        return _("An answer is awaited here. If you have none, call %(phone)s.") % {
            "phone": words.unbroken(phone)
        }
    return _("An answer is awaited here. If you have none, tell whoever asked you for it.")


@transaction.atomic
def close_completion(*, actor, application: Application) -> CompletionRequest:
    """Stop waiting. What was submitted stands again; what the team had begun is kept among the earlier answers."""
    row = locked(application, person=actor)
    if not rules.can_ask_completion(actor, row):
        raise PermissionDenied("close_completion")
    request = _waiting(row)
    application_workflow.perform(application, "close_completion", actor=actor)
    _put_back(row, request)
    request.closed_by, request.closed_at = actor, clock.now()
    request.save(update_fields=["closed_by", "closed_at"])
    journal.record(verb="calls.close_completion", actor=actor, target=application)
    return request


def _put_back(row: Application, request: CompletionRequest) -> None:
    for answer in row.answers.filter(key__in=request.keys):
        was = request.before.get(answer.key, {"value": None, "file": None})
        if (answer.value, answer.file_id) == (was["value"], was["file"]):
            continue
        revision_of(answer).save()
        earlier = _who_wrote(answer, was)
        Answer.objects.filter(pk=answer.pk).update(
            value=was["value"], file=was["file"], version=answer.version + 1, **earlier
        )


def _who_wrote(answer: Answer, was: dict) -> dict:
    """When and by whom the submitted text was written: its revision knows."""
    for revision in AnswerRevision.objects.filter(answer=answer).order_by("-saved_at", "-pk"):
        if (revision.value, revision.file_id) == (was["value"], was["file"]):
            return {"saved_at": revision.saved_at, "saved_by": revision.saved_by}
    return {"saved_at": clock.now(), "saved_by": None}
