"""The system of a relying agency: it takes changes that are signed with the secret it was given, each once."""

import json
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rukhsa.values.http_signature import BadSignature, require_signed
from rukhsa_rehearsal.sandbox.store import Store

KIND = "changes"


async def take(request: Request) -> Response:
    """POST /agency/NAME/changes: 204 for changes that are signed; any other answer has them sent again."""
    store: Store = request.app.state.store
    name, content = request.path_params["name"], await request.body()
    secret = store.get(f"{KIND}-secret", name) or {}
    try:
        require_signed(
            str(secret.get("secret", "")).encode(),
            request.headers,
            target=str(request.url),
            content=content,
            at=int(time.time()),
        )
    except BadSignature as bad:
        return JSONResponse({"error": str(bad)}, status_code=401)
    told = json.loads(content)
    store.put(KIND, f"{name}-{told['cursor']}", {"name": name, **told})
    return Response(status_code=204)


async def give_secret(request: Request) -> Response:
    """PUT /agency/NAME/secret: the secret that the desk showed, as the agency's own people would enter it."""
    store: Store = request.app.state.store
    store.put(f"{KIND}-secret", request.path_params["name"], {"secret": (await request.body()).decode()})
    return Response(status_code=204)


async def show(request: Request) -> Response:
    """GET /agency/NAME/changes: what it took, in the order in which it came."""
    store: Store = request.app.state.store
    return JSONResponse([one for one in store.all(KIND) if one["name"] == request.path_params["name"]])
