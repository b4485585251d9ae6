"""What every test may use, and the rules that hold for all of them (tests/strict.py)."""

import os
import sys
from contextlib import contextmanager

import pytest
from django.test import Client, TransactionTestCase
from django.test.utils import CaptureQueriesContext

from tests import database, services, strict
from tests.order import pytest_addoption, pytest_collection_modifyitems, pytest_xdist_make_scheduler  # noqa: F401

SERVICE_MARKERS = ("requires_postgres", "requires_redis", "requires_chromium")
TRANSACTION_STATEMENTS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


# -- Services: a test that needs one finds it, or is skipped with the reason -------------------------


def pytest_runtest_setup(item):
    from django.db import connection

    for marker in SERVICE_MARKERS:
        if item.get_closest_marker(marker) and (reason := services.missing(marker, connection.vendor)):
            if os.environ.get("REQUIRE_SERVICES") == "1":
                pytest.fail(f"REQUIRE_SERVICES=1, and this test {reason}", pytrace=False)
            pytest.skip(reason)


# -- The database ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    """A copy of the migrated template (tests/database.py), put back after each transactional test."""
    with django_db_blocker.unblock():
        engine = database.engine()
        engine.prepare(rebuild=request.config.getoption("create_db"))
    flush = TransactionTestCase._fixture_teardown
    # Django would empty every table here, and with them what the migrations wrote (Wagtail's root page,
    # collection, locale and groups): a fresh copy is faster and right.
    TransactionTestCase._fixture_teardown = lambda self: engine.restore()
    yield
    TransactionTestCase._fixture_teardown = flush
    with django_db_blocker.unblock():
        engine.finish()


@pytest.fixture
def site(db):
    """Wagtail's default site, with its root page, locale and collection."""
    from wagtail.models import Collection, Locale, Page, Site

    assert Page.get_first_root_node() is not None
    assert Collection.get_first_root_node() is not None
    assert Locale.objects.exists()
    return Site.objects.select_related("root_page").get(is_default_site=True)


@pytest.fixture(scope="session")
def written_once(django_db_setup, django_db_blocker):
    """``with written_once(make) as made:`` what ``make()`` writes stays for the tests of a module or a class.

    For a world that many tests begin from. A fixture of that scope yields ``made``; a second one, of the usual scope,
    gives each test a copy of its own (``copy.deepcopy``), as each test changes the rows within its own savepoint.
    Whatever the scope holds is undone after its last test: none of them may be transactional.
    """
    from django.db import transaction

    @contextmanager
    def write(make):
        undone = transaction.atomic()
        with django_db_blocker.unblock():
            undone.__enter__()
            try:
                made = make()
            except BaseException:
                undone.__exit__(*sys.exc_info())
                raise
        yield made
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            undone.__exit__(None, None, None)

    return write


# -- Rules that always hold --------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="session")
def _strict():
    from django.template import engines

    engines["django"].engine.string_if_invalid = strict.Undefined()
    with strict.only_this_machine(also=services.hosts()):
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered(settings):
    """No test sees what another left: the cache (rate limits, Wagtail's site paths), the language of a request."""
    from django.core.cache import cache
    from django.utils import translation

    cache.clear()
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _files_go_away(settings, tmp_path):
    """Uploads and private files of a test live in its own folder."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    storages = {**settings.STORAGES}
    storages["private"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "private", "base_url": None},
    }
    settings.STORAGES = storages


# -- Helpers -----------------------------------------------------------------------------------------


@pytest.fixture
def client_for(db):
    """``client_for(user)`` is a browser in which this user is signed in; None is a visitor."""

    def make(user=None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture
def assert_queries(db):
    """``with assert_queries(7):`` exactly seven statements, those of transactions not counted.

    Session and user are counted. What a process remembers for good (content types, Wagtail's site
    paths) is fetched before, so that the count does not depend on the tests before.
    """
    from django.apps import apps
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection
    from wagtail.models import Site

    @contextmanager
    def exactly(expected: int):
        ContentType.objects.get_for_models(*apps.get_models(), for_concrete_models=False)
        Site.get_site_root_paths()
        _ = connection.features.supports_json_field  # SQLite is asked once
        with CaptureQueriesContext(connection) as captured:
            yield
        queries = [
            query["sql"]
            for query in captured.captured_queries
            if not query["sql"].lstrip().upper().startswith(TRANSACTION_STATEMENTS)
        ]
        if len(queries) != expected:
            listing = "\n".join(f"{number}. {sql[:400]}" for number, sql in enumerate(queries, 1))
            pytest.fail(f"{len(queries)} queries, {expected} expected:\n{listing}", pytrace=False)

    return exactly


@pytest.fixture
def redis_url():
    return services.redis_url()
