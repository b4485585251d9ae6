"""The test database: migrated once into a template, then copied for each process.

A full ``migrate`` costs some twenty seconds; a copy costs milliseconds. The template's name carries a
digest of every migration and of the pinned requirements, so a change of either makes a new one.
SQLite keeps it in ``var/test/``, PostgreSQL beside the other databases of the server.

Each process takes the first free *slot* (a lock file under ``var/test/``), so that several runs of one
checkout, several pytest-xdist workers and several checkouts never meet in one database.
"""

import fcntl
import hashlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

SQLITE_TEMPLATES_KEPT = 3
POSTGRES_TEMPLATES_KEPT = 16  # several checkouts share a server
SLOTS = 64
POST_MIGRATE = ("apps.py", "triggers.py", "permissions.py", "domain/programmes.py")


def home() -> Path:
    folder = settings.VAR_DIR / "test"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def digest() -> str:
    """Twelve hexadecimal digits that change with any migration, requirement or framework version."""
    sha = hashlib.sha256()
    base = settings.BASE_DIR
    packages = ("incubator/core", "incubator/accounts", "projects", "calls", "juries", "home")
    files = [base / "requirements.txt"]
    for package in packages:
        files += sorted((base / package / "migrations").glob("*.py"))
        # Written after ``migrate`` by these: triggers, the managers' permissions.
        files += [file for name in POST_MIGRATE if (file := base / package / name).exists()]
    for file in files:
        sha.update(str(file.relative_to(base)).encode())
        sha.update(file.read_bytes())
    for distribution in ("Django", "wagtail", "django-allauth"):
        sha.update(version(distribution).encode())
    return sha.hexdigest()[:12]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Slot:
    """A number that no other test process of this checkout holds, until :meth:`free`."""

    def __init__(self):
        for number in range(SLOTS):
            handle = (home() / f"slot-{number}.lock").open("w")
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                handle.close()
                continue
            self.number, self._handle = number, handle
            return
        raise RuntimeError(f"All {SLOTS} test database slots are taken: is an old test run still alive?")

    def free(self) -> None:
        self._handle.close()


class Engine:
    """What both engines share: build the template once a run, copy it, put the copy back when spoilt."""

    def __init__(self):
        self.slot = Slot()
        self.original_name = connection.settings_dict["NAME"]

    def prepare(self, *, rebuild: bool) -> None:
        with self.lock():
            if rebuild and not self._rebuilt_in_this_run():
                self.drop_template()
            if not self.template_exists():
                self.build()
                self.prune()
        self.copy()
        self.use(self.name)

    def finish(self) -> None:
        self.use(self.original_name)
        self.drop_copy()
        self.slot.free()

    def restore(self) -> None:
        """Put the copy back as the migrations left it; called after each transactional test."""
        if connection.in_atomic_block:
            raise RuntimeError(
                "A module that keeps rows for its tests (written_once) has no transactional test."
            )
        connections.close_all()
        self.copy()
        forget_what_was_cached()

    def use(self, name: str) -> None:
        connections.close_all()
        connection.settings_dict["NAME"] = name
        settings.DATABASES["default"]["NAME"] = name

    def migrate_into(self, name: str) -> None:
        self.use(name)
        call_command("migrate", verbosity=0, interactive=False)
        self.use(self.original_name)

    def _rebuilt_in_this_run(self) -> bool:
        """With pytest-xdist every worker is given --create-db, but one rebuild is enough."""
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
        note = home() / f"rebuilt-{type(self).__name__}"
        if run and note.exists() and note.read_text() == run:
            return True
        note.write_text(run)
        return False


class SQLite(Engine):
    def __init__(self):
        super().__init__()
        self.template = home() / f"template-{digest()}.sqlite3"
        self.name = str(home() / f"slot-{self.slot.number}.sqlite3")

    def lock(self):
        return locked(home() / "template.lock")

    def template_exists(self) -> bool:
        return self.template.exists()

    def drop_template(self) -> None:
        self.template.unlink(missing_ok=True)

    def build(self) -> None:
        building = home() / "building.sqlite3"
        self._remove(building)
        self.migrate_into(str(building))
        with closing(sqlite3.connect(building)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        building.rename(self.template)
        self._remove(building)

    def prune(self) -> None:
        templates = sorted(home().glob("template-*.sqlite3"), key=lambda path: path.stat().st_mtime)
        for old in templates[:-SQLITE_TEMPLATES_KEPT]:
            self._remove(old)

    def copy(self) -> None:
        # SQLite's own backup: right even while a live server's threads hold the file open.
        with closing(sqlite3.connect(self.template)) as source, closing(sqlite3.connect(self.name)) as copy:
            source.backup(copy)

    def drop_copy(self) -> None:
        self._remove(Path(self.name))

    @staticmethod
    def _remove(path: Path) -> None:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)


class PostgreSQL(Engine):
    def __init__(self):
        super().__init__()
        checkout = hashlib.sha256(str(settings.BASE_DIR).encode()).hexdigest()[:6]
        # A template is its owner's: two accounts on one server keep one each.
        owner = hashlib.sha256(connection.settings_dict["USER"].encode()).hexdigest()[:4]
        self.template = f"eclosion_template_{digest()}_{owner}"
        self.name = f"test_eclosion_{checkout}_{self.slot.number}"

    @contextmanager
    def _server(self):
        with connection._nodb_cursor() as cursor:
            yield cursor

    def _do(self, statement: str) -> None:
        with self._server() as cursor:
            cursor.execute(statement)

    @contextmanager
    def lock(self):
        """One builder for each server: an advisory lock, held by a connection of its own."""
        with self._server() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [self.template])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [self.template])

    def template_exists(self) -> bool:
        with self._server() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.template])
            return cursor.fetchone() is not None

    def drop_template(self) -> None:
        self._do(f'DROP DATABASE IF EXISTS "{self.template}" WITH (FORCE)')

    def build(self) -> None:
        building = f"{self.template}_building"
        self._do(f'DROP DATABASE IF EXISTS "{building}" WITH (FORCE)')
        self._do(f"CREATE DATABASE \"{building}\" ENCODING 'UTF8' TEMPLATE template0")
        self.migrate_into(building)
        self._do(f'ALTER DATABASE "{building}" RENAME TO "{self.template}"')

    def prune(self) -> None:
        with self._server() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE datname ~ '^eclosion_template_[0-9a-f]{12}_[0-9a-f]{4}$'"
                " AND pg_get_userbyid(datdba) = current_user ORDER BY oid DESC"
            )
            for (old,) in cursor.fetchall()[POSTGRES_TEMPLATES_KEPT:]:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')

    def copy(self) -> None:
        self.drop_copy()
        retry(
            lambda: self._do(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"'),
            while_in="is being accessed by other users",
        )

    def drop_copy(self) -> None:
        self._do(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


def retry(act: Callable[[], None], *, while_in: str, seconds: float = 20) -> None:
    """Call ``act`` again while its error says ``while_in`` (an autovacuum may look at the template)."""
    until = time.monotonic() + seconds
    while True:
        try:
            return act()
        except Exception as error:
            if while_in not in str(error) or time.monotonic() > until:
                raise
        time.sleep(0.2)


def forget_what_was_cached() -> None:
    """Caches that would remember rows of the test before."""
    from django.contrib.contenttypes.models import ContentType
    from django.core.cache import cache

    ContentType.objects.clear_cache()
    cache.clear()


def engine() -> Engine:
    return SQLite() if connection.vendor == "sqlite" else PostgreSQL()
