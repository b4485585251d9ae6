"""A call and the browser of whoever runs it: shared by the tests of acts on several applications."""

import pytest

from tests.factories.calls import make_call


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


@pytest.fixture
def call():
    return make_call()


@pytest.fixture
def client(call, client_for):
    return client_for(call.created_by)
