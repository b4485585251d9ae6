"""Exports of applications: read at once when the list is short, made by the worker when it is long."""

from collections.abc import Iterator

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


def is_long(count: int) -> bool:
    """Whether a list of so many applications is left to the worker."""
    return count > settings.EXPORT_DIRECT_ROWS
