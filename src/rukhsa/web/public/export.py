"""Everything that the verifier's page needs, written as files to a place from which any server may serve them."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from rukhsa.issuance import file_entry, mirror, public_file
from rukhsa.issuance.mirror import Copied, Mirror
from rukhsa.objects import Store
from rukhsa.objects.file_store import Headers
from rukhsa.trust.tiles import FolderTiles
from rukhsa.web.public import page_release
from rukhsa.web.public.page_release import FOR_ANY_SITE, Release

NGINX: Final = "headers/nginx.conf"
CADDY: Final = "headers/Caddyfile"


def export(place: Callable[[Headers], Store], *, urlconf: str, at: datetime) -> Copied:
    """Write the release and the public files: what never changes first, then the pages, and each checkpoint last.

    `place` opens the store for the headers that its objects are kept with. Raises as `Mirror.renew`, and
    ConditionsIgnored.
    """
    built = page_release.build(urlconf)
    there = place(built.stored_with)
    mirror.require_conditions(there)
    proof = file_entry.enter_release(built.manifest, at=at)
    made = Mirror(there=there, copied=Copied())
    known = set(there.under("assets/").names())
    for name, body in built.files.items():
        if built.never_changes(name):
            made.make(name, body, is_there=name.removeprefix("assets/") in known)
    for name, body in built.files.items():
        if not built.never_changes(name):
            made.put(name, body)
    made.put(file_entry.PROOF, proof.encode())
    made.put(file_entry.MANIFEST, built.manifest)
    if isinstance(there, FolderTiles):
        made.put(NGINX, nginx(built).encode())
        made.put(CADDY, caddy(built).encode())
    made.renew()
    return made.copied


def nginx(built: Release) -> str:
    """The headers of each kind of files, for a `server` block of nginx: `include …/headers/nginx.conf;`."""
    lines = ["# Written by `rukhsa publish --to`: do not change it here.", "include mime.types;", "etag on;"]
    for form, told in _forms(built):
        # In quotes: a brace of the expression would begin the block.
        lines += [
            f'location ~ "{form}" {{',
            "    types { }",
            f'    default_type "{told.pop("Content-Type")}";',
        ]
        lines += [f"    add_header {name} {_quoted(value)} always;" for name, value in told.items()]
        lines += ["}"]
    lines += ["location /headers/ { return 404; }"]
    return "\n".join(lines) + "\n"


def caddy(built: Release) -> str:
    """The same for a site of Caddy: `import …/headers/Caddyfile`."""
    lines = ["# Written by `rukhsa publish --to`: do not change it here."]
    for number, (form, told) in enumerate(_forms(built)):
        # Of blocks of `handle` the first that fits is taken; of `header` each, and the last one would count.
        lines += [f"@kind{number} path_regexp {form}", f"handle @kind{number} {{", "    header {"]
        lines += [f"        {name} {_quoted(value)}" for name, value in told.items()]
        lines += ["    }", "}"]
    lines += ["respond /headers/* 404"]
    return "\n".join(lines) + "\n"


def _forms(built: Release) -> Iterator[tuple[str, dict[str, str]]]:
    """A regular expression of addresses and the headers of what lies there, the first that fits counts."""
    for kind in public_file.KINDS:
        told = {"Content-Type": kind.media_type, "Cache-Control": kind.caching}
        yield f"^/{kind.form.pattern}$", told | FOR_ANY_SITE
    for name in built.files:
        address = re.escape(name.removesuffix("index.html"))
        yield (
            f"^/{address}(index\\.html)?$" if name.endswith("index.html") else f"^/{address}$",
            built.headers_of(name),
        )


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
