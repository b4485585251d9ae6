"""People. An e-mail address is never required: half of the agents have none."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from incubator.accounts.enums import Category, PreferredChannel, Role
from incubator.accounts.rules import can_manage_people
from incubator.core import clock


class PersonQuerySet(models.QuerySet):
    def visible_to(self, user):
        """People whom this user may look up: everybody for those who look after people, oneself otherwise."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self if can_manage_people(user) else self.filter(pk=user.pk)

    def active(self):
        return self.filter(is_active=True, anonymised_at__isnull=True)

    def with_places(self):
        return self.select_related("directorate", "workplace")


class PersonManager(UserManager.from_queryset(PersonQuerySet)):
    @classmethod
    def normalize_email(cls, email):
        """Small letters throughout; nothing at all is None, so that many people can have none."""
        return (email or "").strip().lower() or None


class User(AbstractUser):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    display_name = models.CharField(_("name shown to others"), max_length=150, blank=True)
    email = models.EmailField(_("work e-mail"), unique=True, null=True, blank=True, default=None)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    preferred_channel = models.CharField(
        _("how we write to you"),
        max_length=10,
        choices=PreferredChannel.choices,
        default=PreferredChannel.EMAIL,
    )
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="fr")
    directorate = models.ForeignKey(
        "accounts.Directorate",
        verbose_name=_("directorate"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
    )
    workplace = models.ForeignKey(
        "accounts.Workplace",
        verbose_name=_("workplace"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
    )
    line_manager = models.ForeignKey(
        "self",
        verbose_name=_("line manager"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reports",
    )
    category = models.CharField(_("category"), max_length=1, choices=Category.choices, blank=True)
    must_change_password = models.BooleanField(_("has a one-time password"), default=False)
    one_time_password_until = models.DateTimeField(_("one-time password valid until"), null=True, blank=True)
    anonymised_at = models.DateTimeField(_("anonymised at"), null=True, blank=True)

    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["last_name", "first_name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("username"), name="person_username_once"),
            models.UniqueConstraint(Lower("email"), name="person_email_once"),
            models.CheckConstraint(condition=~models.Q(email=""), name="person_email_null_not_blank"),
        ]

    def __str__(self):
        return self.display_name or self.get_full_name() or self.username


class RoleGrant(models.Model):
    user = models.ForeignKey(
        User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="role_grants"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    granted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(_("since"), default=clock.now)
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["user", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(ended_at__isnull=True), name="role_granted_once"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["admin", "sponsor", "ambassador", "mediator", "expert"]),
                name="role_known",
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}"
