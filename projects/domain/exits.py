"""Verbs of what comes after: what a stopped project teaches, and what became of those handed over."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.core import clock, files, journal
from incubator.core.models import Refused
from projects import notifications, rules
from projects.domain import _follow_ups
from projects.domain._common import need, not_blank, not_in_the_future, save_checked
from projects.enums import FollowUpState, Stage, StopReason
from projects.models import FollowUp, PostMortem, Project

SAY_OR_SHOW = _("Say in one sentence what became of it, or attach a file.")
_MAY_LOOK_BACK = frozenset(
    {Stage.STOPPED, Stage.WITHDRAWN, Stage.HANDED_OVER, Stage.DORMANT, Stage.SUSTAINED}
)


@transaction.atomic
def write_post_mortem(
    *, actor, project: Project, reason: str, learning: str, advice: str = "", written_on: date | None = None
) -> PostMortem:
    """Write, or complete, what a project that stopped teaches to those who come after."""
    need(rules.can_write_post_mortem(actor, project), "projects.write_post_mortem")
    if project.stage not in _MAY_LOOK_BACK:
        raise Refused(_("This project is still alive: its lessons are written once it has stopped."))
    written_on = written_on or clock.today()
    not_in_the_future(written_on, "written_on")
    if reason not in StopReason.values:
        raise Refused({"reason": _("Choose one of the answers offered.")})
    learning = not_blank(learning, "learning", _("Write what was learnt, in one sentence at least."))
    post_mortem = PostMortem.objects.filter(project=project).first() or PostMortem(project=project)
    post_mortem.reason, post_mortem.learning = reason, learning
    post_mortem.advice, post_mortem.written_on = advice.strip(), written_on
    save_checked(post_mortem)
    journal.record(verb="projects.write_post_mortem", actor=actor, target=project)
    return post_mortem


@transaction.atomic
def plan_follow_up(*, actor, project: Project, due_on: date) -> FollowUp:
    """Plan one more look at what became of a project that left."""
    need(rules.can_record_follow_up(actor, project), "projects.plan_follow_up")
    if project.stage not in _MAY_LOOK_BACK:
        raise Refused(_("This project is still here: a follow-up comes after its exit."))
    if project.follow_ups.filter(due_on=due_on).exists():
        raise Refused({"due_on": _("A follow-up is already planned on this day.")})
    follow_up = save_checked(FollowUp(project=project, due_on=due_on))
    _follow_ups.schedule(follow_up)
    journal.record(verb="projects.plan_follow_up", actor=actor, target=project, due_on=due_on.isoformat())
    return follow_up


@transaction.atomic
def ask_follow_up(*, actor, follow_up: FollowUp):
    """Write to the person who took the project over; once. None when the decision named nobody.

    By the worker on the day (``actor`` is None), or by the manager.
    """
    if actor is not None:
        need(rules.can_record_follow_up(actor, follow_up.project), "projects.ask_follow_up")
    if follow_up.checked_on is not None:
        raise Refused(_("This follow-up is already recorded. Plan another one to add something."))
    letter = notifications.ask_what_became_of(follow_up)
    if letter is None:
        return None
    asked = FollowUp.objects.filter(pk=follow_up.pk, asked_at__isnull=True).update(asked_at=clock.now())
    if asked:
        follow_up.refresh_from_db(fields=["asked_at"])
        journal.record(verb="projects.ask_follow_up", actor=actor, target=follow_up.project)
    return letter


@transaction.atomic
def tell_follow_up(
    *, actor, follow_up: FollowUp, state: str, told_by: str, note: str = "", source: str = "", proof=None
) -> FollowUp:
    """The person who took the project over says what became of it, by the link of their letter.

    The link is the right to answer: ``actor`` is None, and the name typed is kept beside the answer.
    """
    told_by = not_blank(told_by, "told_by", _("Write your first name and last name."))
    return _record(actor, follow_up, state, note, source, proof, told_by, clock.today())


@transaction.atomic
def record_follow_up(
    *,
    actor,
    follow_up: FollowUp,
    state: str,
    note: str = "",
    source: str = "",
    proof=None,
    told_by: str = "",
    checked_on: date | None = None,
) -> FollowUp:
    """Record what became of the project on that day; “not known” is an answer too.

    ``proof`` is an uploaded file (one of ``core.files.ALLOWED``); with it, ``note`` may stay empty.
    """
    need(rules.can_record_follow_up(actor, follow_up.project), "projects.record_follow_up")
    return _record(actor, follow_up, state, note, source, proof, told_by, checked_on)


def _record(actor, follow_up: FollowUp, state, note, source, proof, told_by, checked_on) -> FollowUp:
    project = follow_up.project
    checked_on = checked_on or clock.today()
    not_in_the_future(checked_on, "checked_on")
    if state not in FollowUpState.values:
        raise Refused({"state": _("Choose one of the answers offered.")})
    if proof is None:
        note = not_blank(note, "note", SAY_OR_SHOW)
    if follow_up.checked_on is not None:
        raise Refused(_("This follow-up is already recorded. Plan another one to add something."))
    kept = _keep(proof, actor) if proof is not None else None
    recorded = FollowUp.objects.filter(pk=follow_up.pk, checked_on__isnull=True).update(
        state=state,
        note=note.strip(),
        proof=kept,
        source=source.strip()[:200],
        told_by=told_by.strip()[:150],
        checked_on=checked_on,
        checked_by=actor,
    )
    if not recorded:
        if kept is not None:
            kept.file.storage.delete(kept.file.name)  # its row goes with the transaction
        raise Refused(_("This follow-up is already recorded. Plan another one to add something."))
    follow_up.refresh_from_db()
    journal.record(verb="projects.record_follow_up", actor=actor, target=project, state=state)
    return follow_up


def _keep(upload, actor):
    try:
        return files.store(upload, actor=actor)
    except Refused as error:
        raise Refused({"proof": error.messages}) from error
