"""Judges files, each in a process of its own with few seconds of processor and 200 MB more than the verifier at rest.

    python -m tests.trust.bounded FOLDER      a file is named KIND.NAME; a line of JSON for each

Not a test by itself: test_bad_input.py runs it.
"""

import json
import os
import resource
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import zxingcpp
from PIL import Image

from rukhsa.trust import checkpoint, document, pdf, picture, statuslist, tiles, tlogproof, trustlist
from rukhsa.trust.errors import TrustError
from rukhsa.trust.keys import PublicKey
from rukhsa.trust.verdict import Verdict
from tests.trust import world

# At rest none takes more than half a second of processor; a machine that is slow or shared makes much more of it.
SECONDS, BYTES = 10, 200 << 20
SECONDS_OF_A_CONTROL = 1
LOADED = (pdf, picture, zxingcpp, Image.init())  # now, so that loading them is in no case's second
SITE = world.town_hall()
SEALED = SITE.issue()
STATUS_KEYS = [PublicKey(jwk=world.STATUS_SIGNER.jwk)]
LOG_KEY = PublicKey(jwk=world.LOG_SIGNER.jwk)


def whole(data: bytes) -> Verdict:
    """What the command and the page's server do with a file that a person hands in."""
    handed_in = document.tell_apart(data)
    if handed_in.text is not None:
        return SITE.verifier.verify_text(handed_in.text, at=world.NOON)
    if handed_in.file is None:
        return SITE.verifier.verify_seal(handed_in.seal_bytes, at=world.NOON)
    return SITE.verifier.verify_pdf(handed_in.file, at=world.NOON)


def tile(data: bytes) -> Verdict:
    """The verdict where this tile is served instead of the true one."""
    assert SITE.checkpoint is not None
    served = world.Site(files=dict(SITE.files))
    served.files[world.LOG + tiles.tile_path(0, 0, SITE.checkpoint.size)] = data
    return served.verifier.verify_seal(SEALED, at=world.NOON)


def proof(data: bytes) -> Verdict:
    """The verdict where this proof comes with the seal."""
    return SITE.verifier.verify_seal(SEALED, at=world.NOON, proof=data.decode("utf-8", "replace"))


def looks_for_ever(_: bytes) -> None:
    """A control: a reader that hangs."""
    while True:
        pass


JUDGES: dict[str, Callable[[bytes], object]] = {
    "text": lambda data: SITE.verifier.verify_text(data.decode("utf-8", "replace"), at=world.NOON),
    "seal": lambda data: SITE.verifier.verify_seal(data, at=world.NOON),
    "file": whole,
    "tile": tile,
    "proof": proof,
    "status": lambda data: statuslist.read(data, uri=world.STATUS_URI, keys=STATUS_KEYS),
    "checkpoint": lambda data: checkpoint.read(
        data.decode("utf-8", "replace"), origin=world.CAPITAL.log_origin, key=LOG_KEY
    ),
    "proof-alone": lambda data: tlogproof.read(data.decode("utf-8", "replace")),
    "trust-list": lambda data: trustlist.read(data.decode("utf-8", "replace"), world.ROOT.jwk),
    "control-inflate": zlib.decompress,
    "control-loop": looks_for_ever,
}


def outcome(kind: str, data: bytes) -> str:
    """The verdict's word and reason, or the refusal's code."""
    try:
        found = JUDGES[kind](data)
    except TrustError as error:
        return f"refused {error.code}"
    except MemoryError:
        return "out of memory"
    return f"{found.word} {found.reason}" if isinstance(found, Verdict) else "taken"


def bounded(kind: str, data: bytes) -> str:
    """The outcome, or the signal by which the limits ended the child."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        seconds = SECONDS_OF_A_CONTROL if kind.startswith("control") else SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        os.write(write, outcome(kind, data).encode())
        os._exit(0)
    os.close(write)
    _, status = os.waitpid(child, 0)
    with os.fdopen(read, "rb") as said:
        code = os.waitstatus_to_exitcode(status)
        return said.read().decode() if code == 0 else f"ended by {code}"


def main() -> None:
    for path in sorted(Path(sys.argv[1]).iterdir()):
        kind = path.name.partition(".")[0]
        sys.stdout.write(json.dumps({"name": path.name, "outcome": bounded(kind, path.read_bytes())}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
