"""Who sees a sitting and a hearing: written once, used by list, page, export and search."""

from django.db import models

from incubator.accounts.enums import Role
from juries.enums import SCORING_ROLES, SittingState
from projects.enums import ProgrammeRoleKind
from projects.models import Project

# A juror reads dossiers from the opening of scoring on, never before they are frozen.
READING_STATES = frozenset({SittingState.SCORING, SittingState.DELIBERATING, SittingState.PRONOUNCED})


def _programmes(user, *kinds) -> models.QuerySet:
    """The ids of the programmes where ``user`` holds one of these roles today."""
    return user.programme_roles.filter(role__in=kinds, ended_at__isnull=True).values("programme_id")


def _is_authority_sponsor(user) -> models.Exists:
    grants = user.role_grants.filter(role=Role.SPONSOR, ended_at__isnull=True)
    return models.Exists(grants)


class SittingQuerySet(models.QuerySet):
    def visible_to(self, user) -> "SittingQuerySet":
        """Its members; the managers of its programme; sponsors once it is prepared."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            models.Q(pk__in=user.seats.values("sitting_id"))
            | models.Q(programme__in=_programmes(user, ProgrammeRoleKind.MANAGER))
            | (
                models.Q(state__in=READING_STATES)
                & (
                    models.Q(programme__in=_programmes(user, ProgrammeRoleKind.SPONSOR))
                    | models.Q(_is_authority_sponsor(user))
                )
            )
        )

    def live(self) -> "SittingQuerySet":
        """Those that are neither pronounced nor cancelled."""
        return self.exclude(state__in=[SittingState.PRONOUNCED, SittingState.CANCELLED])

    def managed_by(self, user) -> "SittingQuerySet":
        return self.filter(programme__in=_programmes(user, ProgrammeRoleKind.MANAGER))


class HearingQuerySet(models.QuerySet):
    def visible_to(self, user) -> "HearingQuerySet":
        """Whoever may read the dossier.

        Members of the sitting once the dossiers are frozen, except those they stand aside from;
        managers always; sponsors from *preselected* on, as for projects.
        """
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            models.Q(
                pk__in=self.model._default_manager.filter(
                    sitting__seats__user=user, sitting__state__in=READING_STATES
                )
                .exclude(recusals__seat__user=user)
                .values("pk")
            )
            | models.Q(sitting__programme__in=_programmes(user, ProgrammeRoleKind.MANAGER))
            | (
                models.Q(sitting__state__in=READING_STATES, project__in=Project.objects.named())
                & (
                    models.Q(sitting__programme__in=_programmes(user, ProgrammeRoleKind.SPONSOR))
                    | models.Q(_is_authority_sponsor(user))
                )
            )
        )

    def managed_by(self, user) -> "HearingQuerySet":
        return self.filter(sitting__programme__in=_programmes(user, ProgrammeRoleKind.MANAGER))

    def open(self) -> "HearingQuerySet":
        """Without those closed because the project left before the sitting."""
        return self.filter(closed_at__isnull=True)

    def to_score_by(self, user) -> "HearingQuerySet":
        """What ``user`` is asked to score: where they sit with a voice and do not stand aside."""
        return (
            self.open()
            .filter(
                sitting__state=SittingState.SCORING,
                sitting__seats__in=user.seats.filter(role__in=SCORING_ROLES),
            )
            .exclude(recusals__seat__user=user)
        )


class GridQuerySet(models.QuerySet):
    def visible_to(self, user) -> "GridQuerySet":
        """The grids of the programmes one manages."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(programme__in=_programmes(user, ProgrammeRoleKind.MANAGER))

    def managed_by(self, user) -> "GridQuerySet":
        return self.visible_to(user)
