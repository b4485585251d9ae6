"""Who may see what, written once: lists, pages, exports, search and admin start from ``visible_to``."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from incubator.accounts.enums import Role
from incubator.accounts.rules import has_role, is_admin
from incubator.core import clock
from projects.enums import STARTUP_STAGES, ProgrammeRoleKind, Stage

# Once it has been preselected, a project is known by name to those who follow the programme.
NAMED_FROM = frozenset({Stage.PRESELECTED, Stage.SELECTED})


def _programmes_as(user, *kinds: ProgrammeRoleKind):
    """Ids of the programmes where this user holds one of ``kinds`` today, as a subquery."""
    return user.programme_roles.filter(ended_at__isnull=True, role__in=kinds).values("programme_id")


class ProgrammeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Administrators and the chief executive's office see all; others those where they hold a role."""
        if not user.is_authenticated:
            return self.none()
        if is_admin(user) or has_role(user, Role.SPONSOR):
            return self
        return self.filter(pk__in=_programmes_as(user, *ProgrammeRoleKind))

    def managed_by(self, user):
        """The programmes this user manages today."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(pk__in=_programmes_as(user, ProgrammeRoleKind.MANAGER))


class CohortQuerySet(models.QuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        programmes = self.model._meta.get_field("programme").related_model
        return self.filter(programme__in=programmes.objects.visible_to(user))

    def managed_by(self, user):
        """The cohorts of the programmes this user manages today."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(programme__in=_programmes_as(user, ProgrammeRoleKind.MANAGER))


class ProgrammeRoleQuerySet(models.QuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        programmes = self.model._meta.get_field("programme").related_model
        return self.filter(programme__in=programmes.objects.visible_to(user))

    def current(self):
        return self.filter(ended_at__isnull=True)


class ProjectQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Its team, its accompaniment, its managers; from preselection on, those who follow the programme.

        Sitting in a jury shows nothing here: jurors read hearings.
        """
        if not user.is_authenticated:
            return self.none()
        memberships = self.model._meta.get_field("memberships").related_model
        accompaniments = self.model._meta.get_field("accompaniments").related_model
        close = (
            Exists(memberships.objects.filter(project=OuterRef("pk"), user=user, left_on__isnull=True))
            | Exists(
                accompaniments.objects.filter(project=OuterRef("pk"), user=user).filter(
                    Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today())
                )
            )
            | Q(programme__in=_programmes_as(user, ProgrammeRoleKind.MANAGER))
        )
        follows = (
            Q()
            if has_role(user, Role.SPONSOR)
            else Q(programme__in=_programmes_as(user, ProgrammeRoleKind.SPONSOR, ProgrammeRoleKind.PARTNER))
        )
        return self.filter(close | (self._named() & follows))

    def managed_by(self, user):
        """The projects of the programmes this user manages today."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(programme__in=_programmes_as(user, ProgrammeRoleKind.MANAGER))

    def with_late_committee(self):
        """In startup mode, and the day of the next committee has passed without a decision."""
        return self.filter(stage__in=STARTUP_STAGES, next_decision_on__lt=clock.today())

    def _named(self):
        transitions = self.model._meta.get_field("transitions").related_model
        return Exists(transitions.objects.filter(project=OuterRef("pk"), target__in=NAMED_FROM)) & ~Q(
            stage=Stage.MERGED
        )

    def named(self):
        """Projects from *preselected* on, and what became of them since."""
        return self.filter(self._named())

    def of_person(self, user):
        """The projects this user works in or accompanies today: “my projects”."""
        if not user.is_authenticated:
            return self.none()
        memberships = self.model._meta.get_field("memberships").related_model
        accompaniments = self.model._meta.get_field("accompaniments").related_model
        return self.filter(
            Exists(memberships.objects.filter(project=OuterRef("pk"), user=user, left_on__isnull=True))
            | Exists(
                accompaniments.objects.filter(project=OuterRef("pk"), user=user).filter(
                    Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today())
                )
            )
        ).exclude(stage=Stage.MERGED)

    def in_startup_mode(self):
        return self.filter(stage__in=STARTUP_STAGES)
