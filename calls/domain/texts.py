"""The words of a submitted application, kept beside it for the search."""

from django.db import transaction

from calls import schema
from calls.folding import fold
from calls.histories import submitted_values
from calls.models import Application, ApplicationText
from incubator.core import jobs

JOB = "calls.read_text"
MOST = 60_000  # characters read of one application: PostgreSQL indexes no more than a megabyte of words


@transaction.atomic
def read_text(*, application: Application) -> ApplicationText:
    """Read the title and the answers again; saving the row tells the search index."""
    answers = {answer.key: answer.value for answer in application.answers.all()}
    # Nobody finds words that a team is still writing: what was submitted stands until they are sent.
    answers |= {key: text["value"] for key, text in submitted_values(application).items()}
    said = [
        schema.in_words(question, answers.get(question["key"]))
        for question in schema.questions_of(application.form_version.schema)
        if question["key"] != schema.TITLE_KEY and answers.get(question["key"]) is not None
    ]
    text, _created = ApplicationText.objects.update_or_create(
        application=application,
        defaults={
            "call_id": application.call_id,
            "title": fold(application.title),
            "body": fold("\n".join(filter(None, said)))[:MOST],
        },
    )
    return text


def read_after_submission(transition) -> None:
    """Listens to the life of applications: what has just been submitted or completed is read by the worker."""
    if transition.target == transition.source:
        return
    if transition.name in ("declare_eligible", "undo_eligible", "join"):
        return
    ask_to_read(transition.application_id)


def ask_to_read(application_id: int) -> None:
    jobs.enqueue(JOB, {"application": application_id}, key=f"{JOB}:{application_id}")
