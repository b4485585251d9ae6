"""What accounts offers to core's registries, and what it listens to."""

from django.contrib.auth.signals import user_logged_in
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incubator.accounts import rules
from incubator.accounts.domain import people
from incubator.accounts.enums import Category, PreferredChannel, Role
from incubator.core import badges, journal, navigation
from incubator.core.rules import register_admin_test, register_scope
from incubator.core.views.language import language_chosen


def register_all() -> None:
    for members in (Role, PreferredChannel, Category):
        badges.register(dict.fromkeys(members, "neutral"))
    journal.describe(
        {
            "accounts.create_person": _("Account made"),
            "accounts.open_account": _("Account opened with a code sent by e-mail"),
            "accounts.update_person": _("What is known of the person changed"),
            "accounts.update_profile": _("Own page changed"),
            "accounts.close_person": _("Account closed"),
            "accounts.reopen_person": _("Account opened again"),
            "accounts.issue_one_time_password": _("Slip with a one-time password made"),
            "accounts.choose_password": _("Own password chosen"),
            "accounts.grant_role": _("Role given"),
            "accounts.end_role": _("Role ended"),
            "accounts.create_directorate": _("Directorate added"),
            "accounts.update_directorate": _("Directorate changed"),
            "accounts.create_workplace": _("Workplace added"),
            "accounts.update_workplace": _("Workplace changed"),
        }
    )
    for label in ("accounts.user", "accounts.directorate", "accounts.workplace"):
        register_scope(label)  # people and places are the authority's, whatever the programme
    register_admin_test(rules.is_admin)
    navigation.register(_entries)
    language_chosen.connect(_keep_language, dispatch_uid="accounts.keep_language")
    user_logged_in.connect(_speak_their_language, dispatch_uid="accounts.speak_their_language")


def _entries(user):
    if rules.can_manage_people(user):
        yield navigation.Entry(_("People"), reverse("people:index"), navigation.Section.MANAGE, 70)


def _keep_language(request, language, **kwargs):
    """A person's choice in the header is also the language of their letters."""
    if request.user.is_authenticated:
        people.update_profile(actor=request.user, user=request.user, language=language)


def _speak_their_language(request, user, **kwargs):
    """At sign-in the site takes the person's language (see middleware.LanguageCookieMiddleware)."""
    if request is not None:
        request.language_chosen = user.language
