"""Verbs about people: who may, what is refused and with which words, what the journal keeps."""

import pytest
from django.core.exceptions import PermissionDenied

from incubator.accounts.domain import people
from incubator.accounts.enums import PreferredChannel, Role
from incubator.accounts.models import User
from incubator.accounts.queries import has_role, roles_of
from incubator.core.models import JournalEntry, Refused
from tests.factories.accounts import make_person as make_numbered

pytestmark = pytest.mark.django_db


def make_person(**facts) -> User:
    return make_numbered(**{"first_name": "Marie", "last_name": "Durand", **facts})
