"""What the screens of this package need, each at a fixed number of queries."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls import schema
from calls.enums import ApplicationState, CallState, QuestionKind
from calls.histories import submitted_values
from calls.models import Answer, Applicant, Application, Call
from incubator.core import clock, words
from incubator.core.path import Path, Stop
from projects.enums import FINAL_STAGES, STARTUP_STAGES, Stage
from projects.models import Transition
from projects.queries import futures

STOPS = ("apply", "preselection", "hackathon", "preincubation", "jury")


def call_url(call: Call) -> str:
    """The address of a call's page: it stays, whatever the page is called."""
    return f"/appels/{call.code}/"


# -- Calls, as everybody reads them ----------------------------------------------------------------


def open_calls() -> list[Call]:
    """Calls that take applications now and whose page is published, the first to close first. One query."""
    return list(
        Call.objects.open_now()
        .filter(page__live=True)
        .select_related("programme")
        .order_by("closes_at", "pk")
    )


@dataclass(frozen=True)
class Moments:
    open: list[Call]
    coming: list[Call]
    over: list[Call]


def calls_by_moment() -> Moments:
    """Published calls: open now, coming, over. One query."""
    moments = Moments([], [], [])
    published = (
        Call.objects.filter(page__live=True)
        .exclude(state=CallState.DRAFT)
        .select_related("programme", "page")
        .order_by("-closes_at", "-pk")
    )
    for call in published:
        if call.takes_applications:
            moments.open.append(call)
        elif call.state == CallState.SCHEDULED:
            moments.coming.append(call)
        else:
            moments.over.append(call)
    moments.open.sort(key=lambda call: call.closes_at)
    moments.coming.sort(key=lambda call: call.opens_at)
    return moments


def time_left(call: Call) -> str:
    """How long one can still apply, in words: « encore 12 jours », « encore 3 heures »."""
    left = call.closes_at - clock.now()
    if left.days >= 2:
        return ngettext("%(count)d day left", "%(count)d days left", left.days) % {"count": left.days}
    hours = int(left.total_seconds() // 3600)
    if hours >= 1:
        return ngettext("%(count)d hour left", "%(count)d hours left", hours) % {"count": hours}
    minutes = max(1, int(left.total_seconds() // 60))
    return ngettext("%(count)d minute left", "%(count)d minutes left", minutes) % {"count": minutes}


def duration_in_words(call: Call) -> str:
    minutes = call.minutes_to_apply
    return ngettext("about %(count)d minute", "about %(count)d minutes", minutes) % {"count": minutes}


def moment_of(call: Call) -> str:
    """What is true of a call now, for everybody: ``soon``, ``open``, ``closed``, ``archived`` or ``preparing``."""
    if call.takes_applications:
        return "open"
    if call.state == CallState.ARCHIVED:
        return "archived"
    if call.is_over:
        return "closed"
    return "soon" if call.state == CallState.SCHEDULED else "preparing"


def path_of_call(call: Call) -> Path:
    """What will happen, with its dates: the same line that a project follows later."""
    today = clock.today()
    moment = moment_of(call)
    dates = _dates(call)
    if moment == "open":
        dates[0]["when"] = _("until %(day)s") % {"day": words.in_words(call.closes_at)}
    elif moment in ("closed", "archived"):
        dates[0]["when"] = _("closed on %(day)s") % {"day": words.day(call.closes_at)}
    stops, found_next = [], False
    for position, step in enumerate(dates):
        if position == 0:
            state = {"open": "now", "soon": "next", "preparing": "next"}.get(moment, "done")
            found_next = state == "next"
        elif moment in ("soon", "preparing"):
            state = "planned"
        elif step["day"] is not None and step["day"] < today:
            state = "done"
        elif not found_next and moment != "open":
            state, found_next = "next", True
        else:
            state = "planned"
        stops.append(Stop(step["label"], state, when=step["when"]))
    return Path(stops, title=_("What happens, and when"), branch=futures() if moment != "archived" else None)


def _dates(call: Call) -> list[dict[str, Any]]:
    programme = call.programme
    steps = [
        {
            "key": "apply",
            "label": _("Application"),
            "day": None,
            "when": _("from %(day)s") % {"day": words.in_words(call.opens_at)},
        }
    ]
    if programme.uses_preselection:
        steps.append(_step("preselection", _("Preselection"), call.preselection_on))
    if programme.uses_hackathon:
        steps.append(_step("hackathon", _("Hackathon"), call.hackathon_on))
    months = programme.preincubation_months
    steps.append(
        _step(
            "preincubation",
            _("Pre-incubation"),
            call.preincubation_from,
            ngettext("%(count)d month", "%(count)d months", months) % {"count": months},
        )
    )
    steps.append(_step("jury", _("Jury"), call.jury_on))
    return steps


def _step(key: str, label: str, day, length: str = "") -> dict[str, Any]:
    when = words.day(day) if day else ""
    if key == "preincubation" and day:
        when = _("from %(day)s") % {"day": words.day(day)}
    return {"key": key, "label": label, "day": day, "when": ", ".join(filter(None, [when, length]))}


# -- One application -------------------------------------------------------------------------------


@dataclass(frozen=True)
class AnswerRow:
    question: dict
    text: str
    answer: Answer | None
    problem: str | None = None

    @property
    def file(self):
        return self.answer.file if self.answer else None

    @property
    def link(self) -> str | None:
        """The address to follow, when the answer is one."""
        return schema.read_link(self.text) if self.question["kind"] == QuestionKind.LINK else None


@dataclass(frozen=True)
class AnswerSection:
    key: str
    title: str
    rows: list[AnswerRow]


def answers_of(application: Application, *, problems: dict[str, str] | None = None) -> list[AnswerSection]:
    """Every answer under the words that were asked, as it was submitted, without what those answers leave unasked.

    One query; one more while a completion is being written: until it is sent, what was submitted stands.
    """
    answers = {answer.key: answer for answer in application.answers.select_related("file", "saved_by")}
    for key, submitted in submitted_values(application).items():
        stands = answers.setdefault(key, Answer(application=application, key=key))
        stands.value, stands.file_id = submitted["value"], submitted["file"]
    values = {key: answer.value for key, answer in answers.items()}
    hidden = schema.hidden_keys(application.form_version.schema, values)
    found = []
    for section in application.form_version.schema:
        rows = [
            AnswerRow(
                question,
                schema.in_words(question, values.get(question["key"])),
                answers.get(question["key"]),
                (problems or {}).get(question["key"]),
            )
            for question in section["questions"]
            if question["key"] not in hidden
        ]
        if rows:
            found.append(AnswerSection(section["key"], section["title"], rows))
    return found


def path_of_application(application: Application) -> Path:
    """Where an application is, in five plain steps. One query when a project exists."""
    call = application.call
    project = application.project
    dates = _dates(call)
    if project is None:
        stops = [
            Stop(
                _("Write and submit"),
                "now",
                when=_("until %(day)s") % {"day": words.in_words(call.closes_at)},
            )
        ]
        stops += [Stop(step["label"], "planned", when=step["when"]) for step in dates[1:]]
        return Path(stops, title=_("Where your application is"))
    reached = _steps_reached(project, [step["key"] for step in dates])
    over = project.stage in FINAL_STAGES and project.stage != Stage.SUSTAINED
    stops = [
        Stop(
            _("Application submitted"),
            "done",
            when=words.day(application.submitted_at),
            note=application.receipt_number or "",
        )
    ]
    ahead = False
    for step in dates[1:]:
        if step["key"] in reached["done"]:
            state = "done"
        elif step["key"] == reached["now"]:
            state = "now"
        elif over:
            state = "skipped"
        elif not ahead and reached["now"] is None:
            state, ahead = "next", True
        else:
            state = "planned"
        stops.append(Stop(step["label"], state, when=step["when"]))
    if over:
        stops.append(Stop(Stage(project.stage).label, "now", icon="end"))
    elif project.stage in STARTUP_STAGES:
        stops.append(Stop(Stage(project.stage).label, "now", icon="bloom"))
    return Path(stops, title=_("Where your application is"))


_MOVE_STEPS = {
    Stage.PRESELECTED: ("preselection",),
    Stage.SELECTED: ("preselection", "hackathon"),
    Stage.PREINCUBATION: ("preselection", "hackathon"),
}


def _steps_reached(project, keys: list[str]) -> dict[str, Any]:
    """Which steps are behind, and which one is going on, from the stages the project went through."""
    targets = set(Transition.objects.filter(project=project).values_list("target", flat=True))
    done: set[str] = set()
    for stage, steps in _MOVE_STEPS.items():
        if stage in targets or project.stage == stage:
            done.update(steps)
    now = None
    if project.stage == Stage.PREINCUBATION:
        now = "preincubation"
    elif project.stage in STARTUP_STAGES or project.stage in (
        Stage.SUSTAINED,
        Stage.HANDED_OVER,
        Stage.DORMANT,
    ):
        done.update(keys)
    return {"done": done, "now": now}


@dataclass(frozen=True)
class NextStep:
    label: str
    day: Any
    text: str


def next_step_of(application: Application) -> NextStep | None:
    """The next dated thing that its author may expect; None when nothing more is to come."""
    call, project = application.call, application.project
    if project is None:
        if call.in_grace:
            return NextStep(_("Submit your application"), call.grace_ends_at, _("The grace ends then."))
        return NextStep(_("Submit your application"), call.closes_at, _("Before the call closes."))
    if project.stage == Stage.APPLIED:
        if application.call.preselection_on and application.call.preselection_on >= clock.today():
            return NextStep(
                _("Preselection"),
                call.preselection_on,
                _("You get an answer by %(day)s at the latest.")
                % {"day": words.day(application.answer_due_on)},
            )
        return NextStep(
            _("An answer"),
            application.answer_due_on,
            _("Whatever is decided, you are told, with the reason."),
        )
    if project.stage in FINAL_STAGES:
        return None
    if project.next_decision_on:
        return NextStep(project.next_decision_label or _("Next decision"), project.next_decision_on, "")
    following = {
        Stage.PRESELECTED: (_("Hackathon"), call.hackathon_on),
        Stage.SELECTED: (_("Pre-incubation begins"), call.preincubation_from),
        Stage.PREINCUBATION: (_("Jury"), call.jury_on),
    }.get(project.stage)
    return NextStep(following[0], following[1], "") if following and following[1] else None


def last_answer_to(application: Application) -> Transition | None:
    """The last decision about its project that its author may read. One query."""
    if application.project_id is None:
        return None
    return (
        Transition.objects.filter(project=application.project_id)
        .exclude(public_reason="")
        .order_by("-effective_on", "-pk")
        .first()
    )


# -- Lists -----------------------------------------------------------------------------------------


def my_applications(user) -> list[Application]:
    """One query: mine, those to finish first, then the latest."""
    mine = list(
        Application.objects.of_person(user)
        .with_lead_offered(user)
        .select_related("call__programme", "project")
        .order_by("-submitted_at", "-saved_at")
    )
    return sorted(mine, key=lambda application: application.state != ApplicationState.DRAFT)


def places_offered(user) -> list[Applicant]:
    """Teams in which this person was named by their e-mail and has not answered yet. One query."""
    if not user.email:
        return []
    return list(
        Applicant.objects.filter(
            user=None, email__iexact=user.email, application__discarded_at=None
        ).select_related("application__call")
    )


def managed_calls(user) -> list[Call]:
    """The calls this person runs, the latest first, with how many applications came and wait. One query."""
    sent = ~Q(applications__state=ApplicationState.DRAFT)
    waiting = Application.objects.filter(call=OuterRef("pk")).unanswered().order_by().values("call")
    return list(
        Call.objects.visible_to(user)
        .select_related("programme")
        .annotate(
            received=Count("applications", filter=sent),
            waiting=Coalesce(Subquery(waiting.annotate(n=Count("pk")).values("n")), 0),
        )
        .order_by("-closes_at", "-pk")
    )


def counts_of_call(call: Call) -> dict[str, int]:
    """Persons, applications, and drafts under way: three units, never one rate. Two queries."""
    draft = Q(state=ApplicationState.DRAFT)
    counted = call.applications.aggregate(
        applications=Count("pk", filter=~draft),
        drafts=Count("pk", filter=draft & Q(discarded_at__isnull=True)),
    )
    return {**counted, "persons": count_persons(call.applications.sent())}


def count_persons(applications) -> int:
    """People, each counted once: by account where there is one, else by place in a team. One query."""
    counted = Applicant.objects.filter(application__in=applications).aggregate(
        accounts=Count("user", distinct=True), others=Count("pk", filter=Q(user=None))
    )
    return counted["accounts"] + counted["others"]


def application_url(application: Application) -> str:
    return reverse("calls:follow", args=[application.uuid])
