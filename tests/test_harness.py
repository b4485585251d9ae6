"""The rules of the suite, each seen failing on purpose."""

import socket
import warnings
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.http import HttpResponse
from django.template import engines
from django.template.base import Origin, Template
from django.test import RequestFactory
from wagtail.models import Collection, Locale, Page, Site

from tests import services
from tests.order import LONG, ONE_BY_ONE, differs_by_database, place_of
from tests.strict import GetMayNotWrite, NetworkBlocked, UndefinedVariable, WritingGet, only_this_machine

# -- The database ------------------------------------------------------------------------------------


def rows_of_the_migrations():
    return (
        Page.objects.count(),
        Site.objects.count(),
        Locale.objects.count(),
        Collection.objects.count(),
    )


@pytest.fixture(scope="module")
def counted():
    return {}


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_transactional_tests_leave_what_the_migrations_wrote(turn, counted):
    before = counted.setdefault("rows", rows_of_the_migrations())
    assert rows_of_the_migrations() == before
    assert Collection.get_first_root_node() is not None
    assert not get_user_model().objects.exists()
    get_user_model().objects.create(username="left-behind", first_name="Left", last_name="Behind")
    Page.objects.filter(depth__gt=1).delete()


def test_site_has_its_root_page(site):
    assert site.root_page.depth == 2


def test_sqlite_runs_in_wal_mode(db):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its own log")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)


# -- What is written once for many tests -------------------------------------------------------------


@pytest.fixture(scope="class")
def made(written_once):
    with written_once(lambda: get_user_model().objects.create(username="kept", first_name="Kept")) as user:
        yield user


class TestWrittenOnce:
    @pytest.mark.parametrize("turn", [1, 2])
    @pytest.mark.django_db
    def test_each_test_finds_it_as_it_was_written(self, made, turn):
        found = get_user_model().objects.get()
        assert (found.pk, found.first_name) == (made.pk, "Kept")
        get_user_model().objects.update(first_name="Changed")


@pytest.mark.django_db
def test_after_its_last_test_it_is_gone():
    assert not get_user_model().objects.exists()


# -- Queries -----------------------------------------------------------------------------------------


def test_assert_queries_counts_statements_but_not_transactions(assert_queries):
    with assert_queries(1), transaction.atomic():
        Site.objects.count()
    with pytest.raises(pytest.fail.Exception, match="1 queries, 0 expected"), assert_queries(0):
        Site.objects.count()


# -- A GET may not write -----------------------------------------------------------------------------


def visit(method, work, path="/page/"):
    def view(request):
        work()
        return HttpResponse("done")

    return GetMayNotWrite(view)(getattr(RequestFactory(), method)(path))


def write():
    Locale.objects.update(language_code="fr")


def test_a_get_that_writes_fails(db):
    with pytest.raises(WritingGet, match="wagtailcore_locale"), transaction.atomic():
        visit("get", write)
    assert visit("post", write).status_code == 200
    assert visit("get", write, path="/compte/code/").status_code == 200


def test_a_get_may_write_the_session(db):
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    def note():
        Session.objects.create(session_key="k", session_data="", expire_date=timezone.now())

    assert visit("get", note).status_code == 200


# -- Templates ---------------------------------------------------------------------------------------


def render(source, name, **context):
    from django.template import Context

    engine = engines["django"].engine
    return Template(source, origin=Origin(name), engine=engine).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        "{{ missing }}",
        "{{ known.missing }}",
        "{{ missing|default:'x' }}",
        "{% load i18n %}{% blocktranslate %}Hello {{ missing }}{% endblocktranslate %}",
    ],
)
def test_an_undefined_variable_fails_in_our_templates_only(source, settings):
    ours = str(settings.BASE_DIR / "templates" / "page.html")
    theirs = "/usr/lib/python3/site-packages/wagtail/templates/page.html"
    with pytest.raises(UndefinedVariable, match=r"page\.html"):
        render(source, ours, known={})
    assert "missing" not in render(source, theirs, known={})


def test_a_defined_variable_or_an_if_does_not_fail(settings):
    ours = str(settings.BASE_DIR / "templates" / "page.html")
    assert render("{% if missing %}a{% else %}b{% endif %}{{ known }}", ours, known=None) == "bNone"


# -- Network, warnings, services ---------------------------------------------------------------------


def test_the_network_is_blocked_beyond_this_machine():
    with pytest.raises(NetworkBlocked):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(NetworkBlocked):
        socket.getaddrinfo("example.org", 80)
    with only_this_machine(also=frozenset({"192.0.2.9"})), pytest.raises(NetworkBlocked):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_a_warning_is_an_error():
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


def test_a_missing_service_is_named(monkeypatch):
    monkeypatch.setattr(services, "redis_answers", lambda: False)
    monkeypatch.setattr(services, "chromium", lambda: None)
    assert "REDIS_URL" in services.missing("requires_redis", "sqlite")
    assert "CHROMIUM" in services.missing("requires_chromium", "postgresql")
    assert "PostgreSQL" in services.missing("requires_postgres", "sqlite")
    assert services.missing("requires_postgres", "postgresql") is None


def test_require_services_turns_a_skip_into_a_failure(pytester_run):
    outcome = pytester_run(
        "import pytest\n@pytest.mark.requires_chromium\ndef test_it(): pass\n",
        CHROMIUM="/nowhere/chromium",
    )
    assert "1 skipped" in outcome
    assert "needs Chromium" in outcome
    outcome = pytester_run(
        "import pytest\n@pytest.mark.requires_chromium\ndef test_it(): pass\n",
        CHROMIUM="/nowhere/chromium",
        REQUIRE_SERVICES="1",
    )
    assert "1 error" in outcome
    assert "REQUIRE_SERVICES=1" in outcome


@pytest.fixture
def pytester_run(tmp_path, settings):
    """Run pytest on a file of its own under tests/, with this environment; answer what it printed."""
    import os
    import subprocess
    import sys

    def run(source, **environment):
        conftest = settings.BASE_DIR / "tests" / "conftest.py"
        (tmp_path / "conftest.py").write_text(f"from tests.conftest import *  # {conftest}\n")
        (tmp_path / "test_it.py").write_text(source)
        keep = {name: value for name, value in os.environ.items() if name != "REQUIRE_SERVICES"}
        keep["PYTHONPATH"] = str(settings.BASE_DIR)
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "-c",
             str(settings.BASE_DIR / "pyproject.toml"), "--rootdir", str(tmp_path), str(tmp_path)],
            cwd=settings.BASE_DIR, env={**keep, **environment}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout + done.stderr

    return run


# -- The order of the tests --------------------------------------------------------------------------


def test_the_longest_files_come_first():
    # A file that was renamed would be forgotten.
    assert [path for path in (*LONG, ONE_BY_ONE) if not (Path(__file__).parent.parent / path).exists()] == []
    names = [
        "tests/accounts/test_profile.py::test_a",
        "tests/e2e/test_sitting.py::test_a",
        "tests/architecture/test_access.py::test_a",
        "tests/e2e/test_screens.py::test_a",
    ]
    assert sorted(names, key=place_of) == list(reversed(names))


def test_what_opens_no_database_need_not_run_twice(request):
    assert not differs_by_database(request.node)


def test_what_opens_one_runs_on_both(site, request):
    assert differs_by_database(request.node)


@pytest.mark.django_db
def test_what_is_marked_runs_on_both(request):
    assert differs_by_database(request.node)


@pytest.mark.same_on_any_database(reason="it only shows the mark")
def test_what_says_why_runs_once(site, request):
    assert not differs_by_database(request.node)
    request.node.own_markers.clear()
    request.node.add_marker(pytest.mark.same_on_any_database)
    with pytest.raises(pytest.UsageError, match="reason"):
        differs_by_database(request.node)
