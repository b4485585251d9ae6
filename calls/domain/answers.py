"""What is typed: saved as it is, never lost, never overwritten silently. Checked for good when it is submitted."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from calls import rules, schema
from calls.domain.sites import freeze_sites
from calls.enums import ApplicantRole, ApplicationState, QuestionKind
from calls.models import Answer, AnswerRevision, Applicant, Application
from incubator.core import clock, files, journal
from incubator.core.models import Refused

# An overwritten text of which less than this share is left is kept beside, even without a conflict.
KEPT_SHARE = 0.5
LONG_ENOUGH = 80  # characters; below, a lost text is quickly typed again
PERSON_FIELDS = ("first_name", "last_name", "email", "phone", "directorate", "workplace")


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


def need_writer(actor, application: Application, token: str | None) -> None:
    """Raise unless this draft may be written by this person, or by whoever holds its token."""
    if application.discarded_at is not None:
        raise Refused(_("This draft was given up: it can no longer be changed."))
    if application.state != ApplicationState.DRAFT:
        raise Refused(
            _("This application has been submitted: its text does not change any more."), code="submitted"
        )
    if not (rules.can_write(actor, application) or holds_token(application, token)):
        raise PermissionDenied("write_application")


def locked(application: Application, *beside: str) -> Application:
    """The row, held until the end of the transaction, so that two writers come one after the other.

    ``beside``: more relations to read in the same query.
    """
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("call__programme", "form_version", *beside)
        .get(pk=application.pk)
    )


@transaction.atomic
def save_answers(
    *,
    actor,
    application: Application,
    values: dict[str, Any],
    step: str = "",
    token: str | None = None,
    seen: dict[str, Seen] | None = None,
) -> Saved:
    """Save answers as they were typed, valid or not; submitting checks them.

    ``seen`` says what the page showed: a field that was not touched there never overwrites a newer
    text, and a touched one keeps the other text as an AnswerRevision and tells of it. Works after the
    closing hour too: the words are kept, they only can no longer be submitted.
    Not journaled: each answer says who wrote it and when, and one saves every few seconds.
    """
    row = locked(application)
    need_writer(actor, row, token)
    asked = {question["key"]: question for question in schema.questions_of(row.form_version.schema)}
    if unknown := [key for key in values if key not in asked]:
        raise Refused(_("This question is not asked any more: %(keys)s.") % {"keys": ", ".join(unknown)})
    author = actor if actor is not None and actor.is_authenticated else None
    now = clock.now()
    result = Saved(application, now)
    answers = {answer.key: answer for answer in row.answers.select_related("saved_by")}
    values = freeze_sites(asked, values, {key: answer.value for key, answer in answers.items()})
    created, changed, revisions = [], [], []
    for key, raw in values.items():
        if asked[key]["kind"] == QuestionKind.FILE:
            continue  # files come by attach_file
        value = schema.tidy(raw)
        answer = answers.get(key)
        if answer is None:
            if not schema.is_empty(value):
                answer = Answer(application=row, key=key, value=value, saved_at=now, saved_by=author)
                answers[key] = answer
                created.append(answer)
            continue
        if answer.value == value:
            continue
        shown = (seen or {}).get(key)
        stale = shown is not None and shown.version != answer.version
        if stale and fingerprint(value) == shown.fingerprint:
            # Untouched on that page: the newer text stays, and the person is told of it.
            result.conflicts.append(Conflict(key, answer.value, answer.saved_by, answer.saved_at, True))
            continue
        if stale or answer.saved_by != author or _mostly_lost(answer.value, value):
            revisions.append(
                AnswerRevision(
                    answer=answer, value=answer.value, saved_at=answer.saved_at, saved_by=answer.saved_by
                )
            )
        if stale:
            result.conflicts.append(Conflict(key, answer.value, answer.saved_by, answer.saved_at, False))
        answer.value, answer.saved_at, answer.saved_by = value, now, author
        answer.version += 1
        changed.append(answer)
    AnswerRevision.objects.bulk_create(revisions)
    Answer.objects.bulk_create(created)
    Answer.objects.bulk_update(changed, ["value", "saved_at", "saved_by", "version"])
    result.written = [answer.key for answer in (*created, *changed)]
    result.answers = answers
    if result.written or step:
        title = answers.get(schema.TITLE_KEY)
        fields = {
            "saved_at": now if result.written else row.saved_at,
            "last_step": step[:60] or row.last_step,
            "title": " ".join(str(title.value or "").split())[: schema.TITLE_MAX] if title else row.title,
        }
        Application.objects.filter(pk=row.pk).update(**fields)
        for name, value in fields.items():
            setattr(application, name, value)
    return result


def _mostly_lost(before: Any, after: Any) -> bool:
    return (
        isinstance(before, str)
        and len(before) >= LONG_ENOUGH
        and len(after if isinstance(after, str) else "") < len(before) * KEPT_SHARE
    )


@transaction.atomic
def attach_file(*, actor, application: Application, key: str, upload, token: str | None = None) -> Answer:
    """Keep an attached file as the answer to a question. A new file replaces the one before."""
    row = locked(application)
    need_writer(actor, row, token)
    question = next((q for q in schema.questions_of(row.form_version.schema) if q["key"] == key), None)
    if question is None or question["kind"] != QuestionKind.FILE:
        raise Refused(_("This question does not ask for a file."))
    try:
        kept = files.store(upload, actor=actor)
    except Refused as error:
        raise Refused({key: error.messages}) from error
    now = clock.now()
    author = actor if actor is not None and actor.is_authenticated else None
    answer, created = Answer.objects.get_or_create(
        application=row,
        key=key,
        defaults={"value": kept.name, "file": kept, "saved_at": now, "saved_by": author},
    )
    if not created:
        answer.value, answer.file, answer.saved_at, answer.saved_by = kept.name, kept, now, author
        answer.version += 1
        answer.save()
    Application.objects.filter(pk=row.pk).update(saved_at=now)
    journal.record(verb="calls.attach_file", actor=author, target=row, key=key)
    return answer


@transaction.atomic
def remove_file(*, actor, application: Application, key: str, token: str | None = None) -> None:
    """Take a file out of a draft."""
    row = locked(application)
    need_writer(actor, row, token)
    answer = row.answers.filter(key=key, file__isnull=False).first()
    if answer is None:
        return
    answer.value, answer.file, answer.saved_at = None, None, clock.now()
    answer.version += 1
    answer.save()
    journal.record(verb="calls.remove_file", actor=actor, target=row, key=key)


@transaction.atomic
def name_team(
    *, actor, application: Application, people: list[dict], token: str | None = None, step: str = ""
) -> list[Applicant]:
    """Write who applies: the first person leads. Kept as typed; checked when it is submitted.

    Each person is a dict of ``PERSON_FIELDS`` (all optional in a draft), with ``"pk"`` to change someone
    already named, or ``"user"`` (from code only) for someone who has an account.
    """
    row = locked(application)
    need_writer(actor, row, token)
    known = {applicant.pk: applicant for applicant in row.applicants.select_related("user")}
    lead = next((person for person in known.values() if person.role == ApplicantRole.LEAD), None)
    kept: list[Applicant] = []
    for position, person in enumerate(people):
        applicant = known.get(person.get("pk")) or (lead if position == 0 else None)
        if applicant is None:
            applicant = Applicant(application=row)
        if person.get("user") is not None:
            applicant.user = person["user"]
        for name in PERSON_FIELDS:
            if name in person:
                value = person[name]
                if isinstance(value, str):
                    most = Applicant._meta.get_field(name).max_length
                    value = (schema.tidy(value) or "").strip()[:most]
                setattr(applicant, name, value)
        applicant.role = ApplicantRole.LEAD if position == 0 else ApplicantRole.MEMBER
        applicant.save()
        kept.append(applicant)
    # Those no longer named leave, except whoever leads: a team is never empty.
    Applicant.objects.filter(application=row).exclude(pk__in=[person.pk for person in kept]).exclude(
        role=ApplicantRole.LEAD
    ).delete()
    Application.objects.filter(pk=row.pk).update(saved_at=clock.now(), last_step=step[:60] or row.last_step)
    journal.record(verb="calls.name_team", actor=actor, target=row, people=len(kept))
    return kept
