"""Verifying seals in Python, all duties of the verdict, against a bare loop of the same signatures' checks."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from bench.figure import Figure
from rukhsa.trust import seal
from rukhsa.trust.keys import to_der
from tests.trust import world

SEALS = 400
ROUNDS = 12


def figures() -> Iterator[Figure]:
    """A kept verifier over seals that are all different, in processor time of one core."""
    site = world.town_hall()
    first = site.checkpoint.size if site.checkpoint else 0
    sealed = [_sealed(first + number) for number in range(SEALS)]
    site.log(*(seal.leaf_entry(seal.read(each)) for each in sealed))
    ours, peer = _ours(site, sealed), _peer(sealed)
    rates = [(_rate(ours), _rate(peer)) for _ in range(ROUNDS)]
    yield Figure(
        name="verifying a seal, against the bare signature check",
        ours=max(rate for rate, _ in rates),
        peer=max(rate for _, rate in rates),
        wanted=0.5,
    )


def _sealed(index: int) -> bytes:
    claims = replace(world.CLAIMS, instrument=f"RW-2020-{index:06d}-K")
    return world.make_seal(claims, log_index=index)


def _ours(site: world.Site, sealed: list[bytes]) -> Callable[[], object]:
    def check() -> None:
        for each in sealed:
            verdict = site.verifier.verify_seal(each, at=world.NOON)
            if verdict.word != "valid":
                raise RuntimeError(f"a seal of the bench is {verdict.word}: {verdict.reason}")

    return check


def _peer(sealed: list[bytes]) -> Callable[[], object]:
    public = world.SEALER.private.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    read = [seal.read(each) for each in sealed]
    signed = [(to_der(each.signature), each.signed_bytes) for each in read]
    algorithm = ec.ECDSA(hashes.SHA256())

    def check() -> None:
        for signature, content in signed:
            public.verify(signature, content, algorithm)

    return check


def _rate(check: Callable[[], object]) -> float:
    """Seals a second of processor time; the first rounds warm both sides up."""
    start = time.process_time()
    check()
    return SEALS / (time.process_time() - start)
