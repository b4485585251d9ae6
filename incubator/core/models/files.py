"""Files: images and documents of the editorial pages, and private files that only a permission view sends."""

import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.documents.models import AbstractDocument
from wagtail.documents.models import Document as WagtailDocument
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.images.models import Image as WagtailImage

from incubator.core import clock


class SiteImage(AbstractImage):
    credit = models.CharField(_("credit"), max_length=200, blank=True)

    admin_form_fields = (*WagtailImage.admin_form_fields, "credit")

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")


class SiteRendition(AbstractRendition):
    image = models.ForeignKey(SiteImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="rendition_once")
        ]


class SiteDocument(AbstractDocument):
    admin_form_fields = WagtailDocument.admin_form_fields

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")


def private_storage():
    return storages["private"]


def _private_path(instance, filename):
    # The stored name says nothing of the person or the project; the given name is kept in the row.
    return f"{instance.uuid.hex[:2]}/{instance.uuid.hex}"


class PrivateFile(models.Model):
    """A file that belongs to the work (attachment, evidence), kept outside every public folder."""

    class Scan(models.TextChoices):
        NOT_CONFIGURED = "not_configured", pgettext_lazy("virus check", "Not checked")
        PENDING = "pending", pgettext_lazy("virus check", "Being checked")
        CLEAN = "clean", pgettext_lazy("virus check", "Checked")
        REFUSED = "refused", pgettext_lazy("virus check", "Refused")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(storage=private_storage, upload_to=_private_path)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    scan = models.CharField(
        _("virus check"), max_length=20, choices=Scan.choices, default=Scan.NOT_CONFIGURED
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,  # an agent may attach a file before signing in
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_at = models.DateTimeField(_("received at"), default=clock.now)

    class Meta:
        verbose_name = _("private file")
        verbose_name_plural = _("private files")

    def __str__(self):
        return self.name

    @property
    def scan_state(self) -> "PrivateFile.Scan":
        return self.Scan(self.scan)

    @property
    def is_open(self) -> bool:
        """Whether it may be sent: neither being checked nor refused."""
        return self.scan not in (self.Scan.PENDING, self.Scan.REFUSED)
