"""The page's own modules: they verify in the browser, so they come from this house and from nowhere else."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rukhsa.trust import words
from rukhsa.web.access import public
from rukhsa.web.public.files import unchanged_or

_FOLDER: Final = Path(__file__).parent / "static" / "public"
_WORDS: Final = Path(words.__file__).with_name("words.json")
_SCANNER: Final = "zxing-wasm/dist"
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
}


@public
@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """A module, the style, the words of the verdict, or the scanner; asked for anew each time by its ETag."""
    # One module never meets another of an older release: each is kept, and none is used without asking.
    path = _assets().get(name)
    if path is None:
        raise Http404
    content = path.read_bytes()
    response = HttpResponse(content, content_type=_TYPES[path.suffix])
    response.headers["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response.headers["Cache-Control"] = "no-cache"
    return unchanged_or(response, request)


@cache
def _assets() -> dict[str, Path]:
    """Every file that is served, by the name it is served under: a closed list."""
    own = {path.name: path for path in _FOLDER.iterdir() if path.suffix in (".js", ".css")}
    scanner = Path(settings.NODE_MODULES) / _SCANNER
    names = ("es/reader/index.js", "es/share.js", "reader/zxing_reader.wasm")
    return own | {"words.json": _WORDS} | {f"zxing/{name}": scanner / name for name in names}
