"""The application: a text by people at a date. Its project carries the story afterwards."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.enums import ApplicantRole, ApplicationState, Channel
from calls.rules import managed_programmes
from incubator.core import clock, letters
from incubator.core.models import AbstractTransition, AppendOnly, Letter
from projects.enums import Stage
from projects.models import Accompaniment, Membership, Project


def _decided() -> models.Q:
    return models.Q(project__isnull=False) & ~models.Q(project__stage=Stage.APPLIED)


def _letters_that_answer(depth=models.OuterRef):
    """The letters that say what becomes of an application: about it, or about its project."""
    letters_about = Letter.objects.filter(kind__in=letters.kinds_that_answer())
    return letters_about.about(Application, depth("pk")) | letters_about.about(Project, depth("project"))


def _told():
    return _letters_that_answer().delivered()


def _still_to_tell():
    """Letters on their way to someone who has had none of this application's answers yet."""
    same_person = _letters_that_answer(lambda name: models.OuterRef(models.OuterRef(name))).delivered()
    had_one = same_person.filter(recipient=models.OuterRef("recipient"))
    return _letters_that_answer().on_their_way().exclude(models.Exists(had_one))


def _is_answered() -> models.Q:
    return _decided() & models.Q(models.Exists(_told())) & ~models.Q(models.Exists(_still_to_tell()))


class ApplicationQuerySet(models.QuerySet):
    def sent(self):
        """Submitted at one time or another, whatever became of them."""
        return self.exclude(state=ApplicationState.DRAFT)

    def drafts(self):
        return self.filter(state=ApplicationState.DRAFT, discarded_at__isnull=True)

    def answered(self):
        """Submitted, and everyone of the team who is written to knows what became of it.

        That is: a body or a manager has decided (the project is no longer *applied*), at least one letter
        that answers (``letters.kinds_that_answer``) was sent, printed or phoned, and nobody is still waiting
        for their first one. What the site has prepared, approved or not managed to send answers nobody.
        """
        return self.sent().filter(_is_answered())

    def unanswered(self):
        """Submitted, not withdrawn by its team, and not :meth:`answered`: someone waits for a word.

        The one definition of “nobody unanswered”: a call is archived only when none is left.
        """
        return self.sent().exclude(project__stage=Stage.WITHDRAWN).exclude(_is_answered())

    def with_waits(self):
        """``waits``: whether a submitted application is :meth:`unanswered`, told row by row."""
        gone = models.Q(project__stage=Stage.WITHDRAWN)
        return self.annotate(
            waits=models.Case(
                models.When(gone | _is_answered(), then=models.Value(False)), default=models.Value(True)
            )
        )

    def with_answered_at(self):
        """``answered_at``: the hour when the first letter that answers reached the team; None before."""
        first = _told().order_by("settled_at").values("settled_at")[:1]
        return self.annotate(answered_at=models.Subquery(first))

    def of_person(self, user):
        """The applications whose team this person is in."""
        mine = Applicant.objects.filter(application=models.OuterRef("pk"), user=user.pk)
        return self.filter(models.Exists(mine), discarded_at__isnull=True)

    def with_role_of(self, user):
        """Each with this person's role in its team, so that ``calls.rules`` needs no query of its own."""
        pk = user.pk if user is not None and user.is_authenticated else None
        role = models.Value(None, output_field=models.CharField())  # nobody: not whoever has no account
        if pk is not None:
            mine = Applicant.objects.filter(application=models.OuterRef("pk"), user=pk)
            role = models.Subquery(mine.values("role")[:1])
        return self.annotate(
            role_of_pk=models.Value(pk, output_field=models.BigIntegerField()), role_of_person=role
        )

    def with_lead_offered(self, user):
        """Each with whether this person is offered to lead it."""
        offered = Applicant.objects.filter(
            application=models.OuterRef("pk"), user=user.pk, lead_offered_at__isnull=False
        )
        return self.annotate(lead_offered=models.Exists(offered))

    def managed_by(self, user):
        """The applications to the calls this person runs, unfinished ones included: not to be read, to be counted."""
        return self.filter(call__programme__in=managed_programmes(user))

    def visible_to(self, user):
        """What this person may read: their own, drafts included; once submitted, the managers of the
        programme, the project's team and those who accompany it. Nobody else, whatever their role."""
        if user is None or not user.is_authenticated:
            return self.none()
        here = models.OuterRef("pk")
        mine = models.Exists(Applicant.objects.filter(application=here, user=user.pk))
        managed = models.Q(call__programme__in=managed_programmes(user))
        # The application's project, and the one that this project has joined.
        project = models.Q(project=models.OuterRef("project")) | models.Q(
            project=models.OuterRef("project__merged_into")
        )
        team = models.Exists(Membership.objects.filter(project, user=user.pk, left_on__isnull=True))
        beside = models.Exists(Accompaniment.objects.filter(project, user=user.pk, ends_on__isnull=True))
        return self.filter(
            mine | (~models.Q(state=ApplicationState.DRAFT) & (managed | models.Q(team) | models.Q(beside))),
            discarded_at__isnull=True,
        )


class Application(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey("calls.Call", on_delete=models.PROTECT, related_name="applications")
    form_version = models.ForeignKey(
        "calls.CallFormVersion", on_delete=models.PROTECT, related_name="applications"
    )
    project = models.ForeignKey(
        "projects.Project", null=True, blank=True, on_delete=models.PROTECT, related_name="applications"
    )
    state = models.CharField(
        _("state"),
        max_length=15,
        choices=ApplicationState.choices,
        default=ApplicationState.DRAFT,
        db_index=True,
        editable=False,
    )
    channel = models.CharField(_("came in"), max_length=10, choices=Channel.choices, default=Channel.WEB)
    title = models.CharField(_("title"), max_length=120, blank=True)
    # Begun without an account: the browser keeps the token, the row only its fingerprint, until sign-in claims it.
    claim_digest = models.CharField(max_length=64, blank=True, default="", db_index=True)
    last_step = models.CharField(_("step left at"), max_length=60, blank=True)
    last_field = models.CharField(_("question left at"), max_length=60, blank=True, default="")
    receipt_number = models.CharField(_("receipt number"), max_length=20, null=True, blank=True, unique=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    answer_due_on = models.DateField(_("answer due on"), null=True, blank=True)
    created_at = models.DateTimeField(_("begun at"), default=clock.now)
    saved_at = models.DateTimeField(_("last saved at"), default=clock.now)
    # A draft that its author no longer wants: out of every list, its text emptied.
    discarded_at = models.DateTimeField(_("given up at"), null=True, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ApplicationState.values), name="application_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | models.Q(submitted_at__isnull=False, receipt_number__isnull=False, project__isnull=False),
                name="application_submitted_has_receipt",
            ),
        ]
        indexes = [
            # The manager's list, in its usual orders.
            models.Index(fields=["call", "answer_due_on", "id"], name="application_due"),
            models.Index(fields=["call", "submitted_at", "id"], name="application_arrival"),
        ]

    def __str__(self):
        """Its title once it is submitted. What a draft is called is known to its authors alone: this stands in
        the journal and in lists of letters."""
        if self.state == ApplicationState.DRAFT:
            return gettext("Draft")
        return self.title or self.receipt_number or str(self.uuid)


class ApplicationTransition(AbstractTransition):
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="transitions")

    class Meta(AbstractTransition.Meta):
        verbose_name = _("change of state of an application")
        verbose_name_plural = _("changes of state of applications")


class Applicant(models.Model):
    """A person of an application's team. The account comes later, or never: half of the agents have no e-mail."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="applicants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="applications",
    )
    role = models.CharField(
        _("role"), max_length=10, choices=ApplicantRole.choices, default=ApplicantRole.LEAD
    )
    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    email = models.CharField(_("e-mail, if there is one"), max_length=254, blank=True)
    phone = models.CharField(_("phone, if you wish"), max_length=30, blank=True)
    directorate = models.ForeignKey(
        "accounts.Directorate",
        verbose_name=_("directorate"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    workplace = models.ForeignKey(
        "accounts.Workplace",
        verbose_name=_("workplace"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    # Made with the empty form of someone to name, so that saving it twice names one person.
    row_key = models.CharField(max_length=36, blank=True, default="", editable=False)
    # The lead has offered this person to lead in their place; nothing changes until they accept.
    lead_offered_at = models.DateTimeField(_("offered to lead at"), null=True, blank=True, editable=False)
    # Asked after preselection only. None: not answered yet, and then their line manager is not told.
    may_tell_manager = models.BooleanField(
        _("their line manager may be told"), null=True, blank=True, editable=False
    )
    manager_answered_at = models.DateTimeField(
        _("answered about their line manager at"), null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("applicant")
        verbose_name_plural = _("applicants")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "user"], name="applicant_once"),
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(role="lead"), name="applicant_one_lead"
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.application_id})"

    @property
    def name(self) -> str:
        typed = f"{self.first_name} {self.last_name}".strip()
        return typed or (str(self.user) if self.user_id else "")


class Answer(models.Model):
    """The answer to one question, keyed by the question's key; ``value`` is plain JSON of the question's kind."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="answers")
    key = models.SlugField(_("question"), max_length=60)
    value = models.JSONField(_("answer"), null=True, blank=True)
    file = models.ForeignKey(
        "core.PrivateFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Counts the writes, so that a page that has grown old never overwrites silently.
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=clock.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["application", "key"], name="answer_once")]

    def __str__(self):
        return f"{self.application}: {self.key}"


class AnswerRevision(AppendOnly):
    """A value that an answer had before it was overwritten."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="revisions")
    value = models.JSONField(null=True, blank=True)
    file = models.ForeignKey(
        "core.PrivateFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("earlier answer")
        verbose_name_plural = _("earlier answers")
        ordering = ["saved_at", "pk"]

    def __str__(self):
        return f"{self.answer} ({self.saved_at:%Y-%m-%d %H:%M})"
