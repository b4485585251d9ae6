"""People in the Wagtail admin; its own screens for users and groups are not offered. A light first page."""

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.site_summary import SiteSummaryPanel
from wagtail.admin.views.home import RecentEditsPanel

from incubator.accounts.rules import is_admin
from incubator.accounts.viewsets import PeopleGroup, person_chooser


@hooks.register("register_admin_viewset")
def people_viewsets():
    return [PeopleGroup(), person_chooser]


@hooks.register("construct_settings_menu")
def without_users_and_groups(request, menu_items):
    menu_items[:] = [item for item in menu_items if item.name not in ("users", "groups")]


@hooks.register("construct_main_menu")
def without_what_nobody_uses(request, menu_items):
    hidden = {"help"} if is_admin(request.user) else {"help", "reports"}
    menu_items[:] = [item for item in menu_items if item.name not in hidden]


@hooks.register("construct_homepage_panels")
def light_first_page(request, panels):
    """What there is, and what was edited last: the rest of the work is done in the space."""
    panels[:] = [panel for panel in panels if isinstance(panel, SiteSummaryPanel | RecentEditsPanel)]


@hooks.register("insert_global_admin_css")
def our_colours():
    return format_html('<link rel="stylesheet" href="{}">', static("eclosion/css/admin.css"))
