"""The team of an application: who applies, who writes along, who is invited by e-mail or by a code."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from calls import rules, schema
from calls.domain import applications as verbs
from calls.domain import invitations, teams
from calls.enums import AUTHORS, ApplicantRole, ApplicationState
from calls.forms import CodeForm, InviteForm, PersonForm
from calls.models import Applicant, Invitation
from calls.views.access import CODES_KEY, token_for, with_application
from calls.views.apply import frame, go_on_later, not_writable, too_late
from incubator.accounts.models import Directorate, Workplace
from incubator.core import clock
from incubator.core.limits import limited
from incubator.core.models import Refused

# -- The step of the form ----------------------------------------------------------------------------


@with_application
def team(request, application):
    """Who applies: names, and what there is to reach them. Half of the agents have no e-mail."""
    if response := not_writable(request, application):
        return response
    if request.method == "POST":
        try:
            return _save_team(request, application)
        except PermissionDenied:
            raise Http404 from None
        except Refused as error:
            return too_late(request, application, error)
    return _show_team(request, application, _forms(request, application))


def _may_manage(request, application) -> bool:
    return bool(token_for(request, application)) or rules.leads(request.user, application)


def _lines(request, application) -> tuple[list[Applicant], list[Applicant]]:
    """The people whose line is written here (oneself first, then those without an account), and the others."""
    people = list(application.applicants.select_related("user", "directorate", "workplace"))
    mine = request.user.pk if request.user.is_authenticated else None
    own = [
        person
        for person in people
        if (person.user_id is not None and person.user_id == mine)
        or (mine is None and person.role == ApplicantRole.LEAD)
    ]
    unnamed = (
        [p for p in people if p.user_id is None and p not in own] if _may_manage(request, application) else []
    )
    here = [*own, *unnamed]
    return here, [person for person in people if person not in here]


def _choices() -> dict:
    unknown = [("", _("I do not know"))]
    return {
        "directorate": unknown + [(str(d.pk), str(d)) for d in Directorate.objects.all()],
        "workplace": unknown + [(str(w.pk), str(w)) for w in Workplace.objects.all()],
    }


def _forms(request, application) -> list[PersonForm]:
    choices = _choices()
    return [
        _person_form(position, person, choices)
        for position, person in enumerate(_lines(request, application)[0])
    ]


def _person_form(position: int, person, choices, data=None, key: str = "") -> PersonForm:
    initial = {"key": key or (f"pk{person.pk}" if person else str(uuid.uuid4()))}
    if person is not None:
        initial |= {name: getattr(person, name) for name in ("first_name", "last_name", "email", "phone")}
        initial |= {"directorate": person.directorate_id, "workplace": person.workplace_id}
    return PersonForm(data, prefix=f"p{position}", initial=initial, choices=choices)


def _show_team(request, application, forms, saved_at=None):
    others = _lines(request, application)[1]
    most = application.call.max_team_size
    may_manage = _may_manage(request, application)
    context = {
        **frame(request, application, schema.TEAM_STEP),
        "forms": forms,
        "others": others,
        "may_manage": may_manage,
        "leads": application.applicants.filter(user=None, role=ApplicantRole.LEAD).exists()
        if not request.user.is_authenticated
        else rules.leads(request.user, application),
        "may_add": may_manage and len(forms) + sum(p.role in AUTHORS for p in others) < most,
        "most": most,
        "saved_at": saved_at,
    }
    return render(request, "calls/team.html", context)


def _save_team(request, application):
    shown = min(_count(request.POST.get("people")), application.call.max_team_size)
    removed = _count(request.POST.get("remove")) if "remove" in request.POST else None
    here = {f"pk{person.pk}": person for person in _lines(request, application)[0]}
    by_row_key = {person.row_key: person for person in here.values() if person.row_key}
    choices = _choices()
    forms = [
        _person_form(position, None, choices, request.POST, request.POST.get(f"p{position}-key", "")[:36])
        for position in range(max(shown, 1))
    ]
    kept, take_away = [], []
    for position, form in enumerate(forms):
        form.is_valid()
        key = form.data.get(form.add_prefix("key"), "")[:36]
        person = here.get(key) or by_row_key.get(key) or _at(here, position, key)
        if position > 0 and position == removed:
            take_away += [person.pk] if person else []
            continue
        if position > 0 and form.is_blank and person is None:
            continue
        typed = form.typed()
        typed |= {"pk": person.pk} if person else {"row_key": key}
        kept.append(typed)
    going_on = not request.htmx and not {"add", "remove", "quitter"} & set(request.POST)
    verbs.name_team(
        actor=request.user,
        application=application,
        people=kept,
        remove=tuple(take_away),
        token=token_for(request, application),
        step=schema.REVIEW_STEP if going_on else schema.TEAM_STEP,
    )
    if request.htmx:
        return render(request, "calls/_saved.html", {"saved_at": clock.now(), "conflicts": [], "seen": None})
    if removed is not None or "add" in request.POST:
        forms = _forms(request, application)
        if "add" in request.POST and len(forms) < application.call.max_team_size:
            forms.append(_person_form(len(forms), None, choices))
        return _show_team(request, application, forms, clock.now())
    if any(form.errors for position, form in enumerate(forms) if position == 0 or not form.is_blank):
        return _show_team(request, application, forms, clock.now())
    if "quitter" in request.POST:
        return go_on_later(request, application)
    return redirect("calls:review", uuid=application.uuid)


def _at(here: dict, position: int, key: str) -> Applicant | None:
    """Without a key, a line is known by its place; the first line is always the writer's own."""
    return list(here.values())[position] if position < len(here) and (position == 0 or not key) else None


def _count(text) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 4 else 0


# -- Writing with others -----------------------------------------------------------------------------


@with_application
def people(request, application):
    """Everyone who is in the team or invited into it, and what each may do; leaving and handing over the lead."""
    if not (token_for(request, application) or rules.is_applicant(request.user, application)):
        raise Http404
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        try:
            return act(request, application)
        except PermissionDenied:
            raise Http404 from None
        except Refused as error:
            messages.error(request, " ".join(error.messages))
            return redirect("calls:people", uuid=application.uuid)
    return _show_people(request, application)


def _show_people(request, application, invite_form=None, code_form=None):
    places = list(application.applicants.select_related("user", "directorate", "workplace"))
    mine = next((p for p in places if request.user.is_authenticated and p.user_id == request.user.pk), None)
    is_draft = application.state == ApplicationState.DRAFT
    may_invite = is_draft and _may_manage(request, application)
    sent = list(application.invitations.select_related("created_by")) if may_invite else []
    most = application.call.max_team_size
    authors = sum(place.role in AUTHORS for place in places)
    context = {
        "application": application,
        "call": application.call,
        "places": places,
        "mine": mine,
        "lead": next((place for place in places if place.role == ApplicantRole.LEAD), None),
        "leads": mine is not None and mine.role == ApplicantRole.LEAD,
        "is_draft": is_draft,
        "may_invite": may_invite,
        "may_leave": mine is not None and mine.role != ApplicantRole.LEAD,
        "is_full": authors >= most,
        "most": most,
        "invitations": [
            {
                "it": row,
                "state": row.state,
                "code": invitations.code_of(row) if row.state == "waiting" else "",
            }
            for row in sent
        ],
        "invite_form": invite_form or InviteForm(prefix="mail"),
        "code_form": code_form or CodeForm(prefix="code", most=most),
    }
    return render(request, "calls/people.html", context)


def _invite(request, application):
    form = InviteForm(request.POST, prefix="mail")
    return _send_invitation(
        request,
        application,
        form,
        _("The invitation is written. Nothing happens until they say yes."),
        "invite_form",
    )


def _make_code(request, application):
    form = CodeForm(request.POST, prefix="code", most=application.call.max_team_size)
    return _send_invitation(
        request, application, form, _("The code is ready: say it, or show it on your screen."), "code_form"
    )


def _send_invitation(request, application, form, done: str, name: str):
    if form.is_valid():
        try:
            invitations.invite(
                actor=request.user,
                application=application,
                token=token_for(request, application),
                **form.cleaned_data,
            )
        except Refused as error:
            if not hasattr(error, "error_dict"):
                raise
            for field, sentences in error.message_dict.items():
                form.add_error(field if field in form.fields else None, sentences)
        else:
            messages.success(request, done)
            return redirect("calls:people", uuid=application.uuid)
    return _show_people(request, application, **{name: form})


def _place(request, application) -> Applicant:
    return _posted(request, application.applicants.select_related("user"))


def _posted(request, rows):
    pk = request.POST.get("pk", "")
    row = rows.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 18 else None
    if row is None:
        raise Refused(_("This is not there any more. Look at the page again."))
    return row


def _revoke(request, application):
    invitations.revoke_invitation(
        actor=request.user,
        application=application,
        invitation=_posted(request, application.invitations),
        token=token_for(request, application),
    )
    return _done(request, application, _("The invitation is taken back."))


def _remove(request, application):
    teams.remove_from_team(
        actor=request.user,
        application=application,
        applicant=_place(request, application),
        token=token_for(request, application),
    )
    return _done(request, application, _("This person is not in the team any more. What they wrote stays."))


def _change_role(request, application):
    place = _place(request, application)
    role = ApplicantRole.READER if place.role == ApplicantRole.MEMBER else ApplicantRole.MEMBER
    teams.change_role(
        actor=request.user,
        application=application,
        applicant=place,
        role=role,
        token=token_for(request, application),
    )
    return _done(request, application, _("Noted."))


def _offer_lead(request, application):
    place = teams.offer_lead(
        actor=request.user, application=application, applicant=_place(request, application)
    )
    return _done(
        request,
        application,
        _("You still lead until %(name)s accepts.") % {"name": place.name},
    )


def _answer_lead(request, application):
    accept = request.POST["act"] == "accepter"
    teams.answer_lead(actor=request.user, application=application, accept=accept)
    return _done(
        request, application, _("You lead the application now.") if accept else _("The lead stays as it was.")
    )


def _leave(request, application):
    teams.leave_team(actor=request.user, application=application)
    messages.success(request, _("You are not in this team any more."))
    return redirect("calls:mine")


def _done(request, application, sentence: str):
    messages.success(request, sentence)
    return redirect("calls:people", uuid=application.uuid)


_ACTS = {
    "inviter": _invite,
    "code": _make_code,
    "annuler": _revoke,
    "retirer": _remove,
    "role": _change_role,
    "proposer": _offer_lead,
    "accepter": _answer_lead,
    "refuser": _answer_lead,
    "quitter": _leave,
}


# -- Being invited -------------------------------------------------------------------------------------


@limited("invitation_code")
def join(request):
    """Type the code that a colleague gave. A right one shows the invitation; nothing happens before a yes."""
    typed, problem = request.POST.get("code", "")[:60], ""
    if request.method == "POST":
        invitation = invitations.invitation_for_code(typed)
        if invitation is not None:
            kept = {**request.session.get(CODES_KEY, {}), str(invitation.uuid): typed}
            request.session[CODES_KEY] = dict(list(kept.items())[-5:])
            return redirect("calls:invitation", invitation=invitation.uuid)
        problem = _("No invitation has this code. Read it again with the person who gave it to you.")
    return render(request, "calls/join.html", {"typed": typed, "problem": problem})


def invitation(request, invitation):
    """GET shows who invites into what; only POST accepts or declines, so that a mail filter that opens the link
    accepts nothing. The same page for an invitation of someone else and for one that does not exist."""
    found = (
        Invitation.objects.filter(uuid=invitation)
        .select_related("application__call__programme", "application__project", "created_by")
        .first()
    )
    code = request.session.get(CODES_KEY, {}).get(str(invitation), "")
    if found is None or not invitations.is_for(request.user, found, code):
        return render(request, "calls/invitation_unknown.html", status=404)
    application = found.application
    if rules.is_applicant(request.user, application):
        messages.info(request, _("You are in this team."))
        return redirect("calls:follow", uuid=application.uuid)
    if request.method == "POST" and (response := _answer_invitation(request, found, code)):
        return response
    lead = application.applicants.filter(role=ApplicantRole.LEAD).select_related("user").first()
    context = {
        "invitation": found,
        "application": application,
        "call": application.call,
        "inviter": str(found.created_by) if found.created_by else (lead.name if lead else ""),
        "reads_only": found.role == ApplicantRole.READER,
        "why_not": invitations.why_not(found),
    }
    return render(request, "calls/invitation.html", context)


def _answer_invitation(request, found: Invitation, code: str):
    try:
        if "decline" in request.POST:
            if found.email:
                invitations.decline_invitation(actor=request.user, invitation=found)
            messages.success(request, _("Noted: you are not in this team."))
            return redirect("calls:mine")
        if "accept" in request.POST:
            invitations.accept_invitation(actor=request.user, invitation=found, code=code)
            messages.success(request, _("You are in the team."))
            return redirect("calls:follow", uuid=found.application.uuid)
    except Refused as error:
        messages.error(request, " ".join(error.messages))
    return None
