"""The juror's screens: one project at a time, on a phone, between two meetings."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incubator.core import clock, journal, words
from juries import queries
from juries.domain import calibration, dossiers, others_marks, scoring
from juries.enums import SCORING_ROLES, MarksShown, SittingState
from juries.forms import RecuseForm
from juries.models import Hearing
from juries.views._common import require_known, sitting_or_404
from juries.views._grid import general_sentences, questions_of

COMMENT_KEY = "comment"
NOT_MARKS = frozenset({"csrfmiddlewaretoken", COMMENT_KEY, "give", "skip", "seen", "grid"})


def _open_until(sitting) -> str:
    """Until when marks can change, in a sentence."""
    if sitting.state != SittingState.SCORING:
        return _("The deliberation has begun: marks no longer change.")
    if sitting.scores_close_at is not None:
        return _("You can change your marks until %(when)s.") % {
            "when": words.in_words(sitting.scores_close_at)
        }
    return _("You can change your marks until the deliberation begins.")


def _who_sees(sitting) -> str:
    """Who reads the marks of a juror, in a sentence."""
    if sitting.marks_shown == MarksShown.AFTER_OWN:
        return _(
            "The other jurors see your marks on a project once they have given theirs; the president, the "
            "secretary and the manager see them too."
        )
    if sitting.marks_shown == MarksShown.NEVER:
        return _("No other juror ever sees your marks: the president, the secretary and the manager do.")
    return _(
        "Nobody sees your marks before the deliberation, except the president, the secretary and the manager."
    )


@require_safe
def next_hearing(request, code):
    """The next project to read, or where one stands when there is none left, or passed ones only."""
    sitting = sitting_or_404(request, code)
    reading = queries.reading_list(sitting, request.user)
    require_known(reading.has_voice)
    if _must_declare(sitting, request.user):
        return redirect("juries:links", code=code)
    if sitting.state == SittingState.SCORING and calibration.waits_for(sitting, request.user):
        return redirect("juries:calibration", code=code)
    is_open = sitting.state == SittingState.SCORING
    if is_open and (target := reading.next_after(request.GET.get("apres"))):
        return redirect("juries:score", code=code, hearing=target)
    return render(
        request,
        "juries/score_done.html",
        {
            "sitting": sitting,
            "reading": reading,
            "take_up": next((reading.order[pk] for pk in reading.passed), None) if is_open else None,
            "is_open": is_open,
            "rows": _with_own_marks(reading),
            "more": _read_beside(sitting, request.user, reading) if not is_open else [],
            "until": _open_until(sitting),
        },
    )


def _with_own_marks(reading) -> list[dict]:
    """Each project with what one has marked on it, side by side: to see at a glance whether one was even-handed."""
    marks = queries.own_marks(reading)
    return [
        {**row, "marks": marks.get(pk, "")} for pk, row in zip(reading.order, reading.rows(), strict=True)
    ]


def _read_beside(sitting, user, reading) -> list[Hearing]:
    """Once the body deliberates, the dossiers that were given to other readers; one query."""
    if sitting.readers_each is None:
        return []
    mine = Hearing.objects.open().filter(sitting=sitting).read_by_member(user)
    return list(mine.exclude(pk__in=list(reading.order)).order_by("position", "pk"))


def _must_declare(sitting, user) -> bool:
    """Links of interest are said before the first dossier is read."""
    return (
        sitting.state == SittingState.SCORING
        and sitting.seats.filter(user=user, role__in=SCORING_ROLES, declared_at__isnull=True).exists()
    )


@require_http_methods(["GET", "HEAD", "POST"])
def score(request, code, hearing):
    """One project and its grid. A POST keeps a draft, gives the marks (``give``) or passes (``skip``)."""
    if request.method == "POST":
        return _save(request, code, hearing)
    found = _hearings(request).filter(sitting__code=code, uuid=hearing).first()
    if found is None:
        if _must_declare(sitting_or_404(request, code), request.user):
            return redirect("juries:links", code=code)
        raise Http404
    return _form(request, found)


def _hearing_or_404(request, code, uuid) -> Hearing:
    return get_object_or_404(_hearings(request), sitting__code=code, uuid=uuid)


def _hearings(request):
    return Hearing.objects.visible_to(request.user).select_related("sitting")


@dataclass
class Posted:
    """What a page sent: the marks by key, and which marks it showed when it was opened."""

    marks: dict[str, str]
    comment: str | None
    give: bool
    skip: bool
    seen: dict[str, int | None] | None
    seen_comment: str | None
    grid: int | None

    @classmethod
    def of(cls, data) -> "Posted":
        seen = QueryDict(data["seen"]) if "seen" in data else None
        return cls(
            marks={key: data[key] for key in data if key not in NOT_MARKS},
            comment=data.get(COMMENT_KEY),
            give="give" in data,
            skip="skip" in data,
            seen=None if seen is None else {key: _mark(seen[key]) for key in seen if key not in NOT_MARKS},
            seen_comment=None if seen is None else seen.get(COMMENT_KEY, ""),
            grid=int(data["grid"]) if data.get("grid", "").isdecimal() else None,
        )

    def untouched(self, key: str) -> bool:
        """Whether the page sends back the mark that it showed."""
        return self.seen is not None and _mark(self.marks.get(key)) == self.seen.get(key)


def _mark(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None


def _save(request, code, uuid):
    """Keep what was sent, then go on; the page's own module asks for the answer as JSON, click by click."""
    posted = Posted.of(request.POST)
    as_json = request.accepts("application/json") and not request.accepts("text/html")
    saved, refused = None, None
    try:
        saved = scoring.save_scores(
            actor=request.user,
            hearing=scoring.Address(code, uuid),
            scores=posted.marks,
            comment=posted.comment,
            give=posted.give,
            skip=posted.skip,
            seen=posted.seen,
            seen_comment=posted.seen_comment,
            grid=posted.grid,
        )
    except PermissionDenied:
        _hearing_or_404(request, code, uuid)  # a stranger learns nothing; a member without a voice is told
        raise
    except ValidationError as error:
        refused = error
    onwards = f"{reverse('juries:score_next', kwargs={'code': code})}?apres={uuid}"
    if as_json:
        return _as_json(saved, refused, onwards if posted.give or posted.skip else None)
    if refused or not saved.is_settled:
        return _back_to_the_form(request, code, uuid, posted, saved, refused)
    if posted.give or posted.skip:
        return redirect(onwards)
    messages.success(request, _("Kept as a draft: your marks do not count yet."))
    return redirect("juries:score", code=code, hearing=uuid)


def _as_json(saved, refused, onwards: str | None) -> JsonResponse:
    """``{"line", "marks", "comment", "next"}``, and what was not kept: ``conflicts`` or ``refused`` (422)."""
    if refused is not None:
        by_key = getattr(refused, "message_dict", {})
        return JsonResponse(
            {"refused": [words.typeset(one) for one in refused.messages], "fields": sorted(by_key)},
            status=422,
        )
    evaluation = saved.evaluation
    return JsonResponse(
        {
            "line": _saved_line(evaluation),
            "marks": {one.key: saved.marks.get(one.pk) for one in saved.criteria},
            "comment": scoring.digest(evaluation.comment),
            "conflicts": _conflicts_in_words(saved),
            "next": onwards if saved.is_settled else None,
        }
    )


def _saved_line(evaluation) -> str:
    """« Enregistré à 9 h 41 · pas encore données »."""
    line = _("Saved at %(when)s") % {"when": words.hour(evaluation.saved_at)}
    not_given = _("not given yet")
    return line if evaluation.submitted_at else f"{line} · {not_given}"


def _conflicts_in_words(saved) -> list[str]:
    sentences = [str(conflict) for conflict in saved.conflicts]
    if saved.comment_conflict:
        sentences.append(
            _(
                "You had written another sentence elsewhere since this page was opened, and it is kept: "
                "“%(comment)s”. Change the one below if it counts more."
            )
            % {"comment": saved.evaluation.comment}
        )
    return [words.typeset(sentence) for sentence in sentences]


def _back_to_the_form(request, code, uuid, posted, saved, refused):
    """The form again with what was chosen; where the dossier is closed to this person, the sentence alone."""
    hearing = _hearings(request).filter(sitting__code=code, uuid=uuid).first()
    if hearing is None:
        messages.error(request, " ".join(refused.messages))
        return redirect("juries:detail", code=code)
    return _form(request, hearing, posted=posted, saved=saved, refused=refused)


def _form(request, hearing, posted=None, saved=None, refused=None):
    sitting = hearing.sitting
    reading = queries.reading_list(sitting, request.user)
    require_known(reading.has_voice)
    queries.remember_that_juries_concern(request.user)
    evaluation = reading.evaluations.get(hearing.pk)
    criteria = queries.criteria_with_marks(sitting.grid_version_id, evaluation)
    errors = getattr(refused, "message_dict", {}) if refused is not None else {}
    values = _values(criteria, posted, saved)
    questions = questions_of(criteria, values, errors)
    known = {question.criterion.key for question in questions}
    kept = evaluation.comment if evaluation else ""
    others = others_marks.read_by(
        request.user,
        hearing,
        sitting=sitting,
        own=evaluation,
        asked=hearing.pk in reading.order,
    )
    if others is not None and others.lines:
        journal.record(verb="juries.others_marks_read", actor=request.user, target=hearing)
    context = {
        "sitting": sitting,
        "hearing": hearing,
        "reading": reading,
        "dossier": dossiers.cut(hearing.dossier),
        "facts": dossiers.facts_in_words(hearing.dossier),
        "questions": questions,
        "comment": kept if posted is None or posted.comment is None else posted.comment,
        "seen": _seen(criteria, kept),
        "evaluation": evaluation,
        "saved_line": _saved_line(evaluation) if evaluation else "",
        "position": reading.position_of(hearing.pk),
        "passed": [pk for pk in reading.passed if pk != hearing.pk],
        "previous": _previous(reading, hearing.pk, criteria),
        "may_score": sitting.state == SittingState.SCORING
        and hearing.pk in reading.order
        and not (sitting.scores_close_at is not None and clock.now() >= sitting.scores_close_at),
        "until": _open_until(sitting),
        "who_sees": _who_sees(sitting),
        "others": others,
        "general": general_sentences(refused, known),
        "conflicts": _conflicts_in_words(saved) if saved is not None else [],
        "field_errors": [question for question in questions if question.error],
    }
    return render(request, "juries/score.html", context)


def _values(criteria, posted: Posted | None, saved) -> dict[str, str]:
    """The mark shown as chosen for each criterion: the one kept, unless this page has chosen another."""
    values = {one.key: str(one.given) for one in criteria if one.given is not None}
    if posted is None:
        return values
    stand = {conflict.key for conflict in saved.conflicts} if saved is not None else set()
    chosen = {
        key: mark for key, mark in posted.marks.items() if key not in stand and not posted.untouched(key)
    }
    return values | chosen


def _seen(criteria, comment: str) -> str:
    """The marks that a page shows, to be sent back with it: ``equipe=3&effet=&comment=<digest>``."""
    seen = {one.key: "" if one.given is None else one.given for one in criteria}
    return urlencode({**seen, COMMENT_KEY: scoring.digest(comment)})


@dataclass
class Previous:
    """The project read before this one, with one's own marks, to compare."""

    uuid: Any
    title: str
    marks: list[tuple[str, str]]


def _previous(reading, pk: int, criteria) -> Previous | None:
    """None for the first one, or when the one before has no mark yet. One query where there are marks."""
    before = reading.before(pk)
    if before is None or before not in reading.evaluations:
        return None
    given = dict(reading.evaluations[before].scores.values_list("criterion", "value"))
    marks = [(one.label, one.in_words(given.get(one.pk)) or "–") for one in criteria]
    return Previous(reading.order[before], reading.titles[before], marks) if given else None


@require_http_methods(["GET", "HEAD", "POST"])
def recuse(request, code, hearing):
    """Stand aside: one sentence that says what it does, one button."""
    hearing = get_object_or_404(
        Hearing.objects.visible_to(request.user).select_related("sitting"), sitting__code=code, uuid=hearing
    )
    reading = queries.reading_list(hearing.sitting, request.user)
    require_known(reading.has_voice)
    form = RecuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            scoring.recuse(actor=request.user, hearing=hearing, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request,
                _("You stand aside from “%(title)s”. Nobody counts your mark as a zero: it is missing.")
                % {"title": hearing.dossier.get("title", "")},
            )
            return redirect("juries:score_next", code=code)
    return render(
        request, "juries/recuse.html", {"form": form, "hearing": hearing, "sitting": hearing.sitting}
    )
