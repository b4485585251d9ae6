"""What the worker does for calls, each at an hour set by a person. Every handler asks again whether it is still true."""

import tempfile
from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.http import QueryDict
from django.utils import translation

from calls import notifications, rules
from calls.domain import calls as call_verbs
from calls.domain import exports as export_verbs
from calls.domain import redirections, texts
from calls.enums import ApplicantRole, CallState
from calls.exports import Export
from calls.filters import asked_for
from calls.models import Applicant, Application, ApplicationExport, Call, Redirection
from incubator.core import clock, jobs, journal
from incubator.core.models import Refused

ROWS_A_STEP = 200  # how often a long export says how far it is


def _call(payload: dict) -> Call | None:
    """The call, its row held: an hour that is being moved at this very moment is read once it has moved."""
    calls = Call.objects.select_for_update(of=("self",)).select_related("programme")
    return calls.filter(pk=payload.get("call")).first()


@jobs.register("calls.open_call")
def open_due_call(payload: dict) -> None:
    call = _call(payload)
    if call is None or call.state != CallState.SCHEDULED or call.opens_at > clock.now():
        return
    try:
        call_verbs.open_call(actor=None, call=call)
    except Refused as error:
        # The page was unpublished meanwhile, say: nothing to try again; the manager reads why on the call.
        journal.record(verb="calls.opening_refused", actor=None, target=call, reason=" ".join(error.messages))


@jobs.register("calls.close_call")
def close_due_call(payload: dict) -> None:
    call = _call(payload)
    if call is None or call.state != CallState.OPEN or call.closes_at > clock.now():
        return
    call_verbs.close_call(actor=None, call=call)


@jobs.register("calls.remind_drafts")
def remind_drafts(payload: dict) -> None:
    """Write to those who have begun and not submitted; letters wait for a person to read them."""
    call = _call(payload)
    if call is None or not call.takes_applications:
        return
    leads = Applicant.objects.filter(
        role=ApplicantRole.LEAD,
        user__isnull=False,
        application__in=call.applications.drafts(),
    ).select_related("user", "application__call__programme")
    for person in leads:
        notifications.draft_reminder(person.application, person)


@jobs.register(texts.JOB)
def read_text(payload: dict) -> None:
    application = (
        Application.objects.sent()
        .select_related("form_version")
        .filter(pk=payload.get("application"))
        .first()
    )
    if application is not None:
        texts.read_text(application=application)


@jobs.register("calls.read_all_texts")
def read_all_texts(payload: dict) -> None:
    """Ask for the words of every application that has none yet: once, after the search came to be."""
    for pk in Application.objects.sent().filter(text=None).values_list("pk", flat=True):
        texts.ask_to_read(pk)


@jobs.register(redirections.JOB)
def remind_redirection(payload: dict) -> None:
    redirection = Redirection.objects.select_related(
        "application__call__programme", "application__project", "directorate", "recipient"
    ).filter(pk=payload.get("redirection"))
    for one in redirection:
        redirections.remind_redirection(actor=None, redirection=one)


@jobs.register("calls.make_export", atomic=False, lease=timedelta(minutes=30))
def make_export(payload: dict) -> None:
    """Write the file that a manager asked for; what they may read is asked again."""
    related = ("call__programme", "asked_by", "file")
    export = ApplicationExport.objects.select_related(*related).filter(pk=payload.get("export")).first()
    if export is None or export.is_over:
        return
    if not rules.can_list_applications(export.asked_by, export.call):
        export_verbs.give_up_export(actor=None, export=export)
        return
    found = asked_for(export.asked_by, export.call, QueryDict(export.query))
    make_file(export, found)


def make_file(export: ApplicationExport, applications) -> ApplicationExport:
    """Write the file of an export, for whoever asked, in their language. Harmless when run twice.

    The progress is told on the way, so this is no single transaction; the file is kept in one.
    """
    if export.is_over:
        return export
    total = applications.count()
    ApplicationExport.objects.filter(pk=export.pk).update(total=total, done=0)
    with translation.override(export.asked_by.language), tempfile.TemporaryFile() as content:
        table = Export(export.call, applications, user=export.asked_by, personal=export.personal)
        export_verbs.write(content, table, export.format, lambda rows: _told(rows, export))
        return export_verbs.keep_export(actor=None, export=export, content=content, total=total)


def _told(rows: Iterable, export: ApplicationExport) -> Iterator:
    """The same rows; the export says from time to time how many have been written."""
    for number, row in enumerate(rows):
        if number and number % ROWS_A_STEP == 0:
            ApplicationExport.objects.filter(pk=export.pk).update(done=number)
        yield row


@jobs.register("calls.forget_export")
def forget_export(payload: dict) -> None:
    export = ApplicationExport.objects.select_related("call", "file").filter(pk=payload.get("export")).first()
    if export is not None:
        export_verbs.forget_export(actor=None, export=export)
