"""Open data that was published: whether each month's file is the one that a public log has entered."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from rukhsa.trust import logged_file, trustlist
from rukhsa.trust.errors import BadLog, TrustError, Unavailable
from rukhsa.trust.keys import Jwk
from rukhsa.trust.moment import moment_given
from rukhsa.trust.sources import source_at

FOLDER: Final = "open-data/"
DESCRIPTION: Final = "datapackage.json"
PROOF: Final = "datapackage.proof"
KIND: Final = "open-data"  # of its entries in the log
HERE: Final = "https://site.invalid/"  # what a site stands for: its files are named by their place in it
EXAMPLES = """\
examples:
  python -m rukhsa.trust open-data https://v.mun.example/ --root root.jwk
  python -m rukhsa.trust open-data ./public --root root.jwk 2026-11.csv

Asks that the root signed the trust list, that a log of the list has entered datapackage.json and still goes on from
there, and that each month's file, or each that is named, has the digest that stands there. Exit code: 0 all have, 1 one
has not, 2 it could not be asked.
"""


@dataclass(kw_only=True)
class Findings:
    """What was found of the files: the names of those that are right, and what is wrong, a line each."""

    right: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    log: str = ""  # the one that has the description


def check(read: Callable[[str], bytes], root: Jwk, *, names: list[str], at: datetime) -> Findings:
    """Compare the files of these names, or of all months, with the description, and the description with the log.

    `read` gives a file by its name on the site. Raises Unavailable where list, description or proof cannot be had,
    and TrustError where one cannot be read. docs/formats/open-data.md.
    """
    found, description = Findings(), read(FOLDER + DESCRIPTION)
    trust_list = trustlist.read(read("trust-list.jws").decode("utf-8", "replace"), root)
    if trust_list.expires <= at:
        found.wrong.append(f"trust-list.jws: it ended {trust_list.expires:%Y-%m-%d}")
    try:
        proof = read(FOLDER + PROOF)
        found.log = logged_file.find(KIND, description, proof, read=read, trust_list=trust_list).log
    except BadLog as error:
        found.wrong.append(f"{PROOF}: {error}")
    try:
        described = {str(each["path"]): str(each["hash"]) for each in json.loads(description)["resources"]}
    except (ValueError, KeyError, TypeError) as error:
        raise TrustError("bad-open-data", f"{DESCRIPTION}: {error!r}") from error
    for name in names or described:
        if name not in described:
            found.wrong.append(f"{name}: {DESCRIPTION} does not name it")
            continue
        try:
            is_right = described[name] == f"sha256:{sha256(read(FOLDER + name)).hexdigest()}"
        except Unavailable as error:
            found.wrong.append(f"{name}: {error}")
            continue
        if is_right:
            found.right.append(name)
        else:
            found.wrong.append(f"{name}: with other bytes than were published")
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command, on a parser of its own."""
    parser.epilog, parser.formatter_class = EXAMPLES, argparse.RawDescriptionHelpFormatter
    parser.add_argument("site", metavar="URL|FOLDER", help="the site of the verifier, or a copy of its files")
    parser.add_argument("names", nargs="*", metavar="MONTH.csv", help="the files; default: all")
    parser.add_argument("--root", required=True, metavar="FILE", type=Path, help="the root's key, a JWK")
    parser.add_argument("--at", type=moment_given, metavar="TIME", help="the moment; now")


def run(options: argparse.Namespace) -> int:
    """Check the files, and say what was found. Returns the exit code."""
    root: dict[str, Any] = json.loads(options.root.read_text("utf-8"))
    source = source_at(options.site, stands_for=HERE)
    at: datetime = options.at or datetime.now(UTC)
    found = check(lambda name: source.fetch(HERE + name), root, names=options.names, at=at)
    lines = [f"{name}: as published, in {found.log}" for name in found.right] if found.log else []
    sys.stdout.write("".join(f"{line}\n" for line in lines + found.wrong))
    return 1 if found.wrong else 0
