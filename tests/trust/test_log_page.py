"""The worked example of docs/formats/log.md is what the code makes."""

from rukhsa.project.config import PROJECT
from rukhsa.trust import checkpoint, cosignature, merkle, tiles, tlog, witness
from rukhsa.trust.tiles import MemoryTiles
from tests.trust.world import CAPITAL, LOG_SIGNER, NOON, WITNESS_SIGNERS

PAGE = PROJECT / "docs/formats/log.md"
NAME = next(iter(WITNESS_SIGNERS))


def example() -> list[str]:
    """The blocks of the example in their order."""
    entries = [tlog.entry("file", name) for name in (b"one", b"two", b"three")]
    storage = MemoryTiles()
    first = tlog.integrate(storage, None, entries[:2], origin=CAPITAL.log_origin, signer=LOG_SIGNER, at=NOON)
    state = tlog.integrate(storage, first, entries[2:], origin=CAPITAL.log_origin, signer=LOG_SIGNER, at=NOON)
    line = cosignature.sign(state.note, name=NAME, signer=WITNESS_SIGNERS[NAME], at=NOON)
    leaves = [merkle.leaf_hash(entry).hex() for entry in entries]
    proof = tiles.consistency_proof(storage.read, first.size, state.size)
    return [
        entries[0].hex(),
        "\n".join(leaves),
        storage.files["tile/entries/000.p/3"].hex(),
        state.root.hex(),
        checkpoint.verifier_key(CAPITAL.log_origin, LOG_SIGNER.jwk),
        cosignature.verifier_key(NAME, WITNESS_SIGNERS[NAME].jwk),
        state.note + line,
        tlog.proof(storage, 0, state),
        witness.write(old_size=first.size, proof=proof, note=state.note).decode(),
    ]


def test_the_worked_example_of_the_page_is_what_the_code_makes() -> None:
    page = PAGE.read_text("utf-8")
    for block in example():
        indented = "\n".join(f"    {line}" if line else "" for line in block.rstrip("\n").split("\n"))
        assert f"\n{indented}\n" in page, f"\n{indented}\n"
