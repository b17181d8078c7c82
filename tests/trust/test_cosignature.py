"""Cosignatures of checkpoints, and the questions by which a log asks for them."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rukhsa.trust import checkpoint, cosignature, merkle, tiles, witness
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import BadKey, BadLog
from rukhsa.trust.keys import MemorySigner, PublicKey
from rukhsa.trust.tiles import MemoryTiles
from rukhsa.trust.trustlist import Witness
from rukhsa.trust.witness import Refused
from tests.trust.test_tlog import KEY, ORIGIN, append
from tests.trust.world import LOG_SIGNER, NOON

NAME = "witness.example/w1"
SIGNER = MemorySigner.ed25519(bytes(range(32)))
WITNESS = Witness(name=NAME, public=PublicKey(jwk=SIGNER.jwk))
OTHER = Witness(name="witness.example/w2", public=PublicKey(jwk=MemorySigner.ed25519(bytes(32)).jwk))


def note() -> str:
    return append(MemoryTiles(), None, 3).note


def test_a_cosignature_says_who_saw_a_checkpoint_and_when() -> None:
    cosigned = note() + cosignature.sign(note(), name=NAME, signer=SIGNER, at=NOON)
    assert cosignature.verify(cosigned, [WITNESS, OTHER]) == {WITNESS.public.kid: NOON}
    assert cosignature.verify(note(), [WITNESS]) == {}
    assert checkpoint.read(cosigned, origin=ORIGIN, key=KEY).size == 3


def test_what_a_witness_signs_is_written_as_c2sp_says() -> None:
    line = cosignature.sign(note(), name=NAME, signer=SIGNER, at=NOON)
    assert line.startswith(f"— {NAME} ")
    data = base64.b64decode(line.split(" ")[2])
    assert len(data) == 4 + 8 + 64
    assert int.from_bytes(data[4:12]) == int(NOON.timestamp())
    body = note().partition("\n\n")[0] + "\n"
    message = f"cosignature/v1\ntime {int(NOON.timestamp())}\n{body}"
    WITNESS.public.verify(data[12:], message.encode())


def test_the_time_stands_where_the_example_of_c2sp_has_it() -> None:
    """The cosignature printed in tlog-cosignature, which says `time 1679315147`."""
    printed = "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    _, (line,) = checkpoint.open_note(f"x\n\n— witness.example.com/w1 {printed}\n")
    assert (int.from_bytes(line.value[:8]), len(line.value)) == (1679315147, 72)


def test_a_cosignature_of_another_checkpoint_or_time_spoils_the_note() -> None:
    other = append(MemoryTiles(), None, 4).note
    moved = cosignature.sign(other, name=NAME, signer=SIGNER, at=NOON)
    with pytest.raises(BadLog, match="bad-cosignature"):
        cosignature.verify(note() + moved, [WITNESS])
    line = cosignature.sign(note(), name=NAME, signer=SIGNER, at=NOON)
    data = bytearray(base64.b64decode(line.split(" ")[2]))
    data[11] ^= 1
    with pytest.raises(BadLog, match="bad-cosignature"):
        cosignature.verify(note() + f"— {NAME} {base64.b64encode(data).decode()}\n", [WITNESS])


def test_a_plain_signature_by_a_witness_is_no_cosignature() -> None:
    state = checkpoint.sign(replace(append(MemoryTiles(), None, 3), origin=NAME), SIGNER)
    line = state.note.rpartition("\n\n")[2]
    assert cosignature.verify(note() + line, [WITNESS]) == {}


def test_a_verifier_key_leads_to_the_witness_and_back() -> None:
    text = cosignature.verifier_key(NAME, SIGNER.jwk)
    assert cosignature.read_verifier_key(text) == (NAME, WITNESS.public)
    log_key = checkpoint.verifier_key(NAME, SIGNER.jwk)
    for wrong in ("", text[:-1], text.replace("+", "-"), text.replace(NAME, "another.example"), log_key):
        with pytest.raises(BadKey):
            cosignature.read_verifier_key(wrong)


# The log asks, the witness judges.


class Log:
    """A log that grows, and what a witness has seen of it."""

    def __init__(self) -> None:
        self.storage = MemoryTiles()
        self.state: Checkpoint | None = None

    def grow(self, count: int) -> Checkpoint:
        self.state = append(self.storage, self.state, count)
        return self.state

    def ask(self, old: Checkpoint | None, new: Checkpoint) -> witness.Request:
        size = old.size if old else 0
        proof = tiles.consistency_proof(self.storage.read, size, new.size) if size else []
        return witness.read(witness.write(old_size=size, proof=proof, note=new.note))


def test_a_log_that_grows_is_cosigned_again_and_again() -> None:
    log = Log()
    seen = witness.judge(log.ask(None, log.grow(3)), keys=[KEY], seen=None)
    for count in (0, 1, 255, 300):
        new = log.grow(count)
        seen = witness.judge(log.ask(seen, new), keys=[KEY], seen=seen)
        assert seen == new


def refusal(
    request: witness.Request, seen: Checkpoint | None, key: PublicKey | None = KEY
) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        witness.judge(request, keys=[key] if key else [], seen=seen)
    return refused.value.status, refused.value.detail


def test_a_witness_refuses_with_the_status_that_c2sp_names() -> None:
    log = Log()
    first, second = log.grow(3), log.grow(4)
    stranger = PublicKey(jwk=MemorySigner.ed25519(bytes(32)).jwk)
    assert refusal(log.ask(None, first), None, key=None)[0] == 404
    assert refusal(log.ask(None, first), None, key=stranger)[0] == 403
    assert refusal(replace(log.ask(None, first), old_size=4), None)[0] == 400
    assert refusal(log.ask(None, second), first) == (409, "3")
    assert refusal(log.ask(first, second), second) == (409, "7")
    assert refusal(log.ask(first, second), None) == (409, "0")
    assert refusal(replace(log.ask(first, second), proof=()), first)[0] == 422
    assert refusal(replace(log.ask(None, first), proof=(bytes(32),)), None)[0] == 422


def test_a_witness_refuses_a_fork_of_any_size() -> None:
    log = Log()
    seen = log.grow(5)
    for entries in ([b"other"] * 5, [b"other"] * 9):
        fork = MemoryTiles()
        new = tlog_of(fork, entries)
        proof = tiles.consistency_proof(fork.read, 5, new.size) if new.size > 5 else []
        body = witness.write(old_size=5, proof=proof, note=new.note)
        assert refusal(witness.read(body), seen)[0] == 422


def tlog_of(storage: MemoryTiles, entries: list[bytes]) -> Checkpoint:
    from rukhsa.trust import tlog

    return tlog.integrate(storage, None, entries, origin=ORIGIN, signer=LOG_SIGNER, at=NOON)


def test_the_empty_log_can_be_cosigned_with_its_own_root_only() -> None:
    empty = Checkpoint(origin=ORIGIN, size=0, root=merkle.EMPTY_ROOT, at=datetime(2020, 11, 15, tzinfo=UTC))
    log = Log()
    for state, accepted in ((empty, True), (replace(empty, root=bytes(32)), False)):
        request = log.ask(None, checkpoint.sign(state, LOG_SIGNER))
        if accepted:
            assert witness.judge(request, keys=[KEY], seen=None) == state
        else:
            assert refusal(request, None)[0] == 422


@pytest.mark.parametrize(
    "change",
    [
        lambda body: b"",
        lambda body: body.replace(b"old 3", b"old 03"),
        lambda body: body.replace(b"old 3", b"old -3"),
        lambda body: body.replace(b"old 3", b"new 3"),
        lambda body: body.replace(b"\n\n", b"\n", 1),
        lambda body: body.replace(b"old 3\n", b"old 3\n" + base64.b64encode(bytes(31)) + b"\n"),
        lambda body: body.replace(b"old 3\n", b"old 3\n" + (base64.b64encode(bytes(32)) + b"\n") * 63),
        lambda body: body[:-1],
        lambda body: body.replace(b"old", b"\xff"),
    ],
)
def test_a_request_of_another_form_is_refused(change: Callable[[bytes], bytes]) -> None:
    log = Log()
    first, second = log.grow(3), log.grow(1)
    proof = tiles.consistency_proof(log.storage.read, first.size, second.size)
    body = witness.write(old_size=3, proof=proof, note=second.note)
    witness.read(body)
    with pytest.raises(Refused) as refused:
        witness.read(change(body))
    assert refused.value.status == 400
