"""The front page, the compliance pages, and the small files for machines."""

from datetime import date
from decimal import Decimal

import pytest
from wagtail.models import Page, Site

from home.domain.site import set_up_site
from home.models import AccessibilityStatement, ContentPage, HomePage
from home.models.accessibility import rgaa_wording
from incubator.core import clock
from tests.factories.calls import make_call
from tests.factories.juries import at


def test_set_up_puts_our_pages_in_the_place_of_wagtails(home_page):
    assert Site.objects.get(is_default_site=True).root_page_id == home_page.pk
    assert not Page.objects.filter(title__startswith="Welcome to your new Wagtail").exists()
    slugs = set(home_page.get_children().values_list("slug", flat=True))
    assert slugs == {"appels", "impact", "accessibilite", "mentions-legales", "donnees-personnelles"}


def test_set_up_again_changes_nothing(home_page):
    HomePage.objects.update(headline="Écrit par une personne")
    before = Page.objects.count()
    set_up_site()
    assert Page.objects.count() == before
    assert HomePage.objects.get().headline == "Écrit par une personne"


def test_the_front_page_without_a_call(client, home_page):
    html = client.get("/").content.decode()
    assert "Aucun appel n’est ouvert aujourd’hui" in html
    assert '<a href="/accessibilite/" lang="fr">Accessibilité\u00a0: non conforme</a>' in html


def test_the_front_page_leads_to_the_open_call(client, home_page):
    call = make_call()
    html = client.get("/").content.decode()
    assert f'href="/appels/{call.code}/"' in html
    assert "Appel ouvert" in html


def test_the_front_page_costs_eight_queries_at_most(client, home_page, assert_queries):
    make_call()
    with assert_queries(8):
        client.get("/?a=1")  # not kept: one query more asks under which version it would be
    make_call()
    make_call()
    with assert_queries(8):
        client.get("/?a=1")


@pytest.mark.parametrize(
    "path", ["/accessibilite/", "/mentions-legales/", "/donnees-personnelles/", "/appels/", "/impact/"]
)
def test_public_pages_open_to_anyone(client, home_page, path):
    assert client.get(path).status_code == 200


def test_the_accessibility_page_says_the_exact_words(client, home_page):
    assert "Accessibilité\u00a0: non conforme" in client.get("/accessibilite/").content.decode()
    AccessibilityStatement.objects.create(
        site=Site.objects.get(is_default_site=True),
        audited_on=clock.today(),
        audited_by="Cabinet",
        rate=72,
    )
    assert "Accessibilité\u00a0: partiellement conforme" in client.get("/accessibilite/").content.decode()


@pytest.mark.parametrize(
    ("audited_on", "rate", "words"),
    [
        (None, None, "Accessibilité\u00a0: non conforme"),
        (date(2026, 1, 1), Decimal("49.99"), "Accessibilité\u00a0: non conforme"),
        (date(2026, 1, 1), Decimal("50"), "Accessibilité\u00a0: partiellement conforme"),
        (date(2026, 1, 1), Decimal("100"), "Accessibilité\u00a0: totalement conforme"),
        (date(2019, 1, 1), Decimal("100"), "Accessibilité\u00a0: non conforme"),
    ],
)
def test_rgaa_wording(audited_on, rate, words):
    with clock.at(at(2026, 6, 1)):
        assert rgaa_wording(audited_on=audited_on, rate=rate) == words


def test_no_consent_is_asked(client, home_page):
    html = client.get("/donnees-personnelles/").content.decode()
    assert "mission d’intérêt public" in html
    assert 'type="checkbox"' not in html


def test_an_editor_previews_every_block(home_page):
    page = ContentPage.objects.first()
    for name, block in page.body.stream_block.child_blocks.items():
        assert block.label, name
        assert name == "picture" or block.is_previewable, name


def test_files_for_machines(client, home_page, settings):
    settings.DEMO = False
    assert "Disallow: /admin/" in client.get("/robots.txt").content.decode()
    settings.DEMO = True
    assert "Disallow: /\n" in client.get("/robots.txt").content.decode()
    security = client.get("/.well-known/security.txt").content.decode()
    assert security.startswith("Contact: ")
    assert "\nExpires: " in security
    sitemap = client.get("/sitemap.xml").content.decode()
    assert "/accessibilite/" in sitemap
