"""Collect, hash and compress the static files, once for each version of them (run inside the environment).

Collecting some thousand files and compressing them takes half a minute; a stamp beside the result says
for which sources it was made, so that a second start skips it.
"""

import hashlib
import os
import sys
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def digest() -> str:
    """What the result depends on: our files' names, sizes and dates, and the installed packages."""
    sha = hashlib.sha256()
    for package in sorted(f"{each.name}=={each.version}" for each in distributions()):
        sha.update(package.encode())
    folders = [ROOT / "incubator" / "static", *ROOT.glob("*/static"), *ROOT.glob("incubator/*/static")]
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            status = file.stat()
            sha.update(f"{file.relative_to(ROOT)} {status.st_size} {status.st_mtime_ns}".encode())
    return sha.hexdigest()


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incubator.settings.base")
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var")
    static = Path(os.environ.get("STATIC_ROOT") or var / "static")
    stamp = static / ".collected"
    wanted = digest()
    if stamp.exists() and stamp.read_text() == wanted:
        return 0
    import django
    from django.core.management import call_command

    django.setup()
    static.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True, skip_checks=True)
    stamp.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
