"""For whoever runs a sitting: how far each juror is, dossiers and grids on paper, changes of marks."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incubator.core import journal
from juries import queries, rules
from juries.domain import dossiers, paper, progress
from juries.enums import SCORING_ROLES, SittingState
from juries.models import Criterion, Evaluation, Hearing, Seat
from juries.views._common import require_known, sitting_and_seats_or_404, sitting_or_404
from juries.views._grid import general_sentences, questions_of

CHANGES_A_PAGE = 50
NOT_MARKS = frozenset({"csrfmiddlewaretoken", "comment", "replace"})
AFTER_OPENING = frozenset({SittingState.SCORING, SittingState.DELIBERATING, SittingState.PRONOUNCED})


@require_safe
def follow(request, code):
    """How far each juror is; who runs the sitting reminds them, prints their dossiers, enters their paper."""
    sitting, seats = sitting_and_seats_or_404(request, code)
    require_known(rules.can_read_results(request.user, sitting))
    require_known(sitting.state in AFTER_OPENING)
    rows = progress.progress_of(sitting, seats)
    scoring = sitting.state == SittingState.SCORING
    return render(
        request,
        "juries/score_progress.html",
        {
            "sitting": sitting,
            "rows": rows,
            "given": sum(row.given for row in rows),
            "expected": sum(row.expected for row in rows),
            "may_remind": scoring
            and rules.can_organise(request.user, sitting)
            and any(row.left for row in rows),
            "may_enter_paper": scoring and rules.can_enter_paper(request.user, sitting),
            "may_print": rules.can_enter_paper(request.user, sitting),
            "may_read_history": rules.can_read_history(request.user, sitting),
        },
    )


def _seat_or_404(request, sitting, pk) -> Seat:
    """A seat with a voice; its sitting is the one that is known already."""
    seat = get_object_or_404(sitting.seats.select_related("user"), pk=pk, role__in=SCORING_ROLES)
    seat.sitting = sitting
    return seat


@require_safe
def pack(request, code, pk):
    """All dossiers of one juror in their reading order, each with a grid to fill in by hand; made for paper."""
    sitting = sitting_or_404(request, code)
    seat = _seat_or_404(request, sitting, pk)
    require_known(rules.can_print_for(request.user, seat))
    if sitting.state not in AFTER_OPENING:
        messages.info(request, _("Dossiers are frozen when the scoring opens: print them from then on."))
        return redirect("juries:detail", code=code)
    reading = queries.reading_list(sitting, seat.user)
    readable = Hearing.objects.visible_to(request.user).in_bulk(list(reading.order))
    criteria = Criterion.objects.filter(version=sitting.grid_version_id).order_by("position", "pk")
    sheets = [
        {
            "hearing": readable[pk],
            "parts": dossiers.whole(readable[pk].dossier),
            "facts": dossiers.facts_in_words(readable[pk].dossier),
        }
        for pk in reading.order
        if pk in readable
    ]
    return render(
        request,
        "juries/score_pack.html",
        {
            "sitting": sitting,
            "juror": seat.user,
            "sheets": sheets,
            "questions": questions_of(criteria, {}, {}),
            "minutes": reading.minutes_to_read,
        },
    )


@require_safe
def paper_list(request, code, pk):
    """The projects of one juror, to choose the one whose paper grid is entered."""
    sitting = sitting_or_404(request, code)
    seat = _seat_or_404(request, sitting, pk)
    require_known(rules.can_enter_paper(request.user, sitting))
    require_known(sitting.state in AFTER_OPENING)
    reading = queries.reading_list(sitting, seat.user)
    return render(
        request, "juries/score_paper_list.html", {"sitting": sitting, "seat": seat, "reading": reading}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def paper_grid(request, code, pk, hearing):
    """Enter the paper grid of one juror for one project; shown as entered from paper, and by whom."""
    sitting = sitting_or_404(request, code)
    seat = _seat_or_404(request, sitting, pk)
    require_known(rules.can_enter_paper(request.user, sitting))
    reading = queries.reading_list(sitting, seat.user)
    found = get_object_or_404(Hearing.objects.visible_to(request.user), sitting=sitting, uuid=hearing)
    found.sitting = sitting
    if found.pk not in reading.order:
        raise Http404
    refused = None
    if request.method == "POST":
        try:
            paper.enter_paper_marks(
                actor=request.user,
                seat=seat,
                hearing=found,
                scores={key: request.POST[key] for key in request.POST if key not in NOT_MARKS},
                comment=request.POST.get("comment", ""),
                replace="replace" in request.POST,
            )
        except PermissionDenied:
            raise Http404 from None
        except ValidationError as error:
            refused = error
        else:
            messages.success(
                request,
                _("The paper grid of %(name)s for “%(title)s” is entered.")
                % {"name": seat.user, "title": reading.titles[found.pk]},
            )
            return redirect("juries:paper_list", code=code, pk=seat.pk)
    return _paper_form(request, seat, found, reading, refused)


def _paper_form(request, seat, hearing, reading, refused):
    sitting = hearing.sitting
    evaluation = reading.evaluations.get(hearing.pk)
    criteria = queries.criteria_with_marks(sitting.grid_version_id, evaluation)
    values = {one.key: str(one.given) for one in criteria if one.given is not None}
    errors = getattr(refused, "message_dict", {}) if refused is not None else {}
    questions = questions_of(criteria, values | request.POST.dict(), errors)
    return render(
        request,
        "juries/score_paper.html",
        {
            "sitting": sitting,
            "seat": seat,
            "hearing": hearing,
            "evaluation": evaluation,
            "own_marks": paper.has_own_marks(evaluation, criteria),
            "questions": questions,
            "comment": request.POST.get("comment", evaluation.comment if evaluation else ""),
            "general": general_sentences(refused, {one.key for one in criteria}),
            "field_errors": [question for question in questions if question.error],
        },
    )


@require_safe
def history(request, code):
    """Every change of a mark, once the deliberation has begun. Each reading of it is journaled."""
    sitting = sitting_or_404(request, code)
    require_known(rules.can_read_history(request.user, sitting))
    page = Paginator(progress.changes_of(sitting, request.user), CHANGES_A_PAGE).get_page(
        request.GET.get("page")
    )
    journal.record(verb="juries.history_read", actor=request.user, target=sitting)
    rows = [
        {
            "change": change,
            "juror": change.score.evaluation.juror,
            "criterion": change.score.criterion,
            "old": change.score.criterion.in_words(change.old),
            "new": change.score.criterion.in_words(change.new),
            "by_another": change.actor_id != change.score.evaluation.juror_id,
        }
        for change in page.object_list
    ]
    return render(request, "juries/score_history.html", {"sitting": sitting, "rows": rows, "page_obj": page})


@require_safe
def own_history(request, code, hearing):
    """What the juror themselves has marked on one project, and when."""
    found = get_object_or_404(
        Hearing.objects.visible_to(request.user).select_related("sitting"), sitting__code=code, uuid=hearing
    )
    evaluation = get_object_or_404(Evaluation, hearing=found, juror=request.user)
    return render(
        request,
        "juries/score_own_history.html",
        {"sitting": found.sitting, "hearing": found, "events": progress.own_history(evaluation)},
    )
