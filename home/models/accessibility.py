"""What the site may say of its own accessibility (RGAA 4.1): three exact wordings, the last by default."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from incubator.core import clock

# An audit counts for three years (decree 2019-768, article 5).
AUDIT_COUNTS_FOR = timedelta(days=3 * 365)


@register_setting(icon="tick-inverse")
class AccessibilityStatement(BaseSiteSetting):
    audited_on = models.DateField(_("date of the audit"), null=True, blank=True)
    audited_by = models.CharField(_("who made the audit"), max_length=150, blank=True)
    rate = models.DecimalField(
        _("share of criteria met, in %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    panels = [FieldPanel("audited_on"), FieldPanel("audited_by"), FieldPanel("rate")]

    class Meta:
        verbose_name = _("accessibility audit")

    @classmethod
    def current(cls) -> "AccessibilityStatement":
        """What is stated for the site; where nobody has stated anything, an unsaved row: a GET never writes."""
        return cls.objects.order_by("-site__is_default_site", "pk").first() or cls()

    @property
    def wording(self) -> str:
        """The mention that the law asks for on the home page, word for word and always in French."""
        return rgaa_wording(audited_on=self.audited_on, rate=self.rate)


def rgaa_wording(*, audited_on: date | None, rate: Decimal | None) -> str:
    """“non conforme” without an audit, with one older than three years, or below half of the criteria."""
    is_valid = audited_on is not None and rate is not None and audited_on + AUDIT_COUNTS_FOR >= clock.today()
    if not is_valid or rate < 50:
        return "Accessibilité\u00a0: non conforme"
    if rate < 100:
        return "Accessibilité\u00a0: partiellement conforme"
    return "Accessibilité\u00a0: totalement conforme"
