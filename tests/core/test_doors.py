"""What stands around every view: the shut door, request ids, plain refusals, policies, health, limits."""

import io
import json
import logging
import re
from datetime import timedelta

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import OperationalError, connections
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver, path
from django.utils.datastructures import MultiValueDictKeyError

from incubator.core import clock, health
from incubator.core.limits import limited
from incubator.core.logs import JsonFormatter, PlainFormatter
from incubator.core.middleware import AdminCSPMiddleware, PlainRefusalMiddleware
from incubator.core.models import Heartbeat, Job
from incubator.core.views import errors
from tests.factories.projects import make_manager, make_programme

pytestmark = pytest.mark.django_db


# -- The shut door ---------------------------------------------------------------------------------------


def hidden(request):
    return HttpResponse("for people who are signed in")


@login_not_required
def shown(request):
    return HttpResponse("for everyone")


def database_away(request):
    raise OperationalError("could not connect to server")


def takes_a_code(request, code):
    raise ValueError("A string literal cannot contain NUL (0x00) characters.")


@login_not_required
@limited("visitor_post")
def posted(request):
    return HttpResponse("taken")


urlpatterns = [
    path("cache/", hidden),
    path("ouvert/", shown),
    path("panne/", login_not_required(database_away)),
    path("code/<str:code>/", login_not_required(takes_a_code)),
    path("envoi/", posted),
    *get_resolver("incubator.urls").url_patterns,
]
handler400 = "incubator.core.views.errors.bad_request"
handler500 = "incubator.core.views.errors.server_error"

here = pytest.mark.urls("tests.core.test_doors")


@here
def test_a_view_that_says_nothing_is_shut(client, client_for, agent):
    response = client.get("/cache/?a=1")
    assert response.status_code == 302
    assert response.url.endswith("?next=/cache/%3Fa%3D1")
    assert client_for(agent).get("/cache/").status_code == 200
    assert client.get("/ouvert/").status_code == 200


@here
def test_an_open_page_costs_no_query_for_the_door(client, assert_queries):
    with assert_queries(0):
        client.get("/ouvert/")


def test_the_pages_of_wagtail_and_the_health_are_open_and_its_own_sign_in_is_not(client, site):
    assert client.get("/sante/").status_code in (200, 503)
    assert client.get("/").status_code in (200, 404)  # a page or none, never the sign-in
    assert client.get("/documents/1/absent.pdf").status_code == 404
    assert "connexion" in client.get("/_util/login/").url
    assert client.get("/admin/").status_code == 302


# -- Refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/?q=%00", "/lettres/?page=%00", "/a%00b/", "/projets/%00/", "/static/%00", "/appels/%00/"]
)
def test_a_null_byte_is_a_plain_page(client, address):
    response = client.get(address)
    assert response.status_code == 400
    assert "illisible" in response.content.decode()
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


@here
def test_what_postgresql_refuses_as_null_byte_is_a_plain_page(client):
    assert client.get("/code/x/").status_code == 400


@here
def test_a_database_that_is_away_is_a_break_not_a_crash(client):
    response = client.get("/panne/")
    assert (response.status_code, response["Retry-After"]) == (503, "120")
    assert "courte pause" in response.content.decode()


def test_a_database_that_is_away_behind_the_door_too(client, monkeypatch):
    client.raise_request_exception = False
    client.cookies["sessionid"] = "x" * 32

    def away(*args, **kwargs):
        raise OperationalError("could not connect to server")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    assert client.get("/lettres/").status_code == 503


@pytest.mark.parametrize(
    ("error", "status", "word"),
    [
        (RequestDataTooBig(), 413, "12 Mo"),
        (TooManyFieldsSent(), 413, "plusieurs fois"),
        (None, 400, "illisible"),
    ],
)
def test_what_is_too_big_says_the_limit(error, status, word):
    response = errors.bad_request(RequestFactory().get("/"), error)
    assert (response.status_code, word in response.content.decode()) == (status, True)


def test_a_post_with_too_many_fields_is_a_plain_page(client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    client.raise_request_exception = False
    response = client.post("/langue/", {f"f{number}": "x" for number in range(20)})
    assert response.status_code == 413


@here
def test_a_visitor_who_posts_too_often_is_asked_to_wait(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "visitor_post": "3/m/ip"}
    assert [client.post("/envoi/").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert client.get("/envoi/").status_code == 200


# -- Headers and logs ----------------------------------------------------------------------------------------


def test_every_answer_carries_the_policies_and_a_request_id(client):
    response = client.get("/sante/", headers={"X-Request-ID": "abcd-1234-efgh"})
    assert response["X-Request-ID"] == "abcd-1234-efgh"
    assert "camera=()" in response["Permissions-Policy"]
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    for forged in ("short", "x" * 65, "a b c d e f g h", "<script>"):
        given = client.get("/sante/", headers={"X-Request-ID": forged})["X-Request-ID"]
        assert re.fullmatch(r"[0-9a-f]{32}", given)


def test_the_log_line_of_a_request_names_the_person_by_uuid_and_never_the_search(client_for, manager, caplog):
    with caplog.at_level(logging.INFO, "incubator.request"):
        client_for(manager).get("/lettres/?q=Amina")
    [record] = [record for record in caplog.records if record.name == "incubator.request"]
    assert record.getMessage() == "GET /lettres/"
    assert (record.status, record.user) == (200, str(manager.uuid))
    line = json.loads(JsonFormatter().format(record))
    assert {"at", "level", "logger", "message", "request_id", "status", "ms", "user"} == set(line)
    assert "Amina" not in json.dumps(line)
    assert "status=200" in PlainFormatter().format(record)


def test_an_error_in_the_log_keeps_its_trace_and_leaves_the_request_out():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    log = logging.getLogger("test.errors")
    log.addHandler(handler)
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError:
        log.exception("broken", extra={"request": RequestFactory().get("/?q=Amina")})
    finally:
        log.removeHandler(handler)
    line = json.loads(stream.getvalue())
    assert "ZeroDivisionError" in line["error"]
    assert "Amina" not in stream.getvalue()


def test_only_scripts_of_wagtails_two_shapes_are_allowed_by_hash():
    good = (
        b'<script>initDateChooser("id_a\\u002Db", {"dayOfWeekStart": 1, "format": "Y-m-d"});</script>'
        b'<script>initDateTimeChooser("x", {"formatTime": "H:i", "parentID": "body"});</script>'
        b'<script>\n (function() {\n var panel = new InlinePanel(JSON.parse("\\u007B\\u007D"));\n })();\n</script>'
    )
    bad = (
        b'<script>initDateChooser("a", {"x": alert(1)});</script>'
        b'<script>initDateChooser("a", {}); alert(1);</script>'
        b'<script>initDateChooser("a", {"x": "</script><script>alert(1)"});</script>'
        b"<script>alert(1)</script>"
    )
    assert len(AdminCSPMiddleware.SCRIPT.findall(good)) == 3
    assert AdminCSPMiddleware.SCRIPT.findall(bad) == []


def test_the_admin_alone_may_style_inline(client_for, manager, site):
    client = client_for(manager)
    assert "style-src 'self' 'unsafe-inline'" in client.get("/admin/")["Content-Security-Policy"]
    assert "unsafe-inline" not in client.get("/lettres/")["Content-Security-Policy"]


# -- Health --------------------------------------------------------------------------------------------------


def test_a_site_without_a_worker_is_not_well(client):
    response = client.get("/sante/")
    assert (response.status_code, response.json()["checks"]["worker"]["ok"]) == (503, False)


def test_a_site_at_work_is_well_in_json_and_in_html(client):
    health.beat()
    response = client.get("/sante/")
    assert response.status_code == 200
    assert response.json()["ok"] is True
    assert set(response.json()["checks"]) == {"database", "migrations", "worker", "queue"}
    page = client.get("/sante/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.status_code == 200
    assert "Le site va bien" in page.content.decode()


def test_a_worker_silent_for_long_or_a_queue_that_does_not_move_is_not_well(client):
    health.beat()
    now = clock.now()
    with clock.at(now + timedelta(minutes=5)):
        assert client.get("/sante/").json()["checks"]["worker"] == {"ok": False, "value": 300}
    Job.objects.create(kind="test", run_after=now - timedelta(minutes=20))
    queue = client.get("/sante/").json()["checks"]["queue"]
    assert (queue["ok"], 1200 <= queue["value"] < 1300) == (False, True)


def test_the_sign_of_life_is_written_every_ten_seconds_at_most():
    now = clock.now()
    with clock.at(now):
        health.beat()
    with clock.at(now + timedelta(seconds=9)):
        health.beat()
    assert Heartbeat.objects.get().beat_at == now
    with clock.at(now + timedelta(seconds=11)):
        health.beat()
    assert Heartbeat.objects.get().beat_at == now + timedelta(seconds=11)


def test_health_says_when_the_database_is_away(client, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(type(connections["default"]), "cursor", away)
    response = client.get("/sante/")
    assert response.status_code == 503
    assert response.json() == {"ok": False, "checks": {"database": {"ok": False, "value": None}}}


def test_half_of_a_form_is_refused_plainly():
    """Wagtail asks for the count of a stream's blocks, and fails when it was not sent."""
    refusal, request = PlainRefusalMiddleware(None), RequestFactory().post("/admin/pages/3/edit/")
    assert refusal.process_exception(request, MultiValueDictKeyError("body-count")).status_code == 400
    assert refusal.process_exception(request, KeyError("body-count")) is None


@pytest.mark.parametrize("nonsense", ["x", "1,2", "9" * 30])
@pytest.mark.parametrize("chooser", ["images/chooser", "documents/chooser", "choose-page"])
def test_a_chooser_that_is_asked_for_no_number_says_so(site, client_for, chooser, nonsense):
    editor = client_for(make_manager(make_programme()))
    assert editor.get(f"/admin/{chooser}/chosen-multiple/?id={site.root_page_id}").status_code == 200
    answer = editor.get(f"/admin/{chooser}/chosen-multiple/?id={nonsense}")
    if answer.status_code == 400:
        assert "est illisible" in answer.content.decode()
    else:  # PostgreSQL compares thirty digits, and finds nothing
        assert (answer.status_code, answer.json()["result"]) == (200, [])


def test_a_wrong_number_elsewhere_is_a_fault_of_ours():
    refusal, request = PlainRefusalMiddleware(None), RequestFactory().get("/projets/")
    assert refusal.process_exception(request, ValueError("Field 'id' expected a number but got 'x'.")) is None
