"""The files of the verifier page, all served from this site: they verify in the browser."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_script_prefix, reverse
from django.utils.csp import CSP, build_policy
from django.views.decorators.http import require_safe

from rukhsa.trust import words
from rukhsa.web import look
from rukhsa.web.access import public
from rukhsa.web.icon import ICONS, draw_icon
from rukhsa.web.public import bundle
from rukhsa.web.public.packing import etag, pack
from rukhsa.web.public.signed_files import unchanged_or

_LOOK: Final = Path(__file__).parents[1] / "static" / "web"
_WORDS: Final = Path(words.__file__).with_name("words.json")
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
_PACKED_ALREADY: Final = (".png", ".woff2")
SERVICE_WORKER: Final = "sw.js"  # served at the root, with the list of files to cache filled in
SCANNER: Final = "scanner.js"
_STYLES: Final = "verifier.css"
_WITHOUT_SCRIPTS: Final = "without-scripts.css"
# Only the scanner's files are fetched on demand.
WHEN_ASKED_FOR: Final = (SCANNER, "zxing/")
# The decoder is WebAssembly: it runs in a worker whose own policy allows that, and the page's does not.
SCANNER_POLICY: Final = build_policy(
    {
        "default-src": [CSP.NONE],
        "script-src": [CSP.SELF, CSP.WASM_UNSAFE_EVAL],
        "connect-src": [CSP.SELF],
    }
)
type Content = Callable[[], bytes]


@public
@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """The page's script, a style, a font, the words of the verdict, or the scanner; revalidated by its ETag."""
    # Each file is revalidated, so that files of two releases never mix.
    if name not in names():
        raise Http404
    body = content(name)
    response = HttpResponse(body, content_type=media_type(name))
    packing = None if Path(name).suffix in _PACKED_ALREADY else pack(response, request)
    response.headers["ETag"] = etag(body, packing)
    # A font that has to be asked for comes too late for its page (`font-display: optional`).
    response.headers["Cache-Control"] = "public, max-age=86400" if name.endswith(".woff2") else "no-cache"
    if name == SCANNER:
        response.headers[CSP.HEADER_ENFORCE.value] = SCANNER_POLICY
    return unchanged_or(response, request)


def names() -> tuple[str, ...]:
    """The names under which files are served: a closed list."""
    return tuple(_assets())


def content(name: str) -> bytes:
    """The bytes of one of `names()`."""
    return _assets()[name]()


def media_type(name: str) -> str:
    """The media type of a file, by the ending of its name."""
    return _TYPES[Path(name).suffix]


def integrity(body: bytes) -> str:
    """The digest that a browser compares with what it receives (W3C Subresource Integrity)."""
    return f"sha256-{b64encode(hashlib.sha256(body).digest()).decode()}"


def styles() -> str:
    """The style sheets of the verifier's pages, which carry them: the text stands after one round trip."""
    return _styles(get_script_prefix())


@cache
def _styles(prefix: str) -> str:
    # `reverse` begins each address with the prefix that is set.
    sheets = ((look.made(look.VERIFIER), look.VERIFIER), (bundle.FOLDER / _STYLES, _STYLES))
    return "".join(
        look.addressed(path.read_text("utf-8"), name, lambda asked: reverse("public:asset", args=[asked]))
        for path, name in sheets
    )


@cache
def styles_integrity() -> str:
    """The digest of `styles`, for the policy of the pages."""
    return integrity(styles().encode())


def service_worker() -> str:
    """The service worker's source, before the list of files to cache is filled in."""
    return (bundle.FOLDER / SERVICE_WORKER).read_text("utf-8")


@cache
def _assets() -> dict[str, Content]:
    return {name: path.read_bytes for name, path in _paths().items()} | {
        f"icon-{kind}.png": partial(draw_icon, kind) for kind in ICONS
    }


def _paths() -> dict[str, Path]:
    scanner = Path(settings.NODE_MODULES, "zxing-wasm/dist")
    return {
        bundle.ENTRY: bundle.made(),
        **{name: bundle.FOLDER / name for name in (SCANNER, _WITHOUT_SCRIPTS)},
        "words.json": _WORDS,
        "extent.json": _WORDS.with_name("extent.json"),
        "mark.svg": _LOOK / "mark.svg",
        **{name: look.made(name) for name in map("look/{}.woff2".format, look.fonts(look.VERIFIER))},
        **{
            f"zxing/{name}": scanner / name
            for name in ("es/reader/index.js", "es/share.js", "reader/zxing_reader.wasm")
        },
    }
