"""The public files: trust list, root key, status lists, log and open data. Anyone may fetch and cache them."""

import re
from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rukhsa.verification.own_verifier import public_folder
from rukhsa.web.access import public
from rukhsa.web.public.packing import etag, pack

# Where a file lies decides what it is and for how long it may be kept. What changes is asked for again each time,
# with its ETag; full tiles of the log never change.
_KINDS: Final = (
    (re.compile(r"trust-list\.jws"), "application/jose", "public, max-age=300"),
    (re.compile(r"root\.jwk"), "application/jwk+json", "public, max-age=300"),
    (re.compile(r"status/.+\.jwt"), "application/statuslist+jwt", "public, max-age=60"),
    (re.compile(r"status/.+"), "application/statuslist+cwt", "public, max-age=60"),
    (re.compile(r"open-data/datapackage\.json"), "application/json", "public, max-age=3600"),
    (re.compile(r"open-data/[0-9]{4}-[0-9]{2}\.csv"), "text/csv; charset=utf-8", "public, max-age=3600"),
    (re.compile(r"log/.+/checkpoint(\.witnessed)?"), "text/plain; charset=utf-8", "no-cache"),
    (re.compile(r"log/.+/tile/.+\.p/[0-9]+"), "application/octet-stream", "public, max-age=3600"),
    (re.compile(r"log/.+/tile/.+"), "application/octet-stream", "public, max-age=31536000, immutable"),
)
TRUST_LIST: Final = "trust-list.jws"
_PATH: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*", re.ASCII)


@public
@require_safe
def public_file(request: HttpRequest, path: str) -> HttpResponse:
    """A public file, for any site (CORS *), with an ETag of its content."""
    path = _as_accepted(request, path)
    media_type, caching = _kind(path)
    content = _read(public_folder(), path)
    # The trust list is base64url text of names and keys: a sixth of it is sent. Nothing of the others is to be saved.
    response = HttpResponse(content, content_type=media_type)
    packing = pack(response, request) if path == TRUST_LIST else None
    response.headers["ETag"] = etag(content, packing)
    response.headers["Cache-Control"] = caching
    if path.startswith("status/"):
        response.headers["Vary"] = "Accept"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return unchanged_or(response, request)


def unchanged_or(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """304 without a body if the client has these bytes already (RFC 9110 §13.1.2)."""
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
    if response.headers["ETag"] not in known:
        return response
    unchanged = HttpResponse(status=304)
    del unchanged.headers["Content-Type"]
    # The headers of a 304 replace those that the client has stored, so its own policy must be sent again.
    for name in (
        "Content-Security-Policy",
        "ETag",
        "Cache-Control",
        "Vary",
        "Access-Control-Allow-Origin",
        "Cross-Origin-Resource-Policy",
    ):
        if name in response.headers:
            unchanged.headers[name] = response.headers[name]
    return unchanged


def _as_accepted(request: HttpRequest, path: str) -> str:
    """The status list as a JWT for a client that accepts only that (the draft, §8.1); otherwise as named."""
    if not (path.startswith("status/") and path.endswith(".cwt")):
        return path
    named, other = "application/statuslist+cwt", "application/statuslist+jwt"
    preferred = request.get_preferred_type([named, other])
    return f"{path.removesuffix('.cwt')}.jwt" if preferred == other else path


def _kind(path: str) -> tuple[str, str]:
    if not _PATH.fullmatch(path):
        raise Http404
    for form, media_type, caching in _KINDS:
        if form.fullmatch(path):
            return media_type, caching
    raise Http404


def _read(folder: Path, path: str) -> bytes:
    try:
        return (folder / path).read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise Http404 from error
