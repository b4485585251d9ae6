from django.db import migrations

from incubator.core.triggers import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_job_keys_and_heartbeat'),
    ]

    operations = [append_only('core_journalentry')]
