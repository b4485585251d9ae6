"""What the authority says of itself: name, logo, two colours, whom to call."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from incubator.core import theme

_hex = RegexValidator(
    r"^#[0-9a-fA-F]{6}$", _("Write the colour as # and six hexadecimal digits, for example #0b4f5c.")
)


@register_setting(icon="cog")
class SiteSettings(BaseSiteSetting):
    authority_name = models.CharField(_("name of the authority"), max_length=120, default="", blank=True)
    programme_tagline = models.CharField(
        _("one sentence about the incubator"), max_length=200, default="", blank=True
    )
    logo = models.ForeignKey(
        "core.SiteImage",
        verbose_name=_("logo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    primary_color = models.CharField(
        _("colour of actions"), max_length=7, default="#0b4f5c", validators=[_hex]
    )
    accent_color = models.CharField(
        _("colour of now and next"), max_length=7, default="#f0a35e", validators=[_hex]
    )
    contact_phone = models.CharField(_("phone, shown on every screen"), max_length=30, default="", blank=True)
    contact_email = models.EmailField(_("e-mail"), default="", blank=True)
    contact_hours = models.CharField(_("when someone answers"), max_length=120, default="", blank=True)

    panels = [
        MultiFieldPanel(
            [FieldPanel("authority_name"), FieldPanel("programme_tagline"), FieldPanel("logo")],
            heading=_("Name"),
        ),
        MultiFieldPanel([FieldPanel("primary_color"), FieldPanel("accent_color")], heading=_("Colours")),
        MultiFieldPanel(
            [FieldPanel("contact_phone"), FieldPanel("contact_email"), FieldPanel("contact_hours")],
            heading=_("Contact"),
        ),
    ]

    def clean(self):
        """Refuse colours that some people could not read, while they are being chosen."""
        super().clean()
        colors = self.primary_color, self.accent_color
        if all(map(theme.is_color, colors)) and (wrong := theme.refusals(*colors)):
            raise ValidationError(wrong)

    class Meta:
        verbose_name = _("site identity")
