import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rukhsa.trust import checkpoint, merkle, tiles, tlog, tlogproof
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import BadLog, Unavailable
from rukhsa.trust.keys import MemorySigner, PublicKey, base64url
from rukhsa.trust.tiles import FolderTiles, MemoryTiles
from tests.trust.world import LOG_SIGNER, NOON

ORIGIN = "v.mun.example/log/capital"
KEY = PublicKey(jwk=LOG_SIGNER.jwk)


def entries(start: int, end: int) -> list[bytes]:
    return [b"entry %d" % number for number in range(start, end)]


def append(storage: tiles.Tiles, previous: Checkpoint | None, count: int) -> Checkpoint:
    start = previous.size if previous else 0
    new = entries(start, start + count)
    return tlog.integrate(storage, previous, new, origin=ORIGIN, signer=LOG_SIGNER, at=NOON)


def root_of_first(size: int) -> bytes:
    return merkle.root_of([merkle.leaf_hash(entry) for entry in entries(0, size)])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=6))
def test_a_log_grown_in_batches_is_the_tree_over_its_entries(batches: list[int]) -> None:
    storage, state = MemoryTiles(), None
    states = []
    for count in batches:
        state = append(storage, state, count)
        assert state.root == root_of_first(state.size)
        states.append(state)
    for earlier in states:
        if earlier.size and state:
            proof = tiles.consistency_proof(storage.read, earlier.size, state.size)
            merkle.verify_consistency(earlier.size, state.size, proof, earlier.root, state.root)


def test_every_entry_of_a_log_of_three_levels_can_be_proved() -> None:
    storage = MemoryTiles()
    state = append(storage, append(storage, None, 65_000), 900)
    assert "tile/2/000.p/1" in storage.files
    for index in (0, 1, 255, 256, 64_999, 65_000, 65_535, 65_536, state.size - 1):
        text = tlog.proof(storage, index, state)
        assert tlogproof.read(text).index == index
        assert tlogproof.read(text).verify(b"entry %d" % index, origin=ORIGIN, key=KEY) == state


def test_a_proof_of_another_entry_is_refused() -> None:
    storage = MemoryTiles()
    proof = tlogproof.read(tlog.proof(storage, 5, append(storage, None, 9)))
    proof.verify(b"entry 5", origin=ORIGIN, key=KEY)
    with pytest.raises(BadLog):
        proof.verify(b"entry 6", origin=ORIGIN, key=KEY)
    with pytest.raises(BadLog):
        replace(proof, index=6).verify(b"entry 5", origin=ORIGIN, key=KEY)
    with pytest.raises(BadLog):
        proof.verify(b"entry 5", origin="v.mun.example/log/southern", key=KEY)


def test_appending_touches_only_the_right_edge() -> None:
    storage = MemoryTiles()
    state = append(storage, None, 70_000)
    before = dict(storage.files)
    append(storage, state, 1)
    changed = {path for path, data in storage.files.items() if before.get(path) != data}
    assert changed == {"tile/0/273.p/113", "tile/entries/273.p/113"}


def test_entries_are_kept_with_their_lengths() -> None:
    storage = MemoryTiles()
    append(storage, None, 2)
    assert storage.files["tile/entries/000.p/2"] == b"\x00\x07entry 0\x00\x07entry 1"


def test_paths_group_digits_by_three() -> None:
    assert tiles.tile_path(0, 0) == "tile/0/000"
    assert tiles.tile_path(1, 1_234_067, 8) == "tile/1/x001/x234/067.p/8"
    assert tiles.entries_path(1000) == "tile/entries/x001/000"


def test_a_log_never_follows_a_stranger() -> None:
    storage = MemoryTiles()
    state = append(storage, None, 5)
    integrate: Callable[..., Checkpoint] = tlog.integrate
    fine = {"origin": ORIGIN, "signer": LOG_SIGNER, "at": NOON}
    for wrong, code in (
        ({"at": NOON - timedelta(seconds=1)}, "time-went-back"),
        ({"origin": "v.mun.example/log/southern"}, "other-origin"),
    ):
        with pytest.raises(BadLog) as refused:
            integrate(storage, state, [b"x"], **(fine | wrong))
        assert refused.value.code == code
    assert integrate(storage, state, [b"x"], **fine).size == 6


def test_a_log_whose_folder_was_restored_from_before_stops() -> None:
    storage = MemoryTiles()
    old = append(storage, None, 300)
    backup = MemoryTiles(files=dict(storage.files))
    new = append(storage, old, 300)
    assert append(storage, new, 1).size == 601
    with pytest.raises((BadLog, Unavailable)):
        append(backup, new, 1)


def test_a_log_whose_tile_was_changed_stops() -> None:
    storage = MemoryTiles()
    state = append(storage, None, 5)
    tile = storage.files["tile/0/000.p/5"]
    storage.files["tile/0/000.p/5"] = bytes(32) + tile[32:]
    with pytest.raises(BadLog, match="tiles-do-not-match"):
        append(storage, state, 1)


def test_a_batch_that_was_not_kept_is_written_again() -> None:
    storage = MemoryTiles()
    state = append(storage, None, 250)
    lost = tlog.integrate(storage, state, [b"lost"] * 20, origin=ORIGIN, signer=LOG_SIGNER, at=NOON)
    again = append(storage, state, 20)
    assert again.root == root_of_first(270) != lost.root
    assert tiles.root(storage.read, 270) == again.root


def test_a_folder_keeps_a_log(tmp_path: Path) -> None:
    storage = FolderTiles(folder=tmp_path)
    state = append(storage, None, 300)
    tlog.publish(storage, state)
    assert (tmp_path / "checkpoint").read_text() == state.note
    assert append(FolderTiles(folder=tmp_path), state, 1).root == root_of_first(301)
    assert [path.name for path in tmp_path.rglob(".*")] == [tiles.LOCK_FILE]


def test_a_write_that_breaks_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = FolderTiles(folder=tmp_path)
    storage.write("checkpoint", b"old")
    monkeypatch.setattr("os.fsync", no_space)
    with pytest.raises(OSError, match="no space"):
        storage.write("checkpoint", b"new")
    assert storage.read("checkpoint") == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


def no_space(file: int) -> None:
    raise OSError("no space")


class Failing(MemoryTiles):
    """Tiles whose n-th write fails: before it is kept, or after."""

    def write(self, path: str, data: bytes) -> None:
        self.files["writes left"] = bytes([self.files["writes left"][0] - 1, self.files["writes left"][1]])
        left, kept = self.files["writes left"]
        if left or kept:
            super().write(path, data)
        if not left:
            raise OSError("no answer")


@pytest.mark.parametrize("kept", [False, True])
def test_each_write_may_fail_or_be_kept_and_reported_failed(kept: bool) -> None:
    storage = MemoryTiles()
    state = append(storage, None, 250)
    writes = 0
    while True:
        writes += 1
        broken = Failing(files=storage.files | {"writes left": bytes([writes, kept])})
        try:
            append(broken, state, 300)
        except OSError:
            repaired = MemoryTiles(
                files={path: data for path, data in broken.files.items() if path != "writes left"}
            )
            assert append(repaired, state, 20).root == root_of_first(270)
            assert append(repaired, append(repaired, state, 20), 600).root == root_of_first(870)
            continue
        break
    assert writes > 6


def test_an_entry_too_long_for_its_length_is_refused() -> None:
    with pytest.raises(BadLog, match="bad-entry"):
        tlog.integrate(MemoryTiles(), None, [bytes(65_536)], origin=ORIGIN, signer=LOG_SIGNER, at=NOON)


def test_a_checkpoint_is_a_note_of_the_ecosystem() -> None:
    state = append(MemoryTiles(), None, 3)
    lines = state.note.split("\n")
    assert lines[:2] == [ORIGIN, "3"]
    assert base64.b64decode(lines[2]) == state.root
    assert lines[3] == "at 2020-11-15T09:00:00Z"
    assert lines[5].startswith(f"— {ORIGIN} ")
    assert checkpoint.verifier_key(ORIGIN, LOG_SIGNER.jwk).startswith(f"{ORIGIN}+")


def test_a_cosignature_of_another_is_passed_over() -> None:
    state = append(MemoryTiles(), None, 3)
    witnessed = state.note + "— witness.example " + base64.b64encode(bytes(76)).decode() + "\n"
    assert checkpoint.read(witnessed, origin=ORIGIN, key=KEY) == state


def test_sixteen_signatures_of_others_in_any_script_and_size_are_passed_over() -> None:
    state = append(MemoryTiles(), None, 3)
    large = base64.b64encode(bytes(4 + 8 + 2420)).decode()  # as long as those of ML-DSA-44
    note = state.note + "".join(f"— شاهد.example/{number} {large}\n" for number in range(16))
    assert checkpoint.read(note, origin=ORIGIN, key=KEY) == state


def test_each_line_of_the_log_s_own_key_must_verify() -> None:
    state = append(MemoryTiles(), None, 3)
    line = state.note.rpartition("\n\n")[2]
    assert checkpoint.read(state.note + line, origin=ORIGIN, key=KEY) == state
    forged = line[:-5] + ("A" if line[-5] != "A" else "B") + line[-4:]
    with pytest.raises(BadLog, match="does not verify"):
        checkpoint.read(state.note + forged, origin=ORIGIN, key=KEY)


def test_the_example_of_c2sp_signed_note_is_read_and_verified() -> None:
    """The note and the verifier key printed in the specification."""
    note = (
        "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZ"
        "XsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    )
    public = base64.b64decode("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")[1:]
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(public)}
    body, (signature,) = checkpoint.open_note(note)
    assert signature.key_id == checkpoint.key_id("example.com/foo", jwk) == bytes.fromhex("530d903a")
    PublicKey(jwk=jwk).verify(signature.value, body.encode())
    assert checkpoint.verifier_key("example.com/foo", jwk).startswith("example.com/foo+530d903a+AekyeRrm56h")


def test_extra_data_of_a_proof_is_passed_over() -> None:
    storage = MemoryTiles()
    text = tlog.proof(storage, 5, append(storage, None, 9))
    more = tlogproof.read(text.replace("index 5", "extra AAAA\nindex 5"))
    assert more == tlogproof.read(text)


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("\n3\n", "\n4\n"),
        lambda note: note.replace("\n3\n", "\n03\n"),
        lambda note: note.replace("at 2020", "at 2021"),
        lambda note: note.replace("at 2020-11-15T09:00:00Z\n", ""),
        lambda note: note.replace("at 2020-11", "at 2020-13"),
        lambda note: note.replace(ORIGIN, "v.mun.example/log/southern"),
        lambda note: note.rstrip("\n"),
        lambda note: note.replace("— ", "- "),
        lambda note: note.partition("— ")[0],
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note + "x" * 70_000,
        lambda note: note + "— witness+example AAAAAAA=\n",
        lambda note: note + "— witness\u2003example AAAAAAA=\n",
        lambda note: note + "— witness.example AAAA\n",
        lambda note: "",
    ],
)
def test_a_checkpoint_that_was_changed_is_refused(change: Callable[[str], str]) -> None:
    note = append(MemoryTiles(), None, 3).note
    checkpoint.read(note, origin=ORIGIN, key=KEY)
    with pytest.raises(BadLog):
        checkpoint.read(change(note), origin=ORIGIN, key=KEY)


def test_a_checkpoint_of_another_key_is_refused() -> None:
    note = append(MemoryTiles(), None, 3).note
    with pytest.raises(BadLog, match="not signed by the log's key"):
        checkpoint.read(note, origin=ORIGIN, key=PublicKey(jwk=MemorySigner.ed25519(bytes(32)).jwk))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("index 5", "index 05"),
        lambda text: text.replace("index 5", "index -5"),
        lambda text: text.replace("index 5", "extra AAAA\nextra AAAA\nindex 5"),
        lambda text: text.replace("index 5", "extra \nindex 5"),
        lambda text: text.replace("=\n", "\n", 1),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: "",
        lambda text: text + "x" * 90_000,
    ],
)
def test_a_proof_of_another_form_is_refused(change: Callable[[str], str]) -> None:
    storage = MemoryTiles()
    text = tlog.proof(storage, 5, append(storage, None, 9))
    tlogproof.read(text)
    with pytest.raises(BadLog):
        tlogproof.read(change(text)).verify(b"entry 5", origin=ORIGIN, key=KEY)


def test_a_kind_and_a_file_make_an_entry() -> None:
    assert tlog.entry("file", b"").hex().startswith("8264" + b"file".hex() + "5820e3b0c442")
