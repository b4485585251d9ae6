"""How the demonstration makes things happen: each function is one scene, told with the domain verbs.

The replay never writes a row by itself. It only sets the clock, chooses who acts, and calls verbs.
"""

import random
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calls import schema
from calls.domain import applications
from calls.domain import calls as call_verbs
from home.demo.questions import QUESTIONS, Dossier
from incubator.accounts.models import Directorate, User, Workplace
from incubator.core import clock, jobs, letters
from juries.domain import calibration, decisions, feedback, grids, links, scoring, sittings
from juries.enums import SCORING_ROLES, SeatRole
from juries.models import GridVersion, Hearing, Sitting
from projects.domain import projects as project_verbs
from projects.enums import ENGAGING_OUTCOMES
from projects.models import Cohort, Population, Programme, Project

ZONE = ZoneInfo("Europe/Paris")
SEED = 2020


@dataclass
class Stage:
    """What the scenes share: the cast, the places, the dice, the programme's grids."""

    people: dict[str, User]
    directorates: dict[str, Directorate]
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - a fixed replay
    today: date = field(default_factory=clock.today)
    projects: dict[str, Project] = field(default_factory=dict)
    grids: dict[str, GridVersion] = field(default_factory=dict)
    populations: dict[str, Population] = field(default_factory=dict)

    def who(self, username: str) -> User:
        return self.people[username]

    def project(self, code: str) -> Project:
        """The project as it stands now."""
        project = self.projects[code]
        project.refresh_from_db()
        return project

    def code_of(self, project: Project) -> str:
        """The demonstration's own name of a project (its address is made from its title)."""
        return next(code for code, known in self.projects.items() if known.pk == project.pk)

    def day(self, offset: int) -> date:
        """The day that many days from the day of loading (negative: before)."""
        return self.today + timedelta(days=offset)

    def working_day(self, offset: int) -> date:
        """The same, moved back to the Friday when it falls on a week-end."""
        day = self.day(offset)
        return day - timedelta(days=max(0, day.weekday() - 4))


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=ZONE)


@contextmanager
def on(day: date, hour: int = 9, minute: int = 0, *, letters_are_past: bool = True):
    """Act at that hour; letters are by default delivered long ago, and make no job."""
    with ExitStack() as stack:
        stack.enter_context(clock.at(moment(day, hour, minute)))
        if letters_are_past:
            stack.enter_context(letters.delivered_as_demo())
        yield


# -- Calls -------------------------------------------------------------------------------------------


def run_call(*, manager: User, cohort: Cohort, code: str, title: str, opens: date, closes: date, lead: str,
             body: list[dict] | None = None, questions: list[dict] | None = None, **dates):  # fmt: skip
    """Prepare a call, publish its page and open it on the day."""
    with on(opens - timedelta(days=7), 11):
        call = call_verbs.create_call(
            actor=manager,
            programme=cohort.programme,
            cohort=cohort,
            code=code,
            title=title,
            opens_at=moment(opens, 9),
            closes_at=moment(closes, 18),
            questions=questions or QUESTIONS,
            page_content={"lead": lead, "body": body or []},
            **dates,
        )
        call_verbs.publish_call_page(actor=manager, call=call)
    with on(opens, 9):
        call_verbs.open_call(actor=manager, call=call)
    return call


def let_the_worker_run(day: date, hour: int = 18) -> None:
    """What the worker would have done by that hour: reminders, then the call closes by itself."""
    with on(day, hour):
        jobs.sweep()


def choice_key(label: str) -> str:
    return schema.make_key(label, set(), "choice")


def apply_for(stage: Stage, *, call, dossier: Dossier, day: date, hour: int = 12,
              letters_are_past: bool = True) -> Project:  # fmt: skip
    """Write an application in three steps, bring the team in, and submit it."""
    lead, *others = (stage.who(name) for name in dossier.team)
    with on(day, hour, letters_are_past=letters_are_past):
        application, _token = applications.begin_application(call=call, user=lead)
        values = dossier.answers(choice_key)
        if place := values.get("lieu"):
            values["lieu"] = Workplace.objects.get(name=place)
        applications.save_answers(actor=lead, application=application, values=values, step="vous")
        applications.name_team(
            actor=lead, application=application, people=[_person(user) for user in (lead, *others)]
        )
        application = applications.submit_application(actor=lead, application=application)
    stage.projects[dossier.code] = application.project
    return application.project


def _person(user: User) -> dict:
    return {
        "user": user,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email or "",
    }


def declare_all_eligible(stage: Stage, *, manager: User, dossiers: Iterable[Dossier], day: date) -> None:
    """The first sort: everything is in scope; the theme is written on the project."""
    with on(day, 16):
        for dossier in dossiers:
            project = stage.project(dossier.code)
            applications.declare_eligible(actor=manager, application=project.applications.get())
            project_verbs.update_project(
                actor=manager,
                project=project,
                title=project.title,
                problem=project.problem,
                theme=dossier.theme,
            )


# -- Sittings ----------------------------------------------------------------------------------------


def prepare(
    stage: Stage,
    *,
    manager: User,
    cohort: Cohort,
    gate: str,
    body: str,
    day: date,
    grid: GridVersion,
    jurors: Mapping[str, str],
    codes: Iterable[str],
    code: str,
    prepared_on: date,
    place: str = "Hôtel de Région, salle du Conseil",
    quorum: int = 3,
    places: int | None = None,
    hour: int = 9,
    minutes_each: int = 20,
    scores_close: datetime | None = None,
    **rules,
) -> Sitting:
    """Prepare a sitting: members, order and hours of passage, and open the scoring."""
    starts = moment(day, hour)
    frame = {
        "cohort": cohort,
        "gate": gate,
        "body": body,
        "starts_at": starts,
        "place": place,
        "grid_version": grid,
        "quorum": quorum,
        "places": places,
        "scores_close_at": scores_close,
        "minutes_each": minutes_each,
        **rules,
    }
    codes = list(codes)
    with on(prepared_on, 10):
        sitting = _booked(stage, gate, codes)
        if sitting is not None:
            return _take_up(stage, sitting, manager=manager, jurors=jurors, frame=frame)
        sitting = sittings.prepare_sitting(actor=manager, programme=cohort.programme, code=code, **frame)
        for username, role in jurors.items():
            sittings.add_seat(actor=manager, sitting=sitting, user=stage.who(username), role=role)
        for position, project_code in enumerate(codes):
            sittings.add_hearing(
                actor=manager,
                sitting=sitting,
                project=stage.project(project_code),
                starts_at=starts + timedelta(minutes=minutes_each * position),
            )
    return sitting


def _booked(stage: Stage, gate: str, codes: list[str]) -> Sitting | None:
    """The sitting that an extension has booked for these projects by itself."""
    return Sitting.objects.filter(
        gate="extension_end", state="preparing", hearings__project=stage.project(codes[0])
    ).first() if gate == "extension_end" else None  # fmt: skip


def _take_up(
    stage: Stage, sitting: Sitting, *, manager: User, jurors: Mapping[str, str], frame: dict
) -> Sitting:
    """The manager completes a booked sitting: its frame, and its own members in place of those proposed."""
    sitting = sittings.update_sitting(actor=manager, sitting=sitting, **frame)
    for seat in sitting.seats.select_related("user", "sitting"):
        sittings.remove_seat(actor=manager, seat=seat)
    for username, role in jurors.items():
        sittings.add_seat(actor=manager, sitting=sitting, user=stage.who(username), role=role)
    return sitting


def score_all(stage: Stage, sitting: Sitting, *, day: date, strengths: Mapping[str, float],
              only: Mapping[str, Iterable[str]] | None = None) -> None:  # fmt: skip
    """Every juror scores every project they may: marks around the project's strength (1 to 5), never at random.

    ``only`` limits some jurors to some projects.
    """
    hearings = list(sitting.hearings.select_related("project").order_by("position"))
    criteria = list(sitting.grid_version.criteria.all())
    seats = sitting.seats.filter(role__in=SCORING_ROLES).select_related("user").order_by("pk")
    with on(day, 10):
        for seat in seats:
            stands_aside = set(seat.recusals.values_list("hearing_id", flat=True))
            leaning = stage.dice.choice([-0.4, 0, 0.3])
            allowed = None if only is None else only.get(seat.user.username)
            for hearing in hearings:
                if hearing.pk in stands_aside:
                    continue
                if only is not None and (allowed is None or stage.code_of(hearing.project) not in allowed):
                    continue
                _score_one(
                    stage, seat.user, hearing, criteria, strengths[stage.code_of(hearing.project)] + leaning
                )


def calibrate(stage: Stage, sitting: Sitting, *, manager: User, day: date, title: str, problem: str, text: str,
              silent: Iterable[str] = ()) -> None:  # fmt: skip
    """Everyone save the ``silent`` scores one fictitious dossier, some more severely than others."""
    with on(day, 10):
        calibration.write_file(actor=manager, sitting=sitting, title=title, problem=problem, text=text)
        calibration.open_file(actor=manager, sitting=sitting)
        voices = sitting.seats.filter(role__in=SCORING_ROLES).exclude(user__username__in=silent)
        criteria = list(sitting.grid_version.criteria.all())
        for turn, seat in enumerate(voices.select_related("user").order_by("pk")):
            marks = {one.key: 2 + (turn + place) % 3 for place, one in enumerate(criteria)}
            calibration.score_file(actor=seat.user, sitting=sitting, marks=marks)


COMMENTS = (
    "Le problème est bien décrit, la suite reste à vérifier.",
    "On voit tout de suite qui cela concerne.",
    "Idée simple, à essayer vite.",
    "Il manque un chiffre de départ.",
    "L’équipe connaît son sujet.",
    "Attention au temps que cela demandera.",
)


def _score_one(stage: Stage, juror: User, hearing: Hearing, criteria, strength: float) -> None:
    marks = {
        criterion.key: min(5, max(1, round(strength + stage.dice.uniform(-0.9, 0.9))))
        for criterion in criteria
    }
    scoring.save_scores(actor=juror, hearing=hearing, scores=marks, comment=stage.dice.choice(COMMENTS))
    scoring.submit_evaluation(actor=juror, hearing=hearing)


@dataclass(frozen=True)
class Ruling:
    """What a body decided about one project."""

    outcome: str
    reason: str
    demands: dict = field(default_factory=dict)
    feedback: tuple[str, str, str] | None = None  # what convinced, what was missing, what comes next


def open_scoring(*, manager: User, sitting: Sitting, day: date, silent: Iterable[str] = ()) -> None:
    """The scoring opens, and every member with a voice, save the ``silent``, says that they know of no link."""
    with on(day, 9):
        sittings.open_scoring(actor=manager, sitting=sitting)
        voices = sitting.seats.filter(role__in=SCORING_ROLES).exclude(user__username__in=silent)
        for seat in voices.select_related("user"):
            links.declare_links(actor=seat.user, sitting=sitting, links={}, none=True)


def deliberate(stage: Stage, sitting: Sitting, *, day: date, hour: int = 14) -> None:
    president = sitting.seats.get(role=SeatRole.PRESIDENT).user
    with on(day, hour):
        present = list(sitting.seats.all())
        sittings.begin_deliberation(actor=president, sitting=sitting, present=present)


def decide(stage: Stage, sitting: Sitting, *, day: date, rulings: Mapping[str, Ruling], sponsor: User,
           sign: bool = True, hour: int = 15) -> None:  # fmt: skip
    """Prepare each decision; the sponsor agrees to those that engage money or staff."""
    president = sitting.seats.get(role=SeatRole.PRESIDENT).user
    secretary = sitting.seats.filter(role=SeatRole.SECRETARY).select_related("user").first()
    writer = secretary.user if secretary else president
    with on(day, hour):
        for hearing in sitting.hearings.select_related("project", "sitting").order_by("position"):
            ruling = rulings.get(stage.code_of(hearing.project))
            if ruling is None:
                continue
            decision = decisions.prepare_decision(
                actor=writer,
                hearing=hearing,
                outcome=ruling.outcome,
                reason=ruling.reason,
                demands=ruling.demands,
            )
            if ruling.feedback:
                convinced, lacked, what_next = ruling.feedback
                feedback.write_feedback(
                    actor=writer, decision=decision, convinced=convinced, lacked=lacked, what_next=what_next
                )
            if sign and ruling.outcome in ENGAGING_OUTCOMES:
                decisions.sign_off(actor=sponsor, decision=decision)


def pronounce(sitting: Sitting, *, day: date, hour: int = 17) -> None:
    president = sitting.seats.get(role=SeatRole.PRESIDENT).user
    with on(day, hour):
        decisions.pronounce(actor=president, sitting=sitting)


def hold(stage: Stage, *, day: date, rulings: Mapping[str, Ruling], strengths: Mapping[str, float],
         manager: User, sponsor: User, prepared_on: date, scoring_from: date, **sitting_fields) -> Sitting:  # fmt: skip
    """A whole sitting: prepared, scored, deliberated, pronounced."""
    sitting = prepare(
        stage, manager=manager, day=day, prepared_on=prepared_on, codes=rulings, **sitting_fields
    )
    open_scoring(manager=manager, sitting=sitting, day=scoring_from)
    score_all(stage, sitting, day=max(scoring_from, day - timedelta(days=1)), strengths=strengths)
    deliberate(stage, sitting, day=day)
    decide(stage, sitting, day=day, rulings=rulings, sponsor=sponsor)
    pronounce(sitting, day=day)
    return sitting


# -- Projects ----------------------------------------------------------------------------------------


def commit_and_start(stage: Stage, *, manager: User, code: str, signed_on: date, starts: date, ends: date,
                     share: int, agreed_by: str, coach: User | None = None) -> None:  # fmt: skip
    """Everybody in the team signs, a coach comes, and pre-incubation starts on its day."""
    project = stage.project(code)
    with on(signed_on, 14):
        for membership in project.memberships.filter(left_on__isnull=True).select_related("user"):
            project_verbs.sign_commitment(
                actor=manager,
                project=project,
                user=membership.user,
                share_of_time=share,
                starts_on=starts,
                ends_on=ends,
                agreed_by=agreed_by,
                signed_on=signed_on,
                replacement="Les collègues de l’équipe se partagent les dossiers urgents.",
            )
        if coach is not None:
            project_verbs.assign_companion(
                actor=manager, project=project, user=coach, kind="coach", starts_on=starts
            )
    with on(starts, 9):
        project_verbs.start_preincubation(actor=manager, project=stage.project(code))


def make_grid(
    *, manager: User, programme: Programme, name: str, criteria: list[dict], day: date
) -> GridVersion:
    with on(day, 10):
        return grids.create_grid(actor=manager, programme=programme, name=name, criteria=criteria)
