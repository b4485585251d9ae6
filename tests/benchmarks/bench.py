"""``make bench``: what the pages cost on PostgreSQL under gunicorn, beside a floor measured in the same run.

Makes a database of its own and drops it. Each page is asked ``REPEATS`` times, one request after the
other, on a connection that is kept open. The floor is a bare Django view, behind the same middleware, that
answers the same bytes. Prints a table and writes ``var/bench.json``. Arguments choose pages by key.
"""

import http.client
import itertools
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests import services
from tests.benchmarks import throughput
from tests.benchmarks.fields import FORM, TOKEN, hidden_fields

ROOT = Path(__file__).resolve().parents[2]
WARM_UP, REPEATS = 6, 40


@dataclass(frozen=True)
class Page:
    key: str
    title: str
    who: str | None
    queries: int
    milliseconds: int | None = None
    method: str = "GET"
    rows: str = "projects"
    kilobytes: int | None = None
    htmx: bool = False
    question: str = ""  # after the address
    as_json: bool = False

    @property
    def target(self) -> str:
        time_part = f", ≤ {self.milliseconds} ms" if self.milliseconds else ""
        weight_part = f", ≤ {self.kilobytes} kB" if self.kilobytes else ""
        return f"≤ {self.queries} queries{time_part}{weight_part}"

    def is_met(self, queries: int, milliseconds: float, weight: int) -> bool:
        return (
            queries <= self.queries
            and (self.milliseconds is None or milliseconds <= self.milliseconds)
            and (self.kilobytes is None or weight <= self.kilobytes * 1000)
        )


PAGES = (
    # With a question the page is not the one that is kept for visitors: it is rendered each time.
    Page("call", "call page, visitor", None, 8, rows="one", question="?mesure=1"),
    Page("list", "portfolio, list", "manager", 12),
    Page("project", "project page", "manager", 15, rows="one"),
    Page("score_form", "score form", "juror", 12, 40),
    Page("score_click", "one click on a mark", "juror", 8, 20, method="POST", rows="one", as_json=True),
    Page("score_post", "score form, POST", "juror", 12, method="POST"),
    Page("board", "results board, all projects", "president", 10, 250),
    Page("board_first", "results board, first reading after a change", "president", 10, 250),
    Page("map", "who gave what, one page of the map", "president", 10),
    Page("csv", "all scores, CSV", "manager", 10, 500, rows="scores"),
    Page("xlsx", "all scores, XLSX", "manager", 10, 500, rows="scores"),
    Page("json", "all scores, JSON", "manager", 10, 500, rows="scores"),
    Page("applications", "list of applications", "calls_manager", 12, 80, rows="applications", kilobytes=60),
    Page("application", "one application, manager", "calls_manager", 15, 50, rows="one"),
    Page("autosave", "one autosave of a draft", "writer", 8, 25, method="POST", rows="one", htmx=True),
    Page("submit", "submit", None, 25, method="POST", rows="one"),
    Page("applications_csv", "all applications, CSV", "calls_manager", 12, rows="answers"),
)


class Server:
    """gunicorn with the product's own way of working, and one kept connection to it."""

    def __init__(self, environment: dict[str, str]):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = Path(environment["VAR_DIR"]) / "gunicorn.log"
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "gunicorn", "incubator.wsgi", "--bind", f"127.0.0.1:{self.port}",
                    "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--keep-alive", "75",
                    "--no-control-socket",
                ],
                cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self._wait()

    def _wait(self) -> None:
        for _ in range(300):
            try:
                self.ask("GET", "/sante/")  # any answer will do: no worker runs here
                return
            except OSError:
                self.connection.close()
            if self.process.poll() is not None:
                break
            time.sleep(0.2)
        self.stop()
        raise SystemExit(f"The server did not start:\n{self.log.read_text()[-3000:]}")

    def ask(
        self,
        method: str,
        path: str,
        *,
        cookies: str = "",
        body: str | None = None,
        htmx: bool = False,
        as_json: bool = False,
    ):
        """Answer (status, headers, body, milliseconds)."""
        headers = {"Cookie": cookies, "Host": f"127.0.0.1:{self.port}", "Accept-Language": "fr"}
        if htmx:
            headers["HX-Request"] = "true"
        if as_json:
            headers["Accept"] = "application/json"
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.perf_counter()
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        content = answer.read()
        return answer.status, answer.headers, content, (time.perf_counter() - begun) * 1000

    def stop(self) -> None:
        self.connection.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


def measure(ask) -> tuple[float, float, object]:
    """(median, 95th percentile, last answer) of ``REPEATS`` calls."""
    for _ in range(WARM_UP):
        ask()
    times = []
    for _ in range(REPEATS):
        answer = ask()
        times.append(answer[3])
    return statistics.median(times), statistics.quantiles(times, n=20)[18], answer


def form_of(html: str, mark: int) -> str:
    """What a browser would send from the first POST form with marks, every mark set to ``mark``."""
    fields: dict[str, str] = {}
    for form in re.findall(r"<form\b.*?</form>", html, re.S):
        if 'type="radio"' not in form:
            continue
        for tag in re.findall(r"<input\b[^>]*>", form):
            name = re.search(r'\bname="([^"]*)"', tag)
            value = re.search(r'\bvalue="([^"]*)"', tag)
            kind = re.search(r'\btype="([^"]*)"', tag)
            if not name:
                continue
            if kind and kind.group(1) == "hidden":
                fields[name.group(1)] = value.group(1) if value else ""
            elif kind and kind.group(1) == "radio" and value and value.group(1).isdigit():
                fields[name.group(1)] = str(mark)
        for name in re.findall(r'<textarea\b[^>]*\bname="([^"]*)"', form):
            fields[name] = "Un besoin réel, une équipe décidée."
        return urllib.parse.urlencode(fields)
    raise SystemExit("The score form holds no marks to send.")


def asking(server: Server, page: Page, plan: dict):
    """What one turn of this page's measure does."""
    session = plan["sessions"].get(page.who or "", "")
    cookies = f"sessionid={session}; csrftoken={TOKEN}" if session else ""
    path = plan["addresses"]["score_form" if page.key.startswith("score_") else page.key]
    turns = itertools.count()
    if page.key == "submit":  # each draft is submitted once

        def submit():
            turn = next(turns)
            session = plan["sessions"][f"submit-{turn}"]
            return server.ask(
                "POST",
                path[turn],
                cookies=f"sessionid={session}; csrftoken={TOKEN}",
                body=f"csrfmiddlewaretoken={TOKEN}",
            )

        return submit
    if page.key == "board_first":

        def first():
            # What a change of marks does to the stored figures: they are no longer those of the marks.
            with psycopg.connect(plan["database"], autocommit=True) as connection:
                connection.execute("UPDATE juries_resultssnapshot SET fingerprint = ''")
            return server.ask("GET", path, cookies=cookies)

        return first
    if page.method == "GET":
        return lambda: server.ask("GET", path + page.question, cookies=cookies)
    # The form as it stands when one begins; what its answers hide is sent back the next time.
    kept = {"html": server.ask("GET", path, cookies=cookies)[2].decode()}
    if page.key == "autosave":
        fields = hidden_fields(FORM.search(kept["html"]).group())

        def write():
            words = {
                name.removeprefix(
                    "seen-"
                ): f"{next(turns)} mots de plus que la dernière fois, chaque semaine."
                for name in fields
                if name.startswith("seen-")
            }
            body = urllib.parse.urlencode({**fields, **words, "csrfmiddlewaretoken": TOKEN})
            answer = server.ask("POST", path, cookies=cookies, body=body, htmx=True)
            fields.update(hidden_fields(answer[2].decode()))
            return answer

        return write

    if page.key == "score_click":
        criterion = re.search(r'type="radio" name="([^"]*)"', kept["html"]).group(1)
        seen = dict(urllib.parse.parse_qsl(hidden_fields(kept["html"])["seen"].replace("&amp;", "&")))

        def click():
            mark = 1 + next(turns) % 5
            sent = {
                criterion: mark,
                "seen": f"{criterion}={seen.get(criterion, '')}",
                "csrfmiddlewaretoken": TOKEN,
            }
            answer = server.ask(
                "POST", path, cookies=cookies, body=urllib.parse.urlencode(sent), as_json=True
            )
            seen[criterion] = json.loads(answer[2])["marks"][criterion]
            return answer

        return click

    def give_marks():
        body = form_of(kept["html"], 1 + next(turns) % 5)
        body = re.sub(r"(?:^|&)seen=[^&]*", "", body)  # each turn is a page newly opened
        body = re.sub(r"csrfmiddlewaretoken=[^&]*", f"csrfmiddlewaretoken={TOKEN}", body)
        return server.ask("POST", path, cookies=cookies, body=body, htmx=page.htmx)

    return give_marks


def page_result(server: Server, page: Page, plan: dict, folder: Path) -> dict:
    ask = asking(server, page, plan)
    median, p95, (status, headers, content, _) = measure(ask)
    if status not in ({302, 303} if page.method == "POST" and not (page.htmx or page.as_json) else {200}):
        raise SystemExit(f"{page.title}: answered {status} {headers.get('Location', '')}")
    (folder / f"{page.key}.bytes").write_bytes(content)
    floor, _, _ = measure(lambda: server.ask("GET", f"/bench-floor/{page.key}/"))
    queries = int(headers["X-Queries"])
    rows = 1 if page.rows == "one" else plan["rows"][page.rows]
    return {
        "page": page.title,
        "rows": rows,
        "queries": queries,
        "median_ms": round(median, 1),
        "p95_ms": round(p95, 1),
        "bytes": len(content),
        "floor_ms": round(floor, 1),
        "target": page.target,
        "met": page.is_met(queries, median, len(content)),
    }


def show(results: list[dict]) -> None:
    columns = ("page", "rows", "queries", "median_ms", "p95_ms", "bytes", "floor_ms", "target")
    lines = [columns, *[tuple(str(result[column]) for column in columns) for result in results]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    for number, line in enumerate(lines):
        cells = [
            cell.ljust(width) if i in {0, 7} else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        verdict = "" if number == 0 else ("  met" if results[number - 1]["met"] else "  MISSED")
        print("  ".join(cells) + verdict)


def build(environment: dict[str, str], *options: str, part: str = "build") -> dict:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.benchmarks.{part}", *options],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"The data could not be made:\n{done.stderr[-4000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def visitors_results(server: Server, plan: dict, folder: Path) -> list[dict]:
    path = plan["addresses"]["call"]
    (folder / "call.bytes").write_bytes(server.ask("GET", path)[2])
    return throughput.results(server.port, path, "/bench-floor/call/")


def run(database_url: str, only: list[str]) -> tuple[list[dict], list[dict]]:
    with tempfile.TemporaryDirectory() as var:
        folder = Path(var) / "bench"
        folder.mkdir()
        environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if name not in {"DEMO", "REDIS_URL", "DEBUG"}
            },
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
            "VAR_DIR": var,
            "LOG_LEVEL": "WARNING",
        }
        print("Making 500 projects, 40 jurors and 2,000 evaluations …", flush=True)
        plan = build(environment) | {"database": database_url}
        print("Making 5,000 applications of twelve answers …", flush=True)
        for name, made in build(environment, part="build_calls").items():
            plan[name] |= made
        server = Server(environment)
        results, rates = [], []
        deliberating = False
        try:
            for page in [page for page in PAGES if not only or page.key in only]:
                if page.key in {"board", "board_first"} and not deliberating:
                    deliberating = True
                    build(environment, "--deliberate")
                results.append(page_result(server, page, plan, folder))
            if not only or "visitors" in only:
                rates = visitors_results(server, plan, folder)
        finally:
            server.stop()
        if not only or "applications_csv" in only:
            peaks = build(environment, "--memory", part="build_calls")
            print("Memory held at once by the CSV of applications:")
            for peak in peaks.values():
                print(f"  {peak['lines']} lines: {peak['peak_kb']} kB at most")
        return results, rates


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is taken down
    if not services.postgres_answers():
        print(
            f"\nThe measure needs PostgreSQL, and none answers at {services.postgres_url()}: start one, "
            "or name it with DATABASE_URL.",
            file=sys.stderr,
        )
        return 1
    parts = urlsplit(services.postgres_url())
    name = f"eclosion_bench_{os.getpid()}"
    server = urlunsplit(parts._replace(scheme="postgresql", path="/postgres"))
    with psycopg.connect(server, autocommit=True) as administration:
        administration.execute(f'CREATE DATABASE "{name}"')
        try:
            results, rates = run(urlunsplit(parts._replace(path=f"/{name}")), sys.argv[1:])
        finally:
            administration.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    show(results)
    if rates:
        throughput.show(rates)
        results += rates
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var")
    var.mkdir(parents=True, exist_ok=True)
    (var / "bench.json").write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    missed = [result["page"] for result in results if not result["met"]]
    print(
        f"\n{len(results) - len(missed)} of {len(results)} targets met"
        + (f"; missed: {', '.join(missed)}" if missed else "")
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
