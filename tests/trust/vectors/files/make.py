"""Released files for other verifiers: `python -m tests.trust.vectors.files.make` writes them again, by a new key.

The ECDSA of a time stamp is random and typst's bytes change with its version, so these are kept and not compared.
"""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rukhsa.trust import coverage
from rukhsa.trust.verifier import Verifier
from tests.trust import world
from tests.trust.attacks import Genuine
from tests.trust.world import NOON, Site

FOLDER = Path(__file__).parent
CASES = FOLDER / "cases.json"


def main() -> None:
    """Write the two files and what must be said of them, changed and unchanged."""
    genuine = Genuine()
    (FOLDER / "released.pdf").write_bytes(genuine.released)
    (FOLDER / "stamped.pdf").write_bytes(genuine.stamped)
    cases = [_judged(genuine.site, case) for case in _cases(genuine)]
    document = {
        "root": dict(world.ROOT.jwk),
        "at": NOON.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "trust_lists": {
            "stamping": world.signed_trust_list(genuine.site.trust_list),
            "plain": world.signed_trust_list(),
        },
        "files": {world.STATUS_URI: base64.b64encode(genuine.site.files[world.STATUS_URI]).decode()},
        "cases": cases,
    }
    CASES.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _cases(genuine: Genuine) -> list[dict[str, Any]]:
    covered = coverage.read(genuine.stamped)
    signature = covered.before + 1
    stamp = signature + 2 * len(covered.contents.rstrip(b"\0")) - 20  # in the stamp's own signature
    return [
        {"name": "not stamped", "file": "released.pdf"},
        {"name": "stamped", "file": "stamped.pdf"},
        {"name": "stamped by one that is not listed", "file": "stamped.pdf", "trust_list": "plain"},
        {"name": "a byte behind", "file": "stamped.pdf", "append": "0a"},
        {"name": "a byte of the page", "file": "stamped.pdf", "flip": [4000]},
        {"name": "a digit of the stamp", "file": "stamped.pdf", "flip": [stamp]},
        {"name": "a digit behind the signature", "file": "stamped.pdf", "flip": [covered.after - 3]},
    ]


def changed(case: dict[str, Any]) -> bytes:
    """The file of a case: the low bit of the bytes at `flip` turned over, `append` (hexadecimal) behind it."""
    data = bytearray((FOLDER / case["file"]).read_bytes())
    for at in case.get("flip", ()):
        data[at] ^= 1
    return bytes(data) + bytes.fromhex(case.get("append", ""))


def _judged(site: Site, case: dict[str, Any]) -> dict[str, Any]:
    trust_list = world.TRUST_LIST if case.get("trust_list") == "plain" else site.trust_list
    verifier = Verifier(trust_list=trust_list, status=site.source, log=site.source)
    verdict = verifier.verify_pdf(changed(case), at=NOON)
    said = {"word": verdict.word, "reason": verdict.reason, "stamp": verdict.stamp}
    moment = verdict.stamped_at and f"{datetime.fromtimestamp(verdict.stamped_at, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return {"trust_list": "stamping"} | case | said | {"stamped_at": moment}


if __name__ == "__main__":
    main()
