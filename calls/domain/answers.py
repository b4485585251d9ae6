"""What is typed: saved as it is, never lost, never overwritten silently. Checked for good when it is submitted."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from calls import rules, schema
from calls.domain.sites import freeze_sites
from calls.enums import ApplicationState, QuestionKind
from calls.models import Answer, AnswerRevision, Application, CompletionRequest
from incubator.core import clock, journal
from incubator.core.models import Refused
from projects.enums import Stage

# An overwritten text of which less than this share is left is kept beside, even without a conflict.
KEPT_SHARE = 0.5
LONG_ENOUGH = 80  # characters; below, a lost text is quickly typed again


@dataclass(frozen=True)
class Seen:
    """What a page showed of an answer when it was made: its version and a fingerprint of its text."""

    version: int
    fingerprint: str

    @classmethod
    def parse(cls, text: str) -> "Seen | None":
        version, _colon, print_ = text.partition(":")
        return cls(int(version), print_) if version.isdecimal() and len(version) < 9 else None

    def __str__(self):
        return f"{self.version}:{self.fingerprint}"


@dataclass(frozen=True)
class Conflict:
    """Someone (or another tab) wrote this answer meanwhile. ``other`` is the text that gave way, or that stays."""

    key: str
    other: Any
    by: Any
    at: datetime
    kept_theirs: bool
    revision: int | None = None  # the AnswerRevision that holds ``other`` when it gave way


@dataclass
class Saved:
    """What a save did: the keys written, what had changed meanwhile, and the answers as they stand now."""

    application: Application
    at: datetime
    written: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)


def token_digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def holds_token(application: Application, token: str | None) -> bool:
    """Does this token open this unclaimed draft?"""
    return bool(token and application.claim_digest) and compare_digest(
        token_digest(token), application.claim_digest
    )


def fingerprint(value: Any) -> str:
    """Short and stable; tells whether a field was touched since the page was made."""
    return sha256(repr(value).encode("utf-8", "replace")).hexdigest()[:12]


def seen_of(answer: Answer | None) -> Seen:
    if answer is None:
        return Seen(0, fingerprint(None))
    return Seen(answer.version, fingerprint(answer.value))


def need_writer(actor, application: Application, token: str | None, keys=()) -> CompletionRequest | None:
    """Raise unless these questions may be answered by this person, or by whoever holds the draft's token.

    Once submitted, only the questions of a request for completion are open; that request is returned.
    """
    if application.discarded_at is not None:
        raise Refused(_("This draft was given up: it can no longer be changed."))
    asked = None
    if application.state == ApplicationState.TO_COMPLETE:
        asked = application.completions.waiting().first()
    elif application.state != ApplicationState.DRAFT:
        raise Refused(
            _("This application has been submitted: its text does not change any more."), code="submitted"
        )
    if not (rules.can_write(actor, application) or holds_token(application, token)):
        raise PermissionDenied("write_application")
    if application.state == ApplicationState.DRAFT:
        return None
    if asked is None or application.project.stage != Stage.APPLIED:
        raise Refused(_("A body has already decided: the text does not change any more."), code="submitted")
    if set(keys) - set(asked.keys):
        raise Refused(
            _("Only the questions that were asked again can be answered now."), code="not_asked_again"
        )
    return asked


def locked(application: Application, *beside: str, person=None) -> Application:
    """The row, held until the end of the transaction, so that two writers come one after the other.

    ``beside``: more relations to read in the same query; ``person``: whose role in the team to read with it.
    """
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("call__programme", "form_version", "project", *beside)
        .with_role_of(person)
        .get(pk=application.pk)
    )


def _locked_beside(application: Application, person) -> Application:
    """The row alone, held, beside what ``application`` was read with a moment ago and no save depends on anew: its
    call, and its form, which never changes. One saves every few seconds."""
    row = Application.objects.select_for_update().with_role_of(person).get(pk=application.pk)
    row.call = application.call
    if row.form_version_id == application.form_version_id:
        row.form_version = application.form_version
    return row


@transaction.atomic
def save_answers(
    *,
    actor,
    application: Application,
    values: dict[str, Any],
    step: str = "",
    at_field: str = "",
    token: str | None = None,
    seen: dict[str, Seen] | None = None,
) -> Saved:
    """Save answers as they were typed, valid or not; submitting checks them.

    ``seen`` says what the page showed: a field that was not touched there never overwrites a newer
    text, and a touched one keeps the other text as an AnswerRevision and tells of it. ``step`` and
    ``at_field`` say where the person is, to bring them back there. Works after the closing hour too:
    the words are kept, they only can no longer be submitted. At most five queries, whatever is saved, and
    one more when someone else wrote meanwhile. Not journaled: each answer says who wrote it and when.
    """
    row = _locked_beside(application, actor)
    asked = {question["key"]: question for question in schema.questions_of(row.form_version.schema)}
    request = need_writer(actor, row, token, keys=values)
    if unknown := [key for key in values if key not in asked]:
        raise Refused(_("This question is not asked any more: %(keys)s.") % {"keys": ", ".join(unknown)})
    typed = {
        key: raw
        for key, raw in values.items()
        if asked[key]["kind"] != QuestionKind.FILE  # files come by attach_file
    }
    result = _write(row, actor, typed, asked, seen or {}, frozen_at=request.asked_at if request else None)
    result.application = application
    if row.state == ApplicationState.DRAFT and (result.written or step):
        _note_place(row, application, result, asked, step, at_field)
    return result


def _write(
    row: Application, actor, typed: dict, asked: dict, seen: dict[str, Seen], *, frozen_at: datetime | None
) -> Saved:
    """Write what differs, keep what it replaces. The row is held by the caller."""
    author = actor if actor is not None and actor.is_authenticated else None
    result = Saved(row, clock.now())
    answers = {answer.key: answer for answer in row.answers.all()}
    typed = freeze_sites(asked, typed, {key: answer.value for key, answer in answers.items()})
    fresh, revisions, gave_way, stayed = [], [], [], []
    for key, raw in typed.items():
        value, answer = schema.tidy(raw), answers.get(key)
        if answer is None:
            if not schema.is_empty(value):
                answers[key] = _next(row, key, value, result.at, author)
                fresh.append(answers[key])
            continue
        if answer.value == value:
            continue
        shown = seen.get(key)
        stale = shown is not None and shown.version != answer.version
        if stale and fingerprint(value) == shown.fingerprint:
            # Untouched on that page: the newer text stays, and the person is told of it.
            stayed.append(answer)
            continue
        if stale or _worth_keeping(answer, value, author, frozen_at):
            revisions.append(revision_of(answer))
        if stale:
            gave_way.append((answer, revisions[-1]))
        answers[key] = _next(row, key, value, result.at, author, after=answer)
        fresh.append(answers[key])
    AnswerRevision.objects.bulk_create(revisions)
    # One statement for new and changed answers alike.
    Answer.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["application", "key"],
        update_fields=["value", "saved_at", "saved_by", "version"],
    )
    prefetch_related_objects([*stayed, *(answer for answer, _revision in gave_way)], "saved_by")
    result.conflicts = [
        Conflict(answer.key, answer.value, answer.saved_by, answer.saved_at, True) for answer in stayed
    ] + [
        Conflict(answer.key, answer.value, answer.saved_by, answer.saved_at, False, revision.pk)
        for answer, revision in gave_way
    ]
    result.written = [answer.key for answer in fresh]
    result.answers = answers
    return result


def _next(row, key: str, value, at, author, *, after: Answer | None = None) -> Answer:
    """The answer as it is to be stored. Without its primary key: the statement finds it by its question."""
    version = after.version + 1 if after else 1
    return Answer(application=row, key=key, value=value, saved_at=at, saved_by=author, version=version)


def revision_of(answer: Answer) -> AnswerRevision:
    return AnswerRevision(
        answer_id=answer.pk,
        value=answer.value,
        file_id=answer.file_id,
        saved_at=answer.saved_at,
        saved_by_id=answer.saved_by_id,
    )


def _worth_keeping(answer: Answer, value: Any, author, frozen_at: datetime | None) -> bool:
    """Another person's words, a long text that is going away, and whatever had been submitted."""
    return (
        answer.saved_by_id != (author and author.pk)
        or (frozen_at is not None and answer.saved_at <= frozen_at)
        or _mostly_lost(answer.value, value)
    )


def _mostly_lost(before: Any, after: Any) -> bool:
    return (
        isinstance(before, str)
        and len(before) >= LONG_ENOUGH
        and len(after if isinstance(after, str) else "") < len(before) * KEPT_SHARE
    )


def _note_place(row, application, result: Saved, asked: dict, step: str, at_field: str) -> None:
    """Where the draft was left, when it was saved, and what it is called."""
    title = result.answers.get(schema.TITLE_KEY)
    written = result.written[-1] if result.written else ""
    if not written and row.last_step == step:
        written = row.last_field  # a save that changed nothing: still at the same question
    fields = {
        "saved_at": result.at if result.written else row.saved_at,
        "last_step": step[:60] or row.last_step,
        "last_field": at_field if at_field in asked else written,
        "title": " ".join(str(title.value or "").split())[: schema.TITLE_MAX] if title else row.title,
    }
    Application.objects.filter(pk=row.pk).update(**fields)
    for name, value in fields.items():
        setattr(application, name, value)


@transaction.atomic
def choose_text(
    *, actor, application: Application, revision: AnswerRevision, token: str | None = None
) -> Answer:
    """Put an earlier text (or file) back in its place. The one that gives way is kept in its turn."""
    row = locked(application, person=actor)
    answer = Answer.objects.select_related("saved_by").get(pk=revision.answer_id)
    if answer.application_id != row.pk:
        raise PermissionDenied("choose_text")
    need_writer(actor, row, token, keys=[answer.key])
    if (answer.value, answer.file_id) == (revision.value, revision.file_id):
        return answer
    revision_of(answer).save()
    answer.value, answer.file_id = revision.value, revision.file_id
    answer.saved_at, answer.version = clock.now(), answer.version + 1
    answer.saved_by = actor if actor is not None and actor.is_authenticated else None
    answer.save()
    if answer.key == schema.TITLE_KEY:
        title = " ".join(str(answer.value or "").split())[: schema.TITLE_MAX]
        Application.objects.filter(pk=row.pk).update(title=title)
    journal.record(verb="calls.choose_text", actor=actor, target=row, key=answer.key)
    return answer
