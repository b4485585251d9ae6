"""Triggers behind the append-only tables: what Python refuses, the database refuses too.

UPDATE is refused on both engines, DELETE on PostgreSQL only: on SQLite a DELETE trigger would
break Django's ``flush``. SQLite drops a table's triggers whenever Django rebuilds the table for a
later migration, so :func:`install_missing` runs after every ``migrate`` as well.
"""

from django.apps import apps
from django.db import connections, migrations

from incubator.core.models.base import AppendOnly

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$
"""


def append_only(table: str) -> migrations.RunPython:
    """A migration operation that protects ``table`` (its name in the database, for example ``core_journalentry``)."""

    def forwards(_apps, schema_editor):
        with schema_editor.connection.cursor() as cursor:
            protect(cursor, schema_editor.connection.vendor, table)

    def backwards(_apps, schema_editor):
        with schema_editor.connection.cursor() as cursor:
            unprotect(cursor, schema_editor.connection.vendor, table)

    return migrations.RunPython(forwards, backwards)


def protect(cursor, vendor: str, table: str) -> None:
    """Install the triggers of one table; doing it twice is harmless. Table names come from our models only."""
    unprotect(cursor, vendor, table)
    if vendor == "postgresql":
        cursor.execute(_POSTGRES_FUNCTION)
        cursor.execute(
            f'CREATE TRIGGER "{table}_append_only" BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    elif vendor == "sqlite":
        cursor.execute(
            f'CREATE TRIGGER "{table}_append_only" BEFORE UPDATE ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
        )
    else:
        raise NotImplementedError(f"no append-only trigger for {vendor}")


def unprotect(cursor, vendor: str, table: str) -> None:
    on_table = f' ON "{table}"' if vendor == "postgresql" else ""
    cursor.execute(f'DROP TRIGGER IF EXISTS "{table}_append_only"{on_table}')


def protected_tables(connection) -> set[str]:
    """The tables that carry our trigger in this database."""
    sql = (
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\\_append\\_only' AND NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_append\\_only' ESCAPE '\\'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {row[0].strip('"') for row in cursor.fetchall()}


def append_only_tables() -> set[str]:
    """The tables that must carry it: every concrete model built on ``AppendOnly``."""
    return {model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly)}


def install_missing(sender, using: str = "default", **kwargs) -> None:
    """After ``migrate``: put back what a rebuilt table has lost."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    missing = (append_only_tables() & existing) - protected_tables(connection)
    with connection.cursor() as cursor:
        for table in sorted(missing):
            protect(cursor, connection.vendor, table)
