"""Minutes are never changed: what Python refuses, the database refuses too."""

from django.db import migrations

from incubator.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("juries", "0009_lifted_links")]

    operations = [append_only("juries_minutes")]
