"""Kinds of letters and people for core's own tests, which know no package to the right but accounts."""

import pytest
from django.utils.translation import gettext_lazy as _

from incubator.core import letter_texts, letters
from tests.factories.accounts import make_admin, make_person

TEXTS = {
    "letters/test.news.fr.txt": (
        "Subject: Des nouvelles de {{ title }}\n\nBonjour {{ name }},\n\n« {{ title }} » est retenu.\n"
    ),
    "letters/test.news.en.txt": "Subject: News of {{ title }}\n\nHello {{ name }},\n\n“{{ title }}” is retained.\n",
    "letters/test.news.sms.fr.txt": "Subject: Nouvelles\n\n{{ title }} : retenu.\n",
    "letters/test.receipt.fr.txt": (
        "Subject: Bien reçu : {{ number }}\n\nBonjour {{ name }}, votre numéro est le {{ number }}.\n"
    ),
}


@pytest.fixture
def kinds(monkeypatch):
    """Two kinds of letters: ``test.news``, read before it leaves, and ``test.receipt``."""
    from django.template import Template

    real = letter_texts._source

    def source(kind, language, channel):
        wanted = [f"letters/{kind}.{language}.txt", f"letters/{kind}.fr.txt"]
        if channel == "sms":
            wanted.insert(0, f"letters/{kind}.sms.{language}.txt")
        for name in wanted:
            if name in TEXTS:
                return Template(TEXTS[name])
        return real(kind, language, channel)

    monkeypatch.setattr(letter_texts, "_source", source)
    monkeypatch.setattr(letters, "kinds", dict(letters.kinds))
    letters.register("test.news", _("News"))
    letters.register("test.receipt", _("Receipt"), receipt=True)


@pytest.fixture
def manager(db):
    """Whoever runs the outbox: here an administrator."""
    person = make_admin(username="helene", first_name="Hélène", last_name="Vasseur")
    person.refresh_from_db()
    return person


@pytest.fixture
def agent(db):
    return make_person(first_name="Amina", last_name="Diallo", email="amina@region.example")
