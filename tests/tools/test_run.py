"""``make run``: one clear sentence for each obstacle; everything starts together and stops together."""

import fcntl
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = ROOT / "tools" / "run.py"


@pytest.fixture
def environment(tmp_path):
    """A fresh machine: no environment, no data, nothing of ours set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "VENV": str(tmp_path / "venv"), "VAR_DIR": str(tmp_path / "var"), "PYTHONUTF8": "1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def refusal(environment, **changes) -> str:
    """The one sentence that a start ends with; its exit code is 1 and nothing was printed twice."""
    done = subprocess.run(
        [sys.executable, str(RUN)],
        env={"PORT": str(free_port()), **environment, **changes},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def pretend(tmp_path, code: str) -> dict[str, str]:
    """Run ``code`` in the interpreter before ours: fakes what this machine lacks."""
    folder = tmp_path / "pretend"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": str(folder)}


# -- Obstacles ---------------------------------------------------------------------------------------


def test_a_taken_port_is_said_before_anything_is_installed(environment, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence = refusal(environment, PORT=str(port))
    assert sentence == (
        f"Port {port} of 127.0.0.1 is already taken by another program: stop that one, "
        f"or choose another port with “make run PORT={port + 1}”."
    )
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize("port", ["many", "0", "70000", "-1"])
def test_a_port_that_is_no_port(environment, port):
    assert refusal(environment, PORT=port) == (
        f"PORT is “{port}”: it must be a number from 1 to 65535, as in “make run PORT=8001”."
    )


def test_an_address_that_is_not_this_machine_s(environment):
    assert refusal(environment, HOST="192.0.2.1").startswith(
        "HOST is “192.0.2.1”: this machine cannot listen there"
    )


def test_an_old_python(environment, tmp_path):
    old = pretend(tmp_path, "import sys\nsys.version_info = (3, 9, 2, 'final', 0)\n")
    sentence = refusal(environment, **old)
    assert sentence.startswith("Éclosion needs Python 3.11 or newer, and ")
    assert sentence.endswith(
        "is Python 3.9: install a newer one, or name it with “make run PYTHON=/path/to/python3”."
    )


def test_a_python_without_venv(environment, tmp_path):
    sentence = refusal(environment, **pretend(tmp_path, "import sys\nsys.modules['ensurepip'] = None\n"))
    assert sentence.startswith("This Python has no complete “venv” module")
    assert f"apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv" in sentence


def test_an_unreachable_package_index(environment):
    nobody = f"http://127.0.0.1:{free_port()}/simple"
    sentence = refusal(environment, PIP_INDEX_URL=nobody, PIP_RETRIES="0", PIP_CONFIG_FILE=os.devnull)
    assert sentence.startswith(
        "The package index could not be reached, so the pinned packages are not installed"
    )
    assert "PIP_INDEX_URL" in sentence
    assert "pip.log" in sentence


def test_a_site_that_already_runs_with_this_data(environment, tmp_path):
    (tmp_path / "var").mkdir()
    with (tmp_path / "var" / "run.lock").open("w") as lock:
        lock.write("http://127.0.0.1:8000")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert refusal(environment) == (
            "The site already runs with this data, at http://127.0.0.1:8000: stop that one first."
        )


# -- The whole site ----------------------------------------------------------------------------------


class Site:
    """``tools/run.py`` in a process of its own, with the packages of the present environment."""

    def __init__(self, var: Path, port: int):
        self.base = f"http://127.0.0.1:{port}"
        self.lines: list[str] = []
        self._printed: queue.Queue[str | None] = queue.Queue()
        kept = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
        }
        self.process = subprocess.Popen(
            [sys.executable, str(RUN)],
            env={**kept, "VENV": sys.prefix, "VAR_DIR": str(var), "PORT": str(port), "PYTHONUTF8": "1"},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with self.process.stdout as printed:
            for line in printed:
                self._printed.put(line)
        self._printed.put(None)

    def wait_for(self, words: str, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                line = self._printed.get(timeout=0.5)
            except queue.Empty:
                continue
            if line is None:
                break
            self.lines.append(line)
            if words in line:
                return
        pytest.fail(f"“{words}” was not printed:\n{''.join(self.lines)}")

    def end(self, signum: int) -> int:
        self.process.send_signal(signum)
        code = self.process.wait(timeout=40)
        self._reader.join(timeout=20)
        return code

    def family(self) -> set[int]:
        """The process and everything it started, by the kernel's own list."""
        found, waiting = set(), [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.add(pid)
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += [int(child) for child in children.read_text().split()]
        return found


def alive(pids: set[int]) -> set[int]:
    return {
        pid
        for pid in pids
        if (status := Path(f"/proc/{pid}/status")).exists() and "State:\tZ" not in status.read_text()
    }


def wait_until_gone(pids: set[int], seconds: float = 15) -> set[int]:
    until = time.monotonic() + seconds
    while (left := alive(pids)) and time.monotonic() < until:
        time.sleep(0.1)
    return left


def opened(address: str) -> int:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.status


@pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="reads the list of processes that Linux keeps"
)
def test_the_site_starts_whole_keeps_its_data_and_stops_whole(tmp_path):
    var = tmp_path / "var"
    site = Site(var, free_port())
    try:
        site.wait_for("Éclosion is ready", 300)
        site.wait_for("Ctrl-C stops everything", 10)
        printed = "".join(site.lines)
        assert site.base in printed
        for persona in (
            "agent",
            "agent-sans-mel",
            "intrapreneur",
            "coach",
            "jure",
            "presidence",
            "responsable",
        ):
            assert f"\n    {persona} " in printed
        assert opened(f"{site.base}/sante/") == 200
        assert opened(f"{site.base}/demo/") == 200
        family = site.family()
        assert len(family) >= 4  # itself, the web server and its two processes, the worker
        assert site.end(signal.SIGINT) == 0
        assert wait_until_gone(family) == set()

        # A second start keeps the data, and takes seconds; SIGTERM stops it too.
        site, begun = Site(var, free_port()), time.monotonic()
        site.wait_for("Éclosion is ready", 60)
        assert time.monotonic() - begun < 45
        assert "Replaying the demonstration" not in "".join(site.lines)
        family = site.family()
        assert site.end(signal.SIGTERM) == 0
        assert wait_until_gone(family) == set()

        # Killed without a word, it leaves no orphan.
        site = Site(var, free_port())
        site.wait_for("Éclosion is ready", 60)
        family = site.family()
        site.end(signal.SIGKILL)
        assert wait_until_gone(family) == set()
    finally:
        if site.process.poll() is None:
            site.end(signal.SIGKILL)
