from django.db import migrations

from incubator.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("juries", "0002_hearing_uuid_and_places")]

    operations = [append_only("juries_sittingtransition"), append_only("juries_scorechange")]
