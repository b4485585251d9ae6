"""Tags of the calls' pages: ``{% load call_tags %}``."""

from dataclasses import replace
from urllib.parse import quote, urlencode

from django import template
from django.urls import reverse

from calls import page_facts, queries
from calls.views.access import drafts_in_session
from incubator.core.identity import identity_for

register = template.Library()


@register.simple_tag(takes_context=True)
def call_facts(context, page):
    """What is true of a call now: its moment, path, questions, and this person's drafts."""
    request = context["request"]
    facts = page_facts.call_page_facts(page, getattr(request, "user", None))
    if not facts.drafts and hasattr(request, "session"):
        # Begun in this browser without an account: whoever comes back goes on, and does not begin again.
        drafts = [draft for draft in drafts_in_session(request) if draft.call_id == facts.call.pk]
        return replace(facts, drafts=drafts)
    return facts


@register.simple_tag(takes_context=True)
def share_card(context, page):
    """The image of the page where it is shared: the editor's, else the card that the site draws."""
    request = context["request"]
    if page.share_image_id:
        rendition = page.share_image.get_rendition("fill-1200x630|format-png")
        address, size = rendition.url, (rendition.width, rendition.height)
    else:
        identity = identity_for(request)
        version = page_facts.card_version(page, identity.primary_color, identity.accent_color)
        address, size = f"{reverse('calls:card', args=[page.call.code])}?v={version}", (1200, 630)
    return {
        "page": request.build_absolute_uri(queries.call_url(page.call)),
        "url": request.build_absolute_uri(address),
        "width": size[0],
        "height": size[1],
    }


@register.simple_tag(takes_context=True)
def share_by_mail(context, page):
    """A letter to a colleague, in whatever writes letters on this device."""
    body = f"{page.lead}\n\n{context['request'].build_absolute_uri(queries.call_url(page.call))}"
    return "mailto:?" + urlencode({"subject": page.title, "body": body.strip()}, quote_via=quote)


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


@register.filter
def begun_small(label) -> str:
    """A label within a sentence: its first letter only, so that “Par SMS” does not lose its capitals."""
    return str(label)[:1].lower() + str(label)[1:]
