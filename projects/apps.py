from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _sync_managers_group(sender, **kwargs):
    """After ``migrate``: managers hold the permissions of what was added since."""
    from projects.domain.programmes import refresh_managers_group

    refresh_managers_group()


class ProjectsConfig(AppConfig):
    name = "projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from incubator.core.rules import register_staff_test
        from projects import rules

        register_staff_test(rules.is_manager)
        post_migrate.connect(_sync_managers_group, sender=self)
