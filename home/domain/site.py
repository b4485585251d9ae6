"""The pages that every site has, made once: front door, calls, impact, compliance pages."""

from django.conf import settings
from django.db import transaction
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Collection, Locale, Page, Site

from calls.models import CallIndexPage
from home.domain.page_texts import CALLS, COMPLIANCE_PAGES, HOME, IMPACT
from home.models import ContentPage, HomePage
from incubator.core import journal
from projects.models import ImpactIndexPage


@transaction.atomic
def set_up_site(*, actor=None) -> HomePage:
    """Make the pages that are missing and answer the home page; what an editor has written is left alone."""
    home = HomePage.objects.first()
    if home is None:
        home = _make_home()
        journal.record(verb="home.site_set_up", actor=actor, target=home)
    for model, fields in _index_pages():
        if not model.objects.child_of(home).exists():
            home.add_child(instance=model(**fields))
    for slug, page in COMPLIANCE_PAGES.items():
        if not ContentPage.objects.child_of(home).filter(slug=slug).exists():
            home.add_child(
                instance=ContentPage(
                    slug=slug, title=page["title"], lead=page.get("lead", ""), body=page["body"]
                )
            )
    return home


def _make_home() -> HomePage:
    """Put our home page in the place of Wagtail's welcome page, under the same root."""
    root = _root_page()
    site = Site.objects.filter(is_default_site=True).first()
    welcome = site.root_page if site else None
    if welcome is not None and welcome.depth > 1:
        welcome.slug = "bienvenue-wagtail"  # frees the slug until the page goes
        welcome.save(update_fields=["slug"])
    home = root.add_child(instance=HomePage(slug="accueil", **HOME))
    if site is None:
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    else:
        site.root_page = home
        site.save(update_fields=["root_page"])
    if welcome is not None and welcome.depth > 1 and welcome.specific_class is Page:
        Page.objects.get(pk=welcome.pk).delete()
    return home


def _root_page() -> Page:
    """The root of the tree and what it needs: made by Wagtail's migrations, or again here after a flush."""
    Locale.objects.get_or_create(language_code=get_supported_content_language_variant(settings.LANGUAGE_CODE))
    if Collection.get_first_root_node() is None:
        Collection.add_root(instance=Collection(name="Root"))
    return Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))


def _index_pages():
    return [(CallIndexPage, CALLS), (ImpactIndexPage, IMPACT)]
