"""The people of a draft that several write: shared by the tests of the team."""

import pytest

from tests.factories.calls import make_draft
from tests.factories.projects import make_person


@pytest.fixture
def lead():
    return make_person("Awa", "Diallo", email="awa@region.example")


@pytest.fixture
def mate():
    return make_person("Coline", "Roy", email="coline@region.example")


@pytest.fixture
def draft(lead):
    return make_draft(user=lead)
