"""What the manager does before the jurors read: frame, members, projects, opening."""

from datetime import datetime, time

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from juries import rules
from juries.domain import agenda, copies, sittings
from juries.enums import SittingState
from juries.forms import CancelForm, CopyForm, SeatForm, SittingForm, add_refusal
from juries.models import GridVersion, Hearing, Seat
from juries.views._common import act, require, sitting_or_404
from projects.enums import ProgrammeRoleKind
from projects.models import Cohort, Project
from projects.rules import is_manager

PEOPLE_FOUND = 12


def _cohorts(user):
    return Cohort.objects.filter(
        programme__roles__user=user,
        programme__roles__role=ProgrammeRoleKind.MANAGER,
        programme__roles__ended_at__isnull=True,
    ).distinct()


def _grids(user, keep=None):
    """The last version of each grid, and the one that the sitting already has."""
    last = {}
    versions = GridVersion.objects.filter(
        grid__programme__roles__user=user,
        grid__programme__roles__role=ProgrammeRoleKind.MANAGER,
        grid__programme__roles__ended_at__isnull=True,
    )
    for version in versions.order_by("number").values_list("grid", "pk"):
        last[version[0]] = version[1]
    wanted = set(last.values()) | ({keep} if keep else set())
    return (
        GridVersion.objects.filter(pk__in=wanted)
        .select_related("grid__programme")
        .order_by("grid__name", "number")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    require(is_manager(request.user))
    cohorts = _cohorts(request.user)
    proposed = {name: request.GET[name] for name in ("cohort", "gate") if name in request.GET}
    form = SittingForm(
        request.POST or None,
        initial={"quorum": 2, **proposed},
        cohorts=cohorts,
        grids=_grids(request.user),
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            sitting = sittings.prepare_sitting(
                actor=request.user, programme=values["cohort"].programme, **values
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The sitting is prepared. Add its members and its projects."))
            return redirect("juries:detail", code=sitting.code)
    return render(request, "juries/sitting_form.html", {"form": form, "sitting": None})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, code):
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    locked = (
        ()
        if sitting.state == SittingState.PREPARING
        else [name for name in SittingForm.base_fields if name not in sittings.UPDATABLE_WHILE_SCORING]
    )
    initial = {name: getattr(sitting, name) for name in SittingForm.base_fields}
    initial |= {"cohort": sitting.cohort_id, "grid_version": sitting.grid_version_id}
    form = SittingForm(
        request.POST or None,
        initial=initial,
        cohorts=_cohorts(request.user).filter(programme=sitting.programme_id),
        grids=_grids(request.user, keep=sitting.grid_version_id),
        locked=locked,
    )
    if request.method == "POST" and form.is_valid():
        try:
            sittings.update_sitting(actor=request.user, sitting=sitting, **form.cleaned_data)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The sitting is changed."))
            return redirect("juries:detail", code=code)
    return render(request, "juries/sitting_form.html", {"form": form, "sitting": sitting})


@require_http_methods(["GET", "HEAD", "POST"])
def members(request, code):
    """The seats, and a search among the people of the authority."""
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    form = SeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            seat = sittings.add_seat(actor=request.user, sitting=sitting, **form.cleaned_data)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("%(name)s has a seat.") % {"name": seat.user})
        return redirect("juries:members", code=code)
    if request.method == "POST":
        messages.error(request, _("Choose a person and a seat."))
    seats = list(sitting.seats.select_related("user__directorate"))
    query = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:80]
    return render(
        request,
        "juries/members.html",
        {
            "sitting": sitting,
            "seats": seats,
            "query": query,
            "people": _people(query, {seat.user_id for seat in seats}) if query else [],
            "roles": form.fields["role"].choices,
            "may_change": sitting.state == SittingState.PREPARING,
        },
    )


def _people(query: str, seated: set[int]):
    people = get_user_model().objects.filter(is_active=True, anonymised_at__isnull=True)
    for word in query.split():
        people = people.filter(
            Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(display_name__icontains=word)
            | Q(username__icontains=word)
            | Q(email__icontains=word)
        )
    return people.exclude(pk__in=seated).select_related("directorate")[:PEOPLE_FOUND]


@require_POST
def remove_seat(request, code, pk):
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    seat = get_object_or_404(
        Seat.objects.select_related("sitting__programme", "user"), sitting=sitting, pk=pk
    )
    done = _("%(name)s no longer has a seat.") % {"name": seat.user}
    return act(request, code, sittings.remove_seat, seat=seat, done=done, then="juries:members")


@require_http_methods(["GET", "HEAD", "POST"])
def hearings(request, code):
    """The projects to hear; those of the cohort that stand at this gate are proposed."""
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    proposed = sittings.candidates(sitting)
    if request.method == "POST":
        return _add_hearings(request, sitting, proposed)
    return _hearings_page(request, sitting)


def _hearings_page(request, sitting, typed=None):
    proposed = sittings.candidates(sitting)
    listed = list(sitting.hearings.select_related("project").order_by("position", "pk"))
    return render(
        request,
        "juries/hearings.html",
        {
            "sitting": sitting,
            "hearings": listed,
            "proposed": list(proposed) if sitting.state == SittingState.PREPARING else [],
            "may_change": sitting.state == SittingState.PREPARING,
            "may_order": sitting.state in {SittingState.PREPARING, SittingState.SCORING},
            "minutes_each": sitting.minutes_each or 20 if typed is None else typed.get("minutes_each", ""),
            "breaks": _break_rows(sitting, typed),
        },
    )


def _break_rows(sitting, typed) -> list[dict]:
    """What stands in the fields of the breaks: as typed, or as kept."""
    names = ("after", "minutes", "label")
    if typed is not None:
        return [{name: typed.get(f"{name}-{row}", "") for name in names} for row in range(BREAK_ROWS)]
    return [*sitting.breaks, *[dict.fromkeys(names, "")] * BREAK_ROWS][: max(BREAK_ROWS, len(sitting.breaks))]


def _add_hearings(request, sitting, proposed):
    codes = request.POST.getlist("project")
    chosen = list(Project.objects.filter(pk__in=proposed.values("pk"), code__in=codes))
    if not chosen:
        messages.error(request, _("Choose at least one project of the list."))
        return redirect("juries:hearings", code=sitting.code)
    try:
        for project in chosen:
            sittings.add_hearing(actor=request.user, sitting=sitting, project=project)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(
            request,
            ngettext("%(count)d project is added.", "%(count)d projects are added.", len(chosen))
            % {"count": len(chosen)},
        )
    return redirect("juries:hearings", code=sitting.code)


@require_POST
def remove_hearing(request, code, hearing):
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    found = get_object_or_404(
        Hearing.objects.select_related("sitting__programme", "project"), sitting=sitting, uuid=hearing
    )
    done = _("“%(title)s” is taken off the list.") % {"title": found.project.title}
    return act(request, code, sittings.remove_hearing, hearing=found, done=done, then="juries:hearings")


BREAK_ROWS = 3


@require_POST
def hours(request, code):
    """Hours of passage made from the order, the minutes each and the breaks."""
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    breaks = [
        {
            "after": _whole(request.POST.get(f"after-{row}", "")),
            "minutes": _whole(request.POST.get(f"minutes-{row}", "")),
            "label": request.POST.get(f"label-{row}", "").replace("\x00", ""),
        }
        for row in range(BREAK_ROWS)
        if request.POST.get(f"after-{row}", "").strip() or request.POST.get(f"minutes-{row}", "").strip()
    ]
    minutes = _whole(request.POST.get("minutes_each", ""))
    try:
        agenda.make_hours(actor=request.user, sitting=sitting, minutes_each=minutes, breaks=breaks)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _hearings_page(request, sitting, typed=request.POST)
    messages.success(request, _("Each project has its hour. Change any of them below."))
    return redirect("juries:hearings", code=code)


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request, code):
    """The same body for another cohort or another day."""
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    form = CopyForm(
        request.POST or None, initial={"cohort": sitting.cohort_id}, cohorts=_cohorts(request.user)
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = copies.copy_sitting(actor=request.user, sitting=sitting, **form.cleaned_data)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The sitting is copied. Add its projects, and look at its members."))
            return redirect("juries:detail", code=made.code)
    return render(request, "juries/copy.html", {"form": form, "sitting": sitting})


def _hour_on(day, hour: str):
    """``14:30`` or ``14h30`` on the day of the sitting; ValueError when it is no hour."""
    typed = time.fromisoformat(hour.lower().replace(" ", "").replace("h", ":").rstrip(":").zfill(2))
    return timezone.make_aware(datetime.combine(timezone.localdate(day), typed.replace(tzinfo=None)))


@require_POST
def order(request, code):
    """The order of passage and the hours, as typed beside each project."""
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    listed = list(sitting.hearings.order_by("position", "pk"))
    places, hours, wrong = {}, {}, []
    for hearing in listed:
        typed = request.POST.get(f"place-{hearing.uuid}", "")
        places[hearing.pk] = int(typed) if typed.isdecimal() and len(typed) < 5 else 10_000
        hour = request.POST.get(f"hour-{hearing.uuid}", "").strip()
        try:
            hours[hearing.pk] = _hour_on(sitting.starts_at, hour) if hour else None
        except ValueError:
            wrong.append(hour)
            hours[hearing.pk] = hearing.starts_at
    if wrong:
        messages.error(request, _("“%(hour)s” is not an hour. Write it as 14:30.") % {"hour": wrong[0][:20]})
        return redirect("juries:hearings", code=code)
    ordered = [hearing.pk for hearing in sorted(listed, key=lambda one: (places[one.pk], one.position))]
    return act(
        request,
        code,
        sittings.reorder_hearings,
        sitting=sitting,
        order=ordered,
        hours=hours,
        done=_("The running order is kept."),
        then="juries:hearings",
    )


@require_POST
def open_scoring(request, code):
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    return act(
        request,
        code,
        sittings.open_scoring,
        sitting=sitting,
        done=_("The scoring is open: the dossiers are frozen and the jurors can read them."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request, code):
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sittings.cancel_sitting(actor=request.user, sitting=sitting, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The sitting is cancelled."))
            return redirect("juries:detail", code=code)
    return render(request, "juries/cancel.html", {"form": form, "sitting": sitting})
