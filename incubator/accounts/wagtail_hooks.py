"""People in the Wagtail admin; Wagtail's own screens for users and groups are not offered."""

from wagtail import hooks

from incubator.accounts.viewsets import PeopleGroup, person_chooser


@hooks.register("register_admin_viewset")
def people_viewsets():
    return [PeopleGroup(), person_chooser]


@hooks.register("construct_settings_menu")
def without_users_and_groups(request, menu_items):
    menu_items[:] = [item for item in menu_items if item.name not in ("users", "groups")]
