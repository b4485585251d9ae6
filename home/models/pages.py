"""The front door and the plain pages: what an editor writes, in blocks."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index

from home.models.accessibility import AccessibilityStatement
from incubator.core.blocks import EditorialBlocks
from incubator.core.fields import StreamField

ACCESSIBILITY_SLUG = "accessibilite"


class HomePage(Page):
    headline = models.CharField(
        _("what this is, in one sentence"),
        max_length=160,
        help_text=_("The first words that everybody reads. Plain words, no slogan."),
    )
    lead = models.TextField(
        _("what it changes for the reader"), blank=True, help_text=_("Two sentences at most.")
    )
    body = StreamField(
        EditorialBlocks(), verbose_name=_("below: how it works, in your words"), blank=True, default=list
    )

    same_for_every_visitor = True
    template = "home/home_page.html"
    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["home.ContentPage", "calls.CallIndexPage", "projects.ImpactIndexPage"]
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("headline"), FieldPanel("lead")], heading=_("At the top")),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("headline"), index.SearchField("body")]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["accessibility"] = AccessibilityStatement.current()
        return context


class ContentPage(Page):
    lead = models.TextField(_("in two sentences"), blank=True)
    body = StreamField(EditorialBlocks(), verbose_name=_("content"), blank=True, default=list)

    template = "home/content_page.html"
    parent_page_types = ["home.HomePage", "home.ContentPage"]
    subpage_types = ["home.ContentPage"]
    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    @property
    def is_accessibility_page(self) -> bool:
        """The statement that the law asks for: its first line is the exact mention, kept by the settings."""
        return self.slug == ACCESSIBILITY_SLUG

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        if self.is_accessibility_page:
            context["accessibility"] = AccessibilityStatement.current()
        return context
