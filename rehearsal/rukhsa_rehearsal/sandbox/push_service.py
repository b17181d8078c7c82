"""A browser's push service (RFC 8030): it takes messages that it cannot read, of senders that prove who they are."""

import base64
import time
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rukhsa_rehearsal.sandbox.fault_modes import Fault
from rukhsa_rehearsal.sandbox.store import Store

KIND = "push"
_LARGEST = 4096  # bytes (RFC 8291, section 4)


async def take(request: Request) -> Response:
    """POST /push/DEVICE: 201 for an encrypted message of a signed sender; the last message of a topic replaces it."""
    store: Store = request.app.state.store
    fault: Fault | None = request.state.fault
    if fault and fault.mode == "gone":
        return Response(status_code=410)
    body, headers = await request.body(), request.headers
    if headers.get("content-encoding") != "aes128gcm" or not headers.get("ttl", "").isdigit():
        return JSONResponse({"error": "content-encoding: aes128gcm and ttl are needed"}, status_code=400)
    if len(body) > _LARGEST:
        return Response(status_code=413)
    if wrong := _wrong_sender(request):
        return JSONResponse({"error": wrong}, status_code=403)
    device = request.path_params["device"]
    topic = headers.get("topic", "")
    message = {
        "device": device,
        "topic": topic,
        "body": base64.b64encode(body).decode(),
        "ttl": headers["ttl"],
    }
    store.put(KIND, f"{device}-{topic or time.time_ns()}", message)
    return Response(status_code=201, headers={"location": f"/push/{device}/{topic}"})


async def show(request: Request) -> Response:
    """GET /push/DEVICE: the messages that wait for a device, still encrypted."""
    store: Store = request.app.state.store
    device = request.path_params["device"]
    return JSONResponse([one for one in store.all(KIND) if one["device"] == device])


def _wrong_sender(request: Request) -> str:
    """Why the sender is not believed (RFC 8292): the key is the sender's own, the audience is this service."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in given.split(","))
    if scheme != "vapid" or {"t", "k"} - parts.keys():
        return "authorization: vapid t=…, k=… is needed"
    here = urlsplit(str(request.url))
    # RFC 8292 has the whole origin; the library that we send with leaves a port out, which real services do not have.
    audience = {f"{here.scheme}://{here.netloc}", f"{here.scheme}://{here.hostname}"}
    try:
        point = base64.urlsafe_b64decode(f"{parts['k']}==")
        key = ECKey.import_key(
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point).public_bytes(
                Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
            )
        )
        told = jwt.decode(parts["t"], key, algorithms=["ES256"]).claims
    except (ValueError, JoseError) as error:
        return f"the token is not believed: {error}"
    if told.get("aud") not in audience or not str(told.get("sub", "")).startswith("mailto:"):
        return "aud is the origin of this service, and sub a mail address"
    left = told.get("exp", 0) - time.time()
    return "" if 0 < left <= 24 * 3600 else "exp is within a day"
