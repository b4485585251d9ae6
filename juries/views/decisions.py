"""Deliberation, the board of decisions, the sponsor's agreement, the minutes."""

from collections import Counter

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incubator.core import files, pdf
from juries import rules, verdicts
from juries.domain import decisions, dossiers, printing, results, sittings, tie_breaks
from juries.enums import SCORING_ROLES, SeatRole, SittingState
from juries.forms import DecisionForm, OutcomeForm, PresenceForm, add_refusal
from juries.models import Decision, Hearing
from juries.notifications import demands_in_words
from juries.views._common import require, require_known, sitting_and_seats_or_404, sitting_or_404
from projects import outcomes
from projects.enums import ENGAGING_OUTCOMES, Outcome

DECISIONS_A_PAGE = 25
TITLES_NAMED = 12
DECIDING = frozenset({SittingState.DELIBERATING, SittingState.PRONOUNCED})


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request, code):
    """Who is present; the deliberation begins and the marks are closed."""
    sitting = sitting_or_404(request, code)
    require_known(rules.can_deliberate(request.user, sitting))
    if sitting.state in DECIDING:
        return redirect("juries:decisions", code=code)
    require_known(sitting.state == SittingState.SCORING)
    seats = list(sitting.seats.select_related("user"))
    everyone = [str(seat.pk) for seat in seats if seat.role in SCORING_ROLES]
    form = PresenceForm(request.POST or None, seats=seats, initial={"present": everyone})
    if request.method == "POST" and form.is_valid():
        chosen = set(form.cleaned_data["present"])
        try:
            sittings.begin_deliberation(
                actor=request.user, sitting=sitting, present=[s for s in seats if str(s.pk) in chosen]
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The deliberation has begun: marks no longer change."))
            return redirect("juries:enter", code=code)
    board = results.board_of(sitting, request.user)
    return render(
        request,
        "juries/deliberation.html",
        {"sitting": sitting, "form": form, "given": board.given, "expected": board.expected},
    )


def _decided(sitting, reader):
    """The open hearings with their decision, in the order of passage; the dossiers stay where they are."""
    title = rules.title_field(rules.sees_names(reader, sitting))
    return (
        sitting.hearings.open()
        .select_related("project", "decision__prepared_by", "decision__signed_off_by", "decision__feedback")
        .annotate(shown_title=F(title))
        .defer("dossier", "original")
        .order_by("position", "pk")
    )


def _decision_of(hearing) -> Decision | None:
    return getattr(hearing, "decision", None)


def summary_of(sitting, reader) -> dict:
    """« 1 + 1 + 1 + 1 + 2 = 6 »: how many of each outcome, in the order of the reference list, and who waits.

    One light query, whatever the page of the board.
    """
    rows = list(
        sitting.hearings.open()
        .order_by("position", "pk")
        .values_list(
            rules.title_field(rules.sees_names(reader, sitting)),
            "decision__outcome",
            "decision__signed_off_at",
        )
    )
    counted = Counter(outcome for _title, outcome, _signed in rows if outcome)
    parts = [{"count": counted[outcome], "label": outcome.label} for outcome in Outcome if counted[outcome]]
    total = sum(counted.values())
    return {
        "parts": parts,
        "sum": " + ".join(str(part["count"]) for part in parts) + f" = {total}" if parts else "",
        "missing": _named([title for title, outcome, _signed in rows if not outcome]),
        "unsigned": _named(
            [title for title, outcome, signed in rows if outcome in ENGAGING_OUTCOMES and signed is None]
        ),
        "decided": total,
        "total": len(rows),
    }


def _named(titles: list[str]) -> str:
    """« A, B, C », and no more than can be read at once: « A, B, …, and 490 others »."""
    more = len(titles) - TITLES_NAMED
    named = ", ".join(titles[:TITLES_NAMED])
    if more <= 0:
        return named
    return ngettext(
        "%(titles)s and %(count)d other project", "%(titles)s and %(count)d other projects", more
    ) % {"titles": named, "count": more}


@require_safe
def board(request, code):
    sitting, seats = sitting_and_seats_or_404(request, code)
    require_known(rules.can_see_decisions(request.user, sitting))
    if sitting.state == SittingState.PRONOUNCED:
        return redirect("juries:minutes", code=code)
    require_known(sitting.state == SittingState.DELIBERATING)
    shown = results.board_of(sitting, request.user, seats)
    figures = {row.uuid: row for row in shown.rows}
    summary = summary_of(sitting, request.user)
    pages = Paginator(_decided(sitting, request.user), DECISIONS_A_PAGE)
    pages.count = summary["total"]  # known already: not counted twice
    page = pages.get_page(request.GET.get("page"))
    rows = [
        {
            "hearing": hearing,
            "figures": figures[hearing.uuid],
            "decision": _decision_of(hearing),
            "demands": demands_in_words(hearing.decision) if _decision_of(hearing) else [],
            "needs_sign_off": bool(_decision_of(hearing)) and hearing.decision.outcome in ENGAGING_OUTCOMES,
            "aside": figures[hearing.uuid].hidden,
            "has_feedback": hasattr(_decision_of(hearing), "feedback"),
        }
        for hearing in page.object_list
    ]
    return render(
        request,
        "juries/decisions.html",
        {
            "sitting": sitting,
            "rows": rows,
            "page_obj": page,
            "summary": summary,
            "may_compare": True,
            "tie_breaks": tie_breaks.shown_to(request.user, sitting) if shown.has_tie_breaks else [],
            "presides": rules.can_pronounce(request.user, sitting),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, code, hearing):
    """One decision: choose the outcome, the page then shows what it must record.

    Without JavaScript the first button shows the fields (nothing typed is lost); with htmx a click does.
    """
    sitting = sitting_or_404(request, code)
    require_known(rules.can_see_decisions(request.user, sitting))
    if sitting.state == SittingState.PRONOUNCED:
        return redirect("juries:minutes", code=code)
    require_known(sitting.state == SittingState.DELIBERATING)
    hearing = get_object_or_404(
        Hearing.objects.open().select_related("project__programme", "decision__prepared_by"),
        sitting=sitting,
        uuid=hearing,
    )
    hearing.sitting = sitting
    require(rules.can_prepare_decision(request.user, hearing))
    dossier = dossiers.read_by(request.user, hearing)
    known = _decision_of(hearing)
    offered = outcomes.offered(sitting.gate, hearing.project)
    chosen = request.POST.get("outcome") or (known.outcome if known else "")
    outcome = Outcome(chosen) if chosen in {one.value for one in offered} else None
    pick = OutcomeForm({"outcome": chosen} if chosen else None, offered=offered)
    form = _decision_form(request, hearing, outcome, known)
    refused = False
    if request.method == "POST" and "save" in request.POST:
        if outcome is None:
            pick = OutcomeForm(request.POST, offered=offered)
        elif form.is_valid():
            refused = not _prepare(request, hearing, outcome, form)
            if not refused:
                messages.success(
                    request, _("“%(title)s”: the decision is prepared.") % {"title": dossier["title"]}
                )
                return redirect(_after(sitting, hearing))
    figures = {row.uuid: row for row in results.board_of(sitting, request.user).rows}
    return render(
        request,
        "juries/decide.html",
        {
            "sitting": sitting,
            "hearing": hearing,
            "title": dossier["title"],
            "dossier": dossiers.cut(dossier),
            "facts": dossiers.facts_in_words(dossier),
            "pick": pick,
            "form": form,
            "known": known,
            "seen_at": request.POST.get("seen_at") or (known.prepared_at.isoformat() if known else ""),
            "stale": refused,
            "figures": figures.get(hearing.uuid),
            "engaging": outcome in ENGAGING_OUTCOMES if outcome else False,
        },
    )


def _decision_form(request, hearing, outcome, known):
    if outcome is None:
        return None
    arguments = {"outcome": outcome, "gate": hearing.sitting.gate, "project": hearing.project}
    if request.method == "POST":
        if "save" in request.POST:
            return DecisionForm(request.POST, **arguments)
        # Another outcome was chosen: what was typed stays, nothing is judged yet.
        return DecisionForm(initial={**outcomes.proposals(outcome), **request.POST.dict()}, **arguments)
    # An amount is kept with its cents and typed without them.
    kept = {key: str(value).removesuffix(".00") for key, value in known.demands.items()} if known else {}
    initial = {"reason": known.reason, **kept} if known else outcomes.proposals(outcome)
    return DecisionForm(initial=initial, **arguments)


def _prepare(request, hearing, outcome, form) -> bool:
    seen_at = parse_datetime(request.POST.get("seen_at", "")) if request.POST.get("seen_at") else None
    try:
        decisions.prepare_decision(
            actor=request.user,
            hearing=hearing,
            outcome=outcome,
            reason=form.cleaned_data["reason"],
            demands=outcomes.to_json(form.demands),
            seen_at=seen_at,
            is_new=not request.POST.get("seen_at"),
        )
    except ValidationError as error:
        add_refusal(form, error)
        return False
    return True


def _after(sitting, hearing):
    """On to the next project without a decision, else back to the board."""
    waiting = sitting.hearings.open().filter(decision__isnull=True).order_by("position", "pk")
    following = waiting.filter(position__gt=hearing.position).first() or waiting.first()
    if following is None:
        return redirect("juries:decisions", code=sitting.code).url
    return redirect("juries:decide", code=sitting.code, hearing=following.uuid).url


@require_safe
def sign_off_page(request, code):
    """For the sponsor: what waits for their agreement, each with its reason and what it records."""
    sitting = sitting_or_404(request, code)
    require_known(rules.can_sign_off(request.user, sitting))
    waiting, agreed = [], []
    if sitting.state == SittingState.DELIBERATING:
        for hearing in _decided(sitting, request.user):
            decision = _decision_of(hearing)
            if decision is None or decision.outcome not in ENGAGING_OUTCOMES:
                continue
            row = {"hearing": hearing, "decision": decision, "demands": demands_in_words(decision)}
            (agreed if decision.signed_off_at else waiting).append(row)
    pronounced = sitting.state == SittingState.PRONOUNCED
    president = sitting.seats.filter(role=SeatRole.PRESIDENT).select_related("user").first()
    return render(
        request,
        "juries/sign_off.html",
        {
            "sitting": sitting,
            "waiting": waiting,
            "agreed": agreed,
            "corrections": verdicts.corrections_that_wait(sitting) if pronounced else [],
            "president": president.user if president else None,
            "signs": True,
        },
    )


@require_POST
def sign_off(request, code, hearing):
    sitting = sitting_or_404(request, code)
    require_known(rules.can_sign_off(request.user, sitting))
    decision = get_object_or_404(
        Decision.objects.select_related("hearing__sitting__programme", "hearing__project"),
        hearing__sitting=sitting,
        hearing__uuid=hearing,
    )
    try:
        decisions.sign_off(
            actor=request.user,
            decision=decision,
            seen_at=parse_datetime(request.POST.get("seen_at", "")) if request.POST.get("seen_at") else None,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        decision.hearing.sitting = sitting
        title = dossiers.read_by(request.user, decision.hearing)["title"]
        messages.success(request, _("You have agreed for “%(title)s”.") % {"title": title})
    return redirect("juries:sign_off", code=code)


@require_http_methods(["GET", "HEAD", "POST"])
def pronounce(request, code):
    """Pronounce by POST; the address alone leads to the board, where everything can be read once more."""
    sitting = sitting_or_404(request, code)
    require_known(rules.can_see_decisions(request.user, sitting))
    if request.method != "POST":
        return redirect("juries:decisions", code=code)
    require(rules.can_pronounce(request.user, sitting))
    try:
        record = decisions.pronounce(actor=request.user, sitting=sitting)
    except ValidationError as error:
        if sitting.state == SittingState.PRONOUNCED:  # two clicks, or two screens: the first one did it
            messages.info(
                request,
                _("The decisions were already pronounced by %(name)s: here are the minutes.")
                % {"name": sitting.minutes.sealed_by},
            )
            return redirect("juries:minutes", code=code)
        messages.error(request, " ".join(error.messages))
        return redirect("juries:decisions", code=code)
    count = len(record.content["decisions"])
    messages.success(
        request,
        ngettext(
            "%(count)d decision is pronounced. The letters wait to be read before they go.",
            "%(count)d decisions are pronounced. The letters wait to be read before they go.",
            count,
        )
        % {"count": count},
    )
    return redirect("juries:minutes", code=code)


@require_safe
def minutes(request, code):
    """The record as it was sealed, with its corrections; made to be printed."""
    sitting = sitting_or_404(request, code)
    require_known(rules.can_read_minutes(request.user, sitting))
    return render(
        request,
        "juries/minutes.html",
        {
            "sitting": sitting,
            **verdicts.minutes_as_read(sitting.minutes),
            "may_correct": rules.can_correct(request.user, sitting),
            "signs": rules.can_sign_off(request.user, sitting),
            "no_pdf": pdf.why_not(),
        },
    )


@require_POST
def minutes_pdf(request, code):
    """The same record as a tagged PDF, made when it is first asked for."""
    sitting = sitting_or_404(request, code)
    require_known(rules.can_read_minutes(request.user, sitting))
    try:
        stored = printing.minutes_pdf(actor=request.user, minutes=sitting.minutes)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("juries:minutes", code=code)
    return files.send(stored)
