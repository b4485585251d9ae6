"""The outbox: the only way by which the site writes to a person.

A verb calls :func:`write` in its own transaction; the letter waits (*held*) until a person has read
it, unless it is a receipt. Delivery by e-mail is a job: *sending* is committed before the transport
is called, so a letter found in *sending* after its lease may or may not have left. It becomes
*uncertain* and a person settles it: nobody is written to twice by a machine.
"""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage, get_connection
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from incubator.core import clock, jobs, journal, letter_texts, public
from incubator.core.models import Letter, Refused

State = Letter.State
Channel = Letter.Channel

_as_demo: ContextVar[bool] = ContextVar("letters_as_demo", default=False)


@dataclass(frozen=True)
class Kind:
    """One kind of letter.

    A receipt only repeats what its reader has just done, so nobody reads it before it goes. A letter that
    *answers* says what becomes of what its reader asked for (a decision, a redirection, a join).
    ``missing(letter)`` answers a sentence as long as the letter may not leave, whoever has read it.
    """

    name: str
    label: Any
    receipt: bool
    answers: bool
    missing: Callable[[Letter], str | None] | None = None


kinds: dict[str, Kind] = {}


def register(
    kind: str,
    label,
    receipt: bool = False,
    answers: bool = False,
    missing: Callable[[Letter], str | None] | None = None,
) -> None:
    """Declare a kind of letter (``"calls.receipt"``; its texts: ``templates/letters/<kind>.<language>.txt``)."""
    kinds[kind] = Kind(kind, label, receipt, answers, missing)


def kinds_that_answer() -> list[str]:
    """The kinds whose delivery means that someone has been told what becomes of their request."""
    return sorted(kind.name for kind in kinds.values() if kind.answers)


@contextmanager
def delivered_as_demo() -> Iterator[None]:
    """Within the block, letters are written as delivered long ago and marked *demonstration*: no job, no e-mail."""
    token = _as_demo.set(True)
    try:
        yield
    finally:
        _as_demo.reset(token)


@transaction.atomic
def write(
    *,
    kind: str,
    key: str,
    recipient=None,
    to_name: str = "",
    to_address: str = "",
    context: dict,
    about: models.Model | None = None,
    actor=None,
) -> Letter:
    """Write one letter, once: a second call with the same ``key`` answers the letter of the first.

    Language and channel are the recipient's; who has no address of the preferred kind is written to
    on paper. ``context`` holds the values the text names (text, numbers, dates).
    """
    existing = Letter.objects.filter(key=key).first()
    if existing is not None:
        return existing
    known = kinds[kind]
    channel, address = _channel(recipient, to_address)
    language = getattr(recipient, "language", "") or settings.LANGUAGE_CODE
    name = to_name or (str(recipient) if recipient is not None else "")
    text = letter_texts.render(kind, language, channel, {**context, "name": name})
    now = clock.now()
    letter, created = Letter.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "recipient": recipient,
            "to_name": name,
            "to_address": address,
            "channel": channel,
            "language": language,
            "subject": text.subject,
            "body": text.body,
            "about_type": ContentType.objects.get_for_model(about) if about is not None else None,
            "about_pk": str(about.pk) if about is not None else "",
            "about_label": str(about)[:200] if about is not None else "",
            "state": State.APPROVED if known.receipt else State.HELD,
            "created_at": now,
            "approved_at": now if known.receipt else None,
        },
    )
    if not created:
        return letter
    if _as_demo.get():
        _change(
            letter,
            from_states=[letter.state],
            state=_delivered_state(letter),
            is_demo=True,
            approved_at=now,
            settled_at=now,
        )
    journal.record(verb="core.letter_written", actor=actor, target=letter, kind=kind, channel=channel)
    if letter.state == State.APPROVED:
        _send_later(letter)
    return letter


def _channel(recipient, to_address: str) -> tuple[str, str]:
    """The channel and the address: what the person prefers if they have such an address, else paper."""
    if recipient is None:
        if "@" in to_address:
            return Channel.EMAIL, to_address
        if to_address and set(to_address) <= set("+0123456789 .()-/"):
            return Channel.SMS, to_address
        return Channel.PAPER, to_address
    preferred = recipient.preferred_channel
    email = to_address if "@" in to_address else recipient.email
    if preferred == "email" and email:
        return Channel.EMAIL, email
    if preferred == "sms" and recipient.phone:
        return Channel.SMS, recipient.phone
    workplace = getattr(recipient, "workplace", None)
    return Channel.PAPER, str(workplace)[:254] if workplace else ""


def _delivered_state(letter: Letter) -> str:
    return {Channel.EMAIL: State.SENT, Channel.SMS: State.PHONED, Channel.PAPER: State.PRINTED}[
        letter.channel
    ]


def _send_later(letter: Letter) -> None:
    """Only e-mail leaves by itself; a text message is said by phone and a paper is handed over, by a person."""
    if letter.channel == Channel.EMAIL and settings.EMAIL_IS_CONFIGURED:
        jobs.enqueue("core.deliver_letter", {"letter": letter.pk}, key=f"core.deliver_letter:{letter.pk}")


@transaction.atomic
def renew(*, letter: Letter, before: dict, after: dict, addition: str, actor=None) -> Letter:
    """Say in a letter that waits what was not known when it was written.

    ``before`` and ``after`` are the values it names, then and now. Words that a person has corrected are kept,
    and ``addition`` is put under them. A letter that has left is not touched.
    """
    if letter.state != State.HELD:
        return letter
    then = letter_texts.render(
        letter.kind, letter.language, letter.channel, {**before, "name": letter.to_name}
    )
    if letter.body == then.body:
        now = letter_texts.render(
            letter.kind, letter.language, letter.channel, {**after, "name": letter.to_name}
        )
        body = now.body
    else:
        body = f"{letter.body.rstrip()}\n\n{addition.strip()}\n"
    _change(letter, from_states=[State.HELD], state=State.HELD, body=body)
    journal.record(verb="core.letter_renewed", actor=actor, target=letter)
    return letter


# -- What people do with a letter --------------------------------------------------------------------


def _require_reader(actor, letter: Letter) -> None:
    """Whoever does something with a letter may read it: letters of another programme are not theirs."""
    if not Letter.objects.visible_to(actor).filter(pk=letter.pk).exists():
        raise PermissionDenied("core.letters")


def what_is_missing(letter: Letter) -> str | None:
    """The sentence that keeps this letter here, or None when it may leave."""
    known = kinds.get(letter.kind)
    return known.missing(letter) if known is not None and known.missing is not None else None


def _require_complete(letter: Letter) -> None:
    if sentence := what_is_missing(letter):
        raise Refused(sentence)


def _change(letter: Letter, *, from_states: list[str], state: str, **fields: Any) -> None:
    """Compare-and-swap: the letter moves only from where its reader saw it."""
    changes = {"state": state, **fields}
    if not Letter.objects.filter(pk=letter.pk, state__in=from_states).update(**changes):
        raise Refused(_("Someone else has just changed this letter. Reload the page to see where it stands."))
    for column, value in changes.items():
        setattr(letter, column, value)


@transaction.atomic
def edit(*, actor, letter: Letter, subject: str, body: str, to_address: str | None = None) -> Letter:
    """Correct the words (and the address) of a letter that has not left."""
    _require_reader(actor, letter)
    errors = {}
    subject = " ".join(subject.split())
    if not subject:
        errors["subject"] = _("Write the subject of the letter.")
    elif len(subject) > 200:
        errors["subject"] = _("The subject is too long: at most 200 characters.")
    if not body.strip():
        errors["body"] = _("Write the text of the letter.")
    if errors:
        raise Refused(errors)
    changes = {"subject": subject, "body": body.strip() + "\n"}
    if to_address is not None:
        changes["to_address"] = to_address.strip()
    _change(letter, from_states=[State.HELD], state=State.HELD, error="", **changes)
    journal.record(verb="core.letter_edited", actor=actor, target=letter)
    return letter


@transaction.atomic
def approve(*, actor, letter: Letter) -> Letter:
    """Say that the letter may go. An e-mail leaves by itself; others wait to be printed or phoned."""
    _require_reader(actor, letter)
    _require_complete(letter)
    _change(
        letter,
        from_states=[State.HELD],
        state=State.APPROVED,
        approved_by=actor,
        approved_at=clock.now(),
        error="",
    )
    journal.record(verb="core.letter_approved", actor=actor, target=letter)
    _send_later(letter)
    return letter


@transaction.atomic
def send(*, actor, letter: Letter) -> Letter:
    """Try again to send an approved e-mail (the site had no e-mail yet, or every attempt failed)."""
    _require_reader(actor, letter)
    if letter.state != State.APPROVED or letter.channel != Channel.EMAIL:
        raise Refused(_("Only an e-mail that is ready to go can be sent."))
    if not settings.EMAIL_IS_CONFIGURED:
        raise Refused(_("This site has no e-mail yet: print the letter, or say it by phone."))
    _send_later(letter)
    journal.record(verb="core.letter_sent_again", actor=actor, target=letter)
    return letter


# A person may print or phone whatever the channel: an e-mail that bounces is often said by phone, and so is
# what a letter that was put aside would have said.
_BY_HAND = [State.HELD, State.APPROVED, State.UNCERTAIN, State.DROPPED]


@transaction.atomic
def mark_printed(*, actor, letter: Letter) -> Letter:
    """The letter was printed and handed over."""
    _require_complete(letter)
    return _settle(actor, letter, _BY_HAND, State.PRINTED)


@transaction.atomic
def mark_phoned(*, actor, letter: Letter) -> Letter:
    """The letter was said by phone."""
    _require_complete(letter)
    return _settle(actor, letter, _BY_HAND, State.PHONED)


@transaction.atomic
def settle_uncertain(*, actor, letter: Letter, sent: bool) -> Letter:
    """A person has found out whether an uncertain letter left; if not, it is ready to go again."""
    if sent:
        return _settle(actor, letter, [State.UNCERTAIN], State.SENT)
    _require_reader(actor, letter)
    _change(letter, from_states=[State.UNCERTAIN], state=State.APPROVED, lease_until=None)
    journal.record(verb="core.letter_not_sent", actor=actor, target=letter)
    _send_later(letter)
    return letter


@transaction.atomic
def drop(*, actor, letter: Letter) -> Letter:
    """Decide that the letter will not be sent."""
    return _settle(actor, letter, [State.HELD, State.APPROVED, State.UNCERTAIN], State.DROPPED)


@transaction.atomic
def take_back(*, actor, key_begins: str) -> int:
    """Set aside the letters with such a key that have not left: their reason is gone. Answers how many.

    Called by verbs about what they wrote themselves; whoever acts there need not run an outbox.
    """
    unsent = Letter.objects.filter(key__startswith=key_begins, state__in=[State.HELD, State.APPROVED])
    for letter in unsent:
        _change(letter, from_states=[State.HELD, State.APPROVED], state=State.DROPPED, settled_at=clock.now())
        journal.record(verb="core.letter_dropped", actor=actor, target=letter)
    return len(unsent)


def _settle(actor, letter: Letter, from_states: list[str], state: str) -> Letter:
    _require_reader(actor, letter)
    _change(letter, from_states=from_states, state=state, settled_at=clock.now(), lease_until=None)
    journal.record(verb=f"core.letter_{state}", actor=actor, target=letter)
    return letter


# -- Delivery ------------------------------------------------------------------------------------------

# Answers of a mail server that certainly did not take the letter.
_REFUSED_BY_SERVER = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPHeloError,
    smtplib.SMTPNotSupportedError,
)


class NotDelivered(Exception):
    """The letter certainly did not leave; the job tries again."""


def deliver(letter_id: int) -> None:
    """Send one approved e-mail. Called by the job ``core.deliver_letter``; harmless when called again."""
    lease = timedelta(seconds=settings.JOB_LEASE_SECONDS)
    claimed = Letter.objects.filter(pk=letter_id, state=State.APPROVED, channel=Channel.EMAIL).update(
        state=State.SENDING, lease_until=clock.now() + lease, attempts=F("attempts") + 1
    )
    if not claimed:
        return  # settled meanwhile, or caught in the middle: settle_silent() decides, never a second sending
    letter = Letter.objects.get(pk=letter_id)
    held = Letter.objects.filter(pk=letter_id, state=State.SENDING, attempts=letter.attempts)
    try:
        connection = get_connection()
        connection.open()
    except Exception as error:
        held.update(state=State.APPROVED, lease_until=None, error=f"{type(error).__name__}: {error}"[:2000])
        raise NotDelivered(letter_id) from error
    try:
        EmailMessage(letter.subject, letter.body, to=[letter.to_address], connection=connection).send()
    except _REFUSED_BY_SERVER as error:
        held.update(state=State.APPROVED, lease_until=None, error=f"{type(error).__name__}: {error}"[:2000])
        raise NotDelivered(letter_id) from error
    except Exception as error:
        held.update(state=State.UNCERTAIN, lease_until=None, error=f"{type(error).__name__}: {error}"[:2000])
        raise
    finally:
        connection.close()
    held.update(state=State.SENT, lease_until=None, settled_at=clock.now(), error="")
    if letter.kind in kinds_that_answer():
        public.change()  # a call's page says how many have been answered


def settle_silent() -> int:
    """Letters whose sending stopped in the middle become *uncertain*. Answers how many."""
    silent = Letter.objects.filter(state=State.SENDING, lease_until__lt=clock.now())
    if not silent.exists():  # asked every second: a SELECT takes no write lock
        return 0
    return silent.update(
        state=State.UNCERTAIN,
        lease_until=None,
        error="The worker stopped while it was sending: the letter may have left or not.",
    )
