"""Who may open the Wagtail admin. Groups are Wagtail's way to say it; our roles decide who is in them.

Inside, Wagtail's pages, images and documents follow the group's permissions; our own screens follow
``rules`` and ``visible_to`` alone (incubator.core.viewsets).
"""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from incubator.accounts.enums import Role
from incubator.accounts.models import User

MANAGER_GROUP = "programme-managers"  # a code: labels are translated, names in the database are not

_MODEL_PERMISSIONS = ("wagtailadmin.access_admin", "core.change_sitesettings")
_PAGE_PERMISSIONS = tuple(f"wagtailcore.{act}_page" for act in ("add", "change", "publish", "lock", "unlock"))
# Wagtail asks for the permissions of its own models, whatever the site's image and document models are.
_COLLECTION_PERMISSIONS = tuple(
    model.format(act=act)
    for model in ("wagtailimages.{act}_image", "wagtaildocs.{act}_document")
    for act in ("add", "change", "choose")
)


def _permissions(names) -> list[Permission]:
    wanted = {tuple(name.split(".")) for name in names}
    found = Permission.objects.filter(codename__in=[code for _app, code in wanted]).select_related(
        "content_type"
    )
    return [row for row in found if (row.content_type.app_label, row.codename) in wanted]


@transaction.atomic
def ensure_manager_group() -> Group:
    """The group of those who run a programme, holding what it should; made at first use, completed at each."""
    group, _created = Group.objects.get_or_create(name=MANAGER_GROUP)
    group.permissions.add(*_permissions(_MODEL_PERMISSIONS))
    if root := Page.get_first_root_node():
        _complete(GroupPagePermission, _PAGE_PERMISSIONS, group=group, page=root)
    if library := Collection.get_first_root_node():
        _complete(GroupCollectionPermission, _COLLECTION_PERMISSIONS, group=group, collection=library)
    return group


def _complete(model, names, **holder) -> None:
    """Give the group what it lacks of these permissions on a page or a collection."""
    held = set(model.objects.filter(**holder).values_list("permission", flat=True))
    model.objects.bulk_create(
        [model(**holder, permission=row) for row in _permissions(names) if row.pk not in held],
        ignore_conflicts=True,
    )


def refresh_manager_group() -> None:
    """After ``migrate``: give the group what was added since, when it exists."""
    if Group.objects.filter(name=MANAGER_GROUP).exists():
        ensure_manager_group()


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
