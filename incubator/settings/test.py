"""What the test suite runs on: SQLite in a file (WAL) unless DATABASE_URL names another database."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-and-therefore-public")

from incubator.settings.base import *  # noqa: E402, F403
from incubator.settings.base import DATABASES, MIDDLEWARE, VAR_DIR

DEBUG = False
STATIC_MANIFEST = False
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = "memory://"
REDIS_URL = ""
EMAIL_IS_CONFIGURED = True
MIDDLEWARE = ["tests.strict.GetMayNotWrite", *MIDDLEWARE]
OPEN_EMAIL_DOMAINS = ["region.example"]
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"].pop("OPTIONS", None)  # no pool: each test process opens its own connection
