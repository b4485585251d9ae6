"""Who may open the Wagtail admin. Groups are Wagtail's way to say it; our roles decide who is in them.

Inside, Wagtail's pages, images and documents follow the group's permissions; our own screens follow
``rules`` and ``visible_to`` alone (incubator.core.viewsets).
"""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from incubator.accounts.enums import Role
from incubator.accounts.models import User

MANAGER_GROUP = "programme_managers"  # a code: labels are translated, names in the database are not

_MODEL_PERMISSIONS = ("wagtailadmin.access_admin", "core.change_sitesettings")
_PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page")
_COLLECTION_PERMISSIONS = (
    "core.add_siteimage",
    "core.change_siteimage",
    "core.choose_siteimage",
    "core.add_sitedocument",
    "core.change_sitedocument",
    "core.choose_sitedocument",
)


def _permission(name: str) -> Permission:
    app_label, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


@transaction.atomic
def ensure_manager_group() -> Group:
    """The group of those who run a programme, with what it opens in the admin; made at first use."""
    group, created = Group.objects.get_or_create(name=MANAGER_GROUP)
    if created:
        group.permissions.set([_permission(name) for name in _MODEL_PERMISSIONS])
    if root := Page.get_first_root_node():
        for codename in _PAGE_PERMISSIONS:
            GroupPagePermission.objects.get_or_create(
                group=group, page=root, permission=_permission(f"wagtailcore.{codename}")
            )
    if root := Collection.get_first_root_node():
        for name in _COLLECTION_PERMISSIONS:
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=root, permission=_permission(name)
            )
    return group


def sync_manager_group(*, user: User, is_manager: bool) -> None:
    """Put someone in the managers' group or take them out; projects calls it as it gives or ends the role."""
    if is_manager:
        user.groups.add(ensure_manager_group())
    else:
        user.groups.remove(*user.groups.filter(name=MANAGER_GROUP))
    _forget_permissions(user)


def sync_admin(*, user: User) -> None:
    """An administrator is a superuser as long as the role lasts: Wagtail's own screens ask for that."""
    is_admin = user.role_grants.filter(role=Role.ADMIN, ended_at__isnull=True).exists()
    if user.is_superuser != is_admin:
        user.is_superuser = user.is_staff = is_admin
        user.save(update_fields=["is_superuser", "is_staff"])
        _forget_permissions(user)


def _forget_permissions(user: User) -> None:
    for name in ("_perm_cache", "_user_perm_cache", "_group_perm_cache"):
        user.__dict__.pop(name, None)
