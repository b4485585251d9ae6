"""The outbox: every word the site sends to a person, whatever the channel."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incubator.core import clock
from incubator.core.rules import can_run_outbox, within_scope


class OutboxQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The authority's words are for all those who run an outbox."""
        return self if can_run_outbox(user) else self.none()


class LetterQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The letters about what one runs, and those about nothing; a person reads their own where it went."""
        if not can_run_outbox(user):
            return self.none()
        return self.filter(models.Q(about_type=None) | within_scope(user, "about", but_not="core.letter"))

    def about(self, model, pk):
        """The letters about one object, its key given as an expression (``OuterRef("pk")``, say)."""
        as_text = Cast(pk, models.CharField(max_length=40))
        return self.filter(about_type=ContentType.objects.get_for_model(model), about_pk=as_text)

    def delivered(self):
        """Sent, printed or phoned: the person knows what the letter says."""
        return self.filter(state__in=[Letter.State.SENT, Letter.State.PRINTED, Letter.State.PHONED])

    def on_their_way(self):
        """Neither delivered nor put aside: the person does not know yet, or perhaps not."""
        return self.filter(state__in=Letter.ON_ITS_WAY)

    def waiting_for_a_person(self):
        """To read, to settle, to print or to phone: what the worker cannot do by itself."""
        by_hand = models.Q(state=Letter.State.APPROVED)
        if settings.EMAIL_IS_CONFIGURED:
            by_hand &= ~models.Q(channel=Letter.Channel.EMAIL)
        return self.filter(models.Q(state__in=[Letter.State.HELD, Letter.State.UNCERTAIN]) | by_hand)


def _words_for_kind(kind: str) -> str:
    from incubator.core import letters  # the registry of kinds stands above the models

    known = letters.kinds.get(kind)
    return str(known.label) if known else kind


class LetterTemplate(models.Model):
    """The authority's own words for one kind of letter; where there is none, the words of the project serve."""

    kind = models.CharField(_("kind"), max_length=60)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(
        _("text"), help_text=_("Words between double braces are filled in for each person.")
    )

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="letter_template_once")]

    def __str__(self):
        return f"{self.kind_label} ({self.language})"

    @property
    def is_on_its_way(self) -> bool:
        """The twin of ``on_their_way`` for one letter."""
        return self.state in self.ON_ITS_WAY

    @property
    def kind_label(self) -> str:
        """What kind of letter it is, in words."""
        return _words_for_kind(self.kind)


class Letter(models.Model):
    class Channel(models.TextChoices):
        EMAIL = "email", _("By e-mail")
        SMS = "sms", _("By text message")
        PAPER = "paper", _("On paper")

    class State(models.TextChoices):
        HELD = "held", pgettext_lazy("letter", "To read")
        APPROVED = "approved", pgettext_lazy("letter", "Ready to go")
        SENDING = "sending", pgettext_lazy("letter", "Being sent")
        SENT = "sent", pgettext_lazy("letter", "Sent")
        PRINTED = "printed", pgettext_lazy("letter", "Printed and handed over")
        PHONED = "phoned", pgettext_lazy("letter", "Said by phone")
        UNCERTAIN = "uncertain", pgettext_lazy("letter", "Perhaps sent")
        DROPPED = "dropped", pgettext_lazy("letter", "Not to be sent")

    ON_ITS_WAY = (State.HELD, State.APPROVED, State.SENDING, State.UNCERTAIN)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("only once key"), max_length=160, unique=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("for"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="letters",
    )
    to_name = models.CharField(_("name"), max_length=200)
    to_address = models.CharField(_("address"), max_length=254, blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="fr")
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    about_type = models.ForeignKey(
        ContentType, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    about_pk = models.CharField(max_length=40, blank=True)
    about_label = models.CharField(_("about"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.HELD)
    is_demo = models.BooleanField(_("demonstration"), default=False)
    created_at = models.DateTimeField(_("written at"), default=clock.now)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(_("read at"), null=True, blank=True)
    lease_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    settled_at = models.DateTimeField(_("sent, printed or phoned at"), null=True, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "created_at"], name="letter_state"),
            models.Index(fields=["about_type", "about_pk"], name="letter_about"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "held",
                        "approved",
                        "sending",
                        "sent",
                        "printed",
                        "phoned",
                        "uncertain",
                        "dropped",
                    ]
                ),
                name="letter_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sending") | models.Q(lease_until__isnull=False),
                name="letter_sending_has_lease",
            ),
        ]

    def __str__(self):
        return f"{self.subject} → {self.to_name}"

    @property
    def state_member(self):
        return self.State(self.state)

    @property
    def is_on_its_way(self) -> bool:
        """The twin of ``on_their_way`` for one letter."""
        return self.state in self.ON_ITS_WAY

    @property
    def kind_label(self) -> str:
        """What kind of letter it is, in words."""
        return _words_for_kind(self.kind)
