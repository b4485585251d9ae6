"""``make run``: the whole site with one command, from nothing.

Standard library only, and written so that an old Python can still read it and say that it is too old.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.stderr.write(
        "\nÉclosion needs Python 3.11 or newer, and %s is Python %d.%d: install a newer one, "
        "or name it with “make run PYTHON=/path/to/python3”.\n"
        % ((sys.executable,) + tuple(sys.version_info[:2]))
    )
    sys.exit(1)

import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import common
from common import ROOT, VAR, Problem, say, shown, step

SECONDS_TO_ANSWER = 90
SECONDS_TO_STOP = 10


class Stopped(BaseException):
    """Ctrl-C or a request to end."""


def on_signal(signum, frame):
    raise Stopped(signum)


# -- Before anything: where it will listen ---------------------------------------------------------


def address() -> tuple[str, int]:
    host = os.environ.get("HOST") or "127.0.0.1"
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Problem(f"PORT is “{text}”: it must be a number from 1 to 65535, as in “make run PORT=8001”.")
    return host, int(text)


def check_free(host: str, port: int) -> None:
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise Problem(f"HOST is “{host}”: this machine knows no such address.") from None
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Problem(
                    f"Port {port} of {host} is already taken by another program: stop that one, "
                    f"or choose another port with “make run PORT={port + 1 if port < 65535 else 8001}”."
                ) from None
            if error.errno in {errno.EACCES, errno.EPERM}:
                raise Problem(
                    f"This account may not listen on port {port}: choose one above 1023, as in “make run PORT=8000”."
                ) from None
            raise Problem(f"HOST is “{host}”: this machine cannot listen there ({error.strerror}).") from None


def only_one():
    """Hold a lock on the data folder while the site runs: two workers on one SQLite file help nobody."""
    VAR.mkdir(parents=True, exist_ok=True)
    handle = (VAR / "run.lock").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.seek(0)
        running_at = handle.read().strip() or "another address"
        raise Problem(
            f"The site already runs with this data, at {running_at}: stop that one first."
        ) from None
    return handle


# -- The site's own environment ----------------------------------------------------------------------


def environment(host: str, port: int) -> dict[str, str]:
    names = {host, "localhost", "127.0.0.1", "[::1]"}
    wide = host in {"0.0.0.0", "::"}  # noqa: S104
    return {
        **os.environ,
        "DEMO": "1",
        "STATIC_MANIFEST": "1",
        "VAR_DIR": str(VAR),
        "SITE_URL": os.environ.get("SITE_URL") or url(host, port),
        "ALLOWED_HOSTS": os.environ.get("ALLOWED_HOSTS") or ("*" if wide else ",".join(sorted(names))),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "incubator.settings.base",
    }


def url(host: str, port: int) -> str:
    shown_host = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104
    return f"http://{f'[{shown_host}]' if ':' in shown_host else shown_host}:{port}"


# -- Children ----------------------------------------------------------------------------------------


def die_with_parent() -> None:
    """On Linux a child of ours is ended by the kernel even when we are killed without a word."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    except (OSError, AttributeError):
        pass  # elsewhere the usual way down (a signal to us) is enough


class Child:
    """A process of the site, in a group of its own, its output in var/log/."""

    def __init__(self, name: str, command: list[str], env: dict[str, str]):
        self.name = name
        self.log = VAR / "log" / f"{name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509
            )

    def check(self) -> None:
        if self.process.poll() is not None:
            raise Problem(
                f"The {self.name} process stopped by itself (exit code {self.process.returncode}). "
                f"Its last words, from {shown(self.log)}:\n{common.tail(self.log)}"
            )

    def signal(self, signum: int) -> None:
        try:
            os.killpg(self.process.pid, signum)
        except ProcessLookupError:
            pass


def stop(children: list[Child]) -> None:
    """Ask every child's whole group to end, then insist."""
    for child in children:
        child.signal(signal.SIGTERM)
    until = time.monotonic() + SECONDS_TO_STOP
    for child in children:
        try:
            child.process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        child.signal(signal.SIGKILL)
        child.process.wait()


def wait_until_it_answers(base: str, children: list[Child]) -> None:
    until = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < until:
        for child in children:
            child.check()
        try:
            with urllib.request.urlopen(f"{base}/sante/", timeout=5):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            if error.code == 503 and time.monotonic() + 5 > until:
                raise Problem(f"{base}/sante/ says that the site is not well: open it to read why.") from None
        except OSError:
            pass
        time.sleep(0.2)
    raise Problem(
        f"The site did not answer at {base}/sante/ within {SECONDS_TO_ANSWER} seconds; see {shown(VAR)}/log/."
    )


# -- The steps -----------------------------------------------------------------------------------------


def prepare(env: dict[str, str]) -> dict:
    """Collect the static files (once for each version of them) while the database is migrated and filled."""
    outcome = VAR / "prepared.json"
    outcome.unlink(missing_ok=True)
    static = subprocess.Popen([common.python(), "tools/collect.py"], cwd=ROOT, env=env)
    try:
        if common.call([common.python(), "tools/prepare.py", str(outcome)], env=env):
            raise Problem("The database could not be prepared; the reason stands just above.")
        if static.wait():
            raise Problem("The static files could not be collected; the reason stands just above.")
    finally:
        if static.poll() is None:
            static.terminate()
            static.wait()
    return json.loads(outcome.read_text())


def start(host: str, port: int, env: dict[str, str]) -> list[Child]:
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = [
        common.python(), "-m", "gunicorn", "incubator.wsgi", "--bind", bind,
        "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload", "--no-control-socket",
        "--graceful-timeout", "5", "--access-logfile", "-",
    ]  # fmt: skip
    return [
        Child("web", web, env),
        Child("worker", [common.python(), "manage.py", "worker"], env),
    ]


def welcome(base: str, host: str, facts: dict) -> None:
    say(f"\nÉclosion is ready: {base}/\n")
    say(f"  Enter as one of these people at {base}/demo/ (no password):\n")
    width = max((len(row["code"]) for row in facts["personas"]), default=0)
    for row in facts["personas"]:
        say(f"    {row['code']:<{width}}  {row['label']}: {row['sentence']}")
    say("\n  Signed out, you are a visitor: start on the home page or at /appels/.")
    if facts["open_call"]:
        say(f"  {facts['open_call']}")
    if host not in {"127.0.0.1", "localhost", "::1"}:
        say(
            "  Anyone who reaches this address may enter as anyone: it is a demonstration, not a way to go live."
        )
    say(f"\n  Letters that the site would send: {base}/lettres/   Logs: {shown(VAR)}/log/")
    say("  Ctrl-C stops everything and keeps the data; “make demo” starts the demonstration again.\n")


def main() -> int:
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, on_signal)
    children: list[Child] = []
    try:
        host, port = address()
        check_free(host, port)
        lock = only_one()
        base = url(host, port)
        say("Éclosion")
        common.ensure_environment()
        env = environment(host, port)
        facts = prepare(env)
        lock.truncate(0)
        lock.write(base)
        lock.flush()
        with step("Starting the web server and the worker"):
            children += start(host, port, env)
            wait_until_it_answers(base, children)
        welcome(base, host, facts)
        while True:
            for child in children:
                child.check()
            time.sleep(0.5)
    except Problem as problem:
        return common.fail(str(problem))
    except Stopped:
        say("\nStopping …")
        return 0
    finally:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, signal.SIG_IGN)
        stop(children)
        if children:
            say(f"Stopped. The data stay in {shown(VAR)}/.")


if __name__ == "__main__":
    sys.exit(main())
