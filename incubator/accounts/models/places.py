"""Where people work."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlaceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Where people work is no secret to those who work there."""
        return self if getattr(user, "is_authenticated", False) else self.none()


class Directorate(models.Model):
    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=120)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("directorate")
        verbose_name_plural = _("directorates")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Workplace(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)
    town = models.CharField(_("town"), max_length=120, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("workplace")
        verbose_name_plural = _("workplaces")
        ordering = ["name"]

    def __str__(self):
        return f"{self.name} ({self.town})" if self.town else self.name
