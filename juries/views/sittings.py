"""The list of sittings, and the page of one: what it is, what I can do now, when the next thing happens."""

from collections import Counter

from django.core.paginator import Paginator
from django.db.models import Case, Count, Prefetch, Q, When
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incubator.core import words
from juries import queries, rules, verdicts
from juries.domain import agenda
from juries.enums import SCORING_ROLES, WHY_LINKED, SittingState
from juries.models import CalibrationFile, Seat, Sitting
from juries.views._common import require_known, sitting_and_seats_or_404, sitting_or_404
from juries.workflow import missing_before
from projects.rules import is_manager, is_sponsor

SITTINGS_A_PAGE = 25
HEARINGS_A_PAGE = 50


@require_safe
def index(request):
    """Those that are still to be held, the soonest first; then those that are over, the latest first."""
    mine = Seat.objects.filter(user=request.user)
    sittings = (
        Sitting.objects.visible_to(request.user)
        .select_related("cohort")
        .prefetch_related(Prefetch("seats", queryset=mine, to_attr="my_seats"))
        .annotate(
            projects=Count("hearings", filter=Q(hearings__closed_at__isnull=True)),
            is_over=Case(When(state__in=SittingState.over(), then=1), default=0),
            soonest=Case(When(is_over=0, then="starts_at")),
        )
        .order_by("is_over", "soonest", "-starts_at", "-pk")
    )
    page = Paginator(sittings, SITTINGS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "juries/list.html", {"page_obj": page, "may_prepare": is_manager(request.user)})


@require_safe
def detail(request, code):
    sitting, seats = sitting_and_seats_or_404(request, code)
    user = request.user
    seat = rules.seat_of(user, sitting)
    organises = rules.can_organise(user, sitting)
    staff = rules.can_read_results(user, sitting)
    heard = sitting.hearings.visible_to(user) if staff or seat is not None else sitting.hearings.none()
    page = Paginator(heard.select_related("project").order_by("position", "pk"), HEARINGS_A_PAGE).get_page(
        request.GET.get("page")
    )
    reading = queries.reading_list(sitting, user) if seat and seat.role in SCORING_ROLES else None
    links = _links(sitting, seats) if organises else []
    context = {
        "sitting": sitting,
        "seat": seat,
        "seats": seats,
        "hearings": page.object_list,
        "lines": agenda.lines_of(
            sitting, page.object_list, before=page.start_index() - 1 if page.object_list else 0
        ),
        "page_obj": page,
        "organises": organises,
        "staff": staff,
        "reading": reading,
        "calibration": CalibrationFile.objects.filter(sitting=sitting, opened_at__isnull=False).exists()
        if seat is not None
        else False,
        "may_declare": seat is not None
        and seat.role in SCORING_ROLES
        and sitting.state != SittingState.PREPARING,
        "presides": rules.can_pronounce(user, sitting),
        "may_be_late": verdicts.late_leaves_of(user, sitting) if seat and seat.role in SCORING_ROLES else [],
        "answers": verdicts.answers_of_sitting(sitting)
        if staff and sitting.state == SittingState.PRONOUNCED
        else None,
        "signs": is_sponsor(user, sitting.programme) and sitting.state == SittingState.DELIBERATING,
        "may_read_minutes": rules.can_read_minutes(user, sitting),
        "facts": _facts(sitting, len(seats), staff or seat is not None),
        "links": links,
        "thin": _thin(sitting, seats, links),
        "missing": missing_before(sitting, "open_scoring")
        if organises and sitting.state == SittingState.PREPARING
        else [],
        "tie_break": queries.tie_break_to_answer(sitting, seat),
        "voices": sum(1 for one in seats if one.role in SCORING_ROLES),
    }
    return render(request, "juries/detail.html", context)


def _facts(sitting, members: int, is_inside: bool) -> list[tuple]:
    each = sitting.readers_each
    return [
        (_("When"), words.in_words(sitting.starts_at)),
        (_("Where"), _where(sitting)),
        (_("What it decides"), sitting.get_gate_display()),
        (_("Cohort"), sitting.cohort.name),
        (_("Members"), members),
        (_("Members who must be present"), sitting.quorum),
        (_("Projects that can be kept"), sitting.places),
        (_("Grid"), sitting.grid_version or ""),
        (
            _("Who reads"),
            _("%(count)d readers for each project") % {"count": each} if each else _("Everyone, everything"),
        ),
        (_("Dossiers can be read from"), words.in_words(sitting.reading_opens_at)),
        (_("Scores until"), words.in_words(sitting.scores_close_at)),
        (_("Names of the teams"), _("hidden from the jurors") if sitting.names_hidden else ""),
        (_("Marks of the others"), sitting.get_marks_shown_display() if is_inside else ""),
    ]


def _where(sitting) -> str:
    online = _("online") if sitting.online else ""
    return ", ".join(filter(None, [sitting.place, online]))


@require_safe
def diary(request, code):
    """The dates of a sitting for a member's own diary: the meeting with its agenda, the reading, the marks."""
    sitting = sitting_or_404(request, code)
    require_known(
        rules.seat_of(request.user, sitting) is not None or rules.can_organise(request.user, sitting)
    )
    heard = list(sitting.hearings.open().visible_to(request.user).order_by("position", "pk"))
    if not all(hearing.frozen_at for hearing in heard):
        heard = []  # the dossiers have no title of their own yet
    address = request.build_absolute_uri(reverse("juries:detail", args=[code]))
    answer = HttpResponse(
        agenda.diary_of(sitting, heard, address), content_type="text/calendar; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{sitting.code}.ics"'
    return answer


def _links(sitting, seats) -> list[dict]:
    """Who will stand aside, as the site can tell before the scoring opens."""
    if sitting.state != SittingState.PREPARING:
        return []
    hearings = list(sitting.hearings.select_related("project").order_by("position", "pk"))
    return [
        {"name": seat.user, "title": hearing.project.title, "why": WHY_LINKED[why]}
        for seat, hearing, why in queries.links_of_interest(hearings, seats)
    ]


def _thin(sitting, seats, links) -> list[str]:
    """Projects that would keep fewer readers than they must, said while a member can still be added."""
    voices = sum(1 for seat in seats if seat.role in SCORING_ROLES)
    aside = Counter(link["title"] for link in links)
    return [title for title, count in aside.items() if voices - count < sitting.min_readers]
