"""Verbs: programmes, cohorts, and who holds which role in a programme."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from incubator.core import clock, journal
from incubator.core.models import Refused
from projects import rules
from projects.domain._common import need, save_checked
from projects.enums import ProgrammeRoleKind
from projects.models import Cohort, Programme, ProgrammeRole

MANAGERS_GROUP = "programme-managers"
# What managers may do in the Wagtail admin; packages to the right add theirs with `add_manager_permissions`.
_manager_permissions: set[str] = {
    "wagtailadmin.access_admin",
    *(
        f"projects.{act}_{model}"
        for model in ("programme", "cohort", "programmerole", "population")
        for act in ("view", "add", "change")
    ),
    "projects.delete_programmerole",
}
_PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
_COLLECTION_PERMISSIONS = ("add_siteimage", "change_siteimage", "choose_siteimage", "add_sitedocument",
                           "change_sitedocument", "choose_sitedocument")  # fmt: skip


def add_manager_permissions(*codes: str) -> None:
    """Let managers hold these admin permissions (``app.codename``); called in ``AppConfig.ready()``."""
    _manager_permissions.update(codes)


def sync_managers_group() -> Group:
    """Make the group of managers hold what it should: permissions, pages, images and documents.

    Codes, never translated names, identify the group. Permissions of a package that is not migrated yet
    are simply added at the next call (each migrate, each grant).
    """
    group, _made = Group.objects.get_or_create(name=MANAGERS_GROUP)
    wanted = {tuple(code.split(".", 1)) for code in _manager_permissions}
    permissions = [
        permission
        for permission in Permission.objects.filter(
            codename__in={code for _app, code in wanted}
        ).select_related("content_type")
        if (permission.content_type.app_label, permission.codename) in wanted
    ]
    group.permissions.add(*permissions)
    root = Page.get_first_root_node()
    for permission in Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=_PAGE_PERMISSIONS
    ):
        if root is not None:
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    library = Collection.get_first_root_node()
    for permission in Permission.objects.filter(
        content_type__app_label="core", codename__in=_COLLECTION_PERMISSIONS
    ):
        if library is not None:
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=library, permission=permission
            )
    return group


def refresh_managers_group() -> None:
    """Give the group what was added since, when it exists (it is made with the first manager)."""
    if Group.objects.filter(name=MANAGERS_GROUP).exists():
        sync_managers_group()


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
    need(actor is None or rules.can_manage_programme(actor, programme), "projects.grant_programme_role")
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
        user.groups.add(sync_managers_group())
    journal.record(
        verb="projects.grant_programme_role", actor=actor, target=programme, user=user.pk, role=role.value
    )
    return grant


@transaction.atomic
def end_programme_role(*, actor, role: ProgrammeRole) -> ProgrammeRole:
    """End a role today; the last role of manager also closes the Wagtail admin."""
    need(actor is None or rules.can_manage_programme(actor, role.programme), "projects.end_programme_role")
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
        role.user.groups.remove(*role.user.groups.filter(name=MANAGERS_GROUP))
    journal.record(
        verb="projects.end_programme_role",
        actor=actor,
        target=role.programme,
        user=role.user_id,
        role=role.role,
    )
    return role
