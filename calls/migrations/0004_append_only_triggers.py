from django.db import migrations

from incubator.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("calls", "0003_pages_forms_teams")]

    operations = [
        append_only("calls_calltransition"),
        append_only("calls_applicationtransition"),
        append_only("calls_answerrevision"),
        append_only("calls_callformversion"),
    ]
