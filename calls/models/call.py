"""The call and its questions. State says what can be done; the page (calls.models.pages) what can be read."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.enums import CallState
from incubator.core import clock
from incubator.core.models import AbstractTransition


class Call(models.Model):
    code = models.SlugField(_("code"), unique=True)
    programme = models.ForeignKey(
        "projects.Programme", verbose_name=_("programme"), on_delete=models.PROTECT, related_name="calls"
    )
    cohort = models.ForeignKey(
        "projects.Cohort", verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="calls"
    )
    title = models.CharField(_("title"), max_length=150)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=CallState.choices,
        default=CallState.DRAFT,
        db_index=True,
        editable=False,
    )
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"))
    preselection_on = models.DateField(_("preselection on"), null=True, blank=True)
    hackathon_on = models.DateField(_("hackathon on"), null=True, blank=True)
    preincubation_from = models.DateField(_("pre-incubation from"), null=True, blank=True)
    jury_on = models.DateField(_("jury on"), null=True, blank=True)
    max_team_size = models.PositiveSmallIntegerField(
        _("people in a team, at most"), default=5, validators=[MinValueValidator(1)]
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=CallState.values), name="call_state_known"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="call_closes_after_opening",
                violation_error_message=_("The call closes before it opens: correct one of the two dates."),
            ),
        ]

    def __str__(self):
        return self.title


class CallTransition(AbstractTransition):
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="transitions")

    class Meta(AbstractTransition.Meta):
        verbose_name = _("change of state of a call")
        verbose_name_plural = _("changes of state of calls")


class CallFormVersion(models.Model):
    """The questions as they were asked: frozen when the call opens, never edited, shared by the applications.

    ``schema`` is a list of sections ``{"key", "title", "intro", "questions": [{"key", "kind", "label",
    "help", "required", "max_words", "choices", "for_jury"}]}`` (``calls.schema`` reads and checks it).
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="form_versions")
    number = models.PositiveSmallIntegerField(_("version"))
    schema = models.JSONField(_("questions"))
    digest = models.CharField(_("fingerprint"), max_length=64)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("version of a form")
        verbose_name_plural = _("versions of a form")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="form_version_number_once"),
            models.UniqueConstraint(fields=["call", "digest"], name="form_version_content_once"),
        ]

    def __str__(self):
        return f"{self.call} v{self.number}"
