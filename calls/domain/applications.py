"""The life of an application: begun, claimed, submitted once, declared eligible, withdrawn."""

import secrets
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from calls import notifications, rules, schema
from calls.conditions import asked
from calls.domain.answers import choose_text, holds_token, locked, need_writer, save_answers, token_digest
from calls.domain.attachments import attach_file, remove_file
from calls.domain.forms import freeze_form
from calls.domain.problems import problem_text
from calls.domain.sites import freeze_sites
from calls.domain.teams import confirm_place, identity, name_team
from calls.enums import AUTHORS, ApplicantRole, ApplicationState, CallState, Channel
from calls.models import Answer, Applicant, Application, Call
from calls.workflow import application_workflow
from incubator.core import clock, journal
from incubator.core.calendar import add_working_days
from incubator.core.models import Refused
from projects.domain import projects as project_verbs
from projects.enums import TeamRole

__all__ = [
    "attach_file",
    "begin_application",
    "choose_text",
    "claim_application",
    "confirm_place",
    "declare_eligible",
    "discard_draft",
    "enter_paper_application",
    "name_team",
    "problems_of",
    "remove_file",
    "save_answers",
    "submit_application",
    "undo_eligible",
    "withdraw_application",
]

TEAM = Prefetch("applicants", Applicant.objects.select_related("user__directorate", "directorate"))


@transaction.atomic
def begin_application(*, call: Call, user=None) -> tuple[Application, str | None]:
    """Begin a draft. Without an account, the answer carries the token that opens it; the row keeps its digest only.

    Someone who has an untouched draft for this call gets that one back (a double click makes one).
    """
    if not call.takes_applications:
        raise Refused(closed_sentence(call))
    user = user if user is not None and user.is_authenticated else None
    if user is not None:
        untouched = (
            Application.objects.drafts()
            .of_person(user)
            .filter(call=call, answers__isnull=True, form_version=call.current_version)
            .first()
        )
        if untouched is not None:
            return untouched, None
    token = None if user is not None else secrets.token_urlsafe(32)
    application = Application.objects.create(
        call=call,
        form_version=call.current_version or freeze_form(call=call),
        channel=Channel.WEB,
        claim_digest=token_digest(token) if token else "",
    )
    Applicant.objects.create(application=application, role=ApplicantRole.LEAD, **identity(user))
    journal.record(verb="calls.begin_application", actor=user, target=application, call=call.code)
    return application, token


@transaction.atomic
def claim_application(*, user, token: str) -> Application | None:
    """Give a draft begun without an account to the person who has just signed in. None when there is nothing to claim."""
    application = (
        Application.objects.select_for_update(of=("self",))
        .filter(claim_digest=token_digest(token), state=ApplicationState.DRAFT)
        .first()
        if token
        else None
    )
    if application is None:
        return None
    lead = application.applicants.filter(role=ApplicantRole.LEAD).first() or Applicant(
        application=application, role=ApplicantRole.LEAD
    )
    for name, value in identity(user).items():
        # What was typed stays; the account only fills what was left empty.
        if name == "user" or not getattr(lead, name):
            setattr(lead, name, value)
    lead.save()
    application.claim_digest = ""
    application.save(update_fields=["claim_digest"])
    journal.record(verb="calls.claim_application", actor=user, target=application)
    return application


@dataclass(frozen=True)
class Problem:
    """Why an application cannot be submitted yet: at which step, beside which question."""

    step: str
    key: str
    sentence: str


def problems_of(application: Application) -> list[Problem]:
    """Everything that is missing or wrong, in the order of the form."""
    answers = {answer.key: answer for answer in application.answers.all()}
    values = {key: answer.value for key, answer in answers.items()}
    found = []
    for section, question in asked(application.form_version.schema, values):
        answer = answers.get(question["key"])
        sentence = schema.problem(
            question, answer.value if answer else None, has_file=bool(answer and answer.file_id)
        )
        if sentence:
            found.append(Problem(section["key"], question["key"], sentence))
    people = list(application.applicants.all())
    if any(not person.name for person in people) or not people:
        found.append(
            Problem(schema.TEAM_STEP, "team", _("Write the first name and the last name of each person."))
        )
    if any(person.email and "@" not in person.email for person in people):
        found.append(
            Problem(
                schema.TEAM_STEP, "team", _("One e-mail address is not complete. It may also be left empty.")
            )
        )
    if sum(person.role in AUTHORS for person in people) > application.call.max_team_size:
        found.append(
            Problem(
                schema.TEAM_STEP,
                "team",
                _("This call takes teams of %(count)d people at most.")
                % {"count": application.call.max_team_size},
            )
        )
    return found


@transaction.atomic
def submit_application(*, actor, application: Application) -> Application:
    """Submit: the text is frozen, a project is opened, a receipt is given. Once, whatever is clicked twice.

    A second call answers the application as it was submitted. Raises Refused with sentences by
    question key when something is missing, or one sentence when the call is closed.
    """
    row = locked(application, "call__cohort__programme", person=actor)
    if not rules.can_submit(actor, row):
        raise PermissionDenied("submit_application")
    if row.state == ApplicationState.DRAFT:
        prefetch_related_objects([row], "answers", TEAM)
        if row.discarded_at is not None:
            raise Refused(_("This draft was given up: it can no longer be submitted."))
        if not row.call.takes_drafts:
            raise Refused(closed_sentence(row.call), code="closed")
        if problems := problems_of(row):
            sentences: dict[str, list[str]] = {}
            for problem in problems:
                sentences.setdefault(problem.key, []).append(problem.sentence)
            raise Refused(sentences)
        _send_in(row, actor=actor, move="submit")
    application.refresh_from_db()
    return application


def _send_in(application: Application, *, actor, move: str) -> None:
    """What submitting does, in the caller's transaction; the row is held."""
    now = clock.now()
    prefetch_related_objects([application], "answers", TEAM)  # read once, whoever asks
    people = list(application.applicants.all())
    team = [
        (person.user, TeamRole.LEAD if person.role == ApplicantRole.LEAD else TeamRole.MEMBER)
        for person in people
        if person.user_id and person.role in AUTHORS
    ]
    lead = next((person for person in people if person.role == ApplicantRole.LEAD), people[0])
    answers = {answer.key: answer.value for answer in application.answers.all()}
    application.project = project_verbs.open_project(
        actor=actor,
        cohort=application.call.cohort,
        title=application.title,
        problem=problem_text(application.form_version.schema, answers),
        directorate=lead.directorate or (lead.user.directorate if lead.user_id else None),
        team=team,
    )
    application.submitted_at = now
    application.answer_due_on = answer_due_on(application.call, now)
    # The row's own number: unique without a counter that two people could read at once.
    application.receipt_number = f"C{now.astimezone(application.call.zone).year}-{application.pk:04d}"
    # The text is frozen: what a browser still holds of the draft opens nothing any more.
    application.claim_digest = ""
    application.save(
        update_fields=["project", "submitted_at", "answer_due_on", "receipt_number", "claim_digest"]
    )
    application_workflow.perform(application, move, actor=actor)
    journal.record(
        verb=f"calls.{move}_application",
        actor=actor,
        target=application,
        receipt=application.receipt_number,
        project=application.project.code,
    )
    notifications.receipt(application, people)


def answer_due_on(call: Call, submitted_at) -> date:
    """The day by which an answer comes: so many working days after preselection, or after the call closes."""
    start = max(
        call.preselection_on or call.closes_at.astimezone(call.zone).date(),
        submitted_at.astimezone(call.zone).date(),
    )
    return add_working_days(start, call.programme.answer_within_working_days)


@transaction.atomic
def declare_eligible(*, actor, application: Application) -> Application:
    application_workflow.perform(application, "declare_eligible", actor=actor)
    journal.record(verb="calls.declare_eligible", actor=actor, target=application)
    return application


@transaction.atomic
def undo_eligible(*, actor, application: Application) -> Application:
    """Correct a mistake, as long as no body has decided."""
    application_workflow.perform(application, "undo_eligible", actor=actor)
    journal.record(verb="calls.undo_eligible", actor=actor, target=application)
    return application


@transaction.atomic
def withdraw_application(*, actor, application: Application) -> Application:
    """Withdraw at any time, without a reason. A draft is given up; a submitted one withdraws its project."""
    if not rules.can_withdraw(actor, application):
        raise PermissionDenied("withdraw_application")
    if application.state == ApplicationState.DRAFT:
        return discard_draft(actor=actor, application=application)
    project_verbs.withdraw(actor=actor, project=application.project)
    journal.record(verb="calls.withdraw_application", actor=actor, target=application)
    notifications.withdrawn(application, list(application.applicants.select_related("user")))
    return application


@transaction.atomic
def discard_draft(*, actor, application: Application, token: str | None = None) -> Application:
    """Give up a draft: it leaves every list and its text is emptied."""
    row = locked(application, person=actor)
    need_writer(actor, row, token)
    if not (rules.leads(actor, row) or holds_token(row, token)):
        raise PermissionDenied("discard_draft")
    Answer.objects.filter(application=row).update(value=None, file=None)
    Application.objects.filter(pk=row.pk).update(discarded_at=clock.now(), title="", claim_digest="")
    application.refresh_from_db()
    journal.record(verb="calls.discard_draft", actor=actor, target=application)
    return application


@transaction.atomic
def enter_paper_application(*, actor, call: Call, authors: list, title: str, answers: dict) -> Application:
    """Enter what came on paper, for its authors (people with an account; the first one leads).

    A question left empty on paper is no obstacle; an answer that cannot be read is. Possible until the
    call is archived: the paper may have come in time.
    """
    if not rules.can_enter_paper(actor, call):
        raise PermissionDenied("enter_paper_application")
    if call.state not in (CallState.OPEN, CallState.CLOSED):
        raise Refused(
            _("Paper applications are entered while the call is open or closed, not before nor after.")
        )
    if not authors:
        raise Refused({"authors": _("Name at least one author.")})
    version = call.current_version or freeze_form(call=call)
    questions = {question["key"]: question for question in schema.questions_of(version.schema)}
    values = freeze_sites(questions, {schema.TITLE_KEY: title, **answers}, {})
    hidden = schema.hidden_keys(version.schema, values)
    problems = {}
    for key, value in values.items():
        if key not in questions:
            problems[key] = _("This call does not ask this question.")
        elif key in hidden or schema.is_empty(value):
            continue
        elif sentence := schema.problem(questions[key], schema.tidy(value)):
            problems[key] = sentence
    if not title.strip():
        problems[schema.TITLE_KEY] = _("Write a title.")
    if problems:
        raise Refused(problems)
    now = clock.now()
    application = Application.objects.create(
        call=call, form_version=version, channel=Channel.PAPER, title=title.strip()[: schema.TITLE_MAX]
    )
    for position, author in enumerate(authors):
        role = ApplicantRole.LEAD if position == 0 else ApplicantRole.MEMBER
        Applicant.objects.create(application=application, role=role, **identity(author))
    Answer.objects.bulk_create(
        Answer(application=application, key=key, value=schema.tidy(value), saved_at=now, saved_by=actor)
        for key, value in values.items()
        if not schema.is_empty(value)
    )
    _send_in(application, actor=actor, move="enter_paper")
    application.refresh_from_db()
    return application


def closed_sentence(call: Call) -> str:
    """Why this call takes no application now, in words."""
    if call.state in (CallState.DRAFT, CallState.SCHEDULED):
        return _("This call is not open yet.")
    return _("This call is closed: applications can no longer be submitted. What you have written is kept.")
