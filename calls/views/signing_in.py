"""At sign-in, the drafts begun in this browser become the person's own; those under another name are asked about."""

import unicodedata

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.domain.answers import token_digest
from calls.domain.applications import claim_application
from calls.enums import ApplicantRole
from calls.models import Applicant, Application
from calls.views.access import ASIDE_KEY, SESSION_KEY, forget_tokens


def claim_drafts(sender, request, user, **kwargs) -> None:
    """Receiver of ``user_logged_in``. A request without a session (a script) has no drafts.

    On a shared device, whoever signs in next may be someone else: a draft that bears another name is put aside,
    where it opens for nobody, until the person says whose it is.
    """
    session = getattr(request, "session", None)
    if session is None or not session.get(SESSION_KEY):
        return
    begun = session[SESSION_KEY]
    names = _names_on(begun)
    aside = {uuid: token for uuid, token in begun.items() if not _is_called(user, names.get(uuid, ""))}
    claimed = [
        claim_application(user=user, token=token) for uuid, token in begun.items() if uuid not in aside
    ]
    forget_tokens(request)
    aside = {uuid: token for uuid, token in aside.items() if uuid in names}
    if aside:
        session[ASIDE_KEY] = {**session.get(ASIDE_KEY, {}), **aside}
    if not hasattr(request, "_messages"):
        return
    if any(claimed):
        messages.success(request, _("Your draft is now kept with your account."))
    if aside:
        messages.warning(
            request,
            ngettext(
                "A draft was begun on this device under another name. Say under “My applications” whether it is yours.",
                "Drafts were begun on this device under other names. Say under “My applications” whether they are yours.",
                len(aside),
            ),
        )


def _names_on(begun: dict[str, str]) -> dict[str, str]:
    """The name that each of these unclaimed drafts bears, empty where none was typed. One query."""
    places = Applicant.objects.filter(
        application__uuid__in=list(begun), role=ApplicantRole.LEAD, application__discarded_at=None
    ).select_related("application")
    return {
        str(place.application.uuid): place.name
        for place in places
        if place.application.claim_digest == token_digest(begun[str(place.application.uuid)])
    }


def _is_called(user, name: str) -> bool:
    """Whether a typed name may be this person's: the same words in any order, or no name at all."""
    return not name or _words(name) == _words(f"{user.first_name} {user.last_name}")


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return sorted(plain.replace("-", " ").replace("'", " ").split())


def drafts_aside(request) -> list[Application]:
    """Drafts of this browser that bear another name than the account's."""
    tokens = request.session.get(ASIDE_KEY, {})
    if not tokens:
        return []
    found = Application.objects.drafts().filter(uuid__in=list(tokens)).exclude(claim_digest="")
    return [
        draft
        for draft in found.select_related("call").prefetch_related("applicants")
        if draft.claim_digest == token_digest(tokens[str(draft.uuid)])
    ]


def claim(request):
    """« Ce brouillon est-il à vous ? »: shows the name and the call only, never a word of the text."""
    drafts = drafts_aside(request)
    if request.method == "POST":
        draft = next((draft for draft in drafts if str(draft.uuid) == request.POST.get("uuid")), None)
        if draft is None:
            messages.info(request, _("This draft is not on this device any more."))
            return redirect("calls:mine")
        aside = dict(request.session[ASIDE_KEY])
        token = aside.pop(str(draft.uuid))
        request.session[ASIDE_KEY] = aside
        if "yes" in request.POST and claim_application(user=request.user, token=token):
            messages.success(request, _("Your draft is now kept with your account."))
            return redirect("calls:follow", uuid=draft.uuid)
        messages.success(request, _("Noted: this draft is not yours. You cannot open it."))
        return redirect("calls:claim" if aside else "calls:mine")
    if not drafts:
        return redirect("calls:mine")
    rows = [{"draft": draft, "name": next(iter(draft.applicants.all())).name} for draft in drafts]
    return render(request, "calls/claim.html", {"rows": rows})
