"""The life of a call: prepared with its page, scheduled, opened and closed at their hour, archived."""

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from calls import rules
from calls.domain.forms import freeze_form, write_questions
from calls.enums import CallState
from calls.models import Call, CallForm, CallIndexPage, CallPage
from calls.workflow import call_workflow
from incubator.core import clock, jobs, journal
from incubator.core.models import Refused

CHANGEABLE = (
    "title",
    "cohort",
    "opens_at",
    "closes_at",
    "preselection_on",
    "hackathon_on",
    "preincubation_from",
    "jury_on",
    "max_team_size",
    "minutes_to_apply",
    "reminder_days_before",
)


@transaction.atomic
def create_call(
    *,
    actor,
    programme,
    cohort,
    code: str,
    title: str,
    opens_at: datetime,
    closes_at: datetime,
    preselection_on=None,
    hackathon_on=None,
    preincubation_from=None,
    jury_on=None,
    max_team_size: int = 5,
    minutes_to_apply: int = 20,
    reminder_days_before: int = 3,
    questions: list[dict] | None = None,
    page_content: dict | None = None,
) -> Call:
    """Prepare a call, its empty or given questions, and its page as a draft.

    ``questions``: a list of sections as ``calls.schema`` describes (keys may be left out);
    ``page_content``: ``{"lead": text, "body": raw stream data}``.
    Raises Refused with sentences by field, PermissionDenied when the actor does not run the programme.
    """
    if actor is not None and not rules.can_create_call(actor, programme):
        raise PermissionDenied("create_call")
    call = Call(
        programme=programme,
        cohort=cohort,
        code=slugify(code),
        title=title,
        opens_at=opens_at,
        closes_at=closes_at,
        preselection_on=preselection_on,
        hackathon_on=hackathon_on,
        preincubation_from=preincubation_from,
        jury_on=jury_on,
        max_team_size=max_team_size,
        minutes_to_apply=minutes_to_apply,
        reminder_days_before=reminder_days_before,
        created_by=actor,
    )
    _check(call)
    call.save()
    form = CallForm.objects.create(call=call)
    if questions:
        write_questions(actor=actor, form=form, sections=questions)
        call.form = form
    content = page_content or {}
    page = CallPage(
        title=title,
        slug=call.code,
        call=call,
        live=False,
        lead=str(content.get("lead", "")),
        body=json.dumps(content.get("body", [])),
    )
    _index_page().add_child(instance=page)
    page.save_revision(user=actor)
    journal.record(verb="calls.create_call", actor=actor, target=call, code=call.code)
    return call


@transaction.atomic
def update_call(*, actor, call: Call, **changes: Any) -> Call:
    """Change a call's dates and settings; the hours at which it opens and closes by itself follow."""
    if actor is not None and not rules.can_manage_call(actor, call):
        raise PermissionDenied("update_call")
    if unknown := set(changes) - set(CHANGEABLE):
        raise TypeError(f"not to be changed: {', '.join(sorted(unknown))}")
    before = Call.objects.get(pk=call.pk)
    call.state = before.state
    if before.state == CallState.ARCHIVED:
        raise Refused(_("This call is archived: nothing of it changes any more."))
    for name, value in changes.items():
        setattr(call, name, value)
    changed = sorted(name for name in CHANGEABLE if getattr(before, name) != getattr(call, name))
    if "opens_at" in changed and before.state in (CallState.OPEN, CallState.CLOSED):
        raise Refused({"opens_at": _("The call has already opened: this hour does not change any more.")})
    if "closes_at" in changed and before.state == CallState.CLOSED:
        raise Refused({"closes_at": _("The call is closed. Open it again to choose another hour.")})
    if "closes_at" in changed and before.state == CallState.OPEN and call.closes_at <= clock.now():
        raise Refused({"closes_at": _("This hour has passed. To close the call at once, use “Close now”.")})
    _check(call)
    call.save(update_fields=[*CHANGEABLE])
    _plan(call)
    journal.record(verb="calls.update_call", actor=actor, target=call, changed=changed)
    return call


@transaction.atomic
def publish_call_page(*, actor, call: Call) -> CallPage:
    """Publish the latest draft of the call's page: agents can read it, even before the call opens."""
    if actor is not None and not rules.can_manage_call(actor, call):
        raise PermissionDenied("publish_call_page")
    page = call.page
    revision = page.latest_revision or page.save_revision(user=actor)
    # The right to publish is the manager's role, asked above, not a permission of Wagtail's.
    revision.publish(user=actor, skip_permission_checks=True)
    page.refresh_from_db()
    journal.record(verb="calls.publish_call_page", actor=actor, target=call)
    return page


@transaction.atomic
def schedule_call(*, actor, call: Call) -> Call:
    """Let the call open by itself at its hour. Refused while its page is not published or asks nothing."""
    _perform(call, "schedule", actor)
    _plan(call)
    return call


@transaction.atomic
def unschedule_call(*, actor, call: Call) -> Call:
    """Take the call back into preparation: it will not open by itself."""
    _perform(call, "unschedule", actor)
    return call


@transaction.atomic
def open_call(*, actor, call: Call) -> Call:
    """Open now (the worker, with no actor, at the hour) and freeze the questions."""
    _perform(call, "open", actor)
    freeze_form(call=call)
    if call.opens_at > clock.now():
        call.opens_at = clock.now()
        call.save(update_fields=["opens_at"])
    _plan(call)
    return call


@transaction.atomic
def close_call(*, actor, call: Call) -> Call:
    """Close now. Drafts are kept and stay readable; they can no longer be submitted."""
    _perform(call, "close", actor)
    if call.closes_at > clock.now():
        # What everybody reads is what happened: closed early, at this hour.
        call.closes_at = max(clock.now(), call.opens_at + timedelta(seconds=1))
        call.save(update_fields=["closes_at"])
    return call


@transaction.atomic
def reopen_call(*, actor, call: Call, closes_at: datetime) -> Call:
    """Open a closed call again until ``closes_at``: drafts begun before can go on."""
    if call.state == CallState.CLOSED:
        if closes_at <= clock.now():
            raise Refused({"closes_at": _("Choose an hour that is still to come.")})
        call.closes_at = closes_at
        _perform(call, "reopen", actor)
        call.save(update_fields=["closes_at"])
        _plan(call)
        return call
    _perform(call, "reopen", actor)
    return call


@transaction.atomic
def archive_call(*, actor, call: Call) -> Call:
    """Put the call away. Refused while one application has had no answer."""
    _perform(call, "archive", actor)
    return call


def _perform(call: Call, move: str, actor) -> None:
    """Make a move and journal it; ``actor`` None is the site itself, at an hour that a person set."""
    call_workflow.perform(call, move, actor=actor, system=actor is None)
    journal.record(verb=f"calls.{move}_call", actor=actor, target=call)


def _plan(call: Call) -> None:
    """Put into the job table what the call will do by itself. One job a call and act: a new date moves it."""
    if call.state == CallState.SCHEDULED:
        jobs.enqueue(
            "calls.open_call", {"call": call.pk}, run_after=call.opens_at, key=f"call:{call.pk}:open"
        )
    if call.state == CallState.OPEN:
        jobs.enqueue(
            "calls.close_call", {"call": call.pk}, run_after=call.closes_at, key=f"call:{call.pk}:close"
        )
        remind_at = call.closes_at - timedelta(days=call.reminder_days_before)
        if call.reminder_days_before and remind_at > clock.now():
            jobs.enqueue(
                "calls.remind_drafts", {"call": call.pk}, run_after=remind_at, key=f"call:{call.pk}:remind"
            )


def in_zone(moment: datetime, programme) -> datetime:
    """The same wall-clock hour, in the programme's zone: what a person typed on a screen of the site's zone."""
    return timezone.localtime(moment).replace(tzinfo=ZoneInfo(programme.time_zone))


def _check(call: Call) -> None:
    if call.opens_at and call.closes_at and call.closes_at <= call.opens_at:
        raise Refused({"closes_at": _("The call closes before it opens: correct one of the two dates.")})
    if call.cohort_id and call.programme_id and call.cohort.programme_id != call.programme_id:
        raise Refused({"cohort": _("This cohort belongs to another programme.")})
    steps = [
        ("preselection_on", call.preselection_on),
        ("hackathon_on", call.hackathon_on),
        ("preincubation_from", call.preincubation_from),
        ("jury_on", call.jury_on),
    ]
    previous = None
    for name, day in steps:
        if day is None:
            continue
        if call.closes_at and day < call.closes_at.astimezone(call.zone).date():
            raise Refused({name: _("This day comes before the call closes.")})
        if previous and day < previous:
            raise Refused({name: _("This day comes before the step that precedes it.")})
        previous = day
    try:
        call.full_clean(validate_constraints=False)
        call.validate_unique()
    except ValidationError as error:
        raise Refused(error.message_dict) from error


def _index_page() -> CallIndexPage:
    """The page under which calls stand; made once, below the site's home page."""
    index = CallIndexPage.objects.first()
    if index is None:
        site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
        parent = site.root_page if site else Page.get_first_root_node()
        index = CallIndexPage(title=_("Calls for intrapreneurs"), slug="appels", show_in_menus=True)
        parent.add_child(instance=index)
        index.save_revision().publish()
        index.refresh_from_db()
    return index
