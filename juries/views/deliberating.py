"""The deliberation, one project at a time: its hour, its clock, its dossier, its results, the notes of the body."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incubator.core import clock, journal
from juries import rules, verdicts
from juries.domain import deliberation, dossiers, others_marks, results
from juries.enums import SCORING_ROLES, STAFF_ROLES, SittingState
from juries.forms import PresenceForm, add_refusal
from juries.models import Hearing, LateLeave
from juries.verdict_forms import LateMarksForm
from juries.views._common import require, require_known, sitting_and_seats_or_404, sitting_or_404


def _room_or_404(request, code):
    """The sitting while it deliberates, for those who lead it; afterwards, its minutes."""
    sitting, seats = sitting_and_seats_or_404(request, code)
    require_known(rules.can_see_decisions(request.user, sitting))
    require_known(sitting.state in {SittingState.DELIBERATING, SittingState.PRONOUNCED})
    return sitting, seats


@require_safe
def enter(request, code):
    """On to the project that waits: the first without a decision, else the first of the agenda."""
    sitting, _seats = _room_or_404(request, code)
    if sitting.state == SittingState.PRONOUNCED:
        return redirect("juries:minutes", code=code)
    agenda = sitting.hearings.open().order_by("position", "pk")
    following = agenda.filter(decision__isnull=True).first() or agenda.first()
    if following is None:
        return redirect("juries:decisions", code=code)
    return redirect("juries:room", code=code, hearing=following.uuid)


@require_safe
def room(request, code, hearing):
    sitting, seats = _room_or_404(request, code)
    if sitting.state == SittingState.PRONOUNCED:
        return redirect("juries:minutes", code=code)
    agenda = list(
        sitting.hearings.open().select_related("project", "decision", "timer").order_by("position", "pk")
    )
    here = next((one for one in agenda if one.uuid == hearing), None)
    require_known(here is not None)
    here.sitting = sitting
    return render(request, "juries/room.html", _context(request, sitting, seats, agenda, here))


def _context(request, sitting, seats, agenda, here) -> dict:
    user, place = request.user, agenda.index(here)
    for one in agenda:
        one.is_decided = hasattr(one, "decision")
    board = results.board_of(sitting, user, seats)
    figures = next((row for row in board.rows if row.uuid == here.uuid), None)
    aside = rules.is_recused(user, here)
    may_note = rules.can_note(user, here)
    notes = verdicts.notes_of(here) if may_note else []
    leads = rules.holds(user, sitting, STAFF_ROLES) and not aside
    own = next((note for note in notes if note.author_id == user.pk), None)
    lines = [] if aside or not figures else others_marks.lines_of(here)
    if lines:
        journal.record(verb="juries.others_marks_read", actor=user, target=here)
    return {
        "sitting": sitting,
        "agenda": agenda,
        "here": here,
        "position": place + 1,
        "previous": agenda[place - 1] if place else None,
        "following": agenda[place + 1] if place + 1 < len(agenda) else None,
        "aside": aside,
        "timer": getattr(here, "timer", None),
        "now": clock.now(),
        "planned_minutes": deliberation.planned_minutes(here),
        "dossier": dossiers.cut(here.dossier),
        "facts": dossiers.facts_in_words(here.dossier),
        "figures": None if aside else figures,
        "lines": lines,
        "decision": getattr(here, "decision", None),
        "may_note": may_note,
        "own_note": own,
        "typed": own.text if own else "",
        "note_refused": None,
        "other_notes": [note for note in notes if note is not own and note.text],
        "late": [] if aside else verdicts.late_marks_of(here),
        "may_be_late": verdicts.who_may_speak_late(here, user) if leads else [],
        "present": [seat for seat in seats if seat.present],
        "absent": [seat for seat in seats if not seat.present],
        "voices": sum(1 for seat in seats if seat.present and seat.role in SCORING_ROLES),
    }


def _hearing(request, code, hearing) -> Hearing:
    sitting = sitting_or_404(request, code)
    require_known(rules.can_see_decisions(request.user, sitting))
    found = get_object_or_404(Hearing.objects.select_related("project"), sitting=sitting, uuid=hearing)
    found.sitting = sitting
    return found


CLOCK = {
    "start": deliberation.start_clock,
    "stop": deliberation.stop_clock,
    "resume": deliberation.resume_clock,
    "extend": deliberation.extend_clock,
}
WITH_MINUTES = frozenset({"start", "extend"})


@require_POST
def timer(request, code, hearing):
    """Start, stop, go on, give more time: four buttons of one form."""
    here = _hearing(request, code, hearing)
    act = request.POST.get("act", "")
    require_known(act in CLOCK)
    arguments = {"minutes": request.POST.get("minutes", "")} if act in WITH_MINUTES else {}
    try:
        CLOCK[act](actor=request.user, hearing=here, **arguments)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("juries:room", code=code, hearing=hearing)


@require_POST
def note(request, code, hearing):
    """Kept as one types (htmx), or by the button."""
    here = _hearing(request, code, hearing)
    require(rules.can_note(request.user, here))
    text, refused, kept = request.POST.get("text", ""), None, None
    seen_at = parse_datetime(request.POST.get("seen_at", "")) if request.POST.get("seen_at") else None
    try:
        kept = deliberation.keep_note(
            actor=request.user, hearing=here, text=text, seen_at=seen_at, is_new=seen_at is None
        )
    except ValidationError as error:
        refused = error
    if request.htmx:
        context = {"note": kept, "refused": refused, "seen_at": request.POST.get("seen_at", "")}
        return render(request, "juries/_note_saved.html", context)
    if refused is None:
        messages.success(request, _("The note is kept."))
        return redirect("juries:room", code=code, hearing=hearing)
    sitting, seats = _room_or_404(request, code)
    agenda = list(
        sitting.hearings.open().select_related("project", "decision", "timer").order_by("position", "pk")
    )
    shown = next((one for one in agenda if one.uuid == hearing), None)
    require_known(shown is not None)
    shown.sitting = sitting
    context = _context(request, sitting, seats, agenda, shown)
    return render(request, "juries/room.html", {**context, "typed": text, "note_refused": refused.messages})


@require_http_methods(["GET", "HEAD", "POST"])
def presence(request, code):
    """Who is in the room now; someone may come late or leave early."""
    sitting, seats = _room_or_404(request, code)
    require_known(sitting.state == SittingState.DELIBERATING)
    here = [str(seat.pk) for seat in seats if seat.present]
    form = PresenceForm(request.POST or None, seats=seats, initial={"present": here})
    if request.method == "POST" and form.is_valid():
        chosen = set(form.cleaned_data["present"])
        try:
            deliberation.note_presence(
                actor=request.user, sitting=sitting, present=[s for s in seats if str(s.pk) in chosen]
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The list of those present is up to date."))
            return redirect("juries:enter", code=code)
    return render(request, "juries/presence.html", {"sitting": sitting, "form": form})


@require_POST
def let_late(request, code, hearing):
    """The president or the secretary lets one juror say marks for this project."""
    here = _hearing(request, code, hearing)
    require(rules.can_let_speak_late(request.user, here))
    value = request.POST.get("seat", "")
    seat = here.sitting.seats.select_related("user").filter(pk=value if value.isdecimal() else 0).first()
    if seat is None:
        messages.error(request, _("Choose a member of this jury who has a voice."))
        return redirect("juries:room", code=code, hearing=hearing)
    try:
        deliberation.let_change_late(actor=request.user, hearing=here, seat=seat)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(
            request,
            _("%(name)s may now say their marks for this project, from the page of the sitting.")
            % {"name": seat.user},
        )
    return redirect("juries:room", code=code, hearing=hearing)


@require_http_methods(["GET", "HEAD", "POST"])
def late_marks(request, code, hearing):
    """A juror's marks after the deliberation began; the address exists for those whom the president let."""
    sitting = sitting_or_404(request, code)
    here = get_object_or_404(
        Hearing.objects.visible_to(request.user).select_related("project"), sitting=sitting, uuid=hearing
    )
    here.sitting = sitting
    require_known(sitting.state == SittingState.DELIBERATING)
    require_known(LateLeave.objects.filter(hearing=here, seat__user=request.user).exists())
    said = deliberation.said_last(here, request.user)
    criteria = list(sitting.grid_version.criteria.all())
    form = LateMarksForm(request.POST or None, criteria=criteria, said=said)
    if request.method == "POST" and form.is_valid():
        try:
            changes = deliberation.change_marks_late(
                actor=request.user, hearing=here, scores=form.cleaned_data
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            done = (
                _("Your marks are kept, as marks given after the deliberation began. They enter no mean.")
                if changes
                else _("Nothing has changed.")
            )
            messages.success(request, done)
            return redirect("juries:detail", code=code)
    context = {"sitting": sitting, "hearing": here, "form": form, "is_first": not said}
    return render(request, "juries/late_marks.html", context)
