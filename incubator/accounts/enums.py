"""Closed lists of the people's package. Codes are stored; the labels are translations."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What someone is for the whole authority; roles in one programme or sitting are rows elsewhere."""

    ADMIN = "admin", _("Administrator")
    SPONSOR = "sponsor", _("Chief executive's office")
    AMBASSADOR = "ambassador", _("Ambassador")
    MEDIATOR = "mediator", _("Digital mediator")
    EXPERT = "expert", _("Internal expert")


class PreferredChannel(models.TextChoices):
    EMAIL = "email", _("By e-mail")
    SMS = "sms", _("By text message")
    PAPER = "paper", _("On paper")
    NONE = "none", _("I will ask by myself")


class Category(models.TextChoices):
    A = "A", _("Category A")
    B = "B", _("Category B")
    C = "C", _("Category C")
