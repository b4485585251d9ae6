from django.apps import AppConfig


class CrashConfig(AppConfig):
    name = "tests.core.crash"
    label = "crash"

    def ready(self):
        from tests.core.crash import handlers  # noqa: F401 - registers the handlers
