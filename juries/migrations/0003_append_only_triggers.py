from django.db import migrations

from incubator.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("juries", "0002_initial"), ("core", "0002_append_only_triggers")]

    operations = [
        append_only("juries_scorechange"),
        append_only("juries_sittingtransition"),
    ]
