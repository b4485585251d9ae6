"""A request for completion: the manager asks, the team answers the questions named, the manager may stop waiting."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from calls import histories, rules, schema
from calls.domain import completion as verbs
from calls.enums import ApplicationState
from calls.forms import CompletionForm, StepForm
from calls.views import writing
from calls.views.access import with_application
from incubator.core import clock
from incubator.core.models import Refused
from incubator.core.panels import Panel
from projects.enums import Stage

SUGGESTED = timedelta(days=10)

# -- The team answers --------------------------------------------------------------------------------


@with_application(theirs_first=True)
def complete(request, application):
    """Only the questions that were asked again, with the manager's words and the day; saved as one types."""
    if not rules.is_author(request.user, application):
        raise Http404
    asked = application.completions.waiting().first()
    if application.state != ApplicationState.TO_COMPLETE or asked is None:
        if request.htmx:
            return _stopped()
        messages.info(request, _("Nothing more is asked: this application waits for no completion."))
        return redirect("calls:follow", uuid=application.uuid)
    section = _section(application, asked)
    if request.method == "POST":
        try:
            return _save(request, application, asked, section)
        except PermissionDenied:
            raise Http404 from None
        except Refused as error:
            if request.htmx:
                return _stopped()
            messages.info(request, " ".join(error.messages))
            return redirect("calls:follow", uuid=application.uuid)
    answers = {answer.key: answer for answer in application.answers.select_related("file")}
    return _show(request, application, asked, section, StepForm(section, answers=answers), answers)


def _stopped():
    return HttpResponse(status=409)


def _section(application, asked) -> dict:
    """The questions that were asked again, each shown whatever the others answer."""
    section = {
        "key": "completer",
        "title": _("Complete your application"),
        "intro": "",
        "questions": verbs.questions_asked(application, asked),
    }
    return {**section, "sections": [section]}


def _save(request, application, asked, section):
    saving = writing.save(request, application, section)
    if request.htmx:
        return writing.answer_autosave(request, section, saving)
    if "prendre" in request.POST:
        writing.choose_text(request, application)
        messages.success(
            request,
            _("The other text stands here now. The one that it replaces is kept with the earlier texts."),
        )
        return redirect("calls:complete", uuid=application.uuid)
    answers = {answer.key: answer for answer in application.answers.select_related("file")}
    if not saving.form.errors and not saving.saved.conflicts:
        if "envoyer" not in request.POST:
            messages.success(request, _("Your text is kept. You can go on whenever you like."))
            return redirect("calls:follow", uuid=application.uuid)
        try:
            verbs.complete(actor=request.user, application=application)
        except Refused as error:
            if not hasattr(error, "error_dict"):
                raise
            for key, sentences in error.message_dict.items():
                saving.form.add_error(key, sentences)
        else:
            messages.success(request, _("What you completed has arrived. Your number stays the same."))
            return redirect("calls:follow", uuid=application.uuid)
    shown = writing.shown_again(request, application, section, saving, answers)
    return _show(request, application, asked, section, shown, answers, saving.saved.conflicts)


def _show(request, application, asked, section, form, answers, conflicts=()):
    stale = {conflict.key for conflict in conflicts}
    context = {
        "application": application,
        "call": application.call,
        "asked": asked,
        "section": section,
        "form": form,
        "seen": writing.seen_of_section(section, answers),
        "conflicts": writing.conflicts_in_words(section, conflicts),
        "free_keys": [q["key"] for q in section["questions"] if q["key"] not in stale],
        "saved_at": None,
    }
    return render(request, "calls/complete.html", context)


# -- The manager asks --------------------------------------------------------------------------------


@with_application
def ask(request, application):
    """Choose the questions, say what is missing and until when. The letter waits in the outbox to be read."""
    if not rules.can_ask_completion(request.user, application):
        raise Http404
    if application.state != ApplicationState.SUBMITTED or application.project.stage != Stage.APPLIED:
        messages.info(
            request, _("A completion is asked for while the application is submitted and undecided.")
        )
        return redirect("calls:application", uuid=application.uuid)
    questions = [
        question
        for question in schema.questions_of(application.form_version.schema)
        if question["key"] != schema.TITLE_KEY
    ]
    form = CompletionForm(
        request.POST or None, questions=questions, initial={"due_on": clock.today() + SUGGESTED}
    )
    if request.method == "POST" and form.is_valid():
        try:
            verbs.ask_completion(actor=request.user, application=application, **form.cleaned_data)
        except Refused as error:
            if not hasattr(error, "error_dict"):
                messages.error(request, " ".join(error.messages))
                return redirect("calls:application", uuid=application.uuid)
            for name, sentences in error.message_dict.items():
                form.add_error(name, sentences)
        else:
            messages.success(
                request, _("The questions are open again. Read the letter in “Letters”, then let it go.")
            )
            return redirect("calls:application", uuid=application.uuid)
    return render(
        request,
        "calls/ask_completion.html",
        {"application": application, "call": application.call, "form": form},
    )


@require_POST
@with_application
def close(request, application):
    """Stop waiting: what was submitted stands again."""
    try:
        verbs.close_completion(actor=request.user, application=application)
    except PermissionDenied:
        raise Http404 from None
    except Refused as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Noted: the text that was submitted stands again."))
    return redirect("calls:application", uuid=application.uuid)


def panel(user, application) -> Panel | None:
    """On the manager's page of an application: what was asked and sent, and the act that is possible now."""
    if not rules.can_ask_completion(user, application):
        return None
    may_ask = application.state == ApplicationState.SUBMITTED and application.project.stage == Stage.APPLIED
    done = histories.completions_of(application)
    if not done and not may_ask:
        return None
    return Panel(
        "calls/_completion_panel.html",
        {
            "application": application,
            "completions": done,
            "waiting": next((row.request for row in done if row.request.is_waiting), None),
            "may_ask": may_ask,
        },
    )
