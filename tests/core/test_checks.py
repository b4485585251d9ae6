"""``check --deploy`` names the variable for each rung of the ladder that is not fit for production."""

import pytest

from incubator.core import checks

PRODUCTION = {
    "DEMO": False,
    "SECRET_KEY_IS_GENERATED": False,
    "HTTPS": True,
    "SITE_URL": "https://eclosion.region.example",
    "ALLOWED_HOSTS": ["eclosion.region.example"],
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}},
    "STATIC_MANIFEST": True,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_IS_CONFIGURED": True,
    "DEFAULT_FROM_EMAIL": "Éclosion <eclosion@region.example>",
}


@pytest.fixture
def said(monkeypatch):
    """What the checks say under these settings: identifiers and hints."""

    class Settings:
        pass

    def ask(**changes):
        settings = Settings()
        for name, value in {**PRODUCTION, **changes}.items():
            setattr(settings, name, value)
        monkeypatch.setattr(checks, "settings", settings)
        found = [
            *checks.refuse_what_is_for_trying_out(None),
            *checks.refuse_what_serves_one_machine_only(None),
            *checks.refuse_letters_that_go_nowhere(None),
        ]
        return {problem.id: problem.hint for problem in found}

    return ask


def test_a_production_ladder_passes(said):
    assert said() == {}


@pytest.mark.parametrize(
    ("changes", "identifier", "variable"),
    [
        ({"DEMO": True}, "eclosion.E001", "DEMO"),
        ({"SECRET_KEY_IS_GENERATED": True}, "eclosion.E002", "SECRET_KEY"),
        ({"HTTPS": False}, "eclosion.E003", "HTTPS=1"),
        ({"SITE_URL": "http://localhost:8000"}, "eclosion.E004", "SITE_URL"),
        ({"SITE_URL": "http://eclosion.region.example"}, "eclosion.E004", "SITE_URL"),
        ({"ALLOWED_HOSTS": ["localhost"]}, "eclosion.E005", "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ["*"]}, "eclosion.E006", "ALLOWED_HOSTS"),
        (
            {"DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}}},
            "eclosion.E007",
            "DATABASE_URL",
        ),
        (
            {"CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}},
            "eclosion.E008",
            "REDIS_URL",
        ),
        ({"STATIC_MANIFEST": False}, "eclosion.W009", "STATIC_MANIFEST"),
        ({"EMAIL_IS_CONFIGURED": False}, "eclosion.E010", "EMAIL_URL"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "eclosion.E010", "EMAIL_URL"),
        ({"DEFAULT_FROM_EMAIL": "x@localhost"}, "eclosion.E011", "DEFAULT_FROM_EMAIL"),
    ],
)
def test_each_rung_is_refused_by_name(said, changes, identifier, variable):
    answers = said(**changes)
    assert list(answers) == [identifier]
    assert variable in answers[identifier]


def test_the_checks_are_registered_for_deployment():
    from django.core.checks import run_checks

    identifiers = {problem.id for problem in run_checks(include_deployment_checks=True)}
    assert "eclosion.E007" in identifiers or "eclosion.E008" in identifiers
    assert not {problem.id for problem in run_checks()} & {"eclosion.E003", "eclosion.E008"}
