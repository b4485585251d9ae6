"""The life of a call: prepared with its page, scheduled, opened and closed at their hour, archived."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from calls import notifications, rules
from calls.domain.forms import freeze_form, write_questions
from calls.enums import ApplicantRole, CallState
from calls.models import Applicant, Call, CallForm, CallIndexPage, CallPage
from calls.workflow import call_workflow
from incubator.core import clock, jobs, journal, words
from incubator.core.models import Letter, Refused

CHANGEABLE = (
    "title",
    "cohort",
    "opens_at",
    "closes_at",
    "grace_minutes",
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
    grace_minutes: int = 0,
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
        grace_minutes=grace_minutes,
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
    """Change a call's dates and settings; the hours at which it opens and closes by itself follow.

    More time for a call that is open is :func:`extend_call`: those who have begun are told.
    """
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
    if "closes_at" in changed and before.state == CallState.OPEN and call.closes_at > before.closes_at:
        raise Refused(
            {"closes_at": _("The call is open: use “Give more time”, so that those who have begun are told.")}
        )
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
    page = CallPage.objects.get(
        call=call
    )  # as it is now: its editor may have written since the call was read
    revision = page.latest_revision or page.save_revision(user=actor)
    # The right to publish is the manager's role, asked above, not a permission of Wagtail's.
    revision.publish(user=actor, skip_permission_checks=True)
    page.refresh_from_db()
    call.page = page
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
    """Close now. Drafts are kept and stay readable; they may be submitted as long as the call's grace lasts."""
    _perform(call, "close", actor)
    if call.closes_at > clock.now():
        # What everybody reads is what happened: closed early, at this hour.
        call.closes_at = max(clock.now(), call.opens_at + timedelta(seconds=1))
        call.save(update_fields=["closes_at"])
    return call


@transaction.atomic
def extend_call(*, actor, call: Call, closes_at: datetime, reason: str) -> list[Letter]:
    """Give more time while the call is open; answers the letters that tell it to those who have begun.

    The page shows the hour announced first beside the new one, with the reason. The closing job follows:
    one that was waiting for the old hour finds that it is not due.
    """
    if not rules.can_manage_call(actor, call):
        raise PermissionDenied("extend_call")
    held = _hold(call)
    if held.state == CallState.CLOSED:
        raise Refused(_("The call is closed. To take applications again, use “Open again”."))
    if held.state != CallState.OPEN:
        raise Refused(_("The call is not open: change its dates instead, nobody has begun."))
    reason = " ".join(reason.split())
    errors = {}
    if closes_at <= held.closes_at:
        errors["closes_at"] = _("Choose an hour later than the one announced: %(day)s.") % {
            "day": words.in_words(held.closes_at)
        }
    elif closes_at <= clock.now():
        errors["closes_at"] = _("Choose an hour that is still to come.")
    if not reason:
        errors["reason"] = _("Write why: those who have begun will read it.")
    elif len(reason) > 300:
        errors["reason"] = _("Write the reason in 300 characters at most.")
    if errors:
        raise Refused(errors)
    before = held.closes_at
    call.state = held.state
    call.extended_from = held.extended_from or before
    call.extension_reason, call.closes_at = reason, closes_at
    _check(call)
    call.save(update_fields=["extended_from", "extension_reason", "closes_at"])
    _plan(call)
    journal.record(
        verb="calls.extend_call",
        actor=actor,
        target=call,
        before=before.isoformat(),
        after=closes_at.isoformat(),
        reason=reason,
    )
    return notifications.extension(call, before, _who_has_begun(call), actor=actor)


@transaction.atomic
def reopen_call(*, actor, call: Call, closes_at: datetime, reason: str = "") -> Call:
    """Open a closed call again until ``closes_at``: drafts begun before can go on, and their authors are told."""
    if call.state == CallState.CLOSED:
        if closes_at <= clock.now():
            raise Refused({"closes_at": _("Choose an hour that is still to come.")})
        before = call.closes_at
        call.extended_from = call.extended_from or before
        call.closes_at, call.extension_reason = closes_at, " ".join(reason.split())[:300]
        _perform(call, "reopen", actor)
        call.save(update_fields=["closes_at", "extended_from", "extension_reason"])
        _plan(call)
        notifications.extension(call, before, _who_has_begun(call), actor=actor)
        return call
    _perform(call, "reopen", actor)
    return call


def _who_has_begun(call: Call) -> list[Applicant]:
    """The people of the drafts of this call that one can write to, each once."""
    people = (
        Applicant.objects.filter(application__in=call.applications.drafts())
        .filter(Q(user__isnull=False) | Q(role=ApplicantRole.LEAD))
        .select_related("user__workplace", "application__call__programme")
        .order_by("pk")
    )
    found: dict[Any, Applicant] = {}
    for person in people:
        address = person.user_id or person.email.lower() or person.phone
        if address:
            found.setdefault(address, person)
    return list(found.values())


def _hold(call: Call) -> Call:
    """The row as it is now, held until the end of the transaction."""
    return Call.objects.select_for_update(of=("self",)).get(pk=call.pk)


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


def in_zone(moment: datetime, programme, field: str = "closes_at") -> datetime:
    """The same wall-clock hour, in the programme's zone: what a person typed on a screen of the site's zone.

    Refused in the night when clocks change, when that hour does not exist there or comes twice.
    """
    zone = ZoneInfo(programme.time_zone)
    typed = timezone.localtime(moment).replace(tzinfo=zone, fold=0)
    exists = typed.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == typed.replace(tzinfo=None)
    if not exists or typed.utcoffset() != typed.replace(fold=1).utcoffset():
        raise Refused(
            {field: _("Clocks change that night: this hour does not exist, or comes twice. Choose another.")}
        )
    return typed


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
