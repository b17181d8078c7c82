"""No mutation of a genuine seal is accepted: more than 100,000 of them, by class, with negative controls."""

import base64
import itertools
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import cbor2
import pytest

from rukhsa.trust import cbor, profiles, seal, specimen
from rukhsa.trust.errors import BadSeal, TrustError
from rukhsa.trust.keys import PublicKey
from rukhsa.trust.verdict import Verdict
from tests.trust import world
from tests.trust.mutations import seals
from tests.trust.world import CLAIMS, FACTS, NOON
from tests.web.public.test_modules import run

TOTAL = 100_000
# How many there are of each class, at least; all encodings together count as three.
LEAST = {
    **{
        "one bit turned": 6_000,
        "cut short": 1_500,
        "bytes missing": 6_000,
        "bytes doubled": 3_000,
        "longer": 1_500,
    },
    **{"header games": 1_900, "algorithm swaps": 2_000, "key swaps": 6_000, "other signatures": 1_200},
    **{"the larger s": 3, "mixtures": 1_200, "at random": 28_000},
    **{"array": 900, "header": 800, "payload": 5_000},
    **{
        "a digit changed": 15_000,
        "a digit missing": 1_700,
        "leading zeros": 1_900,
        "groups too large": 1_000,
    },
    **{"digits of other scripts": 12_000, "characters between": 4_000, "other addresses": 110},
}
# What docs/formats/seal.md says a decoder may answer.
CODES = {
    *(
        "bad-size",
        "not-a-seal",
        "bad-cbor",
        "bad-header",
        "bad-signature-form",
        "bad-claims",
        "bad-facts",
        "bad-text",
    ),
}
LONG_FACTS = FACTS | {2: "عبدالرحمن بن محمد بن عبداللطيف المناعي", 4: [12, 3402, 334, 21]}


@cache
def site_and_seals() -> tuple[world.Site, list[bytes]]:
    """Three seals of different shapes in one log, each of them valid, and a fourth whose parts are taken."""
    site = world.town_hall()
    shapes = (
        CLAIMS,
        replace(
            CLAIMS, expires_at=CLAIMS.issued_at + 9_000_000, version=12, status_index=8000, facts=LONG_FACTS
        ),
        replace(CLAIMS, instrument="PR-2020-000007-A", status_index=23, facts={1: 1, 2: "Layla Al Dosari"}),
        replace(CLAIMS, instrument="RW-2020-000999-Z", status_index=7),
    )
    made = [site.issue(claims) for claims in shapes]
    assert all(site.verifier.verify_seal(each, at=NOON).valid for each in made)
    assert profiles.to_days(date(2020, 11, 10)) == FACTS[5]
    return site, made


def every_case() -> Iterator[tuple[str, bytes | str]]:
    """Each mutation, of bytes or of text, with its class."""
    _, made = site_and_seals()
    for sealed in made[:3]:
        for name, changed in seals.every_mutation(sealed, made[3], random_ones=10_000):
            yield name.partition(":")[0], changed
        yield from seals.every_text(world.text_of(sealed))


def verdict_on(case: bytes | str) -> Verdict:
    """What Python says."""
    verifier = site_and_seals()[0].verifier
    return (
        verifier.verify_text(case, at=NOON) if isinstance(case, str) else verifier.verify_seal(case, at=NOON)
    )


@pytest.mark.slow
def test_none_of_a_hundred_thousand_mutations_is_valid() -> None:
    counts: Counter[str] = Counter()
    for name, changed in every_case():
        verdict = verdict_on(changed)
        counts[name] += 1
        assert not verdict.valid, (name, changed)
        assert verdict.reason != "fault", (name, changed)
    assert counts.total() >= TOTAL
    assert counts.keys() == LEAST.keys()
    assert not [(name, counts[name]) for name in LEAST if counts[name] < LEAST[name]]


def test_the_decoder_has_one_error_and_its_codes_are_those_of_the_format() -> None:
    _, made = site_and_seals()
    codes: Counter[str] = Counter()
    for _, changed in seals.every_mutation(made[0], made[3], random_ones=2_000):
        try:
            seal.read(changed)
        except BadSeal as error:
            codes[error.code] += 1
    assert codes.keys() == CODES


def test_another_encoding_is_refused_even_under_the_authority_s_own_signature() -> None:
    """Two byte strings never mean the same: what is refused here is the form, as the signature is good."""
    _, made = site_and_seals()
    tried = 0
    for name, changed in (again for sealed in made[:3] for again in seals.sealed_again(sealed)):
        assert not read_strictly(changed), (name, changed.hex())
        tried += 1
    assert tried > 5_000


def test_a_lenient_decoder_lets_mutations_through() -> None:
    """The negative control of the first test: cbor2 in the place of our decoder, and the true signature check."""
    _, made = site_and_seals()
    let_through = Counter(
        name
        for name, changed in seals.every_mutation(made[0], made[3], random_ones=2_000)
        if accepted_by_a_lenient_reader(changed)
    )
    assert {
        "array: not the shortest",
        "array: indefinite length",
        "longer",
        "header games",
    } <= let_through.keys()


def test_a_lenient_decoder_takes_other_encodings_for_the_same_seal() -> None:
    """The negative control of the third test."""
    _, made = site_and_seals()
    taken = [changed for _, changed in seals.sealed_again(made[0]) if accepted_by_a_lenient_reader(changed)]
    assert len(taken) > 500


def test_without_the_larger_s_being_refused_it_would_be_a_second_seal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, made = site_and_seals()
    ((_, larger),) = [each for each in seals.signatures(made[0]) if each[0] == "the larger s"]
    assert not read_strictly(larger)
    monkeypatch.setattr("rukhsa.trust.seal.is_low_s", lambda _: True)
    read = seal.read(larger)
    PublicKey(jwk=world.SEALER.jwk).verify(read.signature, read.signed_bytes)


@pytest.mark.slow
def test_the_page_s_modules_say_of_every_tenth_what_python_says(tmp_path: Path) -> None:
    site, _ = site_and_seals()
    rows = [
        ({"text": each} if isinstance(each, str) else {"seal": each.hex()}, verdict_on(each))
        for _, each in itertools.islice(every_case(), 0, None, 10)
    ]
    question = tmp_path / "question.json"
    question.write_text(json.dumps(asked(site, [row for row, _ in rows])), "utf-8")
    answers = run("mutations.mjs", str(question))
    assert len(answers) == len(rows) > TOTAL // 10
    for answer, (row, verdict) in zip(answers, rows, strict=True):
        assert answer == {"word": verdict.word, "reason": verdict.reason}, row


def asked(site: world.Site, cases: list[dict[str, str]]) -> dict[str, object]:
    """Everything that the modules need to judge the cases."""
    return {
        "root": dict(world.ROOT.jwk),
        "specimen": dict(specimen.public_key().jwk),
        "trust_list": world.signed_trust_list(),
        "files": {address: base64.b64encode(data).decode() for address, data in site.files.items()},
        "at": int(NOON.timestamp()),
        "cases": cases,
    }


def read_strictly(data: bytes) -> bool:
    try:
        seal.read(data)
    except BadSeal:
        return False
    return True


def accepted_by_a_lenient_reader(data: bytes) -> bool:
    """A reader that decodes with a library and checks the signature over what it found."""
    try:
        protected, _, payload, signature = cbor2.loads(data).value
        PublicKey(jwk=world.SEALER.jwk).verify(signature, cbor.write(["Signature1", protected, b"", payload]))
        cbor2.loads(payload)[seal.FACTS]
    except (TrustError, cbor2.CBORDecodeError, AttributeError, TypeError, ValueError, LookupError):
        return False
    return True
