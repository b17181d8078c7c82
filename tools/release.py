"""Builds a release: the wheel with all that it serves, the lock of production, units, and their digests.

A wheel of the checkout holds Python alone. That of a release holds fonts, styles and scripts of the packages of node,
the territories, the compiled Arabic and the verifier's page as one script, so that a server needs neither node nor a
checkout.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

import django

from rukhsa import shipped
from rukhsa.project.config import PROJECT

INTO: Final = PROJECT / "var" / "release"
LOCK: Final = "requirements-server.lock"
# For readers of source code, and for readers of types; no page loads them.
NO_PAGES: Final = ("*.ts", "*.cts", "*.cjs", "*.md", "*-dev.mjs", "*-dev.mjs.map")


# What says who made a package, and under which terms.
PAPERS: Final = ("package.json", "licen", "notice", "copying")


def main() -> None:
    """`python -m tools.release [--into FOLDER]`: build it, and print where it lies."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    parser.add_argument("--into", type=Path, default=INTO)
    into: Path = parser.parse_args().into.absolute()
    sys.stdout.write(f"{built(into)}\n")


def built(into: Path) -> Path:
    """Build the release in `into`, which is emptied, and give the archive."""
    shutil.rmtree(into, ignore_errors=True)
    tree = into / "tree"
    _stage(tree)
    _build(tree, into)
    wheel = next(into.glob("*.whl"))
    folder = into / "-".join(wheel.name.split("-")[:2])
    folder.mkdir()
    wheel.rename(folder / wheel.name)
    shutil.copy(PROJECT / LOCK, folder / LOCK)
    shutil.copytree(PROJECT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(tree)
    _write_digests(folder)
    archive = into / f"{folder.name}.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(folder, folder.name)
    return archive


def _stage(tree: Path) -> None:
    unwanted = shutil.ignore_patterns("__pycache__", "*.po", "*.mo")
    shutil.copytree(PROJECT / "src", tree / "src", ignore=unwanted)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, tree / name)
    package = tree / "src" / "rukhsa"
    shutil.copytree(PROJECT / "territories", package / "territories")
    for part in (*shipped.SERVED.values(), *shipped.USED):
        _copy_part(part, package / "node_modules")
    _compile_languages(package)
    from rukhsa.web.public import bundle

    page = package / "node_modules" / shipped.PAGE_OF_RELEASE
    page.parent.mkdir(parents=True)
    page.write_bytes(bundle.put_together((bundle.FOLDER / bundle.ENTRY).read_bytes()))
    # Of esbuild its version alone, after which the look is named.
    (package / "node_modules/esbuild").mkdir()
    shutil.copy(PROJECT / "node_modules/esbuild/package.json", package / "node_modules/esbuild")


def _copy_part(part: str, into: Path) -> None:
    """A file or folder of a package of node, with the package's licence and description beside it."""
    source = PROJECT / "node_modules" / part
    if source.is_dir():
        shutil.copytree(source, into / part, ignore=shutil.ignore_patterns(*NO_PAGES), dirs_exist_ok=True)
    else:
        (into / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, into / part)
    names = part.split("/")
    package = "/".join(names[: 2 if part.startswith("@") else 1])
    for found in (PROJECT / "node_modules" / package).iterdir():
        if found.name.lower().startswith(PAPERS):
            shutil.copy(found, into / package / found.name)


def _compile_languages(package: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted((PROJECT / "src/rukhsa").glob("**/LC_MESSAGES/*.po")):
        target = package / source.relative_to(PROJECT / "src/rukhsa").with_suffix(".mo")
        with source.open("rb") as messages, target.open("wb") as file:
            write_mo(file, read_po(messages))


def _build(tree: Path, into: Path) -> None:
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)],
        cwd=tree,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "1577836800")},
    )


def _write_digests(folder: Path) -> None:
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))


if __name__ == "__main__":
    os.environ.setdefault("RUKHSA_ENVIRONMENT", "development")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rukhsa.project.settings")
    django.setup()
    main()
