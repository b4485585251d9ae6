"""A problem handed to a named person of a directorate, before a day; their answer comes back to the author."""

from datetime import date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from calls import notifications, rules
from calls.domain.answers import locked
from calls.domain.notes import clean
from calls.enums import ApplicationState, RedirectionAnswer
from calls.models import Application, Redirection
from incubator.core import clock, jobs, journal, letters
from incubator.core.models import Letter, Refused
from projects.domain import projects as project_verbs
from projects.enums import Stage

JOB = "calls.remind_redirection"
LATEST = timedelta(days=366)
MOST_REMINDERS = 3
BETWEEN_REMINDERS = timedelta(days=7)
ANSWER_MAX = 6000
# A problem can be handed over before a body decides, after it said no, or because it said so.
MAY_REDIRECT = frozenset({Stage.APPLIED, Stage.NOT_SELECTED, Stage.REDIRECTED})


@transaction.atomic
def redirect_application(
    *,
    actor,
    application: Application,
    directorate,
    reason: str,
    due_on: date,
    recipient=None,
    name: str = "",
    address: str = "",
    with_names: bool = False,
) -> Redirection:
    """Hand the problem to ``recipient`` (an account), or to someone known by ``name`` and e-mail or phone.

    The project is redirected, the author is told who answers and before when, the person is asked; both
    letters wait in the outbox. Only one person is asked at a time.
    """
    if not rules.can_redirect(actor, application):
        raise PermissionDenied("redirect_application")
    row = locked(application)
    name, address = " ".join(clean(name).split()), clean(address)
    reason = clean(reason)
    errors = _problems(directorate=directorate, reason=reason, due_on=due_on, recipient=recipient, name=name)
    if errors := errors | _problems_with(row, recipient):
        raise Refused(errors)
    if (
        row.state in (ApplicationState.DRAFT, ApplicationState.JOINED)
        or row.project.stage not in MAY_REDIRECT
    ):
        raise Refused(
            _("A body has already decided on this project: it can no longer be handed to a department.")
        )
    if row.redirections.waiting().exists():
        raise Refused(_("Someone has been asked already: take it back first, or wait for their answer."))
    if row.project.stage != Stage.REDIRECTED:
        project_verbs.redirect(actor=actor, project=row.project, department=directorate.name, reason=reason)
    redirection = Redirection.objects.create(
        application=row,
        directorate=directorate,
        recipient=recipient,
        recipient_name=(str(recipient) if recipient else name)[:200],
        recipient_address="" if recipient else address[:254],
        reason=reason,
        with_names=with_names,
        due_on=due_on,
        created_by=actor,
    )
    notifications.redirection_asked(redirection)
    notifications.redirected(redirection, notifications.reachable(row))
    _remind_on(redirection, due_on + timedelta(days=1))
    journal.record(
        verb="calls.redirect_application",
        actor=actor,
        target=row,
        directorate=directorate.name,
        due_on=due_on.isoformat(),
    )
    application.refresh_from_db()
    return redirection


def check_request(*, directorate, reason: str, due_on: date, recipient=None, name: str = "") -> None:
    """Refuse what :func:`redirect_application` refuses whatever the application."""
    if errors := _problems(
        directorate=directorate,
        reason=clean(reason),
        due_on=due_on,
        recipient=recipient,
        name=clean(name),
    ):
        raise Refused(errors)


def _problems(*, directorate, reason, due_on, recipient, name) -> dict[str, str]:
    errors = {}
    if directorate is None:
        errors["directorate"] = _("Choose the directorate that can act.")
    if not reason:
        errors["reason"] = _("Write the reason: the team will read it.")
    if not recipient and not name:
        errors["recipient"] = _("Name the person who will answer: an idea sent to nobody gets no answer.")
    if due_on is None or due_on <= clock.today():
        errors["due_on"] = _("Choose a day to come.")
    elif due_on > clock.today() + LATEST:
        errors["due_on"] = _("Choose a day within a year.")
    return errors


def _problems_with(application, recipient) -> dict[str, str]:
    """Who may not be asked about this application."""
    if recipient and application.applicants.filter(user=recipient).exists():
        return {"recipient": _("This person is in the team: somebody else answers.")}
    if recipient and application.applicants.filter(user__line_manager=recipient).exists():
        return {
            "recipient": _(
                "This person is the line manager of someone in the team, and learns nothing before preselection: "
                "choose somebody else."
            )
        }
    return {}


@transaction.atomic
def take_back_redirection(*, actor, redirection: Redirection) -> Redirection:
    """The person has left, or it was the wrong one: nothing is asked of them any more. Someone else may be asked."""
    if not rules.can_redirect(actor, redirection.application):
        raise PermissionDenied("take_back_redirection")
    taken = Redirection.objects.waiting().filter(pk=redirection.pk).update(cancelled_at=clock.now())
    if not taken:
        raise Refused(
            _("This has been answered or taken back meanwhile. Reload the page to see where it stands.")
        )
    redirection.refresh_from_db()
    for letter in Letter.objects.filter(
        key__startswith=notifications.key_prefix(redirection), state=Letter.State.HELD
    ):
        letters.drop(actor=actor, letter=letter)
    jobs.cancel(_job_key(redirection))
    journal.record(verb="calls.take_back_redirection", actor=actor, target=redirection.application)
    return redirection


@transaction.atomic
def answer_redirection(
    *, actor, redirection: Redirection, kind: str, answer: str, key: str = ""
) -> Redirection:
    """The department says what it will do. The author and the manager are told; once, whoever answers first.

    ``actor`` is None for someone who came by the link of their letter (``key``); a manager may write down
    what was said by phone.
    """
    if not rules.can_answer_redirection(actor, redirection, key):
        raise PermissionDenied("answer_redirection")
    answer = clean(answer)
    errors = {}
    if kind not in RedirectionAnswer.values:
        errors["kind"] = _("Choose one of the answers offered.")
    if not answer:
        errors["answer"] = _("Write your answer: the author will read it.")
    elif len(answer) > ANSWER_MAX:
        errors["answer"] = _("The answer is too long: %(count)d characters at most.") % {"count": ANSWER_MAX}
    if errors:
        raise Refused(errors)
    answered = (
        Redirection.objects.waiting()
        .filter(pk=redirection.pk)
        .update(answer_kind=kind, answer=answer, answered_at=clock.now())
    )
    if not answered:
        raise Refused(
            _("This has been answered or taken back meanwhile. Reload the page to see where it stands.")
        )
    redirection.refresh_from_db()
    jobs.cancel(_job_key(redirection))
    notifications.redirection_answered(redirection, notifications.reachable(redirection.application))
    notifications.redirection_told(redirection)
    journal.record(
        verb="calls.answer_redirection",
        actor=actor if actor is not None and actor.is_authenticated else None,
        target=redirection.application,
        answer=kind,
        by=redirection.recipient_name,
    )
    return redirection


@transaction.atomic
def remind_redirection(*, actor, redirection: Redirection) -> Letter | None:
    """The day has passed without an answer: write to the person once more, three times at most, a week apart.

    Called by the worker (``actor`` None); answers None when nothing is late any more.
    """
    late = Redirection.objects.late().filter(pk=redirection.pk, reminders__lt=MOST_REMINDERS)
    if not late.update(reminders=F("reminders") + 1):
        return None
    redirection.refresh_from_db()
    letter = notifications.redirection_reminder(redirection)
    if redirection.reminders < MOST_REMINDERS:
        _remind_on(redirection, clock.today() + BETWEEN_REMINDERS)
    journal.record(
        verb="calls.remind_redirection",
        actor=actor,
        target=redirection.application,
        reminder=redirection.reminders,
    )
    return letter


def _remind_on(redirection: Redirection, day: date) -> None:
    morning = datetime.combine(day, time(8), tzinfo=redirection.application.call.zone)
    jobs.enqueue(JOB, {"redirection": redirection.pk}, run_after=morning, key=_job_key(redirection))


def _job_key(redirection: Redirection) -> str:
    return f"{JOB}:{redirection.pk}"
