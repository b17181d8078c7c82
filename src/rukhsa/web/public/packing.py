"""Text packed for the network, as the client takes it."""

import gzip
import hashlib
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Final

import brotli
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

# The densest first.
_PACKINGS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "br": brotli.compress,
    "gzip": partial(gzip.compress, compresslevel=9, mtime=0),
}
_NOT_TAKEN: Final = "q=0"


def packing_for(request: HttpRequest) -> str | None:
    """The densest encoding that the client takes (RFC 9110 §12.5.3); one with a weight of 0 it does not."""
    accepted = {
        name.strip(): weight.replace(" ", "")
        for name, _, weight in (
            part.partition(";") for part in request.headers.get("Accept-Encoding", "").split(",")
        )
    }
    return next((name for name in _PACKINGS if accepted.get(name, _NOT_TAKEN) != _NOT_TAKEN), None)


def pack(response: HttpResponse, request: HttpRequest) -> str | None:
    """Pack a response for its client; return the name of the encoding."""
    packing = packing_for(request)
    if packing:
        response.content = packed(response.content, packing)
        response.headers["Content-Encoding"] = packing
    patch_vary_headers(response, ["Accept-Encoding"])
    return packing


@lru_cache(maxsize=128)
def packed(body: bytes, packing: str) -> bytes:
    """`body` in one of the encodings that `packing_for` names; each is packed once."""
    return _PACKINGS[packing](body)


def etag(body: bytes, packing: str | None) -> str:
    """The strong validator of a body as it is sent (RFC 9110 §8.8.3)."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}{f"-{packing}" if packing else ""}"'
