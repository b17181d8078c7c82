"""The modules of the verifier's page as one file: a slow network is asked once, and sends half as much.

The modules stay as they are read, tested and run by node; esbuild puts them together for each state of the sources
(`rukhsa static-files`, decision 0086).
"""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from rukhsa import shipped
from rukhsa.trust.tiles import write_durably
from rukhsa.web import look

ENTRY: Final = "page.js"
FOLDER: Final = Path(__file__).parent / "static" / "public"
_ASKED: Final = (
    *("--bundle", "--minify", "--format=esm", "--target=es2022", "--charset=utf8", "--legal-comments=none"),
)


@cache
def made() -> Path:
    """The file, made if it is not there yet for the sources as they are; raises as `put_together` does."""
    # The name of the folder follows each change of a module, and of the program that puts them together.
    version = json.loads((settings.NODE_MODULES / "esbuild/package.json").read_bytes())["version"]
    path = look.folder() / f"esbuild-{version}" / ENTRY
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        ready = settings.NODE_MODULES / shipped.PAGE_OF_RELEASE
        write_durably(
            path, ready.read_bytes() if ready.exists() else put_together((FOLDER / ENTRY).read_bytes())
        )
    return path


def put_together(module: bytes) -> bytes:
    """One script of a module that stands in the verifier's folder, and of all that it imports.

    Raises ImproperlyConfigured where node_modules has no esbuild for this machine.
    """
    program = next(settings.NODE_MODULES.glob("@esbuild/*/bin/esbuild"), None)
    if program is None:
        raise ImproperlyConfigured("node_modules has no esbuild for this machine: make prepare fetches it")
    command = [str(program), *_ASKED]
    done = subprocess.run(  # noqa: S603 - our own words
        command, input=module, capture_output=True, check=True, timeout=120, cwd=FOLDER
    )
    return done.stdout
