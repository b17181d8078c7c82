"""The command `python -m rukhsa.trust`: verify documents and look into seals, without a database."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rukhsa.trust import trustlist
from rukhsa.trust.document import Document, open_document
from rukhsa.trust.errors import TrustError
from rukhsa.trust.inspection import describe
from rukhsa.trust.sources import CachedSource, FolderSource, HttpSource, Source
from rukhsa.trust.verdict import Verdict, to_json
from rukhsa.trust.verifier import Verifier

EXAMPLES = """\
examples:
  python -m rukhsa.trust verify licence.pdf --public https://v.mun.example/ --root root.jwk
  python -m rukhsa.trust verify 'https://v.mun.example/#017...' --public ./public --root root.jwk
  python -m rukhsa.trust verify released/*.pdf --public ./public --root root.jwk --quiet
  python -m rukhsa.trust inspect licence.pdf

What is verified may be a released file (.pdf), the bytes of a seal (.cwt), a text file with the text of a QR,
a folder of these, or the text of a QR itself. The root key is a JWK, got once from a source you trust.
--public is the verifier's site or a copy of it in a folder (docs/formats/public-files.md); it holds the trust
list, the status lists and the log. The exit code is 0 only when every document is valid.
"""

_WEB = ("https://", "http://")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives its exit code: 0 all valid, 1 some not valid, 2 it could not be asked."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (TrustError, OSError, ValueError) as error:
        print(f"cannot verify: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rukhsa.trust",
        description="Verify municipal documents by signature, log, status, dates and policy.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_verify(commands.add_parser("verify", help="say whether documents are genuine and in force"))
    inspecting = commands.add_parser("inspect", help="show what a seal says, without believing it")
    inspecting.add_argument("documents", nargs="+", metavar="FILE_OR_TEXT")
    inspecting.set_defaults(run=_inspect)
    return parser


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.epilog, parser.formatter_class = EXAMPLES, argparse.RawDescriptionHelpFormatter
    parser.add_argument("documents", nargs="+", metavar="FILE_OR_TEXT")
    parser.add_argument("--public", required=True, metavar="URL_OR_FOLDER", help="the public files")
    parser.add_argument(
        "--root", required=True, metavar="FILE", type=Path, help="the root's public key, a JWK"
    )
    parser.add_argument("--trust-list", metavar="URL_OR_FILE", help="default: trust-list.jws of --public")
    parser.add_argument("--site", metavar="URL", help="the address that a folder or a test site stands for")
    parser.add_argument("--at", metavar="TIME", type=_moment, help="the moment, as 2020-11-01T09:00:00Z; now")
    parser.add_argument("--language", choices=("ar", "en"), default="en")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--quiet", action="store_true", help="only the documents that are not valid, and the sum"
    )
    parser.set_defaults(run=_verify)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("say the time zone, as in 2020-11-01T09:00:00Z")
    return moment


def _verify(options: argparse.Namespace) -> int:
    verifier, asked, valid = _verifier(options), 0, 0
    paths = list(_documents(options.documents))
    for name in paths:
        verdict = _verdict(verifier, open_document(name), options.at or datetime.now(UTC))
        asked, valid = asked + 1, valid + verdict.valid
        if not (options.quiet and verdict.valid):
            _print(name, verdict, options, alone=len(paths) == 1)
    if len(paths) > 1 and not options.json:
        print(f"{asked} documents, {valid} valid, {asked - valid} not valid")
    return 0 if asked == valid else 1


def _documents(given: Sequence[str]) -> Iterator[str]:
    for name in given:
        if not name.startswith("https://") and Path(name).is_dir():
            inside = sorted(path for path in Path(name).rglob("*") if path.suffix in (".pdf", ".cwt"))
            yield from map(str, inside)
        else:
            yield name


def _verifier(options: argparse.Namespace) -> Verifier:
    root = json.loads(options.root.read_text("utf-8"))
    place = options.trust_list or options.public.rstrip("/") + "/trust-list.jws"
    trust_list = trustlist.read(_text(place), root)
    site = options.site or f"https://{trust_list.verifiers[0]}/"
    source = CachedSource(source=_source(options.public, site), seconds=60)
    return Verifier(trust_list=trust_list, status=source, log=source)


def _text(place: str) -> str:
    if not place.startswith(_WEB):
        return Path(place).read_text("utf-8")
    return HttpSource(stands_for=place.rpartition("/")[0] + "/").fetch(place).decode("utf-8")


def _source(public: str, site: str) -> Source:
    if public.startswith(_WEB):
        return HttpSource(stands_for=site, base=public.rstrip("/") + "/")
    return FolderSource(folder=Path(public), stands_for=site)


def _verdict(verifier: Verifier, document: Document, at: datetime) -> Verdict:
    if document.file is not None:
        return verifier.verify_pdf(document.file, at=at)
    if document.text is not None:
        return verifier.verify_text(document.text, at=at)
    return verifier.verify_seal(document.seal_bytes, at=at)


def _print(name: str, verdict: Verdict, options: argparse.Namespace, *, alone: bool) -> None:
    # The text of a QR fills the screen; the path of a file is needed whole.
    shown = f"{name[:48]}…" if name.startswith(_WEB) and len(name) > 60 else name
    if options.json:
        print(json.dumps({"document": shown} | to_json(verdict), ensure_ascii=False))
        return
    print(f"{verdict.word}: {shown} ({verdict.reason})")
    if alone:
        _print_in_full(verdict, options.language)


def _print_in_full(verdict: Verdict, language: str) -> None:
    print(f"\n{verdict.name.in_language(language)}. {verdict.sentence.in_language(language)}")
    print(verdict.because.in_language(language))
    if verdict.claims and verdict.issuer and verdict.profile:
        print(f"\n{verdict.issuer.in_language(language)}: {verdict.profile.name.in_language(language)}")
        print(f"{verdict.claims.instrument}, {_VERSION[language]} {verdict.claims.version}")
    for fact in verdict.facts(language):
        print(f"  {fact.label}: {fact.value}")
    print()
    for duty in verdict.duties:
        print(f"  {_MARKS[duty.outcome]} {duty.number}. {duty.name.in_language(language)}")
    if verdict.status_age_seconds is not None:
        print(f"\n{_AGE[language].format(verdict.status_age_seconds)}")
    if verdict.stamp_sentence is not None:
        print(verdict.stamp_sentence.in_language(language))
    if verdict.stamped_at is not None:
        print(
            _STAMPED[language].format(
                f"{datetime.fromtimestamp(verdict.stamped_at, UTC):%Y-%m-%d %H:%M:%S} UTC"
            )
        )
    print(verdict.next_step["public"].in_language(language))


_MARKS = {"met": "✓", "failed": "✗", "not-reached": "·", "not-asked": "–"}
_VERSION = {"ar": "النسخة", "en": "version"}
_STAMPED = {"ar": "وقت الختم الزمني: {}.", "en": "Stamped at {}."}
_AGE = {"ar": "عمر معرفة الحالة: {} ثانية.", "en": "The status is known as of {} seconds ago."}


def _inspect(options: argparse.Namespace) -> int:
    for name in options.documents:
        print(describe(open_document(name)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
