"""Notes that managers leave for one another, and messages to one team."""

import hashlib

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from calls import notifications, rules
from calls.domain.answers import locked
from calls.enums import ApplicationState
from calls.models import Application, ApplicationNote
from incubator.core import clock, journal
from incubator.core.models import Letter, Refused

NOTE_MAX = 4000
SUBJECT_MAX = 150
MESSAGE_MAX = 10_000


@transaction.atomic
def add_note(*, actor, application: Application, text: str) -> ApplicationNote:
    """Write a note that only managers read. The same words sent twice in a minute are one note."""
    if not rules.can_note(actor, application):
        raise PermissionDenied("add_note")
    text = clean(text)
    if not text:
        raise Refused({"text": _("Write the note first.")})
    if len(text) > NOTE_MAX:
        raise Refused(
            {"text": _("The note is too long: %(count)d characters at most.") % {"count": NOTE_MAX}}
        )
    locked(application)
    last = application.notes.order_by("pk").last()
    if (
        last
        and last.text == text
        and last.author_id == actor.pk
        and (clock.now() - last.created_at).seconds < 60
    ):
        return last
    note = ApplicationNote.objects.create(application=application, text=text, author=actor)
    journal.record(verb="calls.add_note", actor=actor, target=application)
    return note


@transaction.atomic
def write_message(*, actor, application: Application, subject: str, text: str) -> list[Letter]:
    """Write to everyone of the team who has an account; the letters wait in the outbox until they are read.

    The same words to the same person on the same day are one letter, whatever is clicked twice.
    """
    if not rules.can_write_to_team(actor, application):
        raise PermissionDenied("write_message")
    subject, text = check_message(subject, text)
    if application.state == ApplicationState.DRAFT:
        raise Refused(_("This application is still a draft: its team writes to you first."))
    people = notifications.reachable(application)
    if not people:
        raise Refused(_("Nobody of this team has an account: phone the number that they left."))
    digest = hashlib.sha256(f"{clock.today()}\n{subject}\n{text}".encode()).hexdigest()[:24]
    written = [
        notifications.message(application, person, subject=subject, text=text, digest=digest, actor=actor)
        for person in people
    ]
    journal.record(verb="calls.write_message", actor=actor, target=application, letters=len(written))
    return written


def check_message(subject: str, text: str) -> tuple[str, str]:
    """The two as they will be sent; refuses with a sentence for each that is missing or too long."""
    subject, text = " ".join(clean(subject).split()), clean(text)
    errors = {}
    if not subject:
        errors["subject"] = _("Write the subject of the message.")
    elif len(subject) > SUBJECT_MAX:
        errors["subject"] = _("The subject is too long: %(count)d characters at most.") % {
            "count": SUBJECT_MAX
        }
    if not text:
        errors["text"] = _("Write the message.")
    elif len(text) > MESSAGE_MAX:
        errors["text"] = _("The message is too long: %(count)d characters at most.") % {"count": MESSAGE_MAX}
    if errors:
        raise Refused(errors)
    return subject, text


def clean(text: str) -> str:
    """What was typed, without the characters that no database keeps."""
    return (text or "").replace("\x00", "").replace("\r\n", "\n").strip()
