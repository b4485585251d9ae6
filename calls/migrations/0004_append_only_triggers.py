from django.db import migrations

from incubator.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("calls", "0003_initial"), ("core", "0002_append_only_triggers")]

    operations = [
        append_only("calls_answerrevision"),
        append_only("calls_applicationtransition"),
        append_only("calls_callformversion"),
        append_only("calls_calltransition"),
    ]
