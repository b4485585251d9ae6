from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "incubator.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from incubator.core import checks, public, tasks  # noqa: F401 - registers what check --deploy asks, the job handlers
        from incubator.core.registrations import register_all
        from incubator.core.triggers import install_missing

        register_all()
        public.listen()
        post_migrate.connect(install_missing, sender=self)
