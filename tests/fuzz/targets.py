"""Everything that the verifier eats: for each kind a judge and genuine samples, from which fuzzers begin.

A judge ends with a verdict or a refusal that has a code; anything else is a crash. None may say "valid" but of the
samples themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from rukhsa.trust import (
    checkpoint,
    document,
    jws,
    picture,
    qr,
    seal,
    statuslist,
    tiles,
    tlogproof,
    trustlist,
)
from rukhsa.trust.errors import TrustError
from rukhsa.trust.keys import PublicKey
from rukhsa.trust.verdict import Verdict
from tests.trust import files, world

STATUS_KEYS = [PublicKey(jwk=world.STATUS_SIGNER.jwk)]
LOG_KEY = PublicKey(jwk=world.LOG_SIGNER.jwk)


class Accepted(AssertionError):
    """An unsigned document was taken for genuine."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """One kind of input."""

    judge: Callable[[bytes], object]
    samples: Callable[[], list[bytes]]


@cache
def site() -> tuple[world.Site, bytes]:
    """A site, and a seal that is valid by it."""
    made = world.town_hall()
    return made, made.issue()


def try_one(name: str, data: bytes) -> None:
    """Judge one input. Raises whatever the verifier did not foresee, and Accepted."""
    target = TARGETS[name]
    try:
        found = target.judge(data)
    except TrustError:  # it has a code
        return
    if isinstance(found, Verdict):
        if found.reason == "fault":
            raise AssertionError(found.detail)
        if found.valid and data not in target.samples():
            raise Accepted(data.hex())


def _text(data: bytes) -> Verdict:
    return site()[0].verifier.verify_text(data.decode("utf-8", "surrogateescape"), at=world.NOON)


def _seal(data: bytes) -> Verdict:
    return site()[0].verifier.verify_seal(data, at=world.NOON)


def _pdf(data: bytes) -> Verdict:
    return site()[0].verifier.verify_pdf(data, at=world.NOON)


def _proof(data: bytes) -> Verdict:
    made, sealed = site()
    return made.verifier.verify_seal(sealed, at=world.NOON, proof=data.decode("utf-8", "replace"))


def _tile(data: bytes) -> Verdict:
    made, sealed = site()
    assert made.checkpoint is not None
    served = world.Site(files=dict(made.files))
    served.files[world.LOG + tiles.tile_path(0, 0, made.checkpoint.size)] = data
    return served.verifier.verify_seal(sealed, at=world.NOON)


def _status(data: bytes) -> object:
    read = statuslist.read(data, uri=world.STATUS_URI, keys=STATUS_KEYS)
    if data not in _statuses():
        raise Accepted(data.hex())
    return read


def _statuses() -> list[bytes]:
    return [world.status_token(), world.status_jwt()]


def _unpack(data: bytes) -> object:
    return statuslist.unpack({"bits": 2, "lst": data})


def _checkpoint(data: bytes) -> object:
    return checkpoint.read(data.decode("utf-8", "replace"), origin=world.CAPITAL.log_origin, key=LOG_KEY)


def _trust_list(data: bytes) -> object:
    return trustlist.read(data.decode("utf-8", "replace"), world.ROOT.jwk)


def _notes() -> list[bytes]:
    note = site()[0].checkpoint
    assert note is not None
    return [note.note.encode()]


def _proofs() -> list[bytes]:
    made, sealed = site()
    return [files.attachments(made, sealed)["seal.tlog-proof"]]


def _tiles() -> list[bytes]:
    made, _ = site()
    assert made.checkpoint is not None
    return [made.files[world.LOG + tiles.tile_path(0, 0, made.checkpoint.size)]]


@cache
def _pdfs() -> list[bytes]:
    made, sealed = site()
    return [files.sign(files.compose(files.attachments(made, sealed)))]


@cache
def _pictures() -> list[bytes]:
    import io

    from PIL import Image

    rows = qr.matrix(world.text_of(site()[1]))
    image = Image.new("L", (len(rows) + 8, len(rows) + 8), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            image.putpixel((x + 4, y + 4), 0 if dark else 255)
    made = []
    for kind in ("PNG", "JPEG", "WEBP"):
        file = io.BytesIO()
        image.resize((image.width * 2, image.height * 2)).save(file, kind)
        made.append(file.getvalue())
    return made


TARGETS = {
    "text": Target(judge=_text, samples=lambda: [world.text_of(site()[1]).encode()]),
    "seal": Target(judge=_seal, samples=lambda: [site()[1]]),
    "decoder": Target(judge=seal.read, samples=lambda: [site()[1]]),
    "pdf": Target(judge=_pdf, samples=_pdfs),
    "picture": Target(judge=picture.code_in, samples=_pictures),
    "any-file": Target(judge=document.tell_apart, samples=lambda: [*_pictures(), site()[1]]),
    "proof": Target(judge=_proof, samples=_proofs),
    "proof-alone": Target(
        judge=lambda data: tlogproof.read(data.decode("utf-8", "replace")), samples=_proofs
    ),
    "tile": Target(judge=_tile, samples=_tiles),
    "checkpoint": Target(judge=_checkpoint, samples=_notes),
    "status-list": Target(judge=_status, samples=_statuses),
    "zlib": Target(judge=_unpack, samples=lambda: [bytes.fromhex("78dadbb918000217015d")]),
    "trust-list": Target(judge=_trust_list, samples=lambda: [world.signed_trust_list().encode()]),
    "jws": Target(
        judge=lambda data: jws.read(data.decode("utf-8", "replace"), type="statuslist+jwt", keys=STATUS_KEYS),
        samples=lambda: [world.status_jwt()],
    ),
}
