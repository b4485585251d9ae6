from django.db import migrations

from incubator.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial"), ("core", "0002_append_only_triggers")]

    operations = [
        append_only("projects_measure"),
        append_only("projects_transition"),
    ]
