"""The product's settings, with a counter of queries and a floor beside its addresses."""

from incubator.settings.base import *  # noqa: F403
from incubator.settings.base import MIDDLEWARE

ROOT_URLCONF = "tests.benchmarks.urls"
MIDDLEWARE = ["tests.benchmarks.counting.CountQueries", *MIDDLEWARE]
STATIC_MANIFEST = False
WHITENOISE_USE_FINDERS = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
ALLOWED_HOSTS = ["127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The file of all the applications is measured while it is sent, not made by the worker.
EXPORT_DIRECT_ROWS = 10_000
