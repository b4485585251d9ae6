"""Verbs: programmes, cohorts, and who holds which role in a programme."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.accounts.domain.access import sync_manager_group
from incubator.core import clock, journal
from incubator.core.models import Refused
from projects import rules
from projects.domain._common import need, save_checked
from projects.enums import ProgrammeRoleKind
from projects.models import Cohort, Programme, ProgrammeRole


@transaction.atomic
def create_programme(*, actor, code: str, name: str, **fields) -> Programme:
    """Create a programme. A manager who creates one manages it."""
    need(actor is None or rules.can_create_programme(actor), "projects.create_programme")
    programme = save_checked(Programme(code=code, name=name, **fields))
    journal.record(verb="projects.create_programme", actor=actor, target=programme)
    if actor is not None and rules.is_manager(actor):
        _grant(actor=actor, programme=programme, user=actor, role=ProgrammeRoleKind.MANAGER)
    return programme


@transaction.atomic
def update_programme(*, actor, programme: Programme, **changes) -> Programme:
    need(actor is None or rules.can_manage_programme(actor, programme), "projects.update_programme")
    for name, value in changes.items():
        setattr(programme, name, value)
    save_checked(programme)
    journal.record(verb="projects.update_programme", actor=actor, target=programme, fields=sorted(changes))
    return programme


@transaction.atomic
def create_cohort(*, actor, programme: Programme, code: str, name: str, **fields) -> Cohort:
    need(actor is None or rules.can_manage_programme(actor, programme), "projects.create_cohort")
    cohort = save_checked(Cohort(programme=programme, code=code, name=name, **fields))
    journal.record(verb="projects.create_cohort", actor=actor, target=cohort)
    return cohort


@transaction.atomic
def update_cohort(*, actor, cohort: Cohort, **changes) -> Cohort:
    need(actor is None or rules.can_manage_programme(actor, cohort.programme), "projects.update_cohort")
    programme = changes.get("programme", cohort.programme)
    if programme != cohort.programme and cohort.projects.exists():
        raise Refused({"programme": _("This cohort already has projects: it stays in its programme.")})
    need(actor is None or rules.can_manage_programme(actor, programme), "projects.update_cohort")
    for name, value in changes.items():
        setattr(cohort, name, value)
    save_checked(cohort)
    journal.record(verb="projects.update_cohort", actor=actor, target=cohort, fields=sorted(changes))
    return cohort


@transaction.atomic
def grant_programme_role(*, actor, programme: Programme, user, role: str) -> ProgrammeRole:
    """Give ``user`` a role in the programme; a manager may enter the Wagtail admin from then on."""
    need(
        actor is None or rules.can_give_programme_role(actor, programme, role),
        "projects.grant_programme_role",
    )
    return _grant(actor=actor, programme=programme, user=user, role=role)


def _grant(*, actor, programme, user, role) -> ProgrammeRole:
    role = ProgrammeRoleKind(role)
    if programme.roles.filter(user=user, role=role, ended_at__isnull=True).exists():
        raise Refused({"user": _("This person already holds this role in the programme.")})
    grant = save_checked(
        ProgrammeRole(programme=programme, user=user, role=role, granted_by=actor, granted_at=clock.now())
    )
    rules.forget_roles_in_programmes(user)
    if role == ProgrammeRoleKind.MANAGER:
        sync_manager_group(user=user, is_manager=True)
    journal.record(
        verb="projects.grant_programme_role", actor=actor, target=programme, user=user.pk, role=role.value
    )
    return grant


@transaction.atomic
def end_programme_role(*, actor, role: ProgrammeRole) -> ProgrammeRole:
    """End a role today; the last role of manager also closes the Wagtail admin."""
    need(
        actor is None or rules.can_give_programme_role(actor, role.programme, role.role),
        "projects.end_programme_role",
    )
    if role.ended_at is not None:
        raise Refused(_("This role has already ended."))
    others = role.programme.roles.filter(role=ProgrammeRoleKind.MANAGER, ended_at__isnull=True).exclude(
        pk=role.pk
    )
    if role.role == ProgrammeRoleKind.MANAGER and not others.exists():
        raise Refused(_("A programme keeps one manager at least. Name another one first."))
    role.ended_at = clock.now()
    role.save(update_fields=["ended_at"])
    rules.forget_roles_in_programmes(role.user)
    if role.role == ProgrammeRoleKind.MANAGER and not rules.is_manager(role.user):
        sync_manager_group(user=role.user, is_manager=False)
    journal.record(
        verb="projects.end_programme_role",
        actor=actor,
        target=role.programme,
        user=role.user_id,
        role=role.role,
    )
    return role
