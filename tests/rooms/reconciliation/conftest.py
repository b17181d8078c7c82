"""Payments through the sandbox, as the tests of payments have them."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from rukhsa_rehearsal.sandbox.serve import Running
from tests.outside import everything_works, gateways
from tests.rooms.payments.conftest import (  # noqa: F401 - fixtures
    addresses,
    apply_for,
    begin,
    charge,
    huda,
    layla,
    mariam,
    merchant,
    outside,
)


@pytest.fixture
def paying(settings: Settings, outside: Running) -> Iterator[None]:  # noqa: F811
    """Gateways that speak to the sandbox."""
    settings.PAYMENT_GATEWAYS = gateways(outside)
    yield
    everything_works(outside)
