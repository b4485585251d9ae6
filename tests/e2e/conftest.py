"""A real browser on the real site: gunicorn, compressed static files, PostgreSQL, the demonstration's data.

One site for each test process: a database of its own, made from the suite's template, filled by
``load_demo``, dropped at the end. The suite's rules hold there too (tests/e2e/settings.py).
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests import database, services
from tests.e2e.soundness import Judge, shared_folder

PHONE, DESK = 360, 1280


def pytest_collection_modifyitems(items):
    """Everything in this folder needs PostgreSQL and Chromium."""
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.requires_postgres)
            item.add_marker(pytest.mark.requires_chromium)


def run(command: list[str], env: dict[str, str]) -> None:
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"


@dataclass
class Demo:
    base: str
    log: object
    env: dict[str, str]

    def run(self, module: str) -> str:
        """Run a module of the tests on the site's own database; answer what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", module], env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{module}:\n{done.stderr[-4000:]}"
        return done.stdout

    def meanwhile(self, code: str) -> None:
        """What happens beside the browser: these lines of Python, in the site's own environment."""
        run([sys.executable, "manage.py", "shell", "-v0", "-c", code], self.env)


@pytest.fixture(scope="session")
def demo(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Demo]:
    """The demonstration's site, answering; the log of its server is shown when a page fails."""
    from django.conf import settings

    with django_db_blocker.unblock():
        engine = database.PostgreSQL()
        engine.name = engine.name.replace("test_eclosion", "e2e_eclosion")
        engine.copy()
    var = tmp_path_factory.mktemp("site")
    parts = urlsplit(services.postgres_url())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    env = {
        **{name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "DEBUG"}},
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/{engine.name}")),
        "DJANGO_SETTINGS_MODULE": "tests.e2e.settings",
        "DEMO": "1",
        "STATIC_MANIFEST": "1",
        "STATIC_ROOT": str(settings.VAR_DIR / "test" / "static"),
        "VAR_DIR": str(var),
        "SITE_URL": base,
    }
    log = var / "web.log"
    server = None
    try:
        with database.locked(database.home() / "static.lock"):
            run([sys.executable, "tools/collect.py"], env)
        run([sys.executable, "manage.py", "load_demo"], env)
        with log.open("w") as output:
            server = subprocess.Popen(
                [
                    sys.executable, "-m", "gunicorn", "incubator.wsgi", "--bind", f"127.0.0.1:{port}",
                    "--worker-class", "gthread", "--threads", "4", "--no-control-socket",
                ],
                env=env, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        wait_until_it_answers(base, server, log)
        yield Demo(base, log, env)
    finally:
        if server is not None:
            server.terminate()
            server.wait(timeout=20)
        with django_db_blocker.unblock():
            engine.drop_copy()
        engine.slot.free()


def wait_until_it_answers(base: str, server, log) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{base}/robots.txt", timeout=5):
                return
        except OSError:
            assert server.poll() is None, log.read_text()[-3000:]
            time.sleep(0.2)
    pytest.fail(f"The site did not answer:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """Debian's Chromium, driven by Playwright; no browser is downloaded."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=services.chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
                  "--disable-component-update", "--disable-sync", "--disable-quic"],
        )  # fmt: skip
        yield browser
        browser.close()


def size(width: int) -> dict[str, int]:
    return {"width": width, "height": 740 if width < 600 else 900}


@dataclass
class Visit:
    """A browser window of one person: what it loaded, what it complained about."""

    page: object
    base: str
    width: int
    judge: Judge
    log: object = None
    complaints: list[str] = field(default_factory=list)
    loaded: list[tuple[str, int]] = field(default_factory=list)

    def go(self, path: str, *, expect: int = 200):
        """Open an address; its status must be as expected."""
        self.loaded.clear()
        answer = self.page.goto(self.base + path if path.startswith("/") else path, wait_until="load")
        assert answer.status == expect, f"{path}: {answer.status}, expected {expect}{self.server_says()}"
        return self

    def resize(self, width: int):
        """The same page in a window of another width."""
        self.width = width
        self.page.set_viewport_size(size(width))
        return self

    def enter_as(self, persona: str):
        self.page.goto(f"{self.base}/demo/")
        self.page.locator(f'form[action="/demo/{persona}/"] button').first.click()
        self.page.wait_for_load_state("load")
        return self

    def press(self, name: str):
        """Press the button, or follow the link, that bears this name."""
        button = self.page.get_by_role("button", name=name)
        target = button if button.count() else self.page.get_by_role("link", name=name)
        target.first.click()
        self.page.wait_for_load_state("load")
        return self

    def reads(self, *words: str):
        """The page shows these words."""
        text = self.page.locator("body").inner_text().replace("\u00a0", " ")
        for word in words:
            assert word.replace("\u00a0", " ") in text, (
                f"{self.page.url} does not say “{word}”:\n{text[:1500]}"
            )
        return self

    def server_says(self) -> str:
        """The last error that the server wrote, shortened from the end, where the reason stands."""
        errors = [
            line for line in self.log.read_text().splitlines() if "Traceback" in line or "ERROR" in line
        ]
        return f"\n{errors[-1][-1500:]}" if errors else ""

    def is_sound(self) -> list[str]:
        """What is wrong with the page as it stands: accessibility, overflow, console, content policy."""
        faults = [f"console: {complaint}" for complaint in self.complaints]
        if any("500" in complaint for complaint in self.complaints):
            faults.append(self.server_says())
        self.complaints.clear()
        if self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append("wider than its window")
        for violation in self.judge.violations(self.page, self.width):
            nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            faults.append(f"axe {violation['id']}: {violation['help']} ({nodes})")
        where = f"{urlsplit(self.page.url).path} at {self.width} px"
        return [f"{where}: {fault}" for fault in faults]


@pytest.fixture
def browser(chromium, demo, tmp_path_factory):
    """``with browser(width=360, persona="agent") as visit:`` a window of its own, with its own cookies.

    Who has signed in once in a test is still signed in when a later window of theirs opens.
    """
    signed_in: dict[str, dict] = {}

    @contextmanager
    def window(*, width: int = DESK, persona: str | None = None, javascript: bool = True) -> Iterator[Visit]:
        context = chromium.new_context(
            viewport=size(width),
            storage_state=signed_in.get(persona),
            locale="fr-FR",
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        page = context.new_page()
        visit = Visit(page, demo.base, width, Judge(shared_folder(tmp_path_factory)), demo.log)
        page.on(
            "console",
            lambda message: message.type in {"error", "warning"} and visit.complaints.append(message.text),
        )
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.on("response", lambda answer: visit.loaded.append((answer.url, 0)))
        try:
            if persona and persona not in signed_in:
                visit.enter_as(persona)
                signed_in[persona] = context.storage_state()
            yield visit
        finally:
            context.close()

    return window
