"""Pages kept for visitors: right at once after each change, and never another person's."""

import pytest
from django.core.cache import cache
from django.middleware.csrf import get_token
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction

from home.domain.site import set_up_site
from home.models import HomePage
from incubator.core import clock, public
from incubator.core.models import PublicVersion, SiteSettings
from tests.factories.accounts import make_admin, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(site):
    set_up_site()
    cache.clear()
    # The minute does not turn in the middle of a test.
    with clock.at(timezone.now().replace(second=5, microsecond=0)):
        yield


def read(client, path="/", **headers) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_a_kept_page_costs_one_query_and_says_the_same_with_the_same_headers(client, assert_queries):
    first = client.get("/")
    with assert_queries(1):
        second = Client().get("/")
    assert second.content == first.content
    unlike = {name for name, _value in set(first.items()) ^ set(second.items())}
    assert unlike == {"X-Request-ID"}
    assert "Cookie" in second["Vary"]
    assert "Accept-Language" in second["Vary"]


def test_a_page_is_right_at_once_after_it_is_published(client):
    page = HomePage.objects.get()
    read(client)
    page.headline = "Une autre phrase"
    revision = page.save_revision()
    assert "Une autre phrase" not in read(client)
    revision.publish()
    assert "Une autre phrase" in read(client)


def test_the_name_of_the_authority_changes_at_once(client, client_for, site):
    read(client)
    admin = client_for(make_admin())
    settings = SiteSettings.objects.get_or_create(site=site)[0]
    form = {
        "authority_name": "Région d’à côté",
        "programme_tagline": settings.programme_tagline,
        "logo": "",
        "primary_color": settings.primary_color,
        "accent_color": settings.accent_color,
        "contact_phone": "",
        "contact_email": "",
        "contact_hours": "",
    }
    response = admin.post(f"/admin/settings/core/sitesettings/{settings.site_id}/", form)
    assert response.status_code == 302
    assert "Région d’à côté" in read(client)


def test_a_signed_in_person_neither_reads_nor_leaves_a_kept_page(client, client_for):
    visitors = read(client)
    someone = make_person(first_name="Zélie")
    theirs = read(client_for(someone))
    assert theirs != visitors
    assert "Se connecter" not in theirs
    assert read(Client()) == visitors
    cache.clear()
    read(client_for(someone))
    assert "Se connecter" in read(Client())


def test_a_message_or_a_session_of_a_visitor_stays_theirs(client):
    kept = read(client)
    with_message = Client()
    with_message.cookies["messages"] = "anything"
    with_message.get("/")
    with_session = Client()
    session = with_session.session
    session["seen"] = True
    session.save()
    assert read(with_session) == kept
    assert read(Client()) == kept


def test_each_language_has_its_own_page(client):
    french = read(client, **{"Accept-Language": "fr"})
    english = read(client, **{"Accept-Language": "en"})
    assert '<html lang="fr">' in french
    assert '<html lang="en">' in english
    assert read(Client(), **{"Accept-Language": "fr"}) == french
    chosen = Client()
    chosen.cookies["django_language"] = "en"
    assert '<html lang="en">' in read(chosen, **{"Accept-Language": "fr"})


def test_a_page_behind_a_restriction_is_never_kept(client):
    page = HomePage.objects.get()
    read(client)
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    public.change()
    assert client.get("/").status_code == 302
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("query", ["?q=1", "?utm_source=mail"])
def test_an_address_with_a_question_is_not_kept(client, query, assert_queries):
    client.get(f"/{query}")
    with pytest.raises(pytest.fail.Exception), assert_queries(1):
        client.get(f"/{query}")


def test_two_processes_without_redis_agree_at_once(client, monkeypatch):
    """Each process keeps its own pages; the number in the database tells both that one of them has changed."""
    from django.core.cache.backends.locmem import LocMemCache

    from incubator.core import page_cache

    one, other = LocMemCache("one", {}), LocMemCache("other", {})
    for process in (one, other):
        monkeypatch.setattr(page_cache, "cache", process)
        read(client)
    page = HomePage.objects.get()
    page.headline = "Une autre phrase"
    page.save_revision().publish()
    for process in (one, other):
        monkeypatch.setattr(page_cache, "cache", process)
        assert "Une autre phrase" in read(client)


def test_what_changes_while_a_page_is_rendered_makes_it_old(client, monkeypatch, assert_queries):
    from home.templatetags import home_tags

    real, version = home_tags.queries.front, [1]

    def changed_meanwhile():
        version[0] += 1
        return real()

    monkeypatch.setattr(public, "current", lambda: version[0])
    monkeypatch.setattr(home_tags.queries, "front", changed_meanwhile)
    read(client)
    monkeypatch.setattr(home_tags.queries, "front", lambda: pytest.fail("rendered again, as it should be"))
    with pytest.raises(pytest.fail.Exception, match="rendered again"):
        read(client)


def test_the_version_is_raised_in_the_transaction_of_the_change():
    from django.db import transaction

    public.change()
    before = public.current()

    with transaction.atomic():
        public.change()
        transaction.set_rollback(True)
    assert public.current() == before
    assert PublicVersion.objects.count() == 1


def test_a_page_that_repeats_a_visitors_token_is_not_kept(client, monkeypatch):
    """A cookie they had before gives no new one: only the page itself tells that the token in it is theirs."""
    whole = HomePage.get_context
    monkeypatch.setattr(
        HomePage,
        "get_context",
        lambda page, request: {**whole(page, request), "page": _with_headline(page, get_token(request))},
    )
    client.cookies["csrftoken"] = "a" * 32
    assert "csrfmiddlewaretoken" in read(client)
    monkeypatch.undo()
    assert "csrfmiddlewaretoken" not in read(Client())


def _with_headline(page, token):
    page.headline = f"csrfmiddlewaretoken {token}"
    return page
