"""The log before two judges that share no code with ours: Go's sumdb, and a page of Python by the letter of the RFC."""

import base64
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rukhsa.project.config import PROJECT
from rukhsa.trust import checkpoint, cosignature, tiles, tlog
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.tiles import MemoryTiles
from tests import opinions
from tests.trust.secondopinion import rfc6962
from tests.trust.world import CAPITAL, LOG_SIGNER, NOON, WITNESS_SIGNERS

HERE = Path(__file__).parent / "secondopinion"
GOPATH = "/usr/share/gocode"  # Debian's golang-golang-x-mod-dev
COMPILED = PROJECT / "var/tools/go"  # Go's own library, which Debian has as source only
SIZE = 530
SIZES = (1, 2, 3, 7, 8, 255, 256, 257, 300, 511, 512, 513, SIZE)
VERIFIER_KEY = checkpoint.verifier_key(CAPITAL.log_origin, LOG_SIGNER.jwk)


@dataclass(kw_only=True)
class Grown:
    """A log grown through all SIZES, its entries, and its cosigned note."""

    storage: MemoryTiles
    entries: list[bytes]
    states: dict[int, Checkpoint]
    note: str


@pytest.fixture(scope="module")
def log() -> Grown:
    entries = [tlog.entry("file", b"%d" % number) for number in range(SIZE)]
    storage, state, states = MemoryTiles(), None, {}
    for size in SIZES:
        new = entries[state.size if state else 0 : size]
        state = tlog.integrate(storage, state, new, origin=CAPITAL.log_origin, signer=LOG_SIGNER, at=NOON)
        states[size] = state
    assert state is not None
    (name, signer), *_ = WITNESS_SIGNERS.items()
    note = state.note + cosignature.sign(state.note, name=name, signer=signer, at=NOON)
    return Grown(storage=storage, entries=entries, states=states, note=note)


def indexes(size: int) -> list[int]:
    return sorted({0, 1, size // 2, 255, 256, size - 2, size - 1} & set(range(size)))


def test_roots_and_proofs_are_those_of_the_rfc(log: Grown) -> None:
    read = log.storage.read
    for size, state in log.states.items():
        some = log.entries[:size]
        assert state.root == rfc6962.mth(some)
        for index in indexes(size):
            assert tiles.inclusion_proof(read, index, size) == rfc6962.path(index, some)
        for earlier in [each for each in SIZES if each <= size]:
            assert tiles.consistency_proof(read, earlier, size) == rfc6962.proof(earlier, some)


def test_a_checkpoint_is_opened_by_a_stranger(log: Grown) -> None:
    assert rfc6962.open_checkpoint(log.note, VERIFIER_KEY) == (SIZE, log.states[SIZE].root)
    other = checkpoint.verifier_key(CAPITAL.log_origin, next(iter(WITNESS_SIGNERS.values())).jwk)
    with pytest.raises(ValueError, match="not signed"):
        rfc6962.open_checkpoint(log.note, other)


def test_go_s_sumdb_agrees_with_every_proof_and_refuses_what_was_changed(log: Grown, tmp_path: Path) -> None:
    go = opinions.program("go", package="golang-go")
    opinions.library(Path(GOPATH, "src/golang.org/x/mod/sumdb/tlog"), package="golang-golang-x-mod-dev")
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": GOPATH, "GOCACHE": str(COMPILED)}
    program = str(tmp_path / "check")
    # It runs for an instant: to make it fast would take the compiler half as long again.
    command = [go, "build", "-gcflags=all=-N -l", "-ldflags=-s -w", "-o", program, str(HERE / "check.go")]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=300)
    asked = question(log)
    assert ask(program, asked) == f"agreed {1 + len(asked['Inclusions']) + len(asked['Consistency'])}\n"
    # A judge that agrees with everything would agree with these too.
    asked["Inclusions"][0]["Refused"] = True
    with pytest.raises(subprocess.CalledProcessError):
        ask(program, asked)


def ask(program: str, asked: dict[str, Any]) -> str:
    done = subprocess.run(
        [program], input=json.dumps(asked), text=True, check=True, capture_output=True, timeout=300
    )
    return done.stdout


def question(log: Grown) -> dict[str, Any]:
    inclusions, consistency = [], []
    for size in SIZES:
        for index in indexes(size):
            proof = shown(tiles.inclusion_proof(log.storage.read, index, size))
            inclusions.append({"Index": index, "Size": size, "Proof": proof, "Refused": False})
            if proof:
                changed = [shown([bytes(32)])[0], *proof[1:]]
                inclusions.append({"Index": index, "Size": size, "Proof": changed, "Refused": True})
        for earlier in [each for each in SIZES if each <= size]:
            proof = shown(tiles.consistency_proof(log.storage.read, earlier, size))
            consistency.append({"From": earlier, "To": size, "Proof": proof, "Refused": False})
            if proof:
                consistency.append({"From": earlier, "To": size, "Proof": proof[:-1], "Refused": True})
    return {
        "VerifierKey": VERIFIER_KEY,
        "Note": log.note,
        "Entries": [base64.b64encode(each).decode() for each in log.entries],
        "Inclusions": inclusions,
        "Consistency": consistency,
    }


def shown(hashes: list[bytes]) -> list[str]:
    """As Go's tlog.Hash is written in JSON."""
    return [base64.b64encode(each).decode() for each in hashes]
