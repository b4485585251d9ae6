"""Files attached as answers: checked, kept private, and none that was replaced is thrown away."""

from django.db import transaction
from django.utils.translation import gettext as _

from calls import schema
from calls.domain.answers import locked, need_writer, revision_of
from calls.enums import QuestionKind
from calls.models import Answer, AnswerRevision, Application
from incubator.core import clock, files, journal
from incubator.core.models import Refused

# Attached to one application in all, those that were replaced included: each is kept.
MOST_FILES = 60


@transaction.atomic
def attach_file(*, actor, application: Application, key: str, upload, token: str | None = None) -> Answer:
    """Keep an attached file as the answer to a question. The file that it replaces becomes a revision."""
    row = locked(application, person=actor)
    need_writer(actor, row, token, keys=[key])
    question = next((q for q in schema.questions_of(row.form_version.schema) if q["key"] == key), None)
    if question is None or question["kind"] != QuestionKind.FILE:
        raise Refused(_("This question does not ask for a file."))
    if _files_of(row) >= MOST_FILES:
        raise Refused(
            {
                key: _("%(count)d files were sent for this application: it can take no more. Call us.")
                % {"count": MOST_FILES}
            }
        )
    try:
        kept = files.store(upload, actor=actor)
    except Refused as error:
        raise Refused({key: error.messages}) from error
    author = actor if actor is not None and actor.is_authenticated else None
    answer = _place(row, key, value=kept.name, file=kept, author=author)
    journal.record(verb="calls.attach_file", actor=author, target=row, key=key)
    return answer


@transaction.atomic
def remove_file(*, actor, application: Application, key: str, token: str | None = None) -> None:
    """Take a file out of what will be submitted. It stays among the earlier answers."""
    row = locked(application, person=actor)
    need_writer(actor, row, token, keys=[key])
    if not row.answers.filter(key=key, file__isnull=False).exists():
        return
    author = actor if actor is not None and actor.is_authenticated else None
    _place(row, key, value=None, file=None, author=author)
    journal.record(verb="calls.remove_file", actor=author, target=row, key=key)


def _files_of(row: Application) -> int:
    return (
        row.answers.filter(file__isnull=False).count()
        + AnswerRevision.objects.filter(answer__application=row, file__isnull=False).count()
    )


def _place(row: Application, key: str, *, value, file, author) -> Answer:
    now = clock.now()
    answer = row.answers.filter(key=key).first()
    if answer is None:
        answer = Answer(application=row, key=key, version=0)
    elif answer.file_id:
        revision_of(answer).save()
    answer.value, answer.file, answer.saved_at, answer.saved_by = value, file, now, author
    answer.version += 1
    answer.save()
    Application.objects.filter(pk=row.pk).update(saved_at=now)
    return answer
