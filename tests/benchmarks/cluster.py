"""A PostgreSQL cluster of our own, in a folder that disappears with it: it can be struck down without harm to others."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

UNPRIVILEGED = "postgres"  # PostgreSQL refuses to run as root


def binaries() -> Path:
    """Where ``initdb`` and ``pg_ctl`` lie: on the PATH, or where Debian hides them; SystemExit says what is missing."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if not folders:
        raise SystemExit(
            "This needs PostgreSQL's server programs (on Debian and Ubuntu: apt install postgresql)."
        )
    return folders[-1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """``with Cluster() as cluster:`` it answers on a port of its own, with the durability of its defaults."""

    def __init__(self):
        self.binaries = binaries()
        self.port = free_port()
        self.url = f"postgres://eclosion@127.0.0.1:{self.port}/postgres"
        self.folder = Path(tempfile.mkdtemp(prefix="eclosion-load-"))
        self.data = self.folder / "data"
        self.as_user = UNPRIVILEGED if os.geteuid() == 0 else None
        if self.as_user:
            account = pwd.getpwnam(self.as_user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.binaries / program), *arguments],
            user=self.as_user, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{program} failed:\n{done.stderr[-2000:]}")

    def _control(self, *arguments: str) -> None:
        settings = f"-p {self.port} -k {self.folder} -h 127.0.0.1"
        log = str(self.folder / "server.log")
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", log, "-o", settings, *arguments)

    def __enter__(self) -> "Cluster":
        self._run("initdb", "-D", str(self.data), "-U", "eclosion", "-A", "trust", "-E", "UTF8")
        self._control("start")
        return self

    def strike(self) -> None:
        """Stop it as a power cut would, without a word to anyone."""
        self._control("-m", "immediate", "stop")

    def recover(self) -> None:
        """Start it again: it replays what it had promised to keep."""
        self._control("start")

    def __exit__(self, *_) -> None:
        try:
            self._control("-m", "immediate", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
