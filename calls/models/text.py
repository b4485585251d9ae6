"""The words of a submitted application, as the search reads them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelsearch import index


class ApplicationText(index.Indexed, models.Model):
    """Title and answers of one application, folded by ``calls.words.fold``; written by the worker after each
    submission (``calls.domain.texts``). Nothing is shown from here: it only finds."""

    application = models.OneToOneField(
        "calls.Application", on_delete=models.CASCADE, related_name="text", verbose_name=_("application")
    )
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="+")
    title = models.TextField(blank=True)
    body = models.TextField(blank=True)

    search_fields = [
        index.SearchField("title", boost=2),
        index.SearchField("body"),
        index.AutocompleteField("title"),
        index.AutocompleteField("body"),
        index.FilterField("call"),
    ]

    class Meta:
        verbose_name = _("words of an application")
        verbose_name_plural = _("words of applications")

    def __str__(self):
        return str(self.application)
