"""The public files: trust list, root key, status lists, log and open data. Anyone may fetch and cache them."""

from http import HTTPStatus
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rukhsa.issuance import site
from rukhsa.issuance.public_file import kind_of
from rukhsa.trust.errors import Unavailable
from rukhsa.web.access import public
from rukhsa.web.public.packing import etag, pack

TRUST_LIST: Final = "trust-list.jws"


@public
@require_safe
def public_file(request: HttpRequest, path: str) -> HttpResponse:
    """A public file, for any site (CORS *), with an ETag of its content."""
    path = _as_accepted(request, path)
    if (kind := kind_of(path)) is None:
        raise Http404
    try:
        content = site.recent(path)
    except Unavailable as error:
        if error.is_missing:
            raise Http404 from error
        # Not 404: caches and verifiers would take that for "there is no such list".
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "5"})
    # The trust list is base64url text of names and keys: a sixth of it is sent. Nothing of the others is to be saved.
    response = HttpResponse(content, content_type=kind.media_type)
    packing = pack(response, request) if path == TRUST_LIST else None
    response.headers["ETag"] = etag(content, packing)
    response.headers["Cache-Control"] = kind.caching
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
