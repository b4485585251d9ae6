"""What everybody reads of a call: its page, its dates for a diary, its questions on paper, the feed of calls."""

import re
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import feedgenerator
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.views import serve, serve_chain

from calls import announcements, page_facts, queries, share
from calls.models import CallPage
from incubator.core.identity import identity_for

FEED_SECONDS, CARD_SECONDS = 900, 86_400
LATEST = 20
_STAMP = re.compile(rb"^DTSTAMP:.*$", re.MULTILINE)


@login_not_required
def call_page(request, code):
    """Serve the published page of this call as Wagtail does, hooks and view restrictions included.

    Wagtail would find it too, at three queries for each level of the tree.
    """
    related = ("call__programme", "call__current_version", "call__form")
    page = CallPage.objects.live().select_related(*related).filter(slug=code).first()
    if page is None:
        return serve(request, f"appels/{code}")
    chain = serve_chain
    for hook in reversed(hooks.get_hooks("on_serve_page")):
        chain = hook(chain)
    for hook in hooks.get_hooks("before_serve_page"):
        answer = hook(page, request, [], {})
        if isinstance(answer, HttpResponse):
            return answer
    return chain(page, request, [], {})


def _published(code):
    """The page of a call that everybody may read, with its call."""
    related = ("call__programme", "call__current_version", "call__form")
    return get_object_or_404(CallPage.objects.live().public().select_related(*related), slug=code)


@login_not_required
@require_safe
@cache_control(public=True, no_cache=True)
def calendar(request, code):
    """The dates of a call as an iCalendar file.

    A diary that has it asks each time whether it is still right, so that an extension is never missed; as long as
    nothing has changed the answer is empty.
    """
    page = _published(code)
    address = request.build_absolute_uri(queries.call_url(page.call))
    response = HttpResponse(
        announcements.calendar_of(page.call, address), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{page.call.code}.ics"'
    # Each event carries the hour at which it was asked for: that alone is no change.
    said = _STAMP.sub(b"", response.content)
    etag = f'"{sha256(said).hexdigest()[:24]}"'
    return get_conditional_response(request, etag=etag, response=_with_etag(response, etag))


def _with_etag(response, etag: str):
    response["ETag"] = etag
    return response


@login_not_required
@require_safe
def paper_form(request, code):
    """The same questions, to print and to fill in by hand."""
    page = _published(code)
    context = {
        "page": page,
        "call": page.call,
        "sections": announcements.sections_on_paper(page_facts.questions_asked(page.call)),
        "persons": range(1, min(page.call.max_team_size, 3) + 1),
        "address": request.build_absolute_uri(queries.call_url(page.call)),
    }
    return render(request, "calls/paper_form.html", context)


@login_not_required
@require_safe
@cache_control(public=True, max_age=CARD_SECONDS)
def card(request, code):
    """The image of the call where its address is shared."""
    page = _published(code)
    identity = identity_for(request)
    drawn = share.card(
        title=page.title,
        when=announcements.when_to_apply(page.call),
        authority=identity.authority_name,
        site_name=settings.SITE_NAME,
        primary=identity.primary_color,
        accent=identity.accent_color,
    )
    return HttpResponse(drawn, content_type="image/png")


class CallsFeed(Feed):
    """Calls as they are announced, the latest first."""

    feed_type = feedgenerator.Atom1Feed
    link = "/appels/"

    def title(self):
        return _("Calls for intrapreneurs")

    def subtitle(self):
        return _("Each call, as soon as it is announced.")

    def items(self):
        return announcements.announced_calls()[:LATEST]

    def item_title(self, call):
        return call.title

    def item_description(self, call):
        return announcements.announcement_of(call)

    def item_link(self, call):
        return queries.call_url(call)

    def item_guid(self, call):
        return announcements.stable_id(call)

    def item_pubdate(self, call):
        return call.page.first_published_at

    def item_updateddate(self, call):
        return call.page.last_published_at


feed = login_not_required(require_safe(cache_control(public=True, max_age=FEED_SECONDS)(CallsFeed())))
