"""What ``manage.py check --deploy`` refuses: each rung of the ladder of defaults that is not fit for production.

Every message says which variable to set; docs/operators.md lists them all. ``deploy=True``: an ordinary
start says nothing.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", "testserver"}
TEST_BACKENDS = {"console", "dummy", "filebased", "locmem"}


@register(Tags.security, deploy=True)
def refuse_what_is_for_trying_out(app_configs, **kwargs):
    """Demonstration mode, a secret made by the site itself, an address that nobody else can reach."""
    problems = []
    if settings.DEMO:
        problems.append(
            Error(
                "DEMO is on: anyone may enter as anyone, without a password.",
                hint="Unset DEMO.",
                id="eclosion.E001",
            )
        )
    if settings.SECRET_KEY_IS_GENERATED:
        problems.append(
            Error(
                "The secret key was made by the site and lies in its data folder: each machine would have its own.",
                hint="Set SECRET_KEY to fifty random characters or more, the same on every machine.",
                id="eclosion.E002",
            )
        )
    if not settings.HTTPS:
        problems.append(
            Error(
                "HTTPS is off: passwords and session cookies would travel in clear.",
                hint="Set HTTPS=1, and BEHIND_PROXY=1 if a proxy ends the encryption.",
                id="eclosion.E003",
            )
        )
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "https" or not site.hostname or site.hostname in LOCAL_HOSTS:
        problems.append(
            Error(
                f"The site's own address is {settings.SITE_URL}: links in letters would lead nowhere.",
                hint="Set SITE_URL to the public address, beginning with https://.",
                id="eclosion.E004",
            )
        )
    elif settings.ALLOWED_HOSTS != ["*"] and site.hostname not in settings.ALLOWED_HOSTS:
        problems.append(
            Error(
                f"{site.hostname}, the host of SITE_URL, is not among the hosts that the site answers for.",
                hint="Add it to ALLOWED_HOSTS.",
                id="eclosion.E005",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        problems.append(
            Error(
                "The site answers for any host name: links could be forged.",
                hint="Set ALLOWED_HOSTS to the site's own names, separated by commas.",
                id="eclosion.E006",
            )
        )
    return problems


@register(Tags.database, deploy=True)
def refuse_what_serves_one_machine_only(app_configs, **kwargs):
    """SQLite, a cache that each process keeps for itself, static files looked up at each start."""
    problems = []
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        problems.append(
            Error(
                "The database is SQLite, a file of this machine.",
                hint="Set DATABASE_URL, as in postgres://user:password@host:5432/eclosion.",
                id="eclosion.E007",
            )
        )
    if settings.CACHES["default"]["BACKEND"].endswith("LocMemCache"):
        problems.append(
            Error(
                "The cache is each process's own: limits on sign-in attempts would count for one process only, "
                "and the workers would have no broker.",
                hint="Set REDIS_URL, as in redis://host:6379/0.",
                id="eclosion.E008",
            )
        )
    if not settings.STATIC_MANIFEST:
        problems.append(
            Warning(
                "Static files are served as they lie, without compression nor lasting names.",
                hint="Unset STATIC_MANIFEST (and DEBUG and DEMO), and run collectstatic at each release.",
                id="eclosion.W009",
            )
        )
    return problems


@register(Tags.compatibility, deploy=True)
def refuse_letters_that_go_nowhere(app_configs, **kwargs):
    backend = settings.EMAIL_BACKEND.removeprefix("django.core.mail.backends.").partition(".")[0]
    problems = []
    if not settings.EMAIL_IS_CONFIGURED or backend in TEST_BACKENDS:
        problems.append(
            Error(
                "E-mail is not configured: letters would stay on this machine.",
                hint="Set EMAIL_URL, as in smtp+tls://user:password@host:587.",
                id="eclosion.E010",
            )
        )
    if "localhost" in settings.DEFAULT_FROM_EMAIL:
        problems.append(
            Error(
                f"Letters would come from {settings.DEFAULT_FROM_EMAIL}.",
                hint="Set DEFAULT_FROM_EMAIL to an address of the authority.",
                id="eclosion.E011",
            )
        )
    return problems
