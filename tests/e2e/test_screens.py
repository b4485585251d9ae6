"""Every screen that each kind of person can reach, on a phone and on a desk.

From the first page of each persona the walk follows every link of the site, one page for each address
pattern, and looks at it in a wide window, then in a narrow one. Each page must answer 200, fit its window, satisfy axe,
break no content policy.
"""

import gzip
import re
import urllib.request
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import DESK, PHONE

PERSONAS = (
    None,
    "agent",
    "agent-sans-mel",
    "intrapreneur",
    "coach",
    "jure",
    "presidence",
    "responsable",
    "dgs",
    "ambassade",
)
# Wagtail's own screens have their own tests and their own known faults; files are no pages.
NOT_WALKED = re.compile(
    r"^/(admin|documents|static|media|compte/logout)|\.(atom|csv|ics|json|pdf|txt|xlsx|xml|css)$|/fichiers/"
)
MOST_PAGES = 45
# Where the walk also begins: screens of the calls that one reaches by a button or from the administration.
ALSO = {
    "agent": ("/candidatures/code/",),
    "agent-sans-mel": ("/candidatures/",),
    "ambassade": ("/candidatures/",),
    "responsable": ("/appels/appel-en-cours/candidatures/", "/appels/appel-en-cours/apercu/"),
}
# What the demonstration holds for each of them, that the walk must have seen.
MUST_SEE = {
    "agent": {"calls:type_code", "calls:people", "calls:team", "calls:step", "calls:review"},
    "agent-sans-mel": {"calls:complete", "calls:people"},
    "ambassade": {"calls:invitation"},
    "responsable": {"calls:applications", "calls:application", "calls:export_options", "calls:preview"},
    "dgs": {"calls:redirection"},
}


def pattern_of(path: str) -> str:
    """The name of the address, so that one project stands for all; pages of the editors by their depth."""
    from django.urls import Resolver404, resolve

    try:
        match = resolve(path)
    except Resolver404:
        return path
    if match.view_name == "wagtail_serve":
        parts = path.strip("/").split("/")
        return path if len(parts) < 2 else f"/{parts[0]}/*"
    return match.view_name or path


def links(page) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
    base = urlsplit(page.url)
    paths = []
    for address in found:
        parts = urlsplit(address)
        if parts.netloc == base.netloc and not NOT_WALKED.search(parts.path):
            paths.append(parts.path)
    return paths


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona or "visitor")
def test_every_screen_is_sound(browser, demo, persona):
    faults = []
    with browser(width=DESK, persona=persona) as visit:
        waiting = ["/" if persona is None else "/aujourdhui/", *ALSO.get(persona, ()), "/appels/", "/impact/"]
        seen: set[str] = set()
        while waiting and len(seen) < MOST_PAGES:
            path = waiting.pop(0)
            name = pattern_of(path)
            if name in seen:
                continue
            seen.add(name)
            answer = visit.resize(DESK).page.goto(demo.base + path, wait_until="load")
            if answer.status != 200:
                faults.append(f"{path}: {answer.status}")
                visit.complaints.clear()
                continue
            faults += visit.is_sound() + visit.resize(PHONE).is_sound()
            waiting += links(visit.page)
    assert faults == [], f"{len(seen)} screens\n" + "\n".join(faults)
    assert len(seen) >= 3
    assert MUST_SEE.get(persona, set()) <= seen


FRONT = ("/", "/appels/", "/impact/", "/compte/connexion/")


@pytest.mark.parametrize("path", FRONT)
def test_front_pages_are_light(browser, path):
    """At most 150 kB compressed and 15 requests, nothing from elsewhere."""
    with browser(width=PHONE) as visit:
        visit.go(path)
        addresses = [address for address, _ in visit.loaded if not address.startswith("data:")]
        size = sum(compressed_size(address) for address in addresses)
    assert all(address.startswith(visit.base) for address in addresses)
    assert len(addresses) <= 15, addresses
    assert size <= 150_000, f"{size} bytes: {addresses}"


def compressed_size(address: str) -> int:
    """What the address costs on the wire; a page without a proxy in front is compressed here as one would."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        content = answer.read()
        if answer.headers.get("Content-Encoding") or answer.headers.get_content_maintype() == "image":
            return len(content)
    return len(gzip.compress(content))


@pytest.mark.parametrize("persona", [None, "agent", "responsable"], ids=lambda persona: persona or "visitor")
def test_pages_work_without_javascript(browser, persona):
    with browser(width=PHONE, persona=persona, javascript=False) as visit:
        visit.go("/" if persona is None else "/aujourdhui/")
        assert visit.page.locator("main h1").count() == 1
