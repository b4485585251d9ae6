"""The outbox: what waits to be read, printed, phoned or settled, and what has gone."""

from functools import wraps
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incubator.core import journal, letters
from incubator.core.filters import TODO, LetterFilter
from incubator.core.forms import LetterForm
from incubator.core.models import Letter
from incubator.core.rules import can_run_outbox

PAGE = 30


def for_the_outbox(view):
    """404 for everyone else: that there is an outbox is not theirs to know."""

    @wraps(view)
    def inner(request, *args, **kwargs):
        if not can_run_outbox(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return inner


@require_safe
@for_the_outbox
def outbox(request):
    everything = Letter.objects.visible_to(request.user)
    filters = LetterFilter(request.GET, queryset=everything.select_related("about_type"))
    found = filters.qs
    if filters.data["state"] == TODO:  # what waits for a person: to read first, and who has waited longest
        found = found.order_by(Case(When(state=Letter.State.HELD, then=0), default=1), "created_at", "pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "core/outbox.html",
        {
            "filters": filters,
            "page_obj": page,
            "asked": _asked(request),
            "narrowed": any(request.GET.get(name) for name in filters.filters),
            "waiting": everything.waiting_for_a_person().count(),
            "some_to_approve": any(letter.state == Letter.State.HELD for letter in page),
            "papers": everything.filter(state=Letter.State.APPROVED, channel=Letter.Channel.PAPER).count(),
            "email_is_configured": settings.EMAIL_IS_CONFIGURED,
        },
    )


@require_POST
@for_the_outbox
def approve_many(request):
    """Approve the letters that were ticked; one that moved meanwhile does not stop the others."""
    chosen = Letter.objects.visible_to(request.user).filter(
        uuid__in=_uuids(request.POST.getlist("letter")), state=Letter.State.HELD
    )
    done, refused = 0, []
    for letter in chosen:
        try:
            letters.approve(actor=request.user, letter=letter)
            done += 1
        except ValidationError as error:
            refused += [sentence for sentence in error.messages if sentence not in refused]
    if done:
        messages.success(
            request,
            ngettext("%(count)d letter approved.", "%(count)d letters approved.", done) % {"count": done},
        )
    elif not refused:
        messages.error(request, _("No letter was approved: tick those that you have read."))
    for sentence in refused:
        messages.error(request, sentence)
    return _to_the_list(request)


def _asked(request) -> str:
    """The filters of the list as its address has them, without the page and nonsense."""
    return urlencode([(name, request.GET[name]) for name in LetterFilter.base_filters if name in request.GET])


def _to_the_list(request):
    asked, address = _asked(request), reverse("core:outbox")
    return redirect(f"{address}?{asked}" if asked else address)


@require_safe
@for_the_outbox
def letter(request, uuid):
    return _show(request, _get(request, uuid))


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_outbox
def edit(request, uuid):
    letter = _get(request, uuid)
    if letter.state != Letter.State.HELD:
        messages.error(request, _("Only a letter that waits to be read can be corrected."))
        return redirect("core:letter", uuid=letter.uuid)
    form = LetterForm(request.POST or None, letter=letter)
    if request.method == "POST" and form.is_valid():
        try:
            letters.edit(actor=request.user, letter=letter, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The letter is corrected. Read it once more, then approve it."))
            return redirect("core:letter", uuid=letter.uuid)
    return render(
        request,
        "core/letter_edit.html",
        {"form": form, "letter": letter},
        status=422 if form.errors else 200,
    )


# Each button of a letter: its verb, what it passes, and the sentence when it is done.
ACTIONS = {
    "approuver": (letters.approve, {}, lambda: _("The letter is approved.")),
    "envoyer": (letters.send, {}, lambda: _("The letter will leave in a moment.")),
    "imprimee": (letters.mark_printed, {}, lambda: _("Noted: printed and handed over.")),
    "dite": (letters.mark_phoned, {}, lambda: _("Noted: said by phone.")),
    "partie": (letters.settle_uncertain, {"sent": True}, lambda: _("Noted: the letter has arrived.")),
    "non-partie": (letters.settle_uncertain, {"sent": False}, lambda: _("The letter is ready to go again.")),
    "ecarter": (letters.drop, {}, lambda: _("The letter will not be sent.")),
}


@require_POST
@for_the_outbox
def act(request, uuid, action):
    if action not in ACTIONS:
        raise Http404
    letter = _get(request, uuid)
    verb, arguments, done = ACTIONS[action]
    try:
        verb(actor=request.user, letter=letter, **arguments)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done())
    return redirect("core:letter", uuid=letter.uuid)


@require_safe
@for_the_outbox
def print_one(request, uuid):
    return _print(request, [_get(request, uuid)])


@require_safe
@for_the_outbox
def print_all(request):
    """Every paper letter that is ready, one a sheet."""
    ready = Letter.objects.visible_to(request.user).filter(
        state=Letter.State.APPROVED, channel=Letter.Channel.PAPER
    )
    return _print(request, list(ready.order_by("to_address", "to_name", "pk")[:200]))


def _print(request, sheets):
    return render(
        request,
        "core/letters_print.html",
        {
            "letters": sheets,
            "ready": [one.uuid for one in sheets if one.state == Letter.State.APPROVED],
            "back": reverse("core:outbox"),
        },
    )


@require_POST
@for_the_outbox
def handed_over(request):
    """Say of the letters that were just printed that they are handed over: those of the page, and no other."""
    chosen = Letter.objects.visible_to(request.user).filter(
        uuid__in=_uuids(request.POST.getlist("letter")), state=Letter.State.APPROVED
    )
    done = 0
    for letter in chosen:
        try:
            letters.mark_printed(actor=request.user, letter=letter)
            done += 1
        except ValidationError as error:
            messages.error(request, f"{letter.to_name}: {' '.join(error.messages)}")
    if done:
        messages.success(
            request,
            ngettext(
                "%(count)d letter is noted as handed over.",
                "%(count)d letters are noted as handed over.",
                done,
            )
            % {"count": done},
        )
    else:
        messages.error(request, _("Nothing was noted: these letters have been dealt with meanwhile."))
    return redirect("core:outbox")


_MAY_LEAVE = frozenset({Letter.State.HELD, Letter.State.APPROVED})


def _show(request, letter):
    return render(
        request,
        "core/letter.html",
        {
            "letter": letter,
            "State": Letter.State,
            "missing": letters.what_is_missing(letter) if letter.state in _MAY_LEAVE else None,
            "facts": [
                (pgettext("letter", "For"), letter.to_name),
                (_("How it leaves"), letter.get_channel_display()),
                (_("Address"), letter.to_address),
                (_("Language"), letter.get_language_display()),
                (_("Kind"), letter.kind_label),
                (pgettext("letter", "About"), letter.about_label),
            ],
            "email_is_configured": settings.EMAIL_IS_CONFIGURED,
            "history": [
                (entry.created_at, entry.actor, journal.label(entry.verb))
                for entry in journal.entries_about(letter)
            ],
        },
    )


def _get(request, uuid):
    return get_object_or_404(Letter.objects.visible_to(request.user), uuid=uuid)


def _uuids(values: list[str]) -> list:
    found = []
    for value in values[:500]:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
