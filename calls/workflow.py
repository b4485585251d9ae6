"""The two lives of this package: the call's, and the application's until a project carries the story."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from calls import rules
from calls.enums import ApplicationState, CallState
from calls.models import ApplicationTransition, CallTransition
from incubator.core import clock, words
from incubator.core.workflow import Move, Workflow
from projects.enums import Stage


def _page_is_published(call, facts) -> str | None:
    page = getattr(call, "page", None)
    if page is None or not page.live:
        return _(
            "The call's page is not published yet: publish it first, so that agents can read what opens."
        )
    return None


def _has_questions(call, facts) -> str | None:
    form = getattr(call, "form", None)
    if form is None or not any(len(block.value["questions"]) for block in form.sections):
        return _("The call asks nothing yet: write at least one question.")
    return None


def _closing_is_ahead(call, facts) -> str | None:
    if call.closes_at <= clock.now():
        return _("The closing hour has passed: choose a later one first.")
    return None


def _everyone_answered(call, facts) -> str | None:
    waiting = call.applications.unanswered().count()
    if waiting:
        return ngettext(
            "%(count)d application has had no answer yet: decide, then send, print or phone the letters, "
            "and archive afterwards.",
            "%(count)d applications have had no answer yet: decide, then send, print or phone the letters, "
            "and archive afterwards.",
            waiting,
        ) % {"count": waiting}
    return None


def _grace_is_over(call, facts) -> str | None:
    if call.in_grace:
        return _("Drafts already begun may still be submitted until %(day)s: archive afterwards.") % {
            "day": words.in_words(call.grace_ends_at)
        }
    return None


def _not_decided(application, facts) -> str | None:
    if application.project_id and application.project.stage != Stage.APPLIED:
        return _("A body has already decided on this project.")
    return None


def _may_enter_paper(user, application) -> bool:
    return rules.can_enter_paper(user, application.call)


_ready = (_page_is_published, _has_questions, _closing_is_ahead)

call_workflow = Workflow(
    state_field="state",
    log=CallTransition,
    subject="call",
    moves=[
        Move(
            name="schedule",
            label=gettext_lazy("Schedule the opening"),
            sources=frozenset({CallState.DRAFT}),
            target=CallState.SCHEDULED,
            allowed=rules.can_manage_call,
            conditions=_ready,
        ),
        Move(
            name="unschedule",
            label=gettext_lazy("Back to preparation"),
            sources=frozenset({CallState.SCHEDULED}),
            target=CallState.DRAFT,
            allowed=rules.can_manage_call,
        ),
        Move(
            name="open",
            label=gettext_lazy("Open now"),
            sources=frozenset({CallState.DRAFT, CallState.SCHEDULED}),
            target=CallState.OPEN,
            allowed=rules.can_manage_call,
            conditions=_ready,
        ),
        Move(
            name="close",
            label=gettext_lazy("Close now"),
            sources=frozenset({CallState.OPEN}),
            target=CallState.CLOSED,
            allowed=rules.can_manage_call,
        ),
        Move(
            name="reopen",
            label=gettext_lazy("Open again"),
            sources=frozenset({CallState.CLOSED}),
            target=CallState.OPEN,
            allowed=rules.can_manage_call,
            conditions=_ready,
        ),
        Move(
            name="archive",
            label=pgettext_lazy("action on a call", "Archive"),
            sources=frozenset({CallState.CLOSED}),
            target=CallState.ARCHIVED,
            allowed=rules.can_manage_call,
            conditions=(_grace_is_over, _everyone_answered),
        ),
    ],
)

application_workflow = Workflow(
    state_field="state",
    log=ApplicationTransition,
    subject="application",
    moves=[
        Move(
            name="submit",
            label=gettext_lazy("Submit"),
            sources=frozenset({ApplicationState.DRAFT}),
            target=ApplicationState.SUBMITTED,
            allowed=rules.can_submit,
        ),
        Move(
            name="enter_paper",
            label=gettext_lazy("Enter a paper application"),
            sources=frozenset({ApplicationState.DRAFT}),
            target=ApplicationState.SUBMITTED,
            allowed=_may_enter_paper,
        ),
        Move(
            name="ask_completion",
            label=gettext_lazy("Ask for a completion"),
            sources=frozenset({ApplicationState.SUBMITTED}),
            target=ApplicationState.TO_COMPLETE,
            allowed=rules.can_ask_completion,
            conditions=(_not_decided,),
        ),
        Move(
            name="complete",
            label=gettext_lazy("Send what was asked"),
            sources=frozenset({ApplicationState.TO_COMPLETE}),
            target=ApplicationState.SUBMITTED,
            allowed=rules.can_complete,
            conditions=(_not_decided,),
        ),
        Move(
            name="close_completion",
            label=gettext_lazy("Stop waiting for a completion"),
            sources=frozenset({ApplicationState.TO_COMPLETE}),
            target=ApplicationState.SUBMITTED,
            allowed=rules.can_ask_completion,
        ),
        Move(
            name="declare_eligible",
            label=gettext_lazy("Declare eligible"),
            sources=frozenset({ApplicationState.SUBMITTED}),
            target=ApplicationState.ELIGIBLE,
            allowed=rules.can_judge_eligibility,
            conditions=(_not_decided,),
        ),
        Move(
            name="undo_eligible",
            label=gettext_lazy("Back to “submitted”"),
            sources=frozenset({ApplicationState.ELIGIBLE}),
            target=ApplicationState.SUBMITTED,
            allowed=rules.can_judge_eligibility,
            conditions=(_not_decided,),
        ),
        Move(
            name="join",
            label=gettext_lazy("Join with another application"),
            sources=frozenset(
                {ApplicationState.SUBMITTED, ApplicationState.TO_COMPLETE, ApplicationState.ELIGIBLE}
            ),
            target=ApplicationState.JOINED,
            allowed=rules.can_join,
        ),
    ],
)
