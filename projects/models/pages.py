"""Public pages of impact. Their figures are a snapshot, frozen when it was published."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.http import Http404, JsonResponse, StreamingHttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index

from incubator.core.exports import stream_csv
from projects.enums import Outcome, Stage
from projects.readings import CSV_HEAD, Reading, amount_in_words


class ImpactIndexPage(Page):
    lead = models.TextField(_("in two sentences"), blank=True)

    template = "projects/impact_index_page.html"
    max_count = 1
    subpage_types = ["projects.ImpactPage"]
    content_panels = [*Page.content_panels, FieldPanel("lead")]
    search_fields = [*Page.search_fields, index.SearchField("lead")]

    class Meta:
        verbose_name = _("list of impact pages")
        verbose_name_plural = _("lists of impact pages")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        pages = ImpactPage.objects.child_of(self).live()  # each one is public: see private_page_options
        context["impact_pages"] = sorted(pages, key=lambda page: page.snapshot_on, reverse=True)
        return context

    def route(self, request, path_components):
        """Answer the page below at once: only impact pages stand here, which saves a query a visit."""
        if not path_components:
            return super().route(request, path_components)
        page = ImpactPage.objects.child_of(self).filter(slug=path_components[0]).first()
        if page is None:
            raise Http404
        return page.route(request, path_components[1:])


class ImpactPage(Page):
    """What a project changed. The words are edited here; the figures come from ``publish_impact`` alone."""

    project = models.OneToOneField(
        "projects.Project", on_delete=models.PROTECT, related_name="impact_page", editable=False
    )
    problem = models.TextField(_("the problem, in one sentence"), blank=True)
    for_whom = models.CharField(_("for whom, and how many"), max_length=250, blank=True)
    unknown = models.TextField(_("what we do not know"), blank=True)
    learnt = models.TextField(_("what was learnt"), blank=True)
    snapshot = models.JSONField(_("figures"), default=dict, editable=False)

    template = "projects/impact_page.html"
    parent_page_types = ["projects.ImpactIndexPage"]
    subpage_types: list[str] = []
    private_page_options: list[str] = []  # an impact page is public, or it is not published
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [FieldPanel("problem"), FieldPanel("for_whom"), FieldPanel("unknown"), FieldPanel("learnt")],
            heading=_("Words (the figures come from the project)"),
        ),
    ]
    search_fields = [*Page.search_fields, index.SearchField("problem"), index.SearchField("learnt")]

    class Meta:
        verbose_name = _("impact page")
        verbose_name_plural = _("impact pages")

    @classmethod
    def can_create_at(cls, parent):
        """Only ``publish_impact`` makes one: the editor offers no empty page without a project."""
        return False

    # -- The snapshot, read

    @cached_property
    def reading(self) -> Reading | None:
        data = self.snapshot.get("main")
        return Reading.from_json(data).public() if data else None

    @property
    def snapshot_on(self) -> date:
        return date.fromisoformat(self.snapshot["published_on"])

    @property
    def stage(self) -> Stage:
        return Stage(self.snapshot["stage"])

    @property
    def decision(self) -> dict | None:
        """The last decision of a body: outcome, day, body; and the next date."""
        data = self.snapshot.get("decision")
        if not data:
            return None
        return {
            "outcome": Outcome(data["outcome"]).label,
            "on": date.fromisoformat(data["on"]),
            "body": data["body"],
        }

    @property
    def cost(self) -> dict | None:
        """What it costs as far as it is known: an amount or a range in words, empty when nothing is valued."""
        data = self.snapshot.get("cost")
        if not data:
            return None
        return {
            "is_spent": data["kind"] == "spent",
            "amount": amount_in_words(
                Decimal(data["lowest"]) if data["lowest"] else None,
                Decimal(data["highest"]) if data["highest"] else None,
            ),
            "is_partial": data["is_partial"],
        }

    @property
    def next_date(self) -> dict | None:
        data = self.snapshot.get("next")
        return {"label": data["label"], "on": date.fromisoformat(data["on"])} if data else None

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        reading = self.reading
        context["reading"] = reading
        context["chart"] = reading.chart(csv_url="?format=csv") if reading and reading.values else None
        return context

    def serve(self, request, *args, **kwargs):
        kind = request.GET.get("format")
        if kind == "csv":
            return self._csv()
        if kind == "json":
            return JsonResponse(self._open_data(), json_dumps_params={"ensure_ascii": False})
        return super().serve(request, *args, **kwargs)

    def _csv(self) -> StreamingHttpResponse:
        return stream_csv(f"{self.slug}.csv", [CSV_HEAD, *(self.reading.rows() if self.reading else ())])

    def _open_data(self) -> dict:
        reading = self.reading
        return {
            "title": self.title,
            "problem": self.problem,
            "published_on": self.snapshot["published_on"],
            "stage": self.snapshot["stage"],
            "main": reading.to_json() if reading else None,
            "license": "Licence Ouverte 2.0",
        }
