"""The call's editorial page: what can be read of a call. What can be done with it is the call's state."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from calls.blocks import CallPageBlocks
from incubator.core import clock
from incubator.core.blocks import EditorialBlocks
from incubator.core.fields import StreamField


class CallIndexPage(Page):
    """Every call: open now, coming, over."""

    lead = models.TextField(_("in two sentences"), blank=True)
    body = StreamField(EditorialBlocks(), verbose_name=_("below the list"), blank=True, default=list)

    same_for_every_visitor = True
    template = "calls/call_index_page.html"
    max_count = 1
    subpage_types = ["calls.CallPage"]
    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]

    class Meta:
        verbose_name = _("page of all calls")
        verbose_name_plural = _("pages of all calls")


class CallPage(Page):
    """One call, as everybody reads it. Made as a draft with its call (``calls.domain.calls.create_call``)."""

    call = models.OneToOneField("calls.Call", on_delete=models.PROTECT, related_name="page")
    lead = models.TextField(
        _("what this is, in two sentences"),
        blank=True,
        help_text=_("The first words that everybody reads: who may apply, to do what."),
    )
    body = StreamField(CallPageBlocks(), verbose_name=_("content"), blank=True, default=list)

    share_image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name=_("image of the share card"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_(
            "What is seen when the address is shared. Without one, a card with the title and dates is drawn."
        ),
    )

    same_for_every_visitor = True
    template = "calls/call_page.html"
    is_creatable = False  # a page is made with its call, never alone
    subpage_types = []
    # No slug to edit: the address of a call is its code, so the title has none to fill in either.
    content_panels = [FieldPanel("title", classname="title"), FieldPanel("lead"), FieldPanel("body")]
    promote_panels = [
        FieldPanel("seo_title"),
        FieldPanel("search_description"),
        FieldPanel("share_image"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]

    class Meta:
        verbose_name = _("page of a call")
        verbose_name_plural = _("pages of calls")

    @property
    def turns_at(self) -> datetime | None:
        """The next hour at which this page says something else by itself."""
        call, now = self.call, clock.now()
        ahead = [hour for hour in (call.opens_at, call.closes_at, call.grace_ends_at) if hour > now]
        return min(ahead, default=None)
