"""Exports of applications: read at once when the list is short, made by the worker when it is long."""

import tempfile
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from calls import notifications, rules
from calls.enums import ExportFormat
from calls.exports import Export
from calls.models import ApplicationExport, Call
from incubator.core import clock, exports, files, jobs, journal

CONTENT_TYPES = {
    ExportFormat.CSV: exports.CSV_TYPE,
    ExportFormat.XLSX: exports.XLSX_TYPE,
    ExportFormat.JSON: exports.JSON_TYPE,
}
ROWS_A_STEP = 200  # how often the progress is told


def file_name(call: Call, format_: str) -> str:
    return f"{call.code}-{clock.today():%Y-%m-%d}.{format_}"


@transaction.atomic
def read_personal_data(*, actor, call: Call, format_: str, count: int) -> None:
    """Note that the answers holding personal data are taken out of the site. Raises PermissionDenied."""
    if not rules.can_list_applications(actor, call):
        raise PermissionDenied("export_applications")
    journal.record(
        verb="calls.export_personal_data", actor=actor, target=call, format=format_, applications=count
    )


@transaction.atomic
def order_export(
    *, actor, call: Call, format_: str, query: str = "", personal: bool = False, total: int = 0
) -> ApplicationExport:
    """Ask the worker for a file of this list (``query``: its filters, as the address of the list has them).

    The same list asked for twice while the first is not finished is one export.
    """
    if not rules.can_list_applications(actor, call):
        raise PermissionDenied("export_applications")
    wanted = {"call": call, "asked_by": actor, "format": format_, "query": query, "personal": personal}
    waiting = ApplicationExport.objects.filter(finished_at=None, failed_at=None, **wanted).first()
    if waiting is not None:
        return waiting
    export = ApplicationExport.objects.create(total=total, **wanted)
    if personal:
        read_personal_data(actor=actor, call=call, format_=format_, count=total)
    journal.record(verb="calls.order_export", actor=actor, target=call, format=format_, applications=total)
    jobs.enqueue("calls.make_export", {"export": export.pk}, key=f"export:{export.pk}")
    return export


def make_export(*, actor, export: ApplicationExport, applications) -> ApplicationExport:
    """Write the file of an export (the worker, for whoever asked). Harmless when run twice.

    The progress is told on the way, so this is no single transaction; the file is kept in one.
    """
    if export.is_over:
        return export
    total = applications.count()
    ApplicationExport.objects.filter(pk=export.pk).update(total=total, done=0)
    with translation.override(export.asked_by.language), tempfile.TemporaryFile() as content:
        table = Export(export.call, applications, user=export.asked_by, personal=export.personal)
        write(content, table, export.format, lambda rows: _told(rows, export))
        return keep_export(actor=actor, export=export, content=content, total=total)


@transaction.atomic
def keep_export(*, actor, export: ApplicationExport, content, total: int) -> ApplicationExport:
    """Keep the file, say to whoever asked that it is ready, and plan its deletion."""
    row = ApplicationExport.objects.select_for_update().get(pk=export.pk)
    if row.is_over:
        return row
    row.file = files.keep_made(
        content,
        name=file_name(row.call, row.format),
        content_type=CONTENT_TYPES[row.format],
        actor=row.asked_by,
    )
    row.done = row.total = total
    row.finished_at = clock.now()
    row.save(update_fields=["file", "done", "total", "finished_at"])
    journal.record(verb="calls.make_export", actor=actor, target=row.call, applications=total)
    jobs.enqueue(
        "calls.forget_export", {"export": row.pk}, run_after=row.kept_until, key=f"export:{row.pk}:forget"
    )
    notifications.export_ready(row)
    return row


@transaction.atomic
def give_up_export(*, actor, export: ApplicationExport) -> ApplicationExport:
    """Whoever asked no longer runs the call: no file is made."""
    ApplicationExport.objects.filter(pk=export.pk, finished_at=None).update(failed_at=clock.now())
    journal.record(verb="calls.give_up_export", actor=actor, target=export.call)
    export.refresh_from_db()
    return export


@transaction.atomic
def forget_export(*, actor, export: ApplicationExport) -> ApplicationExport:
    """Delete the file of an export; that it was made stays known."""
    kept = export.file
    if kept is None:
        return export
    export.file = None
    export.save(update_fields=["file"])
    files.forget(kept)
    journal.record(verb="calls.forget_export", actor=actor, target=export.call)
    return export


# -- Writing -----------------------------------------------------------------------------------------


def blocks_of(table: Export, format_: str, watch=iter) -> Iterator[str]:
    """The text of a CSV or JSON export, block by block, in the language of the moment."""
    language = translation.get_language()
    if format_ == ExportFormat.JSON:
        return exports.json_blocks(table.json_head(), {"applications": watch(table.objects())}, language)
    return exports.csv_blocks(watch(table.table()), language, local_numbers=True)


def write(content, table: Export, format_: str, watch=iter) -> None:
    """Write an export into an open binary file. ``watch`` sees the rows go by."""
    if format_ == ExportFormat.XLSX:
        cut = _(" … (cut here: the whole text is in the CSV and JSON exports)")
        exports.write_xlsx(content, [(table.call.title, watch(table.table()))], cut=cut)
        return
    for block in blocks_of(table, format_, watch):
        content.write(block.encode())


def _told(rows: Iterable, export: ApplicationExport) -> Iterator:
    """The same rows; the export says from time to time how many have been written."""
    for number, row in enumerate(rows):
        if number and number % ROWS_A_STEP == 0:
            ApplicationExport.objects.filter(pk=export.pk).update(done=number)
        yield row


def is_long(count: int) -> bool:
    """Whether a list of so many applications is left to the worker."""
    return count > settings.EXPORT_DIRECT_ROWS
