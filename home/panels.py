"""What the front door shows elsewhere: its entries of the navigation, and the personas on the sign-in page."""

from django.conf import settings
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from calls.rules import can_manage_call
from home import rules
from home.demo.personas import PERSONAS
from incubator.core import journal, navigation, panels
from incubator.core.navigation import Entry, Section
from incubator.core.panels import Panel
from incubator.core.rules import register_scope


def entries(user) -> list[Entry]:
    found = [Entry(_("Impact"), "/impact/", Section.PUBLIC, 30)]
    if user is None or not user.is_authenticated:
        return found
    found += [Entry(_("Today"), reverse_lazy("home:today"), Section.SPACE, 0)]
    if rules.can_read_portfolio(user):
        found.append(Entry(_("Portfolio"), reverse_lazy("home:portfolio"), Section.SPACE, 60))
    return found


def personas_panel(user, next_url) -> Panel | None:
    """One button for each persona, where the site is a demonstration; each comes back to ``next_url``."""
    if not settings.DEMO:
        return None
    return Panel(
        "home/_personas.html", {"personas": PERSONAS.values(), "in_sign_in": True, "next_url": next_url}
    )


def copy_panel(user, call) -> Panel | None:
    """On the manager's page of a call: where the next cohort begins."""
    return Panel("home/_copy_call.html", {"call": call}) if can_manage_call(user, call) else None


def register() -> None:
    journal.describe(
        {
            "home.site_set_up": _("Site set up"),
            "home.copied_for_next_cohort": _("Call copied for the next cohort"),
        }
    )
    panels.register("call.board", copy_panel)
    navigation.register(entries)
    register_scope("home.homepage")
    panels.register("signin.demo", personas_panel)
