"""The whole demonstration, loaded once for the tests of a module and undone after them."""

import pytest
from django.db import transaction


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    from home.demo import replay

    with django_db_blocker.unblock(), transaction.atomic():
        replay.load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def home_page(site):
    from home.domain.site import set_up_site

    return set_up_site()
