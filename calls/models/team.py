"""Invitations into the team of an application: by e-mail, or by a code that one types."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.enums import ApplicantRole, InvitationState
from incubator.core import clock


class InvitationQuerySet(models.QuerySet):
    def usable(self):
        """Neither taken back, nor expired, nor used as often as it may be."""
        return self.filter(
            revoked_at__isnull=True,
            expires_at__gt=clock.now(),
            uses__lt=models.F("most_uses"),
            application__discarded_at__isnull=True,
        )

    def addressed_to(self, user):
        """Those sent to this person's e-mail."""
        if user is None or not user.is_authenticated or not user.email:
            return self.none()
        return self.filter(email__iexact=user.email)


class Invitation(models.Model):
    """Opens a place in a team to whoever has the e-mail it was sent to, or types its code.

    Of the code only a digest is kept; ``calls.domain.invitations.code_of`` makes it again for the team.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey("calls.Application", on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(
        _("role"), max_length=10, choices=ApplicantRole.choices, default=ApplicantRole.MEMBER
    )
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    code_digest = models.CharField(max_length=64, null=True, blank=True, unique=True)
    most_uses = models.PositiveSmallIntegerField(_("people who may use it"), default=1)
    uses = models.PositiveSmallIntegerField(_("people who used it"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation into a team")
        verbose_name_plural = _("invitations into a team")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(uses__lte=models.F("most_uses")), name="invitation_uses_bounded"
            ),
            models.CheckConstraint(
                condition=(models.Q(email="") & models.Q(code_digest__isnull=False))
                | (~models.Q(email="") & models.Q(code_digest__isnull=True)),
                name="invitation_email_or_code",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["member", "reader"]), name="invitation_never_leads"
            ),
        ]

    def __str__(self):
        return f"{self.application_id}: {self.email or self.role}"

    @property
    def state(self) -> InvitationState:
        """Why it can or cannot be used now, the application aside."""
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        if self.uses >= self.most_uses:
            return InvitationState.USED
        if self.expires_at <= clock.now():
            return InvitationState.EXPIRED
        return InvitationState.WAITING
