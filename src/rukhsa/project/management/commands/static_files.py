"""`rukhsa static-files`: collect the static files if one of them changed."""

import hashlib
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

from rukhsa.web import look
from rukhsa.web.public import bundle

# No page asks for the types, node modules and documentation in third parties' packages.
NO_PAGES = ("*.ts", "*.cts", "*.cjs", "*.md", "*-dev.mjs", "*-dev.mjs.map")
MARK = "collected"
MANIFEST = "staticfiles.json"


class Command(BaseCommand):
    help = "Collect the static files, where one of them changed since the last time."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        bundle.made()  # the verifier's process may read it, and not make it
        mark, digest = settings.STATIC_ROOT / MARK, _digest()
        if mark.exists() and mark.read_text() == digest and _is_whole(settings.STATIC_ROOT):
            return
        # Removed while Django replaces the files, so that a run that is killed meanwhile starts again.
        mark.unlink(missing_ok=True)
        ignored = [f"--ignore={pattern}" for pattern in NO_PAGES]
        look.remove_former()
        call_command("collectstatic", "--no-input", *ignored, verbosity=0, stdout=StringIO())
        mark.write_text(digest)


def _digest() -> str:
    """The digest of what to collect: names, sizes and times of change, as Django itself compares them."""
    how = [django.__version__, settings.STATIC_URL, settings.STORAGES["staticfiles"], NO_PAGES]
    return hashlib.sha256(json.dumps([how, sorted(_files())]).encode()).hexdigest()


def _files() -> Iterator[tuple[str, int, int]]:
    for finder in get_finders():
        for name, storage in finder.list(NO_PAGES):
            found = Path(storage.path(name)).stat()
            yield f"{getattr(storage, 'prefix', None) or ''}/{name}", found.st_size, found.st_mtime_ns


def _is_whole(folder: Path) -> bool:
    """Whether every file is there that pages refer to."""
    try:
        paths = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["paths"]
    except FileNotFoundError:
        return False
    return all((folder / hashed).exists() for hashed in paths.values())
