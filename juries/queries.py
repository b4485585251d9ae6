"""What the screens of a sitting need, joined across models. Visibility stands in the querysets."""

from dataclasses import dataclass, field
from hashlib import sha256
from math import ceil
from uuid import UUID

from django.db.models import Exists, F, FilteredRelation, IntegerField, Q, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

from calls import schema
from calls.conditions import asked
from calls.enums import ApplicationState
from calls.histories import as_submitted, asked_again
from calls.models import Application
from incubator.core import clock
from juries.enums import SCORING_ROLES, MarkChannel, SittingState
from juries.models import Criterion, Evaluation, Hearing, LiftedLink, Score, Seat, Sitting, TieBreak
from projects.enums import Gate, TeamRole
from projects.models import Accompaniment, Membership, Project
from projects.rules import is_manager, is_sponsor


def links_of_interest(hearings, seats) -> list[tuple[Seat, Hearing, str]]:
    """Who may not judge what, as the site can know it: ``(seat, hearing, why)``, four queries for any size.

    ``why`` is ``"team"`` (member of the team, today or before), ``"coach"`` (accompanies it) or
    ``"manager"`` (line manager, or the manager's manager, of someone in the team).
    """
    seats = [seat for seat in seats if seat.role in SCORING_ROLES]
    projects = [hearing.project_id for hearing in hearings]
    users = [seat.user_id for seat in seats]
    if not projects or not users:
        return []
    links: dict[tuple[int, int], str] = {}
    managed = Membership.objects.filter(project__in=projects, left_on__isnull=True).filter(
        Q(user__line_manager__in=users) | Q(user__line_manager__line_manager__in=users)
    )
    for project, first, second in managed.values_list(
        "project", "user__line_manager", "user__line_manager__line_manager"
    ):
        links[first, project] = "manager"
        links[second, project] = "manager"
    coached = Accompaniment.objects.filter(project__in=projects, user__in=users)
    for user, project in coached.values_list("user", "project"):
        links[user, project] = "coach"
    lifted = set(LiftedLink.objects.filter(hearing__in=hearings).values_list("seat", "hearing"))
    teams = Membership.objects.filter(project__in=projects, user__in=users)
    for user, project in teams.values_list("user", "project"):
        links[user, project] = "team"
    return [
        (seat, hearing, links[seat.user_id, hearing.project_id])
        for hearing in hearings
        for seat in seats
        if (seat.user_id, hearing.project_id) in links and (seat.pk, hearing.pk) not in lifted
    ]


def team_names(projects) -> dict[int, list[str]]:
    """The names of the members of today's teams, who leads first, by project; one query."""
    names: dict[int, list[str]] = {}
    members = (
        Membership.objects.filter(project__in=projects, left_on__isnull=True)
        .exclude(role=TeamRole.READER)
        .select_related("user")
    )
    for member in sorted(members, key=lambda one: (one.role != TeamRole.LEAD, one.pk)):
        names.setdefault(member.project_id, []).append(str(member.user))
    return names


def same_directorate(hearings, seats) -> set[tuple[int, int]]:
    """Who works in the directorate of someone in the team, as (seat id, hearing id); one query.

    It bars nobody from judging: whoever can be spared from reading such a project is.
    """
    directorates = set(
        Membership.objects.filter(
            project__in=[hearing.project_id for hearing in hearings],
            left_on__isnull=True,
            user__directorate__isnull=False,
        ).values_list("project", "user__directorate")
    )
    return {
        (seat.pk, hearing.pk)
        for hearing in hearings
        for seat in seats
        if (hearing.project_id, seat.user.directorate_id) in directorates
    }


def texts_for_jury(projects) -> dict[int, list[dict]]:
    """The texts that jurors read, by project: ``[{"title", "answers": [{"key", "label", "text"}]}]``, three queries
    for any number.

    First that of the first application of the project, then those of the applications that have joined it, in the
    order in which they came. A project's own title stands above its answers; files stay out, and so do personal
    data and what was not asked after all. While a team completes some answers, what it submitted stands.
    """
    of_projects = Q(project__in=projects) & ~Q(state=ApplicationState.JOINED)
    joined = Q(project__merged_into__in=projects, state=ApplicationState.JOINED)
    applications = list(
        Application.objects.sent()
        .filter(of_projects | joined)
        .select_related("form_version", "project")
        .prefetch_related("answers")
        .order_by("submitted_at", "pk")
    )
    submitted = {
        request.application_id: as_submitted(request.keys, request.before)
        for request in asked_again([application.pk for application in applications])
    }
    own: dict[int, list[dict]] = {}
    others: dict[int, list[dict]] = {}
    for application in applications:
        text = {
            "title": application.title,
            "answers": _answers_for_jury(application, submitted.get(application.pk, {})),
        }
        if application.state == ApplicationState.JOINED:
            others.setdefault(application.project.merged_into_id, []).append(text)
        else:
            own.setdefault(application.project_id, [text])  # the earliest comes first and stays
    nothing = {"title": "", "answers": []}
    return {pk: [*own.get(pk, [nothing]), *others.get(pk, [])] for pk in own.keys() | others.keys()}


def _answers_for_jury(application, submitted: dict[str, dict]) -> list[dict]:
    given = {answer.key: answer.value for answer in application.answers.all()}
    given |= {key: text["value"] for key, text in submitted.items()}
    return [
        {"key": question["key"], "label": question["label"], "text": text}
        for _section, question in asked(application.form_version.schema, given)
        if question.get("for_jury")
        and not question.get("personal")
        and question["key"] != schema.TITLE_KEY
        and question["kind"] != "file"
        and (text := schema.in_words(question, given.get(question["key"])))
    ]


WORDS_SHOWN = 300  # of a dossier; the rest stands behind "see more"
WORDS_A_MINUTE = 230  # silent reading of an adult (domain notes §3.5)
SECONDS_A_GRID = 30  # four criteria and a sentence, once the text is read


def minutes_to_score(words: list[int]) -> int:
    """Minutes to read and score dossiers of so many words each, rounded up.

    Σ (min(words, 300) ÷ 230 × 60 s + 30 s) ÷ 60: what is shown at once is read at 230 words a minute, then
    each grid takes half a minute.
    """
    seconds = sum(min(one, WORDS_SHOWN) * 60 / WORDS_A_MINUTE + SECONDS_A_GRID for one in words)
    return ceil(seconds / 60)


@dataclass
class ReadingList:
    """What one juror reads, in the order drawn for them, and how far they are."""

    order: dict[int, UUID]  # hearing id → its uuid, in reading order
    titles: dict[int, str]
    evaluations: dict[int, Evaluation]
    has_voice: bool
    words: dict[int, int] = field(default_factory=dict)

    @property
    def given(self) -> list[int]:
        return [pk for pk in self.order if self.state_of(pk) == "given"]

    @property
    def passed(self) -> list[int]:
        """Left for later by the juror: missing, never zero."""
        return [pk for pk in self.order if self.state_of(pk) == "passed"]

    @property
    def left(self) -> list[int]:
        """Without marks given, those that were passed included."""
        return [pk for pk in self.order if self.state_of(pk) != "given"]

    @property
    def total(self) -> int:
        return len(self.order)

    @property
    def done(self) -> int:
        return len(self.given)

    @property
    def minutes_left(self) -> int:
        return minutes_to_score([self.words.get(pk, WORDS_SHOWN) for pk in self.left])

    @property
    def minutes_to_read(self) -> int:
        """What the whole list takes, as if nothing were given yet."""
        return minutes_to_score([self.words.get(pk, WORDS_SHOWN) for pk in self.order])

    def state_of(self, pk: int) -> str:
        """``given``, ``passed``, ``begun`` or ``to_read``."""
        evaluation = self.evaluations.get(pk)
        if evaluation is None:
            return "to_read"
        if evaluation.submitted_at is not None:
            return "given"
        return "passed" if evaluation.skipped_at is not None else "begun"

    def position_of(self, pk: int) -> int | None:
        """The place in the reading order, from 1; None for a hearing that is not to be scored."""
        return list(self.order).index(pk) + 1 if pk in self.order else None

    def before(self, pk: int) -> int | None:
        """The hearing that stands before this one in the reading order."""
        pks = list(self.order)
        position = pks.index(pk) if pk in self.order else 0
        return pks[position - 1] if position else None

    def next_after(self, uuid=None) -> UUID | None:
        """Where to go on: the next hearing never passed, after ``uuid`` and round again; then the passed ones
        that come after it. None when there is nothing left, or passed ones only: the juror is shown which."""
        pks = list(self.order)
        start = next((i + 1 for i, pk in enumerate(pks) if str(self.order[pk]) == str(uuid)), 0)
        unread = {"to_read", "begun"}
        for pk in pks[start:] + pks[:start]:
            if self.state_of(pk) in unread and str(self.order[pk]) != str(uuid):
                return self.order[pk]
        again = pks[start:] if start else []
        return next((self.order[pk] for pk in again if self.state_of(pk) == "passed"), None)

    def rows(self) -> list[dict]:
        """For a list: title, uuid, how far it is (``state_of``), and whether it was entered from paper."""
        return [
            {
                "uuid": uuid,
                "title": self.titles[pk],
                "state": self.state_of(pk),
                "from_paper": pk in self.evaluations and self.evaluations[pk].channel == MarkChannel.PAPER,
            }
            for pk, uuid in self.order.items()
        ]


def reading_list(sitting, user) -> ReadingList:
    """Two queries. The order is drawn for each juror, always the same for the same juror, so that no project
    is always read last; on the day of the sitting, when the projects have an hour of passage, everybody follows
    the order of passage and scores while listening.

    Each project draws its own place from the juror and itself alone, so that the order needs no storing: the
    others keep theirs when one is added, leaves, is stood aside from, or gets its hour while jurors read. The
    choice on the day is made on all projects of the sitting, those that have left included.
    """
    seats = sitting.seats.filter(user=user, role__in=SCORING_ROLES)
    mine = sitting.hearings.open().filter(Exists(seats)).exclude(recusals__seat__user=user)
    if sitting.readers_each is not None:
        mine = mine.filter(assignments__seat__user=user)
    with_hours = Hearing.objects.filter(sitting=sitting, starts_at__isnull=False)
    rows = list(
        # As text: the database takes the words out of the JSON, and nothing is parsed row by row.
        mine.order_by("position", "pk")
        .annotate(has_hours=Exists(with_hours))
        .values_list(
            "pk", "uuid", "has_hours", KT("dossier__title"), Cast(KT("dossier__words"), IntegerField())
        )
    )
    if not rows:
        return ReadingList({}, {}, {}, has_voice=seats.exists())
    if not (_has_come(sitting) and any(has_hours for _pk, _uuid, has_hours, *_rest in rows)):
        rows.sort(key=lambda row: sha256(f"{user.uuid}:{row[1]}".encode()).digest())
    evaluations = {
        evaluation.hearing_id: evaluation
        for evaluation in Evaluation.objects.filter(hearing__sitting=sitting, juror=user).select_related(
            "entered_by"
        )
    }
    return ReadingList(
        order={pk: uuid for pk, uuid, *_rest in rows},
        titles={pk: title for pk, _uuid, _has_hours, title, _words in rows},
        evaluations=evaluations,
        has_voice=True,
        words={pk: words for pk, *_rest, words in rows if words is not None},
    )


def own_marks(reading: ReadingList) -> dict[int, str]:
    """What the juror has marked on each hearing, in words: « Le problème 4 · L’équipe 3 »; one query."""
    found: dict[int, list[str]] = {}
    scores = (
        Score.objects.filter(evaluation__in=list(reading.evaluations.values()), value__isnull=False)
        .select_related("criterion")
        .order_by("criterion__position", "criterion")
    )
    hearings = {evaluation.pk: pk for pk, evaluation in reading.evaluations.items()}
    for score in scores:
        words = f"{score.criterion.label}\u00a0{score.criterion.in_words(score.value)}"
        found.setdefault(hearings[score.evaluation_id], []).append(words)
    return {pk: " · ".join(words) for pk, words in found.items()}


def _has_come(sitting) -> bool:
    """Whether it is the day of the sitting, or later."""
    return clock.today() >= timezone.localdate(sitting.starts_at)


def criteria_with_marks(version_id: int, evaluation: Evaluation | None) -> list[Criterion]:
    """The criteria of a version, each with the ``given`` mark of this evaluation and its ``score_id`` (None without one);
    one query."""
    return list(
        Criterion.objects.filter(version=version_id)
        .annotate(
            own=FilteredRelation(
                "scores", condition=Q(scores__evaluation=evaluation.pk if evaluation else 0)
            ),
            given=F("own__value"),
            score_id=F("own__pk"),
        )
        .order_by("position", "pk")
    )


def tie_break_to_answer(sitting, seat) -> TieBreak | None:
    """The open comparison that this member, if present, has not answered yet; one query, during the deliberation."""
    if sitting.state != SittingState.DELIBERATING or seat is None:
        return None
    if seat.role not in SCORING_ROLES or not seat.present:
        return None
    return (
        TieBreak.objects.filter(sitting=sitting, closed_at__isnull=True).exclude(answers__seat=seat).first()
    )


# -- What other pages show ---------------------------------------------------------------------------------


def next_hearing_of(project, user) -> Hearing | None:
    """The next time the project is heard, for whoever may see the project; one query."""
    return (
        Hearing.objects.open()
        .filter(
            project__in=Project.objects.visible_to(user).filter(pk=project.pk),
            sitting__state__in=[SittingState.SCORING, SittingState.DELIBERATING],
        )
        .select_related("sitting")
        .order_by("sitting__starts_at")
        .first()
    )


def criteria_for_cohort(cohort_id: int):
    """The criteria of the first sitting that chooses among the projects of a cohort; one query."""
    version = (
        Sitting.objects.filter(
            cohort=cohort_id,
            gate__in=[Gate.PRESELECTION, Gate.HACKATHON],
            grid_version__isnull=False,
        )
        .exclude(state=SittingState.CANCELLED)
        .order_by("starts_at", "pk")
        .values("grid_version")[:1]
    )
    return Criterion.objects.filter(version=Subquery(version))


def concerns(user) -> bool:
    """Whether juries mean something to this person: they may prepare one, agree to one, or see one. Kept on the
    user; costs a query to those only who run and sponsor nothing."""
    if not hasattr(user, "_juries_concern_them"):
        user._juries_concern_them = is_manager(user) or is_sponsor(user) or user.seats.exists()
    return user._juries_concern_them


def remember_that_juries_concern(user) -> None:
    """Someone who was shown a sitting needs not be asked again in this request."""
    user._juries_concern_them = True
