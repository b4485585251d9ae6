"""What the people who run a call add to it: notes, transfers to a department, views they keep, acts on many."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.enums import BulkKind, RedirectionAnswer, RedirectionState
from calls.rules import managed_programmes
from incubator.core import clock
from incubator.core.models import AppendOnly
from incubator.core.models.base import AppendOnlyQuerySet


class NoteQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user):
        """The managers of the programme, nobody else: not even the team."""
        return self.filter(application__call__programme__in=managed_programmes(user))


class ApplicationNote(AppendOnly):
    """What managers write for one another about an application. Added, never changed."""

    application = models.ForeignKey(
        "calls.Application", verbose_name=_("application"), on_delete=models.PROTECT, related_name="notes"
    )
    text = models.TextField(_("note"), max_length=4000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("written at"), default=clock.now)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note on an application")
        verbose_name_plural = _("notes on applications")
        ordering = ["created_at", "pk"]

    def __str__(self):
        return f"{self.application} ({self.created_at:%Y-%m-%d %H:%M})"


class RedirectionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those who run the call, and the person who was asked."""
        pk = user.pk if user is not None and user.is_authenticated and user.is_active else None
        return self.filter(Q(application__call__programme__in=managed_programmes(user)) | Q(recipient=pk))

    def waiting(self):
        return self.filter(answered_at__isnull=True, cancelled_at__isnull=True)

    def late(self):
        return self.waiting().filter(due_on__lt=clock.today())


class Redirection(models.Model):
    """A problem handed to a named person of a directorate, who answers the author before a day."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(
        "calls.Application",
        verbose_name=_("application"),
        on_delete=models.PROTECT,
        related_name="redirections",
    )
    directorate = models.ForeignKey(
        "accounts.Directorate", verbose_name=_("directorate"), on_delete=models.PROTECT, related_name="+"
    )
    # With an account, or by name alone: the link in the letter is enough to answer.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="redirections_received",
    )
    recipient_name = models.CharField(_("name"), max_length=200)
    recipient_address = models.CharField(_("e-mail or phone"), max_length=254, blank=True)
    reason = models.TextField(_("reason, as the author reads it"))
    with_names = models.BooleanField(_("the author agrees that their name is passed on"), default=False)
    due_on = models.DateField(_("answer expected before"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(default=clock.now)
    answer_kind = models.CharField(
        _("answer"), max_length=20, choices=RedirectionAnswer.choices, blank=True, default=""
    )
    answer = models.TextField(_("answer in words"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(_("reminders written"), default=0)

    objects = RedirectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("redirection")
        verbose_name_plural = _("redirections")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(answered_at__isnull=True, cancelled_at__isnull=True),
                name="redirection_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer_kind="")
                | (Q(answered_at__isnull=False) & ~Q(answer_kind="")),
                name="redirection_answered_says_what",
            ),
        ]

    def __str__(self):
        return f"{self.application} → {self.recipient_name}"

    @property
    def state(self) -> RedirectionState:
        if self.cancelled_at:
            return RedirectionState.CANCELLED
        if self.answered_at:
            return RedirectionState.ANSWERED
        return RedirectionState.LATE if self.due_on < clock.today() else RedirectionState.WAITING

    @property
    def answer_member(self) -> RedirectionAnswer | None:
        return RedirectionAnswer(self.answer_kind) if self.answer_kind else None


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(owner=user.pk)


class SavedView(models.Model):
    """Filters, columns and order that a manager keeps under a name. The address itself can be shared."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name of the view"), max_length=60)
    query = models.CharField(_("filters, as the address says them"), max_length=1000, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept view")
        verbose_name_plural = _("kept views")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_view_once")]

    def __str__(self):
        return self.name


class BulkActQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(call__programme__in=managed_programmes(user))


class BulkAct(models.Model):
    """One act done on several applications at once. Its key comes from the preview: the same preview acts once."""

    key = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(_("act"), max_length=20, choices=BulkKind.choices)
    call = models.ForeignKey("calls.Call", on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    # [{"uuid", "title"}], and for those left out also {"why"}.
    done = models.JSONField(default=list)
    left_out = models.JSONField(default=list)
    letters = models.PositiveIntegerField(default=0)

    objects = BulkActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act on several applications")
        verbose_name_plural = _("acts on several applications")
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return f"{self.get_kind_display()} ({len(self.done)})"
