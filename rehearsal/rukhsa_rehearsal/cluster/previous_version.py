"""An earlier version of the product beside this one, to be upgraded from while it serves."""

import os
import subprocess
from pathlib import Path
from typing import Final

from rukhsa.project.config import PROJECT
from rukhsa.project.processes import RUKHSA
from rukhsa_rehearsal.cluster.layout import Layout
from rukhsa_rehearsal.cluster.parts import OF_PRODUCT, environment

FOLDER: Final = "earlier"
VERSION: Final = "version"
MIGRATIONS: Final = ":(glob)src/rukhsa/*/migrations/0*.py"


def begin(layout: Layout) -> dict[str, str]:
    """Have every part of the product serve from an earlier version; what that adds to the environment of a command."""
    bring(layout, layout.earlier or before_the_newest_migration())
    for part in OF_PRODUCT:
        serve(layout, part, is_earlier=True)
    return {"PYTHONPATH": _path(layout)}


def is_served(layout: Layout) -> bool:
    """Whether parts of the product begin from the earlier version."""
    return bool(_switch(layout, OF_PRODUCT[0]).exists())


def serve(layout: Layout, part: str, *, is_earlier: bool) -> None:
    """Have the next start of a part of the product be of the earlier version, or of this one."""
    if is_earlier:
        _switch(layout, part).write_text(f"export PYTHONPATH={_path(layout)}\n")
    else:
        _switch(layout, part).unlink(missing_ok=True)


def before_the_newest_migration() -> str:
    """The commit before the one that last added a migration: with it, two versions differ in the database too."""
    newest = _git("log", "-1", "--no-merges", "--diff-filter=A", "--format=%H", "--", MIGRATIONS)
    return _git("rev-parse", "--short", f"{newest}^")


def bring(layout: Layout, commit: str) -> None:
    """Lay a version of the checkout's history beside the cluster, with what it compiles."""
    folder = layout.folder / FOLDER
    folder.mkdir(mode=0o755, exist_ok=True)
    packed = subprocess.run(["git", "archive", commit], cwd=PROJECT, check=True, capture_output=True).stdout  # noqa: S603, S607
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed, check=True)  # noqa: S603, S607
    (folder / VERSION).write_text(commit)
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(PROJECT / "node_modules")
    for command in (("translations", "compile"), ("static_files",)):
        told = {**os.environ, **environment(layout, PYTHONPATH=_path(layout))}
        subprocess.run([*RUKHSA, *command], env=told, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def version(layout: Layout) -> str:
    """The commit of the earlier version that lies here."""
    return (layout.folder / FOLDER / VERSION).read_text()


def _switch(layout: Layout, part: str) -> Path:
    return layout.switches / f"{part}.sh"


def _path(layout: Layout) -> str:
    folder = layout.folder / FOLDER
    return f"{folder / 'src'}:{folder / 'rehearsal'}"


def _git(*arguments: str) -> str:
    answer = subprocess.run(["git", *arguments], cwd=PROJECT, check=True, capture_output=True, text=True)  # noqa: S603, S607
    return answer.stdout.strip()
