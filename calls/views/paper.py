"""The manager's side of the form: what came on paper is entered; the form is seen as an agent will see it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls import schema
from calls.domain import applications as verbs
from calls.domain.forms import schema_of
from calls.enums import CallState
from calls.forms import AuthorsForm, PaperSectionForm, StepForm
from calls.models import Call
from incubator.core.models import Refused


def _managed(request, code) -> Call:
    related = ("programme", "current_version", "form")
    return get_object_or_404(Call.objects.visible_to(request.user).select_related(*related), code=code)


def enter(request, code):
    """Copy an application from paper: its authors, then the questions as they were asked."""
    call = _managed(request, code)
    if call.state not in (CallState.OPEN, CallState.CLOSED):
        messages.info(
            request,
            _("Paper applications are entered while the call is open or closed, not before nor after."),
        )
        return redirect("calls:applications", code=call.code)
    data = request.POST if request.method == "POST" else None
    authors = AuthorsForm(data, most=call.max_team_size)
    asked = call.current_version.schema
    sections = [PaperSectionForm(section, sections=asked, data=data) for section in asked]
    if data is not None and (done := _enter(request, call, authors, sections)):
        return done
    context = {"call": call, "authors": authors, "sections": sections, "forms": [authors, *sections]}
    return render(request, "calls/paper.html", context)


def _enter(request, call, authors, sections):
    """Enter it; when something is refused, the sentences are beside the fields and nothing typed is lost."""
    valid = [form.is_valid() for form in (authors, *sections)]
    if not all(valid):
        return None
    answers = {key: value for section in sections for key, value in section.values().items()}
    title = answers.pop(schema.TITLE_KEY, "")
    try:
        application = verbs.enter_paper_application(
            actor=request.user, call=call, authors=authors.people, title=title, answers=answers
        )
    except PermissionDenied:
        raise Http404 from None
    except Refused as error:
        _say(error, authors, sections)
        return None
    messages.success(
        request,
        _("Entered under the number %(number)s. Its receipt is ready to be sent or printed.")
        % {"number": application.receipt_number},
    )
    if "another" in request.POST:
        return redirect("calls:paper", code=call.code)
    return redirect("calls:application", uuid=application.uuid)


def _say(error: Refused, authors, sections) -> None:
    if not hasattr(error, "error_dict"):
        authors.add_error(None, error.messages)
        return
    for key, sentences in error.message_dict.items():
        form = next((section for section in sections if key in section.fields), authors)
        form.add_error(key if key in form.fields else None, sentences)


@require_safe
def preview(request, code):
    """The form as an agent will see it, step after step; alone, as wide as a phone, with ``largeur=telephone``.

    Nothing can be saved here.
    """
    call = _managed(request, code)
    sections = schema_of(call)
    reveal = "tout" in request.GET
    on_a_phone = request.GET.get("largeur") == "telephone"
    context = {
        "call": call,
        "steps": schema.steps_of(sections),
        "forms": [StepForm(section, answers={}, sections=sections, reveal=True) for section in sections],
        "on_a_phone": on_a_phone,
        "conditional": sum("only_if" in question for question in schema.questions_of(sections)),
        "reveal": reveal,
    }
    return render(request, "calls/preview_phone.html" if on_a_phone else "calls/preview.html", context)
