"""What the page of one application shows to those who run its call, each at a fixed number of queries."""

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from calls import rules, similar
from calls.enums import ApplicationState, RedirectionState
from calls.listing import Wait, wait_of
from calls.models import Application, Redirection
from calls.workflow import application_workflow
from incubator.core.letters import kinds_that_answer
from incubator.core.models import Letter
from projects.enums import Stage

JOINABLE = frozenset({Stage.APPLIED, Stage.PRESELECTED})
HANDED_OVER_FROM = frozenset({Stage.APPLIED, Stage.NOT_SELECTED, Stage.REDIRECTED})


@dataclass(frozen=True)
class Action:
    """Something that can be done now: a page to open, or (``posts``) a button that acts, with what it sends."""

    name: str
    label: str
    url: str
    posts: bool = False
    field: str = ""
    style: str = "secondary"
    note: str = ""


def actions_of(user, application: Application, redirections: list[Redirection]) -> list[Action]:
    """What this manager may do with the application now, the usual next step first. No query."""
    asked = any(one.state in (RedirectionState.WAITING, RedirectionState.LATE) for one in redirections)
    moves = {move.name for move in application_workflow.available(user, application)}
    undecided = application.project.stage == Stage.APPLIED
    found: list[Action | None] = [
        _eligible(application) if undecided and "declare_eligible" in moves else None,
        _page("write", _("Write to the team"), application)
        if rules.can_write_to_team(user, application)
        else None,
        _page("redirect", _("Hand it to a department"), application)
        if not asked and _may_hand_over(user, application)
        else None,
        _page("join", _("Join with another application"), application)
        if "join" in moves and application.project.stage in JOINABLE
        else None,
        _not_eligible(application) if undecided and "undo_eligible" in moves else None,
    ]
    return [action for action in found if action is not None]


def _page(name: str, label: str, application: Application) -> Action:
    return Action(name, label, reverse(f"calls:{name}", args=[application.uuid]))


def _eligible(application: Application) -> Action:
    return Action(
        "declare_eligible",
        _("Declare eligible"),
        reverse("calls:eligible", args=[application.uuid]),
        posts=True,
        style="primary",
        note=_("Eligible means that a jury will read it. The author is not written to."),
    )


def _not_eligible(application: Application) -> Action:
    return Action(
        "undo_eligible",
        _("Correct: not eligible yet"),
        reverse("calls:eligible", args=[application.uuid]),
        posts=True,
        field="undo",
        style="quiet",
    )


def _may_hand_over(user, application: Application) -> bool:
    return (
        rules.can_redirect(user, application)
        and application.state != ApplicationState.JOINED
        and application.project.stage in HANDED_OVER_FROM
    )


def history_of(application: Application) -> list[dict[str, Any]]:
    """The changes of state of the application and of its project, in their order. Two queries."""
    rows = [
        *application.transitions.select_related("actor"),
        *application.project.transitions.select_related("actor"),
    ]
    return [_line(row) for row in sorted(rows, key=lambda row: (row.created_at, row.pk))]


def _line(row) -> dict[str, Any]:
    enum = ApplicationState if hasattr(row, "application_id") else Stage
    return {
        "at": row.created_at,
        "label": enum(row.target).label,
        "by": row.actor,
        "reason": row.public_reason,
    }


def joined_with(application: Application) -> list[Application]:
    """The applications that have joined this one, or the one that it has joined. One query."""
    here = Q(project__merged_into=application.project_id)
    if application.project.merged_into_id:
        here |= Q(project=application.project.merged_into_id)
    return list(Application.objects.sent().filter(here).exclude(pk=application.pk).order_by("pk"))


def letters_about(user, application: Application) -> list[Letter]:
    """Every letter about the application or its project that this person may read, the latest first. One query."""
    types = ContentType.objects.get_for_models(Application, type(application.project))
    about = Q(about_type=types[Application], about_pk=str(application.pk)) | Q(
        about_type=types[type(application.project)], about_pk=str(application.project_id)
    )
    return list(Letter.objects.visible_to(user).filter(about).order_by("-created_at", "-pk")[:50])


def wait_for_decision(application: Application) -> Wait | None:
    """The clock of an application that nobody has decided about yet. No query."""
    undecided = application.project.stage == Stage.APPLIED and application.state != ApplicationState.JOINED
    return wait_of(application) if undecided else None


def answers_on_their_way(letters: list[Letter]) -> list[Letter]:
    """Among these letters, the answers that have not reached whom they are for. No query."""
    kinds = kinds_that_answer()
    return [letter for letter in letters if letter.kind in kinds and letter.is_on_its_way]


def who_wrote_matters(application: Application, sections) -> bool:
    """Whether each answer says by whom and when: they are by several people, or one was written after the others
    had been submitted."""
    answers = [row.answer for section in sections for row in section.rows if row.answer]
    completed = any(answer.saved_at > application.submitted_at for answer in answers)
    return completed or len({answer.saved_by_id for answer in answers}) > 1


def similar_to(application: Application) -> list[dict]:
    """What seems to be about the same problem, while the application can still be joined."""
    if application.state == ApplicationState.JOINED or application.project.stage not in JOINABLE:
        return []
    return similar.hint_for(application)
