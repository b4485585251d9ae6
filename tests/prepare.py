"""``python -m tests.prepare``: the migrated template of the database that DATABASE_URL names, made if it is missing."""

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incubator.settings.test")
    django.setup()
    from tests import database

    engine = database.engine()
    engine.prepare(rebuild=False)
    engine.finish()


if __name__ == "__main__":
    main()
