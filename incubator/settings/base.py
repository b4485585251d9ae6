"""One ladder of defaults, read from the environment.

Nothing set: SQLite, local files, one embedded worker, letters kept in the outbox page.
Each variable below climbs one rung; ``manage.py check --deploy`` refuses the rungs that are
not fit for production. The whole list, with examples, stands in docs/operators.md.
"""

from pathlib import Path

import bootstrap_wrapper
import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

from incubator.core import logs

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

# Where the running site keeps what it writes (database, files, secret): never in the checkout's tracked tree.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)


def _kept_secret() -> str:
    """A secret made once and kept beside the database, so that a first run needs no configuration."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.write_text(get_random_secret_key())
        path.chmod(0o600)
    return path.read_text().strip()


# -- What kind of site this is ---------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)  # one sign-in button for each persona; refused by check --deploy
SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret()
SECRET_KEY_IS_GENERATED = not env.str("SECRET_KEY", default="")
SITE_URL = env.str("SITE_URL", default="http://localhost:8000")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_NAME = "Éclosion"

# -- Packages: each knows only those above it (docs/architecture.md) -------------------------------

INSTALLED_APPS = [
    "home",
    "juries",
    "calls",
    "projects",
    "incubator.accounts",
    "incubator.core",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "incubator.core.middleware.RequestIdMiddleware",
    "incubator.core.middleware.PlainRefusalMiddleware",
    "incubator.core.middleware.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "incubator.core.page_cache.VisitorPageCache",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "incubator.core.middleware.LoginRequiredMiddleware",
    "incubator.accounts.middleware.LanguageCookieMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "incubator.core.middleware.AdminCSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "incubator.accounts.middleware.FirstPasswordMiddleware",
    "incubator.accounts.middleware.AdminDoorMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "incubator.urls"
WSGI_APPLICATION = "incubator.wsgi.application"
ASGI_APPLICATION = "incubator.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "incubator.core.context_processors.site",
                "incubator.core.context_processors.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# -- Data ------------------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'db.sqlite3'}"
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock at the start of a transaction: two writers wait instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # A request waits one second for a connection, then says so (503); a connection that died while the
    # database was away is found out before it is used.
    DATABASES["default"]["OPTIONS"] = {"pool": {"timeout": 1}}
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# Views that answer pages; those whose class says so are kept for visitors (incubator.core.page_cache).
VISITOR_PAGE_VIEWS = frozenset({"wagtail_serve", "calls:page"})

# -- Background work: the row in the database is the truth, a Celery message only carries its id ----

# A worker that dies leaves a lease; when it has run out another takes the job. Longer than the longest job.
JOB_LEASE_SECONDS = env.float("JOB_LEASE_SECONDS", default=300)
JOB_RETRY_SECONDS = env.float(
    "JOB_RETRY_SECONDS", default=10
)  # before the second attempt; doubles after that
JOB_SWEEP_SECONDS = env.float("JOB_SWEEP_SECONDS", default=30 if REDIS_URL else 1.5)
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_TIMEZONE = env.str("TIME_ZONE", default="Europe/Paris")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    # A sweep that could not start before the next one is due is not made up for.
    "sweep": {
        "task": "core.sweep",
        "schedule": JOB_SWEEP_SECONDS,
        "options": {"expires": max(JOB_SWEEP_SECONDS, 5)},
    },
    "publish-scheduled": {"task": "core.publish_scheduled", "schedule": 60, "options": {"expires": 60}},
    "clean-up": {"task": "core.clean_up", "schedule": crontab(hour=3, minute=10)},
    "update-search": {"task": "core.update_search", "schedule": crontab(hour=3, minute=40)},
}
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 1800,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
    }

# -- People and ways in ----------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/aujourdhui/"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Domains whose addresses may open an account by e-mailed code; others are created by the manager.
OPEN_EMAIL_DOMAINS = env.list("OPEN_EMAIL_DOMAINS", default=[])
# How long a printed slip opens the door.
ONE_TIME_PASSWORD_DAYS = env.int("ONE_TIME_PASSWORD_DAYS", default=30)

ACCOUNT_ADAPTER = "incubator.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = [
    "email",
    "username*",
    "password1*",
]  # without password1, signing in loses its field too
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is proved by the code that opens the door
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_RATE_LIMITS = {
    "visitor_post": "60/m/ip",  # what visitors send (incubator.core.limits): a whole workshop may share one address
    "invitation_code": "10/300s/user",  # codes tried by one person: 38 bits behind this are out of reach
    "login_failed": "20/m/ip,5/300s/key",
    "request_login_code": "20/m/ip,3/m/key",
    "reset_password": "20/m/ip,3/m/key",
}
ACCOUNT_SESSION_REMEMBER = False  # the session ends with the browser: devices are shared
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password is told by e-mail
ACCOUNT_FORMS = {
    "login": "incubator.accounts.forms.SignInForm",
    "request_login_code": "incubator.accounts.forms.CodeRequestForm",
    "confirm_login_code": "incubator.accounts.forms.CodeForm",
    "change_password": "incubator.accounts.forms.PasswordChangeForm",
    "set_password": "incubator.accounts.forms.PasswordSetForm",
    "reset_password": "incubator.accounts.forms.PasswordResetForm",
    "reset_password_from_key": "incubator.accounts.forms.PasswordFromKeyForm",
    "reauthenticate": "incubator.accounts.forms.ConfirmPasswordForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_FORMS = {"authenticate": "incubator.accounts.forms.SecondFactorForm"}

# -- E-mail ----------------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_IS_CONFIGURED = bool(env.str("EMAIL_URL", default=""))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Éclosion <ne-pas-repondre@localhost>")

# -- Logs: one line a request and an event, on standard error ----------------------------------------

LOG_FORMAT = env.str("LOG_FORMAT", default="plain" if DEBUG or DEMO else "json")
LOGGING = logs.configuration(LOG_FORMAT, env.str("LOG_LEVEL", default="INFO"))

# -- Words and time --------------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "incubator" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Paris")
HOLIDAYS_COUNTRY = env.str("HOLIDAYS_COUNTRY", default="FR")  # whose public holidays are not working days

# -- Files -----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [
    BASE_DIR / "incubator" / "static",
    ("bootstrap", str(bootstrap_wrapper.get_bootstrap_dir())),
]
STATIC_MANIFEST = env.bool("STATIC_MANIFEST", default=not (DEBUG or DEMO))
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
PRIVATE_ROOT = Path(env.str("PRIVATE_ROOT", default=str(VAR_DIR / "private")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None},
    },
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if STATIC_MANIFEST
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000
# Lists longer than this are exported by the worker; the file it makes is kept for so many days.
EXPORT_DIRECT_ROWS = env.int("EXPORT_DIRECT_ROWS", default=2000)
EXPORT_KEPT_DAYS = env.int("EXPORT_KEPT_DAYS", default=7)
PRIVATE_FILE_MAX_BYTES = 10_000_000
# ClamAV's daemon: a path (/run/clamav/clamd.ctl) or host:port. Empty: private files are not checked for viruses.
CLAMD_SOCKET = env.str("CLAMD_SOCKET", default="")

# -- Wagtail ---------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAILIMAGES_IMAGE_MODEL = "core.SiteImage"
WAGTAILDOCS_DOCUMENT_MODEL = "core.SiteDocument"
WAGTAIL_I18N_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", _("French")), ("en", _("English"))]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
if DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
    # PostgreSQL's own dictionary: verbs, feminines and plurals are found under one another.
    WAGTAILSEARCH_BACKENDS["default"]["SEARCH_CONFIG"] = "french"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "ods", "pdf", "txt", "xlsx"]

# -- Security --------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview frames our own pages
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # asks for DENY
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
