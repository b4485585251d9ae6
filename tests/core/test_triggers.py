"""What may only be added is refused by Python, and behind it by the database."""

import pytest
from django.db import DatabaseError, connection, transaction

from incubator.core import journal, triggers
from incubator.core.models import AppendOnlyError, JournalEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(manager):
    return journal.record(verb="core.letter_written", actor=manager, target=manager)


def test_every_append_only_table_carries_its_trigger():
    tables = triggers.append_only_tables()
    assert "core_journalentry" in tables
    assert tables <= triggers.protected_tables(connection)


def test_python_refuses_to_change_or_delete(entry):
    entry.verb = "core.other"
    for act in (
        entry.save,
        entry.delete,
        JournalEntry.objects.all().delete,
        lambda: JournalEntry.objects.update(verb="x"),
        lambda: JournalEntry.objects.bulk_update([entry], ["verb"]),
    ):
        with pytest.raises(AppendOnlyError):
            act()


def test_the_database_refuses_to_change(entry):
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE core_journalentry SET verb = 'x'")
    assert JournalEntry.objects.filter(verb="core.letter_written").exists()


@pytest.mark.requires_postgres
def test_postgresql_refuses_to_delete(entry):
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM core_journalentry")
    assert JournalEntry.objects.filter(pk=entry.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_trigger_lost_with_a_rebuilt_table_is_put_back_after_migrate():
    with connection.cursor() as cursor:
        triggers.unprotect(cursor, connection.vendor, "core_journalentry")
    assert "core_journalentry" not in triggers.protected_tables(connection)
    triggers.install_missing(sender=None)
    assert "core_journalentry" in triggers.protected_tables(connection)
