"""Every target of the fuzzers by Hypothesis, from the genuine samples: no crash, no "valid", whatever comes."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, Accepted, Target, site, try_one
from tests.trust import world


@pytest.mark.parametrize("name", TARGETS)
def test_a_genuine_sample_is_taken(name: str) -> None:
    for sample in TARGETS[name].samples():
        try_one(name, sample)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_comes_is_judged_and_never_valid(name: str, data: st.DataObject) -> None:
    samples = TARGETS[name].samples()
    sample = data.draw(st.sampled_from(samples))
    kind = data.draw(st.sampled_from(("anything", "cut", "changed", "grafted")))
    if kind == "anything":
        bent = data.draw(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
    elif kind == "cut":
        bent = sample[: data.draw(st.integers(0, len(sample)))]
    else:
        bent = changed(sample, random.Random(data.draw(st.integers(0, 1 << 32))), kind)
    try_one(name, bent)


def changed(sample: bytes, chance: random.Random, kind: str) -> bytes:
    """A few bytes changed, or a stretch moved elsewhere."""
    bent = bytearray(sample)
    for _ in range(chance.choice((1, 2, 8, 64))):
        at = chance.randrange(len(bent))
        if kind == "changed":
            bent[at] = chance.randrange(256)
        else:
            length = chance.choice((1, 4, 30))
            bent[at:at] = bent[chance.randrange(len(bent)) :][:length]
    return bytes(bent)


def test_a_judge_that_accepts_or_breaks_would_be_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    made, _ = site()
    good = made.verifier.verify_seal(site()[1], at=world.NOON)
    monkeypatch.setitem(TARGETS, "accepts", Target(judge=lambda _: good, samples=lambda: []))
    monkeypatch.setitem(TARGETS, "breaks", Target(judge=lambda data: data[9], samples=lambda: []))
    with pytest.raises(Accepted):
        try_one("accepts", b"x")
    with pytest.raises(IndexError):
        try_one("breaks", b"x")
