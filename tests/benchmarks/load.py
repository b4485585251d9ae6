"""``make load``: 200 people writing at once, then 200 jurors marking at once, then the same while the database falls.

Bounded and on loopback: a PostgreSQL cluster of its own (``cluster.py``), gunicorn with two workers, a
thread for each person in this process. Each person sends one save, waits for the answer, and sends the next
three (or five) seconds after the one before. A value counts once it was acknowledged; at the end the
database is read, and every acknowledged value must be there. The floor is a bare view of the site, pressed by
the same people at the same rhythm. Prints a table and writes ``var/load.json``; ends with 1 when a value was
lost, an error was seen, or a refusal was no sentence. Speeds are figures, not verdicts of a test.
"""

import argparse
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.benchmarks.bench import ROOT, Server
from tests.benchmarks.cluster import Cluster
from tests.benchmarks.fields import FORM, TOKEN, hidden_fields

ACCEPTED_MS = 500
RETRY_AFTER = 2.0
SENTENCE = re.compile(r"<h1[^>]*>[^<]{10,}</h1>.*<p[^>]*>[^<]{20,}</p>", re.S)
WORDS = "Chaque semaine nous ressaisissons à la main ce que le service voisin tient déjà, et les usagers attendent."

# What the scripts of the pages send along: htmx for an application's step, JSON for a mark.
AS_SCRIPTS = {"HX-Request": "true", "Accept": "application/json"}


@dataclass
class Person:
    """Someone at a screen: a kept connection, a session, the hidden fields of the form in front of them."""

    session: str
    port: int
    times: list[float] = field(default_factory=list)
    seen: Counter = field(default_factory=Counter)
    acknowledged: dict = field(default_factory=dict)
    every: list = field(default_factory=list)
    hidden: dict[str, dict[str, str]] = field(default_factory=dict)
    unsent: tuple | None = None
    connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, fields: dict | None = None) -> tuple[int, str]:
        """Answer (status, text); status 0 when nobody answered."""
        headers = {
            "Host": f"127.0.0.1:{self.port}",
            "Cookie": f"sessionid={self.session}; csrftoken={TOKEN}",
            "Accept-Language": "fr",
        }
        body = None
        if fields is not None:
            body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": TOKEN})
            headers |= {"Content-Type": "application/x-www-form-urlencoded", **AS_SCRIPTS}
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            self.connection.request(method, path, body=body, headers=headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            return 0, ""

    def open(self, path: str) -> None:
        """Look at a page with a form once, and keep what it hides."""
        for _ in range(20):
            status, text = self.ask("GET", path)
            if status == 200:
                self.hidden[path] = hidden_fields(FORM.search(text).group())
                return
            time.sleep(RETRY_AFTER)
        raise SystemExit(f"{path} answered {status}")

    def post(self, path: str, fields: dict) -> tuple[int, str]:
        """Save as the page's script does; what the answer hides is sent the next time."""
        begun = time.perf_counter()
        status, text = self.ask("POST", path, {**self.hidden[path], **fields})
        self.times.append((time.perf_counter() - begun) * 1000)
        self.seen[status] += 1
        if status == 200:
            self.hidden[path] |= hidden_fields(text)
        return status, text


# -- What one person does, one turn after the other -------------------------------------------------


def step_before(plan: dict, turn: int) -> str:
    return plan["steps"][((turn + plan["application"]) // 7) % len(plan["steps"])]


def write(person: Person, plan: dict, turn: int, chance: random.Random) -> None:
    """One more sentence in one of the answers of the step in front of me; on to the next step after seven, each at
    a time of their own."""
    path = step_before(plan, turn)
    if path not in person.hidden:
        person.open(path)
    keys = sorted(name.removeprefix("seen-") for name in person.hidden[path] if name.startswith("seen-"))
    key = keys[turn % len(keys)]
    value = f"{turn}. {WORDS} {chance.random()}"
    values = {key: person.acknowledged.get(key, "") for key in keys} | {key: value}
    status, _text = person.post(path, values)
    if status == 200:
        person.acknowledged[key] = value


def hearing_before(plan: dict, turn: int) -> tuple[str, str]:
    hearings = list(plan["hearings"].items())
    return hearings[((turn + plan["juror"]) // 3) % len(hearings)]


def mark(person: Person, plan: dict, turn: int, chance: random.Random) -> None:
    """One click on one mark; on to the next project after three, each at a time of their own. A mark that was not
    acknowledged is sent again, as the page's script does."""
    hearing, path = hearing_before(plan, turn)
    criterion = ("besoin", "impact", "equipe")[(turn + plan["juror"]) % 3]
    value = chance.randint(1, 5)
    if path not in person.hidden:
        person.open(path)
    before = person.acknowledged.get((hearing, criterion), "")
    for _ in range(30):
        status, text = person.post(path, {criterion: value, "seen": f"{criterion}={before}"})
        if status == 200 and not json.loads(text)["conflicts"]:
            person.acknowledged[hearing, criterion] = value
            person.every.append((hearing, criterion, value))
            return
        if status != 0 and not SENTENCE.search(text):
            person.seen["no sentence"] += 1
        time.sleep(RETRY_AFTER)
    person.seen["given up"] += 1


def look(person: Person, plan: dict, turn: int, chance: random.Random) -> None:
    """The floor: a bare view."""
    begun = time.perf_counter()
    status, _text = person.ask("GET", "/bench-floor/load/")
    person.times.append((time.perf_counter() - begun) * 1000)
    person.seen[status] += 1


def press(
    plans: list[dict],
    act: Callable,
    *,
    port: int,
    period: float,
    seconds: float,
    first_page: Callable[[dict, int], str] | None = None,
    in_the_middle: Callable[[], None] | None = None,
) -> list[Person]:
    """All act at once, each once a ``period`` (s), for ``seconds``; then everyone has finished their last act.

    Each has their first page in front of them when the time begins; the pages they turn to later are in it.
    """
    persons = [Person(plan["session"], port) for plan in plans]
    if first_page:
        with ThreadPoolExecutor(8) as openers:
            list(openers.map(lambda person, plan: person.open(first_page(plan, 0)), persons, plans))
    begun = time.monotonic() + 1

    def live(number: int) -> None:
        chance = random.Random(number)  # noqa: S311
        due = begun + period * number / len(plans)
        turn = 0
        while due < begun + seconds:
            time.sleep(max(0.0, due - time.monotonic()))
            act(persons[number], plans[number], turn, chance)
            turn += 1
            due = max(due + period, time.monotonic())

    threads = [threading.Thread(target=live, args=(number,), daemon=True) for number in range(len(plans))]
    for thread in threads:
        thread.start()
    if in_the_middle:
        time.sleep(1 + seconds / 2)
        in_the_middle()
    for thread in threads:
        thread.join(timeout=seconds + 180)
    return persons


# -- What the database kept -------------------------------------------------------------------------


def lost_texts(kept: dict[tuple[int, str], str], plans: list[dict], persons: list[Person]) -> int:
    """Acknowledged answers that are not in ``kept`` as they were last acknowledged."""
    return sum(
        kept.get((plan["application"], key)) != value
        for plan, person in zip(plans, persons, strict=True)
        for key, value in person.acknowledged.items()
    )


def lost_marks(
    kept: dict[tuple[int, str, str], tuple[int, set[int]]], plans: list[dict], persons: list[Person]
) -> int:
    """Acknowledged marks that are neither the mark that stands nor in its history.

    ``kept``: by (juror, hearing, criterion), the mark that stands and the set of those before it.
    """
    lost = 0
    for plan, person in zip(plans, persons, strict=True):
        for (hearing, criterion), value in person.acknowledged.items():
            lost += kept.get((plan["juror"], hearing, criterion), (None,))[0] != value
        for hearing, criterion, value in person.every:
            stands, before = kept.get((plan["juror"], hearing, criterion), (None, set()))
            lost += value != stands and value not in before
    return lost


def kept_texts(url: str) -> dict:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT application_id, key, value FROM calls_answer").fetchall()
    return {(application, key): value for application, key, value in rows}


def kept_marks(url: str) -> dict:
    with psycopg.connect(url) as connection:
        now = connection.execute(
            "SELECT e.juror_id, e.hearing_id, c.key, s.value, s.id FROM juries_score s "
            "JOIN juries_evaluation e ON e.id = s.evaluation_id JOIN juries_criterion c ON c.id = s.criterion_id"
        ).fetchall()
        changes = connection.execute("SELECT score_id, old, new FROM juries_scorechange").fetchall()
    past: dict[int, set] = {}
    for score, old, new in changes:
        past.setdefault(score, set()).update((old, new))
    return {
        (juror, str(hearing), key): (value, past.get(pk, set())) for juror, hearing, key, value, pk in now
    }


# -- The three runs ---------------------------------------------------------------------------------


def report(title: str, persons: list[Person], lost: int, *, breaks: bool = False) -> dict:
    times = sorted(moment for person in persons for moment in person.times)
    seen = sum((person.seen for person in persons), Counter())
    wrong = sum(count for status, count in seen.items() if status != 200)
    unsaid = seen["no sentence"] + seen["given up"]
    p95 = statistics.quantiles(times, n=20)[18]
    return {
        "run": title,
        "people": len(persons),
        "saves": seen[200],
        "not answered 200": wrong - unsaid,
        "without a sentence": unsaid,
        "lost": lost,
        "p50_ms": round(statistics.median(times)),
        "p95_ms": round(p95),
        "max_ms": round(times[-1]),
        "fast enough": p95 <= ACCEPTED_MS,
        "sound": not lost and not unsaid and (breaks or not wrong),
    }


def environment(url: str, var: str) -> dict[str, str]:
    unwanted = {"DEMO", "REDIS_URL", "DEBUG"}
    return {
        **{name: value for name, value in os.environ.items() if name not in unwanted},
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "VAR_DIR": var,
        "LOG_LEVEL": "ERROR",
    }


def make_data(env: dict[str, str]) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.build_load"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"The data could not be made:\n{done.stderr[-4000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def run(options) -> list[dict]:
    results = []
    with Cluster() as cluster, tempfile.TemporaryDirectory() as var:
        env = environment(cluster.url, var)
        (Path(var) / "bench").mkdir()
        (Path(var) / "bench" / "load.bytes").write_bytes(b"x" * 600)
        print(f"Making {options.people} drafts and jurors on a cluster of its own …", flush=True)
        plan = make_data(env)
        drafts, jurors = plan["drafts"][: options.people], plan["jurors"][: options.people]
        server = Server(env)

        def strike() -> None:
            cluster.strike()
            time.sleep(options.away)
            cluster.recover()

        marking = {"act": mark, "period": 5, "first_page": lambda plan, turn: hearing_before(plan, turn)[1]}
        runs = {
            "floor": lambda: press(drafts, look, port=server.port, period=3, seconds=10),
            "applications": lambda: press(
                drafts, write, port=server.port, period=3, seconds=options.seconds, first_page=step_before
            ),
            "juries": lambda: press(jurors, port=server.port, seconds=options.seconds, **marking),
            "restart": lambda: press(
                jurors, port=server.port, seconds=options.seconds, in_the_middle=strike, **marking
            ),
        }
        titles = {
            "floor": "floor: a bare view, one every 3 s",
            "applications": "people autosaving, one every 3 s",
            "juries": "jurors marking, one every 5 s",
            "restart": f"the same, database away {options.away:.0f} s in the middle",
        }
        try:
            for name, act in runs.items():
                if options.only and name not in options.only:
                    continue
                print(f"{titles[name]} …", flush=True)
                persons = act()
                lost = 0
                if name == "applications":
                    lost = lost_texts(kept_texts(cluster.url), drafts, persons)
                elif name in ("juries", "restart"):
                    lost = lost_marks(kept_marks(cluster.url), jurors, persons)
                results.append(report(titles[name], persons, lost, breaks=name == "restart"))
        finally:
            server.stop()
    return results


def show(results: list[dict]) -> None:
    columns = list(results[0])
    lines = [columns, *[[str(result[column]) for column in columns] for result in results]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def main() -> int:
    parser = argparse.ArgumentParser(prog="make load", description=__doc__.splitlines()[0])
    parser.add_argument("only", nargs="*", help="floor, applications, juries, restart; all when empty")
    parser.add_argument("--people", type=int, default=200, help="at once (200 at most)")
    parser.add_argument("--seconds", type=float, default=60, help="for how long each run presses")
    parser.add_argument("--away", type=float, default=5, help="seconds the database stays away")
    results = run(parser.parse_args())
    show(results)
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var")
    var.mkdir(parents=True, exist_ok=True)
    (var / "load.json").write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    return 0 if all(result["sound"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
