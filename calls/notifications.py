"""What this package writes to people. Texts: ``templates/letters/calls.*``; the authority may word them otherwise."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.enums import ApplicantRole
from incubator.core import letters
from incubator.core.models import Letter

RECEIPT = "calls.receipt"
WITHDRAWN = "calls.withdrawn"
DRAFT_REMINDER = "calls.draft_reminder"
EXTENSION = "calls.extension"


def register() -> None:
    letters.register(RECEIPT, _("Receipt of an application"), receipt=True)
    letters.register(WITHDRAWN, _("Receipt of a withdrawal"), receipt=True)
    letters.register(DRAFT_REMINDER, _("Reminder of an unfinished draft"))
    letters.register(EXTENSION, _("More time to apply"))


def _write(kind: str, key: str, application, person, **context) -> None:
    letters.write(
        kind=kind,
        key=key,
        recipient=person.user,
        to_name=person.name,
        to_address="" if person.user_id else person.email,
        context={
            "title": application.title,
            "call": application.call.title,
            "phone": application.call.programme.phone,
            "url": settings.SITE_URL.rstrip("/") + reverse("calls:follow", args=[application.uuid]),
            **context,
        },
        about=application,
    )


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
    """One reminder a draft and closing hour: a call that is extended may remind once more."""
    _write(
        DRAFT_REMINDER,
        f"{DRAFT_REMINDER}:{application.pk}:{application.call.closes_at:%Y%m%d%H%M}",
        application,
        person,
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
