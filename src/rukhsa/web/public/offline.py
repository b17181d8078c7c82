"""The verifier as an installable app: its manifest, and the service worker that caches its files."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, reverse
from django.utils import translation
from django.utils.csp import CSP, build_policy
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from rukhsa.catalogue.territory import territory
from rukhsa.web import look
from rukhsa.web.access import public
from rukhsa.web.public import assets, page, signed_files
from rukhsa.web.templatetags.theme import colour

MAY_FETCH: Final = build_policy({"default-src": [CSP.NONE], "connect-src": [CSP.SELF]})
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
    return _asked_anew(manifest_text(language).encode(), "application/manifest+json", request)


@public
@require_safe
@page.where_published
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the digest of every file of this release: a file that differs is not cached."""
    languages = territory().languages
    pages = {reverse(f"public:page-{each}"): page.shell(request, each).content for each in languages}
    manifests = {reverse(f"public:manifest-{each}"): manifest_text(each).encode() for each in languages}
    own = {name: assets.content(name) for name in assets.names()}
    text = script(pages | manifests, own).encode()
    return _asked_anew(text, "text/javascript; charset=utf-8", request, policy=MAY_FETCH)


def script(pages: Mapping[str, bytes], files: Mapping[str, bytes]) -> str:
    """The service worker of a release: its pages and their manifests by address, and its other files by name."""
    kept = json.dumps(_release(pages, files), indent=1)
    return assets.service_worker().replace(_WHAT_IS_KEPT, kept, 1)


def _release(pages: Mapping[str, bytes], files: Mapping[str, bytes]) -> dict[str, Any]:
    """The files of a release: address and digest of each, and where shared files arrive."""
    own = {name: body for name, body in files.items() if not any(part in name for part in _NOT_KEPT)}
    waiting = {name: body for name, body in own.items() if name.startswith(assets.WHEN_ASKED_FOR)}
    at_once = {name: body for name, body in own.items() if name not in waiting}
    kept = {
        "atOnce": digests({**pages, **_addressed(at_once)}),
        "whenAskedFor": digests(_addressed(waiting)),
    }
    version = hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16]
    homes = [reverse(f"public:page-{each}") for each in territory().languages]
    return {"version": version, **kept, "shared": {f"{home}{SHARED}": home for home in homes}}


def _addressed(own: dict[str, bytes]) -> dict[str, bytes]:
    return {reverse("public:asset", args=[name]): body for name, body in own.items()}


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """The digest of each file, as a browser compares it."""
    return {address: assets.integrity(body) for address, body in files.items()}


def manifest_text(language: str) -> str:
    """The manifest of the app in a language."""
    home = reverse(f"public:page-{language}")
    with translation.override(language):
        name, description = gettext("Check a document"), gettext("Check a licence or certificate")
    return json.dumps(
        {
            **{"name": name, "short_name": name, "description": description},
            **{
                "id": home,
                "start_url": home,
                "scope": get_script_prefix(),
                "display": "standalone",
                "lang": language,
            },
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
    )


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
