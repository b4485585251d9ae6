"""Tags of the calls' pages: ``{% load call_tags %}``."""

from dataclasses import replace

from django import template

from calls import queries
from calls.views.access import drafts_in_session

register = template.Library()


@register.simple_tag(takes_context=True)
def call_facts(context, page):
    """What is true of a call now: its moment, path, questions, and this person's drafts."""
    request = context["request"]
    facts = queries.call_page_facts(page, getattr(request, "user", None))
    if not facts.drafts and hasattr(request, "session"):
        # Begun in this browser without an account: whoever comes back goes on, and does not begin again.
        drafts = [draft for draft in drafts_in_session(request) if draft.call_id == facts.call.pk]
        return replace(facts, drafts=drafts)
    return facts


@register.simple_tag
def call_moments():
    """Published calls: open now, coming, over."""
    return queries.calls_by_moment()


@register.simple_tag
def open_calls():
    """Calls that take applications now."""
    return queries.open_calls()


@register.filter
def call_url(call):
    return queries.call_url(call)


@register.filter
def time_left(call):
    return queries.time_left(call)
