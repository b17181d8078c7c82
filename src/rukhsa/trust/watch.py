"""The command that follows logs: its options, its lines of JSON, its exit code."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rukhsa.trust import expected, trustlist
from rukhsa.trust.errors import TrustError, Unavailable
from rukhsa.trust.moment import moment_given
from rukhsa.trust.monitor import Monitor, witness_source
from rukhsa.trust.sources import FolderSource, HttpSource, Source
from rukhsa.trust.trustlist import Authority, TrustList

EXAMPLES = """\
examples:
  python -m rukhsa.trust monitor https://v.mun.example/ --root root.jwk --state monitor.json
  python -m rukhsa.trust monitor https://v.mun.example/ --root root.jwk --state monitor.json --every 300
  python -m rukhsa.trust monitor https://v.mun.example/ --root root.jwk --state monitor.json --expect licences/
  python -m rukhsa.trust monitor ./public --root root.jwk --state monitor.json --witness https://w.example/

Follows every log of the trust list by its public files alone: signatures and cosignatures, that it only grows, that
every entry hashes up to the signed root, and how many there are by day and kind. What was seen stands in --state,
which is replaced in one step; a run that was ended goes on where it stopped. --expect takes released files, seals,
folders of these, and texts with a QR's text or a SHA-256 a line.

Each alarm is one line of JSON on standard output: {"alarm": code, "log", "at", "detail", "ar", "en", "notes"}; a
look without one is a line {"log", "size", "at", "days"}. Exit code: 0 all is well, 1 an alarm, 2 it could not be asked.
"""

_WEB = ("https://", "http://")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command, on a parser of its own."""
    parser.epilog, parser.formatter_class = EXAMPLES, argparse.RawDescriptionHelpFormatter
    parser.add_argument("public", metavar="URL_OR_FOLDER", help="the verifier's site, or a copy in a folder")
    parser.add_argument("--root", required=True, metavar="FILE", type=Path, help="the root's key, a JWK")
    parser.add_argument("--state", required=True, metavar="FILE", type=Path, help="what was seen; made anew")
    parser.add_argument("--expect", action="append", default=[], metavar="PATH", type=Path)
    parser.add_argument(
        "--witness", action="append", default=[], metavar="URL", help="where a witness shows what it saw last"
    )
    parser.add_argument("--maximum-age", type=float, default=3600, metavar="SECONDS", help="3600")
    parser.add_argument("--site", metavar="URL", help="the address that a folder or a test site stands for")
    parser.add_argument("--at", type=moment_given, metavar="TIME", help="the moment; now")
    turns = parser.add_mutually_exclusive_group()
    turns.add_argument(
        "--once", action="store_true", help="look once (this is so where --every is not given)"
    )
    turns.add_argument("--every", type=float, metavar="SECONDS", help="look again and again, until SIGTERM")


def run(options: argparse.Namespace, write: Callable[[str], object] | None = None) -> int:
    """Look once or repeatedly. Returns the exit code."""
    write = write or _to_standard_output
    if options.every is None:
        return _round(options, write)
    stopped, worst = threading.Event(), 0
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stopped.set())
    while not stopped.is_set():
        code = _round(options, write)
        worst = 1 if 1 in (code, worst) else max(code, worst)
        stopped.wait(options.every)
    return worst


def _round(options: argparse.Namespace, write: Callable[[str], object]) -> int:
    at = options.at or datetime.now(UTC)
    try:
        monitor = _monitor(options)
        found = [_look(monitor, authority, at, write) for authority in monitor.trust_list.authorities]
        missing = monitor.missing(at=at)
    except (TrustError, OSError, ValueError, KeyError) as error:
        write(json.dumps({"error": str(error), "at": at.isoformat()}, ensure_ascii=False))
        return 2
    for alarm in missing:
        write(json.dumps(alarm.to_json(), ensure_ascii=False))
    return 1 if missing or 1 in found else max(found, default=0)


def _look(monitor: Monitor, authority: Authority, at: datetime, write: Callable[[str], object]) -> int:
    try:
        alarms = monitor.look(authority, at=at)
    except Unavailable as error:
        if error.detail == f"{authority.log_address}checkpoint" and not monitor.followed(authority).note:
            return 0  # a log that has not begun
        write(json.dumps({"unreachable": authority.log_origin, "at": at.isoformat(), "detail": str(error)}))
        return 2
    for alarm in alarms:
        write(json.dumps(alarm.to_json(), ensure_ascii=False))
    if not alarms:
        write(json.dumps(_told(monitor, authority)))
    return 1 if alarms else 0


def _told(monitor: Monitor, authority: Authority) -> dict[str, Any]:
    log = monitor.followed(authority)
    at = log.at.isoformat() if log.at else None
    return {"log": authority.log_origin, "size": log.size, "at": at, "days": log.done.days}


def _monitor(options: argparse.Namespace) -> Monitor:
    root = json.loads(options.root.read_text("utf-8"))
    place = options.public.rstrip("/") + "/trust-list.jws"
    trust_list = trustlist.read(_text(place), root)
    return Monitor(
        trust_list=trust_list,
        source=_source(options, trust_list),
        state=options.state,
        witnesses=[witness_source(_fetch_below(each)) for each in options.witness],
        maximum_age=options.maximum_age,
        expected=expected.load(options.expect, trust_list),
    )


def _text(place: str) -> str:
    if not place.startswith(_WEB):
        return Path(place).read_text("utf-8")
    return HttpSource(stands_for=place.rpartition("/")[0] + "/").fetch(place).decode("utf-8")


def _source(options: argparse.Namespace, trust_list: TrustList) -> Source:
    site = options.site or f"https://{trust_list.verifiers[0]}/"
    if options.public.startswith(_WEB):
        return HttpSource(stands_for=site, base=options.public.rstrip("/") + "/")
    return FolderSource(folder=Path(options.public), stands_for=site)


def _fetch_below(address: str) -> Callable[[str], bytes]:
    prefix = address.rstrip("/") + "/"
    source = HttpSource(stands_for=prefix)
    return lambda path: source.fetch(prefix + path)


def _to_standard_output(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
