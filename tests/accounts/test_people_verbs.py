"""Verbs about people: who may, what is refused and with which words, what the journal keeps."""

import pytest

from incubator.accounts.models import User
from tests.factories.accounts import make_person as make_numbered

pytestmark = pytest.mark.django_db


def make_person(**facts) -> User:
    return make_numbered(**{"first_name": "Marie", "last_name": "Durand", **facts})
