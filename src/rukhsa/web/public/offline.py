"""The verifier as an installable app: its manifest, and the service worker that caches its files."""

import hashlib
import json
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.csp import CSP, build_policy
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from rukhsa.catalogue.territory import territory
from rukhsa.web import look
from rukhsa.web.access import public
from rukhsa.web.public import assets, page, signed_files
from rukhsa.web.templatetags.theme import colour

_MAY_FETCH: Final = build_policy({"default-src": [CSP.NONE], "connect-src": [CSP.SELF]})
_WHAT_IS_KEPT: Final = "/* what is kept */"
# Where files shared by other apps arrive: only the service worker answers there.
SHARED: Final = "shared"
# The system stores the icon of an installed app; letters that few documents have come over the network.
_NOT_KEPT: Final = ("icon-", *look.RARE)
_ENDINGS: Final = {
    "application/pdf": [".pdf"],
    "image/png": [".png"],
    "image/jpeg": [".jpg", ".jpeg"],
    "image/webp": [".webp"],
}


@public
@require_safe
def manifest(request: HttpRequest, language: str) -> HttpResponse:
    """The web app manifest in one language (W3C Web Application Manifest, Web Share Target)."""
    return _asked_anew(_manifest(language), "application/manifest+json", request)


@public
@require_safe
@page.where_published
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the digest of every file of this release: a file that differs is not cached."""
    kept = json.dumps(_release(request), indent=1)
    script = assets.service_worker().replace(_WHAT_IS_KEPT, kept, 1).encode()
    return _asked_anew(script, "text/javascript; charset=utf-8", request, policy=_MAY_FETCH)


def _release(request: HttpRequest) -> dict[str, Any]:
    """The files of this release: address and digest of each, and where shared files arrive."""
    languages = territory().languages
    pages = {reverse(f"public:page-{each}"): page.shell(request, each).content for each in languages}
    manifests = {reverse(f"public:manifest-{each}"): _manifest(each) for each in languages}
    own = {
        name: assets.content(name) for name in assets.names() if not any(part in name for part in _NOT_KEPT)
    }
    waiting = {name: body for name, body in own.items() if name.startswith(assets.WHEN_ASKED_FOR)}
    at_once = {name: body for name, body in own.items() if name not in waiting}
    digests = {
        "atOnce": _digests(pages | manifests | _addressed(at_once)),
        "whenAskedFor": _digests(_addressed(waiting)),
    }
    version = hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()[:16]
    return {"version": version, **digests, "shared": {f"{home}{SHARED}": home for home in pages}}


def _addressed(own: dict[str, bytes]) -> dict[str, bytes]:
    return {reverse("public:asset", args=[name]): body for name, body in own.items()}


def _digests(files: dict[str, bytes]) -> dict[str, str]:
    return {address: assets.integrity(body) for address, body in files.items()}


def _manifest(language: str) -> bytes:
    home = reverse(f"public:page-{language}")
    with translation.override(language):
        name, description = gettext("Check a document"), gettext("Check a licence or certificate")
    return json.dumps(
        {
            **{"name": name, "short_name": name, "description": description},
            **{"id": home, "start_url": home, "scope": "/", "display": "standalone", "lang": language},
            "dir": "rtl" if translation.get_language_info(language)["bidi"] else "ltr",
            **{"background_color": colour("paper"), "theme_color": colour("authority")},
            "icons": [_icon("192", 192), _icon("512", 512), _icon("maskable-512", 512, purpose="maskable")],
            "share_target": {
                **{"action": f"{home}{SHARED}", "method": "POST", "enctype": "multipart/form-data"},
                "params": {
                    "text": "text",
                    "url": "url",
                    "files": [{"name": "file", "accept": list(_ENDINGS)}],
                },
            },
            "file_handlers": [{"action": home, "accept": _ENDINGS}],
        },
        ensure_ascii=False,
    ).encode()


def _icon(kind: str, side: int, *, purpose: str = "any") -> dict[str, str]:
    source = reverse("public:asset", args=[f"icon-{kind}.png"])
    return {"src": source, "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}


def _asked_anew(body: bytes, content_type: str, request: HttpRequest, *, policy: str = "") -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    if policy:
        response.headers[CSP.HEADER_ENFORCE.value] = policy
    response.headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response.headers["Cache-Control"] = "no-cache"
    return signed_files.unchanged_or(response, request)
