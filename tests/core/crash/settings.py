"""The test settings, with the app whose jobs can be caught in the middle, and a broker when the test has one."""

import os

from incubator.settings.test import *  # noqa: F403
from incubator.settings.test import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = ["tests.core.crash", *INSTALLED_APPS]
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("tests.")]
EMAIL_BACKEND = "tests.core.crash.handlers.SlowMail"
REDIS_URL = os.environ.get("CRASH_REDIS_URL", "")
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_TASK_DEFAULT_QUEUE = os.environ["CRASH_QUEUE"]
