"""What the commands of the Makefile share. The standard library only: it runs before anything is installed."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = Path(os.environ.get("VENV") or ROOT / ".venv").absolute()
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute()


class Problem(Exception):
    """One clear sentence for the person at the keyboard; the command then ends with exit code 1."""


def say(sentence: str = "") -> None:
    print(sentence, flush=True)


def fail(sentence: str) -> int:
    print(f"\n{sentence}", file=sys.stderr, flush=True)
    return 1


@contextmanager
def step(title: str):
    """Print what is being done, then how long it took."""
    begun = time.monotonic()
    print(f"  {title} …", end="", flush=True)
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f" {time.monotonic() - begun:.1f} s", flush=True)


def digest_of(*files: Path, also: str = "") -> str:
    sha = hashlib.sha256(also.encode())
    for file in files:
        sha.update(file.name.encode())
        sha.update(file.read_bytes())
    return sha.hexdigest()


def stamp_says(stamp: Path, digest: str) -> bool:
    return stamp.exists() and stamp.read_text() == digest


def tail(log: Path, lines: int = 15) -> str:
    if not log.exists():
        return ""
    return "\n".join(f"    {line}" for line in log.read_text(errors="replace").splitlines()[-lines:])


def call(command: list[str], *, log: Path | None = None, env: dict[str, str] | None = None) -> int:
    """Run a command to its end; if we are stopped meanwhile, it is stopped too. Answer its exit code."""
    output = None
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        output = log.open("w")
    try:
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdout=output,
            stderr=output and subprocess.STDOUT,
        )
        try:
            return child.wait()
        except BaseException:
            child.terminate()
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
            raise
    finally:
        if output is not None:
            output.close()


# -- The virtual environment -----------------------------------------------------------------------


def python() -> str:
    return str(VENV / "bin" / "python")


def ensure_environment(*, dev: bool = False) -> None:
    """Make the virtual environment and install what is pinned; nothing when a stamp says it is done."""
    wanted = [ROOT / "requirements.txt"] + ([ROOT / "requirements-dev.txt"] if dev else [])
    digest = digest_of(*wanted, also=sys.version)
    stamps = {False: VENV / ".installed", True: VENV / ".installed-dev"}
    if stamp_says(stamps[dev], digest) and Path(python()).exists():
        return
    if not dev and stamp_says(
        stamps[True], digest_of(*wanted, ROOT / "requirements-dev.txt", also=sys.version)
    ):
        return
    if not _is_sound():
        _make_environment()
    with step(f"Installing {wanted[-1].name} (the first time takes a minute or two)"):
        _install(wanted[-1])
    stamps[dev].write_text(digest)


def _is_sound() -> bool:
    """Whether the environment is there, of this Python, and able to install."""
    if not Path(python()).exists():
        return False
    probe = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        done = subprocess.run([python(), "-c", probe], capture_output=True, check=False, timeout=60)
    except OSError:
        return False
    return done.returncode == 0


def _make_environment() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise Problem(
            f"This Python has no complete “venv” module, so no virtual environment can be made: "
            f"install it (on Debian and Ubuntu: apt install python{version}-venv), then start again."
        ) from None
    with step(f"Making a virtual environment in {shown(VENV)}"):
        shutil.rmtree(VENV, ignore_errors=True)
        log = VAR / "log" / "venv.log"
        if call([sys.executable, "-m", "venv", str(VENV)], log=log):
            raise Problem(
                f"The virtual environment could not be made in {shown(VENV)}; "
                f"the reason stands in {shown(log)}:\n{tail(log, 5)}"
            )


UNREACHABLE = (
    "NewConnectionError",
    "ConnectTimeout",
    "ReadTimeout",
    "Read timed out",
    "Connection refused",
    "Connection reset",
    "Connection broken",
    "Network is unreachable",
    "Name or service not known",
    "Temporary failure in name resolution",
    "ProxyError",
    "SSLError",
    "from versions: none",
)


def _install(requirements: Path) -> None:
    log = VAR / "log" / "pip.log"
    command = [python(), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    quick_to_give_up = {"PIP_RETRIES": os.environ.get("PIP_RETRIES", "2"), "PIP_ROOT_USER_ACTION": "ignore"}
    if not call([*command, "-r", str(requirements)], log=log, env=quick_to_give_up):
        return
    if any(word in log.read_text(errors="replace") for word in UNREACHABLE):
        raise Problem(
            "The package index could not be reached, so the pinned packages are not installed: check the network "
            f"(or name your own index with PIP_INDEX_URL), then start again. Details: {shown(log)}"
        )
    raise Problem(
        f"The pinned packages could not be installed; the reason stands in {shown(log)}:\n{tail(log, 5)}"
    )


def shown(path: Path) -> str:
    """A path as people read it: relative to the checkout where it lies inside."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
