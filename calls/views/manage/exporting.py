"""The manager takes the list out of the site: at once when it is short, through the worker when it is long."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls import schema
from calls.domain import exports as verbs
from calls.domain import saved_views
from calls.enums import ExportFormat
from calls.exports import Export
from calls.filters import asked_for
from calls.forms import ExportForm
from calls.models import ApplicationExport, Call
from incubator.core import files
from incubator.core.exports import send_written, stream

RECENT = 5


def _call(request, code) -> Call:
    return get_object_or_404(Call.objects.visible_to(request.user).select_related("programme"), code=code)


def _query(request) -> str:
    """The filters and the order of the list, without its page."""
    return saved_views.tidy(request.GET.urlencode())


@require_safe
def export(request, code, format):
    """The filtered list, in the order of the screen, with every answer but those that hold personal data."""
    if format not in ExportFormat.values:
        raise Http404
    call = _call(request, code)
    found = asked_for(request.user, call, request.GET)
    if verbs.is_long(found.count()):
        query = _query(request)
        messages.info(request, _("This list is long: ask for the file here, it is made in the background."))
        address = reverse("calls:export_options", args=[call.code])
        return redirect(f"{address}?{query}" if query else address)
    return _download(Export(call, found, user=request.user), format)


def _download(table: Export, format_: str):
    name, content_type = verbs.file_name(table.call, format_), verbs.CONTENT_TYPES[format_]
    if format_ == ExportFormat.XLSX:
        return send_written(name, lambda file: verbs.write(file, table, format_), content_type)
    return stream(name, verbs.blocks_of(table, format_), content_type)


def options(request, code):
    """Choose the format, and whether the answers that hold personal data come along."""
    call = _call(request, code)
    found = asked_for(request.user, call, request.GET)
    count = found.count()
    sensitive = _personal_questions(call)
    form = ExportForm(request.POST or None, personal=bool(sensitive))
    if request.method == "POST" and form.is_valid():
        return _export(request, call, found, count, **form.cleaned_data)
    context = {
        "call": call,
        "form": form,
        "count": count,
        "is_long": verbs.is_long(count),
        "sensitive": sensitive,
        "back_url": f"{reverse('calls:applications', args=[call.code])}?{_query(request)}",
        "recent": ApplicationExport.objects.visible_to(request.user).filter(call=call)[:RECENT],
    }
    return render(request, "calls/export_options.html", context)


def _personal_questions(call: Call) -> list[str]:
    """The words of the questions whose answers hold personal data, in any version of the form."""
    found = {}
    for version in call.form_versions.order_by("number"):
        for question in schema.questions_of(version.schema):
            if question.get("personal"):
                found[question["key"]] = question["label"]
    return list(found.values())


def _export(request, call, applications, count, *, format, personal=False):
    try:
        if verbs.is_long(count):
            order = verbs.order_export(
                actor=request.user, call=call, format_=format, query=_query(request), personal=personal,
                total=count,
            )  # fmt: skip
            return redirect("calls:export_progress", uuid=order.uuid)
        if personal:
            verbs.read_personal_data(actor=request.user, call=call, format_=format, count=count)
    except PermissionDenied:
        raise Http404 from None
    return _download(Export(call, applications, user=request.user, personal=personal), format)


def _own(request, uuid) -> ApplicationExport:
    own = ApplicationExport.objects.visible_to(request.user).select_related("call__programme", "file")
    return get_object_or_404(own, uuid=uuid)


@require_safe
def progress(request, uuid):
    """How far the file is; asked again by the page itself, or by loading it again."""
    order = _own(request, uuid)
    template = "calls/_export_progress.html" if request.htmx else "calls/export_progress.html"
    context = {
        "export": order,
        "call": order.call,
        "format_label": ExportFormat(order.format).label,
    }
    return render(request, template, context)


@require_safe
def download(request, uuid):
    """The file, to whoever asked for it and still runs the call."""
    order = _own(request, uuid)
    if order.file is None:
        raise Http404
    return files.send(order.file)
