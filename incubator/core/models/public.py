"""How many times what visitors read has changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PublicVersion(models.Model):
    """One row, raised in the transaction of each change of what a visitor may read (incubator.core.public)."""

    number = models.PositiveBigIntegerField(_("number"), default=0)

    class Meta:
        verbose_name = _("version of the public pages")
        verbose_name_plural = _("versions of the public pages")

    def __str__(self):
        return str(self.number)
