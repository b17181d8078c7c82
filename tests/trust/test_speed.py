"""Verification against a bare loop of the library's verify over the same signatures."""

import time
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from rukhsa.trust import keys, seal
from tests.trust import world


def rate(work: Callable[[], object]) -> float:
    """Calls a second, the best of several runs so short that another process seldom comes between."""
    best = 0.0
    for _ in range(20):
        started = time.process_time()
        for _ in range(50):
            work()
        best = max(best, 50 / (time.process_time() - started))
    return best


@pytest.mark.slow
def test_a_whole_verdict_costs_at_most_twice_its_signature() -> None:
    site = world.town_hall()
    sealed = site.issue()
    verifier, read = site.verifier, seal.read(sealed)
    key, der, signed = keys.PublicKey(jwk=world.SEALER.jwk), keys.to_der(read.signature), read.signed_bytes
    public = key.loaded
    assert isinstance(public, ec.EllipticCurvePublicKey)
    ratios = []
    for _ in range(5):
        bare = rate(lambda: public.verify(der, signed, keys.ECDSA))
        ratios.append(rate(lambda: verifier.verify_seal(sealed, at=world.NOON)) / bare)
    assert max(ratios) >= 0.5, ratios
