"""After submitting: the follow-up, the receipt, the withdrawal, one's own list, the files."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from calls import dossier, queries, rules, schema
from calls.domain import applications as verbs
from calls.domain.line_manager import answer_about_manager, is_asked
from calls.enums import AUTHORS, ApplicationState
from calls.models import Applicant, Invitation
from calls.views.access import ASIDE_KEY, with_application
from calls.views.apply import resume_url
from incubator.core import files
from incubator.core.models import Refused
from projects.enums import FINAL_STAGES, Stage
from projects.notifications import managers_of


def badge_of(application):
    """Until a body decides, the application's own state says more than its project's stage."""
    if application.project_id is None or application.project.stage == Stage.APPLIED:
        return ApplicationState(application.state)
    return Stage(application.project.stage)


def mine(request):
    """« Mes candidatures »."""
    rows = [
        {
            "application": application,
            "badge": badge_of(application),
            "next": queries.next_step_of(application),
            "is_draft": application.state == ApplicationState.DRAFT,
            "to_complete": application.state == ApplicationState.TO_COMPLETE
            and application.project.stage == Stage.APPLIED,
            "lead_offered": application.lead_offered,
        }
        for application in queries.my_applications(request.user)
    ]
    context = {
        "rows": rows,
        "offers": queries.places_offered(request.user),
        "invitations": list(
            Invitation.objects.addressed_to(request.user).usable().select_related("application__call")
        ),
        "drafts_aside": bool(request.session.get(ASIDE_KEY)),
        "open_calls": queries.open_calls(),
    }
    return render(request, "calls/mine.html", context)


@with_application
def follow(request, application):
    """Where an application is: its path, the next date, whom to call. A draft opens where it was left."""
    if application.state == ApplicationState.DRAFT:
        if application.call.takes_drafts:
            return redirect(resume_url(application))
        return redirect("calls:review", uuid=application.uuid)
    if not rules.is_applicant(request.user, application):
        return redirect("calls:application", uuid=application.uuid)
    stage = Stage(application.project.stage)
    mine = application.applicants.filter(user=request.user).first()
    waiting = (
        application.completions.waiting().first()
        if application.state == ApplicationState.TO_COMPLETE and stage == Stage.APPLIED
        else None
    )
    context = {
        "mine": mine,
        "asked": waiting,
        "asked_questions": [
            question["label"]
            for question in schema.questions_of(application.form_version.schema)
            if waiting and question["key"] in waiting.keys
        ],
        "may_write": mine.role in AUTHORS,
        "asks_about_manager": mine.role in AUTHORS and is_asked(application),
        "application": application,
        "call": application.call,
        "path": queries.path_of_application(application),
        "next": queries.next_step_of(application),
        "badge": badge_of(application),
        "answer": queries.last_answer_to(application),
        "handed": application.redirections.filter(cancelled_at=None).select_related("directorate"),
        "joined": dossier.joined_with(application) if application.state == ApplicationState.JOINED else [],
        "to_call": next(iter(managers_of(application.call.programme)), None),
        "may_withdraw": mine.role in AUTHORS and stage not in FINAL_STAGES,
        "has_project_page": stage not in (Stage.APPLIED, Stage.MERGED),
    }
    return render(request, "calls/follow.html", context)


@require_POST
@with_application
def manager_answer(request, application):
    """Each author says for themselves whether their line manager may be told. Silence is no."""
    if not rules.is_author(request.user, application):
        raise Http404
    if not {"yes", "no"} & set(request.POST):
        return redirect("calls:follow", uuid=application.uuid)
    agree = "yes" in request.POST
    try:
        answer_about_manager(actor=request.user, application=application, agree=agree)
    except PermissionDenied:
        raise Http404 from None
    except Refused as error:
        messages.info(request, " ".join(error.messages))
    else:
        messages.success(
            request,
            _("Noted: your line manager may be told. You may change your mind.")
            if agree
            else _("Noted: your line manager is not told."),
        )
    return redirect("calls:follow", uuid=application.uuid)


@with_application
def receipt(request, application):
    """The receipt, to keep or to print."""
    if application.state == ApplicationState.DRAFT:
        return redirect("calls:follow", uuid=application.uuid)
    context = {
        "application": application,
        "call": application.call,
        "people": application.applicants.select_related("user"),
        "sections": queries.answers_of(application),
    }
    return render(request, "calls/receipt.html", context)


@with_application
def withdraw(request, application):
    """Withdraw, at any time, without a reason: a page that says what it does, then a button."""
    if not rules.can_withdraw(request.user, application):
        raise Http404
    if application.state != ApplicationState.DRAFT and application.project.stage in FINAL_STAGES:
        messages.info(request, _("There is nothing left to withdraw."))
        return redirect("calls:follow", uuid=application.uuid)
    if request.method == "POST":
        was_draft = application.state == ApplicationState.DRAFT
        try:
            verbs.withdraw_application(actor=request.user, application=application)
        except PermissionDenied:
            raise Http404 from None
        except Refused as error:
            messages.error(request, " ".join(error.messages))
            return redirect("calls:follow", uuid=application.uuid)
        messages.success(
            request, _("Your draft is deleted.") if was_draft else _("Your application is withdrawn.")
        )
        return redirect("calls:mine")
    return render(request, "calls/withdraw.html", {"application": application, "call": application.call})


@with_application
def attachment(request, application, key):
    """An attached file, sent as a download to whoever may read the application."""
    answer = get_object_or_404(application.answers.select_related("file"), key=key, file__isnull=False)
    return files.send(answer.file)


@require_POST
def answer_place(request, pk):
    """Someone named in a team says yes or no."""
    place = get_object_or_404(
        Applicant.objects.select_related("application"), pk=pk, user=None, application__discarded_at=None
    )
    try:
        verbs.confirm_place(actor=request.user, applicant=place, accept="accept" in request.POST)
    except PermissionDenied:
        raise Http404 from None
    messages.success(
        request,
        _("You are in the team.") if "accept" in request.POST else _("You are not in this team any more."),
    )
    return redirect("calls:mine")
