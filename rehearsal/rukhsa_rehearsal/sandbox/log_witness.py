"""A stand-in for a witness of logs (C2SP tlog-witness): it cosigns a log that only grew since last time."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from rukhsa.trust import cosignature, trustlist, witness
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.keys import MemorySigner, PublicKey
from rukhsa_rehearsal.sandbox.fault_modes import Fault
from rukhsa_rehearsal.sandbox.store import Record, Store

KIND = "witness"
NAME = "witness.sandbox.example"
# It is public, so production refuses it by its name.
SIGNER = MemorySigner.ed25519(hashlib.sha256(b"the sandbox's witness").digest())


async def add_checkpoint(request: Request) -> Response:
    """POST …/add-checkpoint: the cosignature, or 400, 403, 404, 409 with the size seen last, 422."""
    fault: Fault | None = request.state.fault
    body = await request.body()
    if fault and fault.mode == "down":
        return PlainTextResponse("unavailable\n", status_code=503)
    try:
        # No await from here on, so that the last checkpoint seen is compared and replaced in one step.
        return _answer(request, witness.read(body), fault.mode if fault else "")
    except witness.Refused as refused:
        if refused.status == 409:
            headers = {"content-type": witness.SIZE_TYPE}
            return Response(f"{refused.detail}\n".encode(), status_code=409, headers=headers)
        return PlainTextResponse(f"{refused}\n", status_code=refused.status)


async def show_checkpoint(request: Request) -> Response:
    """GET …/{SHA-256 of the origin}/checkpoint: the checkpoint cosigned last."""
    seen = _store(request).get(KIND, request.path_params["origin"])
    return PlainTextResponse(seen["note"]) if seen else PlainTextResponse("unknown\n", status_code=404)


def _answer(request: Request, asked: witness.Request, fault: str) -> Response:
    store, name = _store(request), hashlib.sha256(asked.origin.encode()).hexdigest()
    if fault == "refuses":
        raise witness.Refused(403, "bad-checkpoint", "as the fault says")
    if fault == "forgets":
        store.remove(KIND, name)
    seen = store.get(KIND, name)
    keys = _keys_of(request.app.state.logs, asked.origin)
    new = witness.judge(asked, keys=keys, seen=_state(seen) if seen else None)
    line = cosignature.sign(new.note, name=NAME, signer=SIGNER, at=datetime.now(UTC))
    store.put(KIND, name, _record(new) | {"note": new.note + line})
    return PlainTextResponse(_spoiled(line) if fault == "wrong-signature" else line)


def _record(state: Checkpoint) -> Record:
    return {
        "origin": state.origin,
        "size": state.size,
        "root": state.root.hex(),
        "at": state.at.isoformat(),
    }


def _state(record: Record) -> Checkpoint:
    return Checkpoint(
        origin=record["origin"],
        size=record["size"],
        root=bytes.fromhex(record["root"]),
        at=datetime.fromisoformat(record["at"]),
    )


def _spoiled(line: str) -> str:
    dash, name, encoded = line.rstrip().split(" ")
    data = bytearray(base64.b64decode(encoded))
    data[-1] ^= 1
    return f"{dash} {name} {base64.b64encode(data).decode()}\n"


def _keys_of(logs: Path | None, origin: str) -> list[PublicKey]:
    """The keys of a log, from the trust list in the witness's folder of public files."""
    if logs is None or not (logs / "trust-list.jws").exists():
        return []
    root = json.loads((logs / "root.jwk").read_text())
    listed = trustlist.read((logs / "trust-list.jws").read_text(), root).authorities
    return [key for each in listed if each.log_origin == origin for key in each.keys_for("log")]


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
