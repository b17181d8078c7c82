"""A copy of the verifier's page: whether it serves the files of a release that a public log has entered."""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rukhsa.trust import logged_file, tiles, trustlist
from rukhsa.trust.errors import BadLog, TrustError, Unavailable
from rukhsa.trust.keys import Jwk
from rukhsa.trust.moment import moment_given
from rukhsa.trust.sources import FolderSource, source_at

MANIFEST: Final = "release.json"
PROOF: Final = "release.proof"
KIND: Final = "release"
HERE: Final = "https://copy.invalid/"  # what a copy stands for: its files are named by their place in it
EXAMPLES = """\
examples:
  python -m rukhsa.trust release https://v.mun.example/ --root root.jwk
  python -m rukhsa.trust release ./verifier --root root.jwk

Asks of a copy of the verifier's page, at an address or in a folder: that the root signed its trust list, that a log of
the list has entered release.json and still goes on from there, and that each file of the page is the one that
release.json names. Of a folder also that it holds no other file of a page. Exit code: 0 it is, 1 it is not, 2 it could
not be asked.
"""


@dataclass(kw_only=True)
class Copy:
    """What was found of a copy: the number of files that are right, and what is wrong, a line each."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    log: str = ""  # the one that has the release
    size: int = 0  # of the checkpoint that the copy shows of it

    @property
    def is_right(self) -> bool:
        """Whether each file is the one that the log has."""
        return not self.wrong


def check(read: Callable[[str], bytes], root: Jwk, *, names: Iterable[str] = (), at: datetime) -> Copy:
    """Compare a copy with its release, and the release with the log. `read` gives a file by its name in the copy.

    1. The root signed the trust list, and it has not ended.
    2. A log of the list has entered the release: the proof holds.
    3. The checkpoint that the copy shows of that log continues the one of the proof: all see the same log.
    4. Each file has its digest.
    5. Of `names`, where they can be listed, none is another file of a page.

    Raises Unavailable where list, release or proof cannot be had, and TrustError where one cannot be read.
    """
    found, manifest = Copy(), read(MANIFEST)
    trust_list = trustlist.read(read("trust-list.jws").decode("utf-8", "replace"), root)  # 1
    if trust_list.expires <= at:
        found.wrong.append(f"trust-list.jws: it ended {trust_list.expires:%Y-%m-%d}")
    try:
        entered = logged_file.find(KIND, manifest, read(PROOF), read=read, trust_list=trust_list)  # 2, 3
        found.log, found.size = entered.log, entered.size
    except BadLog as error:
        found.wrong.append(f"{PROOF}: {error}")
    try:
        files = {str(name): str(digest) for name, digest in json.loads(manifest)["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrustError("bad-release", f"{MANIFEST}: {error!r}") from error
    for name, digest in files.items():  # 4
        try:
            data = read(name)
        except Unavailable as error:
            found.wrong.append(f"{name}: {error}")
            continue
        if f"sha256-{base64.b64encode(hashlib.sha256(data).digest()).decode()}" == digest:
            found.right += 1
        else:
            found.wrong.append(f"{name}: with other bytes than the release has")
    foreign = (name for name in sorted(names) if _is_foreign(name, files))  # 5
    found.wrong += [f"{name}: no file of this release" for name in foreign]
    return found


def _is_foreign(name: str, files: dict[str, str]) -> bool:
    """Whether a file is one that a browser may run or show as the page, and not of the release.

    Older releases stay below `assets/` for a while, under versions of their own, which no page of this one names.
    """
    version = next((each.split("/")[1] for each in files if each.startswith("assets/")), "")
    if name.startswith("assets/") and not name.startswith(f"assets/{version}/"):
        return False
    return name not in files and name.endswith((".html", ".js", ".mjs", ".wasm", ".webmanifest"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command, on a parser of its own."""
    parser.epilog, parser.formatter_class = EXAMPLES, argparse.RawDescriptionHelpFormatter
    parser.add_argument("copy", metavar="URL|FOLDER", help="where the page is served, or its files")
    parser.add_argument("--root", required=True, metavar="FILE", type=Path, help="the root's key, a JWK")
    parser.add_argument("--at", type=moment_given, metavar="TIME", help="the moment; now")


def run(options: argparse.Namespace) -> int:
    """Check a copy, and say what was found. Returns the exit code."""
    at: datetime = options.at or datetime.now(UTC)
    root: dict[str, Any] = json.loads(options.root.read_text("utf-8"))
    found = check_at(options.copy, root, at=at)
    sys.stdout.write("".join(f"{line}\n" for line in told(options.copy, found)))
    return 0 if found.is_right else 1


def check_at(place: str, root: Jwk, *, at: datetime) -> Copy:
    """Check a copy at an address or in a folder. Raises as `check` does."""
    source = source_at(place, stands_for=HERE)
    names = tiles.FolderTiles(folder=Path(place)).names() if isinstance(source, FolderSource) else ()
    return check(lambda name: source.fetch(HERE + name), root, names=names, at=at)


def told(place: str, found: Copy) -> Sequence[str]:
    """What was found, a line each."""
    if found.is_right:
        return [
            f"{place}: {found.right} files are those of the release in {found.log}, now of {found.size} entries"
        ]
    return [f"{place}: {found.right} files are right, {len(found.wrong)} faults", *found.wrong]
