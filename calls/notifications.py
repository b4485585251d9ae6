"""What this package writes to people. Texts: ``templates/letters/calls.*``; the authority may word them otherwise."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls import rules
from calls.enums import ApplicantRole
from incubator.core import letter_texts, letters, words
from incubator.core.models import Letter

RECEIPT = "calls.receipt"
WITHDRAWN = "calls.withdrawn"
DRAFT_REMINDER = "calls.draft_reminder"
EXPORT_READY = "calls.export_ready"
EXTENSION = "calls.extension"
MESSAGE = "calls.message"
REDIRECTED = "calls.redirected"
REDIRECTION_ASKED = "calls.redirection_asked"
REDIRECTION_REMINDER = "calls.redirection_reminder"
REDIRECTION_ANSWERED = "calls.redirection_answered"
REDIRECTION_TOLD = "calls.redirection_told"
JOINED = "calls.joined"
JOINED_BY = "calls.joined_by"
INVITATION = "calls.invitation"
COMPLETION_ASKED = "calls.completion_asked"
COMPLETED = "calls.completed"
LINE_MANAGER = "calls.line_manager"


def register() -> None:
    letters.register(RECEIPT, _("Receipt of an application"), receipt=True)
    letters.register(EXPORT_READY, _("An export is ready"), receipt=True)
    letters.register(WITHDRAWN, _("Receipt of a withdrawal"), receipt=True)
    letters.register(DRAFT_REMINDER, _("Reminder of an unfinished draft"))
    letters.register(EXTENSION, _("More time to apply"))
    letters.register(MESSAGE, _("Message to a team"))
    letters.register(REDIRECTED, _("Problem handed to a department: to the author"), answers=True)
    letters.register(REDIRECTION_ASKED, _("Problem handed to a department: to the person asked"))
    letters.register(REDIRECTION_REMINDER, _("Reminder to the person asked"))
    letters.register(REDIRECTION_ANSWERED, _("Answer of a department: to the author"))
    # It only says to the manager that an answer has come: nobody reads it before.
    letters.register(REDIRECTION_TOLD, _("Answer of a department: to the manager"), receipt=True)
    letters.register(JOINED, _("Application joined with another: to its team"), answers=True)
    letters.register(JOINED_BY, _("Application joined with another: to the team that stays"))
    # Goes at once: who writes with whom is the team's business until it submits.
    letters.register(INVITATION, _("Invitation into a team"), receipt=True)
    letters.register(COMPLETION_ASKED, _("Request for completion"))
    letters.register(COMPLETED, _("Receipt of a completion"), receipt=True)
    letters.register(LINE_MANAGER, _("Word to a line manager, with the agent's agreement"))


def _write(kind: str, key: str, application, person, actor=None, **context) -> Letter:
    return letters.write(
        kind=kind,
        key=key,
        recipient=person.user,
        to_name=person.name,
        to_address="" if person.user_id else person.email,
        context={**_about(application), **context},
        about=application,
        actor=actor,
    )


def _about(application) -> dict:
    return {
        "title": application.title,
        "call": application.call.title,
        "phone": application.call.programme.phone,
        "url": settings.SITE_URL.rstrip("/") + reverse("calls:follow", args=[application.uuid]),
    }


def receipt(application, people) -> None:
    """Say to each person of the team who has an account that the application has come in."""
    for person in people:
        if person.user_id:
            _write(
                RECEIPT,
                f"{RECEIPT}:{application.pk}:{person.pk}",
                application,
                person,
                receipt_number=application.receipt_number,
                submitted_at=application.submitted_at,
                answer_due_on=application.answer_due_on,
                leads=person.role == ApplicantRole.LEAD,
            )


def withdrawn(application, people) -> None:
    for person in people:
        if person.user_id:
            _write(
                WITHDRAWN,
                f"{WITHDRAWN}:{application.pk}:{person.pk}",
                application,
                person,
                receipt_number=application.receipt_number,
            )


def draft_reminder(application, person) -> None:
    """One reminder a draft and closing hour: a call that is extended may remind once more. A manager reads it
    before it goes, and reads no draft: it does not say what the draft is called."""
    _write(
        DRAFT_REMINDER,
        f"{DRAFT_REMINDER}:{application.pk}:{application.call.closes_at:%Y%m%d%H%M}",
        application,
        person,
        title="",
        closes_at=application.call.closes_at,
    )


def extension(call, before, people, *, actor) -> list[Letter]:
    """Tell each person who has begun that they have more time. The title of a draft is known to its authors
    alone, and a manager reads this letter before it goes: it does not say it."""
    return [
        letters.write(
            kind=EXTENSION,
            key=f"{EXTENSION}:{call.pk}:{call.closes_at:%Y%m%d%H%M}:{person.pk}",
            recipient=person.user,
            to_name=person.name,
            to_address="" if person.user_id else person.email or person.phone,
            context={
                "call": call.title,
                "phone": call.programme.phone,
                "url": settings.SITE_URL.rstrip("/") + f"/appels/{call.code}/",
                "before": before,
                "closes_at": call.closes_at,
                "reason": call.extension_reason,
            },
            about=call,
            actor=actor,
        )
        for person in people
    ]


def reachable(application) -> list:
    """The people of the team who have an account: those to whom letters go. One query."""
    people = application.applicants.select_related("user__workplace").filter(user__isnull=False)
    return list(people.order_by("pk"))


def text_to(kind: str, application, person, **context) -> letter_texts.Text:
    """The letter of this kind that would be written to this person of the team: read before it is."""
    language = person.user.language or settings.LANGUAGE_CODE
    context = {**_about(application), "name": person.name, **context}
    return letter_texts.render(kind, language, person.user.preferred_channel, context)


def message_text(application, person, *, subject: str, text: str) -> letter_texts.Text:
    """The letter that :func:`message` would write to this person."""
    return text_to(
        MESSAGE,
        application,
        person,
        subject=subject,
        text=text,
        receipt_number=application.receipt_number,
    )


def message(application, person, *, subject: str, text: str, digest: str, actor) -> Letter:
    """Free words to one person of a team."""
    return _write(
        MESSAGE,
        f"{MESSAGE}:{application.pk}:{person.pk}:{digest}",
        application,
        person,
        actor=actor,
        subject=subject,
        text=text,
        receipt_number=application.receipt_number,
    )


# -- A problem handed to a department --------------------------------------------------------------


def key_prefix(redirection) -> str:
    """How the keys of all the letters about a redirection begin."""
    return f"calls.redirection:{redirection.pk}:"


def _facts(redirection) -> dict:
    return {
        "directorate": redirection.directorate.name,
        "recipient": redirection.recipient_name,
        "reason": redirection.reason,
        "due_on": redirection.due_on,
    }


def redirection_texts(redirection, person) -> list[letter_texts.Text]:
    """The letters that :func:`redirected` and :func:`redirection_asked` would write; ``redirection`` need not be
    saved, ``person`` may be None."""
    found = []
    if person is not None:
        found.append(text_to(REDIRECTED, redirection.application, person, **_facts(redirection)))
    asked = redirection.recipient
    language = getattr(asked, "language", "") or settings.LANGUAGE_CODE
    channel = getattr(asked, "preferred_channel", "email")
    context = {**_asked(redirection), "name": redirection.recipient_name}
    return [*found, letter_texts.render(REDIRECTION_ASKED, language, channel, context)]


def redirected(redirection, people) -> None:
    """To the author: who answers, and before when."""
    for person in people:
        key = f"{key_prefix(redirection)}author:{person.pk}"
        _write(REDIRECTED, key, redirection.application, person, **_facts(redirection))


def redirection_asked(redirection) -> Letter:
    return _ask(REDIRECTION_ASKED, f"{key_prefix(redirection)}asked", redirection)


def redirection_reminder(redirection) -> Letter:
    key = f"{key_prefix(redirection)}reminder:{redirection.reminders}"
    return _ask(REDIRECTION_REMINDER, key, redirection)


def _ask(kind: str, key: str, redirection) -> Letter:
    """To the person asked, by account or by the address that was typed. The link opens the page by itself."""
    application = redirection.application
    return letters.write(
        kind=kind,
        key=key,
        recipient=redirection.recipient,
        to_name=redirection.recipient_name,
        to_address=redirection.recipient_address,
        context=_asked(redirection),
        about=application,
    )


def _asked(redirection) -> dict:
    application = redirection.application
    return {
        **_facts(redirection),
        "title": application.title,
        "problem": application.project.problem,
        "authors": _names(application) if redirection.with_names else "",
        "phone": application.call.programme.phone,
        "url": redirection_url(redirection),
    }


def redirection_url(redirection) -> str:
    path = reverse("calls:redirection", args=[redirection.uuid])
    return f"{settings.SITE_URL.rstrip('/')}{path}?cle={rules.answer_key(redirection)}"


def _names(application) -> str:
    return ", ".join(person.name for person in application.applicants.select_related("user"))


def redirection_answered(redirection, people) -> None:
    """To the author: the words of the department, as they were written."""
    for person in people:
        with words.in_language_of(person.user):
            kind = str(redirection.answer_member.label)
        _write(
            REDIRECTION_ANSWERED,
            f"{key_prefix(redirection)}answered:{person.pk}",
            redirection.application,
            person,
            **_facts(redirection),
            answer=redirection.answer,
            answer_kind=kind,
        )


def redirection_told(redirection) -> None:
    """To the manager who asked."""
    application, manager = redirection.application, redirection.created_by
    with words.in_language_of(manager):
        kind = str(redirection.answer_member.label)
    letters.write(
        kind=REDIRECTION_TOLD,
        key=f"{key_prefix(redirection)}told",
        recipient=manager,
        context={
            **_facts(redirection),
            "title": application.title,
            "answer": redirection.answer,
            "answer_kind": kind,
            "url": settings.SITE_URL.rstrip("/") + reverse("calls:application", args=[application.uuid]),
        },
        about=application,
    )


# -- Two applications about the same problem -------------------------------------------------------


def joined(application, into, people, *, reason: str) -> None:
    """To the team whose application joins the other one."""
    for person in people:
        key = f"{JOINED}:{application.pk}:{person.pk}"
        _write(JOINED, key, application, person, into=into.title, reason=reason)


def joined_by(application, into, people, *, reason: str) -> None:
    """To the team that stays: who comes, about what."""
    newcomers = _names(application)
    for person in people:
        key = f"{JOINED_BY}:{application.pk}:{person.pk}"
        _write(JOINED_BY, key, into, person, other=application.title, newcomers=newcomers, reason=reason)


def invitation(invitation, inviter: str) -> None:
    """Offer a place to an e-mail. The letter says neither the title nor a word of the draft, and its link only
    works for the account that has this e-mail: whoever else reads it learns and opens nothing."""
    application = invitation.application
    letters.write(
        kind=INVITATION,
        key=f"{INVITATION}:{invitation.pk}",
        recipient=get_user_model().objects.filter(email__iexact=invitation.email, is_active=True).first(),
        to_address=invitation.email,
        context={
            "inviter": inviter or gettext("A colleague"),
            "call": application.call.title,
            "phone": application.call.programme.phone,
            "expires_on": invitation.expires_at,
            "reads_only": invitation.role == ApplicantRole.READER,
            "url": settings.SITE_URL.rstrip("/") + reverse("calls:invitation", args=[invitation.uuid]),
        },
        about=application,
    )


def completion_asked(request, people, labels: list[str]) -> None:
    """Say to each author with an account what is missing and until when; a person reads the letter first."""
    for person in people:
        if person.user_id:
            _write(
                COMPLETION_ASKED,
                f"{COMPLETION_ASKED}:{request.pk}:{person.pk}",
                request.application,
                person,
                **_asked_again(request, labels),
            )


def completion_text(request, person, labels: list[str]) -> letter_texts.Text:
    """The letter that :func:`completion_asked` would write to this person; ``request`` need not be saved."""
    return text_to(COMPLETION_ASKED, request.application, person, **_asked_again(request, labels))


def _asked_again(request, labels: list[str]) -> dict:
    return {
        "receipt_number": request.application.receipt_number,
        "message": request.message,
        "questions": ", ".join(labels),
        "many": len(labels) > 1,
        "due_on": request.due_on,
    }


def completed(request, people) -> None:
    for person in people:
        if person.user_id:
            _write(
                COMPLETED,
                f"{COMPLETED}:{request.pk}:{person.pk}",
                request.application,
                person,
                receipt_number=request.application.receipt_number,
                completed_at=request.completed_at,
                answer_due_on=request.application.answer_due_on,
            )


def line_manager(place) -> Letter:
    """To the line manager of someone who has agreed to it: the only letter that this package writes to one."""
    application = place.application
    return letters.write(
        kind=LINE_MANAGER,
        key=f"{LINE_MANAGER}:{place.pk}:{place.manager_answered_at:%Y%m%d%H%M%S%f}",
        recipient=place.user.line_manager,
        context={
            "applicant": place.name,
            "title": application.project.title,
            "call": application.call.title,
            "phone": application.call.programme.phone,
        },
        about=application,
    )


def export_ready(export) -> None:
    """Say to whoever asked for a long export that its file is there, and until when. It holds no answer."""
    letters.write(
        kind=EXPORT_READY,
        key=f"{EXPORT_READY}:{export.pk}",
        recipient=export.asked_by,
        context={
            "call": export.call.title,
            "count": export.total,
            "kept_until": export.kept_until,
            "url": settings.SITE_URL.rstrip("/") + reverse("calls:export_progress", args=[export.uuid]),
        },
        about=export.call,
    )
