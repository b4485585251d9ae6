"""Who sees a sitting and a hearing: written once, used by list, page, export and search."""

from django.db import models

from incubator.accounts.enums import Role
from incubator.core import clock
from juries.enums import SCORING_ROLES, SeatRole, SittingState
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


def _reading_is_open() -> models.Q:
    return models.Q(sitting__reading_opens_at__isnull=True) | models.Q(
        sitting__reading_opens_at__lte=clock.now()
    )


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

        Members of the sitting as its rules say (``read_by_member``), except those they stand aside from;
        managers always; sponsors from *preselected* on, as for projects.
        """
        if not user.is_authenticated:
            return self.none()
        # EXISTS lets the database choose: look at one hearing, or read all of the sitting's once.
        by_seat = self.model._default_manager.read_by_member(user).filter(pk=models.OuterRef("pk"))
        return self.filter(
            models.Q(models.Exists(by_seat))
            | models.Q(sitting__programme__in=_programmes(user, ProgrammeRoleKind.MANAGER))
            | (
                models.Q(sitting__state__in=READING_STATES, project__in=Project.objects.named())
                & (
                    models.Q(sitting__programme__in=_programmes(user, ProgrammeRoleKind.SPONSOR))
                    | models.Q(_is_authority_sponsor(user))
                )
            )
        )

    def read_by_member(self, user) -> "HearingQuerySet":
        """What ``user`` reads by their seat.

        While marks are given: from the opening of the reading; who has a voice, once they have declared their
        links of interest; a juror, only the dossiers given to them where each has so many readers (who presides
        or keeps the record reads all). Afterwards every member reads everything, to deliberate.
        """
        seats = {"sitting__seats__user": user}
        reading = (
            models.Q(sitting__state=SittingState.SCORING)
            & _reading_is_open()
            & (
                ~models.Q(sitting__seats__role__in=SCORING_ROLES)
                | models.Q(sitting__seats__declared_at__isnull=False)
                & (models.Q(sitting__seats__role=SeatRole.PRESIDENT) | self._given_to(user))
            )
        )
        afterwards = models.Q(sitting__state__in=READING_STATES - {SittingState.SCORING})
        return self.filter(models.Q(**seats) & (afterwards | reading)).exclude(recusals__seat__user=user)

    def _given_to(self, user) -> models.Q:
        """Everyone reads everything, or this dossier was given to them."""
        given = self.model._meta.get_field("assignments").related_model.objects.filter(
            hearing=models.OuterRef("pk"), seat__user=user
        )
        return models.Q(sitting__readers_each__isnull=True) | models.Exists(given)

    def managed_by(self, user) -> "HearingQuerySet":
        return self.filter(sitting__programme__in=_programmes(user, ProgrammeRoleKind.MANAGER))

    def open(self) -> "HearingQuerySet":
        """Without those closed because the project left before the sitting."""
        return self.filter(closed_at__isnull=True)

    def to_score_by(self, user) -> "HearingQuerySet":
        """What ``user`` is asked to score: where they sit with a voice, the reading is open, the dossier is
        theirs to read and they do not stand aside. Their links may still be to declare.
        """
        return (
            self.open()
            .filter(
                _reading_is_open(),
                self._given_to(user),
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
