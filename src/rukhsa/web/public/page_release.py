"""The verifier's page as files: the same page that the process serves, for any file server and at any address.

Its addresses are relative. Its scripts lie under the digest of all of them, so that caches never mix two releases.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.template.loader import render_to_string
from django.urls import get_script_prefix, get_urlconf, set_script_prefix, set_urlconf
from django.utils import translation
from django.utils.csp import CSP, build_policy

from rukhsa.catalogue.territory import territory
from rukhsa.issuance import public_file, site
from rukhsa.verification import own_verifier
from rukhsa.web.public import assets, bundle, headers, offline, page
from rukhsa.web.public.page_policy import POLICY

_ASSETS: Final = "./assets/"  # also the end of "../assets/"
_BY_RELEASE: Final = re.compile(r"assets/[0-9a-f]{16}/.+")
_FORMAT: Final = "rukhsa-release@v1"
# Signed files verify wherever they come from, so that any site may read them.
FOR_ANY_SITE: Final = headers.ALWAYS | {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@dataclass(frozen=True, kw_only=True)
class Release:
    """The files of a release by their names, and the policy that its pages carry."""

    files: Mapping[str, bytes]
    policy: str

    @property
    def manifest(self) -> bytes:
        """The digest of each file (docs/formats/release.md), as it is entered in the log."""
        told = {
            "format": _FORMAT,
            "verifier": own_verifier.host(),
            "files": {name: assets.integrity(body) for name, body in sorted(self.files.items())},
        }
        return (json.dumps(told, indent=1) + "\n").encode()

    def headers_of(self, name: str) -> dict[str, str]:
        """With which headers a file is served, those of the page's own files and of the public files alike."""
        if kind := public_file.kind_of(name):
            return _told(kind.media_type, kind.caching) | FOR_ANY_SITE
        media_type = _media_type(name)
        if name.startswith("headers/"):
            return _told("text/plain; charset=utf-8", "no-store")
        told = _told(media_type, public_file.FOREVER if _BY_RELEASE.fullmatch(name) else public_file.PAGE)
        if media_type.startswith("text/html"):
            heeded = headers.OF_A_PAGE | headers.OF_PAGE_AND_WORKER
            return told | headers.ALWAYS | heeded | {"Content-Security-Policy": self.policy}
        if media_type.startswith("text/javascript"):
            return (
                told
                | headers.ALWAYS
                | headers.OF_PAGE_AND_WORKER
                | {"Content-Security-Policy": _worker(name)}
            )
        return told | headers.ALWAYS

    def never_changes(self, name: str) -> bool:
        """Whether a file lies under the digest of what it holds."""
        return self.headers_of(name)["Cache-Control"] == public_file.FOREVER

    def stored_with(self, name: str) -> dict[str, str]:
        """What S3 keeps of these headers with an object."""
        told = self.headers_of(name)
        return {"ContentType": told["Content-Type"], "CacheControl": told["Cache-Control"]}


def build(urlconf: str) -> Release:
    """The release of the code and the settings as they are; `urlconf` has the verifier's addresses.

    Raises NoTrustList before root and trust list are published.
    """
    own = {name: assets.content(name) for name in assets.names()}
    version = hashlib.sha256(json.dumps(offline.digests(own), sort_keys=True).encode()).hexdigest()[:16]
    moved = partial(_moved, version=version)
    files = {f"assets/{version}/{name}": body for name, body in own.items()}
    policy, languages = "", territory().languages
    for language in languages:
        below = "" if language == languages[0] else f"{language}/"
        with _relative(urlconf, "../" if below else "./"):
            whole, policy = _page(language, moved)
            files[f"{below}index.html"] = whole.encode()
            files[f"{below}manifest.json"] = moved(offline.manifest_text(language)).encode()
    with _relative(urlconf, "./"):
        pages = {
            f"./{name.removesuffix('index.html')}": body
            for name, body in files.items()
            if "assets" not in name
        }
        files[assets.SERVICE_WORKER] = moved(offline.script(pages, own)).encode()
    return Release(files=files, policy=policy)


def _page(language: str, moved: Any) -> tuple[str, str]:
    """The page in a language, and the policy of its headers."""
    with translation.override(language):
        context = page.frame(language) | {"settings": page.settings_of(language)}
    # What only the register knows is asked of it: by the form, at the official address.
    asked = {
        name: f"{site.address()}{context[name].lstrip('./')}" for name in ("number_address", "file_address")
    }
    policy: dict[str, Any] = POLICY | {
        "style-src": [CSP.SELF, f"'{assets.integrity(moved(assets.styles()).encode())}'"],
        "form-action": [CSP.SELF, site.address().rstrip("/")],
    }
    within = {
        name: value for name, value in policy.items() if name != "frame-ancestors"
    }  # not heeded in a page
    more = {
        **asked,
        "policy": build_policy(within),
        "integrity": assets.integrity(assets.content(bundle.ENTRY)),
    }
    with translation.override(language):
        return moved(render_to_string("public/page.html", context | more)), build_policy(policy)


def _moved(text: str, *, version: str) -> str:
    return text.replace(_ASSETS, f"{_ASSETS}{version}/")


@contextmanager
def _relative(urlconf: str, prefix: str) -> Iterator[None]:
    """Addresses as seen from a page: `prefix` leads to the beginning of the site."""
    before, of_before = get_script_prefix(), get_urlconf()
    set_script_prefix(prefix)
    set_urlconf(urlconf)
    try:
        yield
    finally:
        set_script_prefix(before)
        set_urlconf(of_before)


def _told(media_type: str, caching: str) -> dict[str, str]:
    return {"Content-Type": media_type, "Cache-Control": caching}


def _media_type(name: str) -> str:
    if name.endswith("manifest.json"):
        return "application/manifest+json"
    return "text/html; charset=utf-8" if name.endswith(".html") else assets.media_type(name)


def _worker(name: str) -> str:
    if name == assets.SERVICE_WORKER:
        return offline.MAY_FETCH
    return assets.SCANNER_POLICY if name.endswith(f"/{assets.SCANNER}") else headers.NOTHING
