"""Handing a problem to a department: the manager's form, and the page of the person who is asked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from calls import queries, rules, schema
from calls.desk_forms import RedirectionAnswerForm, RedirectionForm, say_refusal
from calls.domain import redirections as verbs
from calls.enums import ApplicationState, RedirectionState
from calls.models import Redirection
from calls.views.access import with_application
from incubator.core import words
from incubator.core.models import Refused


@with_application
def hand_over(request, application):
    """Whom to ask, why, before which day."""
    if not rules.can_redirect(request.user, application) or application.state == ApplicationState.DRAFT:
        raise Http404
    form = RedirectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            redirection = verbs.redirect_application(
                actor=request.user, application=application, **typed(form)
            )
        except Refused as error:
            say_refusal(form, error)
        else:
            messages.success(
                request,
                _(
                    "Handed to %(name)s, who answers by %(day)s. Two letters wait to be read: the author's and theirs."
                )
                % {"name": redirection.recipient_name, "day": words.day(redirection.due_on)},
            )
            return redirect("calls:application", uuid=application.uuid)
    return render(
        request,
        "calls/manage/redirect.html",
        {"application": application, "call": application.call, "form": form},
        status=422 if form.errors else 200,
    )


def typed(form) -> dict:
    """What the form says, as the verb takes it."""
    cleaned = form.cleaned_data
    return {
        "directorate": cleaned["directorate"],
        "reason": cleaned["reason"],
        "due_on": cleaned["due_on"],
        "with_names": cleaned.get("with_names", False),
        "recipient": form.person,
        "name": "" if form.person else cleaned["recipient"],
        "address": "" if form.person else cleaned["address"],
    }


@require_POST
def take_back(request, uuid):
    """Ask this person no more."""
    redirection = get_object_or_404(
        _all().filter(pk__in=Redirection.objects.visible_to(request.user)), uuid=uuid
    )
    try:
        verbs.take_back_redirection(actor=request.user, redirection=redirection)
    except PermissionDenied:
        raise Http404 from None
    except Refused as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Taken back. You can hand it to somebody else."))
    return redirect("calls:application", uuid=redirection.application.uuid)


def _all():
    return Redirection.objects.select_related(
        "application__call__programme",
        "application__project",
        "application__form_version",
        "directorate",
        "recipient",
        "created_by",
    )


@login_not_required
@never_cache
def answer(request, uuid):
    """The idea and a form to answer it, for who holds the link of the letter, or is signed in.

    Opening the page changes nothing, so that a mail reader that follows links answers for nobody.
    """
    key = request.POST.get("cle") or request.GET.get("cle", "")
    redirection = _all().filter(uuid=uuid).first()
    if redirection is None or not rules.can_answer_redirection(request.user, redirection, key):
        if not request.user.is_authenticated and not key:
            return redirect_to_login(request.get_full_path())
        raise Http404
    form = RedirectionAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.answer_redirection(
                actor=request.user if request.user.is_authenticated else None,
                redirection=redirection,
                key=key,
                **form.cleaned_data,
            )
        except Refused as error:
            say_refusal(form, error)
            redirection = _all().get(uuid=uuid)
        else:
            here = reverse("calls:redirection", args=[redirection.uuid])
            return redirect(f"{here}?cle={key}" if key else here)
    response = render(
        request,
        "calls/manage/answer.html",
        {
            "redirection": redirection,
            "application": redirection.application,
            "call": redirection.application.call,
            "is_open": redirection.state in (RedirectionState.WAITING, RedirectionState.LATE),
            "by_manager": rules.manages(request.user, redirection.application.call.programme_id)
            and redirection.recipient_id != request.user.pk,
            "sections": _sections(redirection.application),
            "form": form,
            "key": key,
        },
        status=422 if form.errors else 200,
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _sections(application) -> list:
    """The answers that others may read: no file, nothing that the form marks as personal."""
    sections = []
    for section in queries.answers_of(application):
        rows = [
            row
            for row in section.rows
            if row.text
            and not row.file
            and not row.question.get("personal")
            and row.question["key"] != schema.TITLE_KEY
        ]
        if rows:
            sections.append({"title": section.title, "rows": rows})
    return sections
