"""Verification against a bare loop of the library's verify over the same signatures."""

import math
import time
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from rukhsa.trust import keys, seal
from tests.trust import world


def least(*works: Callable[[], object]) -> list[float]:
    """The processor time of each at its quickest, in nanoseconds; they take turns, and a slow moment hits all alike."""
    quickest = [math.inf] * len(works)
    for _ in range(2000):
        for number, work in enumerate(works):
            started = time.process_time_ns()
            work()
            quickest[number] = min(quickest[number], time.process_time_ns() - started)
    return quickest


@pytest.mark.slow
def test_a_whole_verdict_costs_at_most_twice_its_signature() -> None:
    site = world.town_hall()
    sealed = site.issue()
    verifier, read = site.verifier, seal.read(sealed)
    key, der, signed = keys.PublicKey(jwk=world.SEALER.jwk), keys.to_der(read.signature), read.signed_bytes
    public = key.loaded
    assert isinstance(public, ec.EllipticCurvePublicKey)
    bare, whole = least(
        lambda: public.verify(der, signed, keys.ECDSA), lambda: verifier.verify_seal(sealed, at=world.NOON)
    )
    assert whole <= 2 * bare, whole / bare
