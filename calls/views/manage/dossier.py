"""One application as the manager works on it: text, people, history, notes, letters, and the acts allowed now."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from calls import dossier, queries, rules
from calls.desk_forms import MessageForm, NoteForm, say_refusal
from calls.domain import applications as verbs
from calls.domain import notes
from calls.enums import ApplicationState, Channel
from calls.listing import state_of
from calls.views.access import with_application
from incubator.core.models import Refused
from projects.enums import Stage


@with_application
def application(request, application):
    """Its readers see text, people and history; the managers also what they may do, their notes and the letters."""
    if application.state == ApplicationState.DRAFT:
        return redirect("calls:follow", uuid=application.uuid)
    return _show(request, application, NoteForm())


def _show(request, application, note_form, status=200):
    manages = rules.can_note(request.user, application)
    sections = queries.answers_of(application)
    context = {
        "application": application,
        "call": application.call,
        "project": application.project.merged_into or application.project,
        "state": state_of(application),
        "stage": Stage(application.project.stage),
        "channel": Channel(application.channel),
        "sections": sections,
        "people": application.applicants.select_related("user", "directorate", "workplace"),
        "history": dossier.history_of(application),
        "joined": dossier.joined_with(application),
        "manages": manages,
    }
    if manages:
        redirections = list(application.redirections.select_related("directorate"))
        letters = dossier.letters_about(request.user, application)
        context |= {
            "wait": dossier.wait_for_decision(application),
            "answers_to_hand_over": dossier.answers_on_their_way(letters),
            "who_wrote": dossier.who_wrote_matters(application, sections),
            "actions": dossier.actions_of(request.user, application, redirections),
            "notes": application.notes.select_related("author"),
            "note_form": note_form,
            "letters": letters,
            "redirections": redirections,
            "similar": dossier.similar_to(application),
        }
    return render(request, "calls/application.html", context, status=status)


@require_POST
@with_application
def note(request, application):
    """Add a note: only managers write and read them."""
    _need(rules.can_note(request.user, application))
    form = NoteForm(request.POST)
    try:
        notes.add_note(actor=request.user, application=application, text=request.POST.get("text", ""))
    except Refused as error:
        form.is_valid()
        if not form.errors:
            say_refusal(form, error)
        return _show(request, application, form, status=422)
    messages.success(request, _("The note is added."))
    return redirect("calls:application", uuid=application.uuid)


@with_application
def write(request, application):
    """Free words to the team: letters that wait in the outbox."""
    _need(rules.can_write_to_team(request.user, application))
    if application.state == ApplicationState.DRAFT:
        raise Http404
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            written = notes.write_message(actor=request.user, application=application, **form.cleaned_data)
        except Refused as error:
            say_refusal(form, error)
        else:
            _say_written(request, len(written))
            return redirect("calls:application", uuid=application.uuid)
    people = [person for person in application.applicants.select_related("user") if person.user_id]
    return render(
        request,
        "calls/manage/write.html",
        {"application": application, "call": application.call, "form": form, "people": people},
        status=422 if form.errors else 200,
    )


def _say_written(request, count: int) -> None:
    messages.success(
        request,
        ngettext(
            "%(count)d letter is written. It waits in the outbox until someone has read it.",
            "%(count)d letters are written. They wait in the outbox until someone has read them.",
            count,
        )
        % {"count": count},
    )


def _need(permitted: bool) -> None:
    if not permitted:
        raise Http404


@require_POST
@with_application
def eligible(request, application):
    """Declare eligible, or correct it."""
    verb = verbs.undo_eligible if "undo" in request.POST else verbs.declare_eligible
    try:
        verb(actor=request.user, application=application)
    except PermissionDenied:
        raise Http404 from None
    except Refused as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Noted."))
    return redirect("calls:application", uuid=application.uuid)
