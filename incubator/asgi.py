"""The ASGI entry point, for hosts that only speak ASGI; gunicorn with threads is the tested way."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incubator.settings.base")
application = get_asgi_application()
