"""The command `python -m rukhsa.trust`: verify documents and look into seals, without a database."""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rukhsa.trust import answer, data_copy, keys, memory, page_copy, policy, trustlist, watch
from rukhsa.trust.dissection import describe, dissect
from rukhsa.trust.document import Document, is_text, names_file, open_document
from rukhsa.trust.errors import TrustError, Unavailable
from rukhsa.trust.extent import Extent, Position, to_json
from rukhsa.trust.kept import ROOT, TRUST_LIST, Kept, PublicFiles, text_at, usual_folder
from rukhsa.trust.moment import moment_given
from rukhsa.trust.sources import HttpSource
from rukhsa.trust.trustlist import TrustList
from rukhsa.trust.verdict import Verdict
from rukhsa.trust.verifier import Verifier
from rukhsa.trust.words import AUDIENCES

VERIFY = """\
examples:
  python -m rukhsa.trust verify licence.pdf --public https://v.mun.example/ --root root.jwk
  python -m rukhsa.trust verify photo.jpg 'https://v.mun.example/#017...'
  python -m rukhsa.trust verify CAP-RW-2026-004217-7 --code K7QM-2XW9-4TRD-8HNP
  python -m rukhsa.trust verify released/ --quiet --json
  python -m rukhsa.trust verify licence.pdf --offline --lang ar --audience inspector

A document may be a released file (.pdf), a picture of the page (PNG, JPEG, WebP), the bytes of a seal (.cwt), a text
file with the text of a QR, a folder of these, the text of a QR itself, or a number with its code (the site is asked
for the seal, which is then verified here like any other). What names no file and looks like no path is taken as the
text of a QR, and it is said so. Files and pictures need: pip install 'rukhsa[files]'

--root is the root's public key, a JWK, got once from a source you trust and never from the site you verify.
--public is the verifier's site or a copy of it in a folder. After `keep`, neither needs to be said.
--offline asks no server and uses what `keep` copied; without it, the copy is used where the site does not answer.

exit codes: 0 every document is valid; 1 some are not, or are not of this register; 2 some could not be asked (no such
file, no such package, no trust list); 3 none is refused, but of some it cannot be told just now
"""
KEEP = """\
examples:
  python -m rukhsa.trust keep --public https://v.mun.example/ --root root.jwk
  python -m rukhsa.trust keep                                (again, from the same place; do this every day)
  python -m rukhsa.trust verify licence.pdf --offline

Copies the trust list, the status lists and the log, so that documents can be verified when no server answers. A
status list holds for a day: with an older copy the answer is "cannot tell", with all that is known and its age.
"""
INSPECT = """\
examples:
  python -m rukhsa.trust inspect licence.pdf             every byte of its seal, and what it is
  python -m rukhsa.trust inspect licence.pdf --json      its fields

Nothing is verified and nothing of it is to be believed.
"""
EXPLAIN = """\
examples:
  python -m rukhsa.trust explain pdf-not-covered         a reason
  python -m rukhsa.trust explain cannot-tell --lang ar   a word, and every reason it can have
  python -m rukhsa.trust explain                         all words and reasons
"""
_WEB = ("https://", "http://")
_GOOD = {"valid", "paper"}
_NUMBER = re.compile(r"(?=.*[0-9])[A-Za-z0-9]+([-/ ]+[A-Za-z0-9]+)+", re.ASCII)


class Undecided(Exception):
    """The command lacks an argument: where to look, or for what."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns its exit code, one of those in `verify --help`."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (TrustError, OSError, ValueError, Undecided) as error:
        print(f"cannot {options.act}: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rukhsa.trust",
        description="Verify municipal documents by signature, log, status, dates and policy.",
        epilog=VERIFY,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    acts = parser.add_subparsers(required=True, metavar="COMMAND", dest="act")
    verify = _act(acts, "verify", "say whether documents are genuine and in force", VERIFY, _verify)
    _add_where(verify)
    _add_how(verify)
    keep = _act(acts, "keep", "copy what is needed to verify when no server answers", KEEP, _keep)
    _add_where(keep)
    inspect = _act(acts, "inspect", "show what a seal says, without believing it", INSPECT, _inspect)
    inspect.add_argument("documents", nargs="+", metavar="FILE|TEXT|PICTURE")
    inspect.add_argument("--json", action="store_true", help="the fields only")
    explain = _act(acts, "explain", "say what a word or a reason code means", EXPLAIN, _explain)
    explain.add_argument("codes", nargs="*", metavar="CODE")
    _add_language(explain)
    following = acts.add_parser("monitor", help="follow the public logs and raise alarms")
    watch.add_arguments(following)
    following.set_defaults(run=watch.run)
    copied = acts.add_parser("release", help="compare a copy of the verifier's page with the public log")
    page_copy.add_arguments(copied)
    copied.set_defaults(run=page_copy.run)
    data = acts.add_parser("open-data", help="compare files of open data with the public log")
    data_copy.add_arguments(data)
    data.set_defaults(run=data_copy.run)
    return parser


def _act(acts: Any, name: str, help: str, examples: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(
        name,
        help=help,
        description=help,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def _add_where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--public", metavar="URL|FOLDER", help="the public files; default: where `keep` copied"
    )
    parser.add_argument("--root", metavar="FILE", type=Path, help="the root's public key, a JWK")
    parser.add_argument("--trust-list", metavar="URL|FILE", help="default: trust-list.jws of --public")
    parser.add_argument("--site", metavar="URL", help="the address that a folder or a test site stands for")
    parser.add_argument(
        "--kept", metavar="FOLDER", type=Path, help="the copy; default: ~/.local/share/rukhsa"
    )


def _add_how(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("documents", nargs="+", metavar="FILE|TEXT|PICTURE|NUMBER")
    parser.add_argument("--code", default="", help="the verification code of a number")
    parser.add_argument("--offline", action="store_true", help="ask no server: use the copy that was kept")
    parser.add_argument(
        "--memory",
        metavar="FILE",
        type=Path,
        help="where it is kept which lists were seen last, so that older ones are refused;"
        " rukhsa/memory.json in the folder of state ($XDG_STATE_HOME)",
    )
    parser.add_argument("--no-memory", action="store_true", help="remember nothing, and refuse no older list")
    parser.add_argument(
        "--at", metavar="TIME", type=moment_given, help="the moment, as 2020-11-01T09:00:00Z; now"
    )
    parser.add_argument(
        "--here",
        metavar="LATITUDE,LONGITUDE,METRES",
        type=_position,
        help="a position and how exact it is: say whether place, day, hour and works are within the document",
    )
    parser.add_argument(
        "--seen", metavar="KEY=CODE", type=_seen, action="append", help="works seen there: a code of a fact"
    )
    parser.add_argument("--policy", metavar="FILE", type=Path, help="an acceptance policy, as JSON: duty 7")
    parser.add_argument("--purpose", help="what the document is for, in the words of the policy")
    parser.add_argument("--audience", choices=AUDIENCES, default="public", help="for whom the next step is")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a line (docs/formats/verdict.md)"
    )
    parser.add_argument("--quiet", action="store_true", help="only the documents that are not valid")
    _add_language(parser)


def _add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", "--language", dest="lang", choices=("ar", "en"), default="en")


def _position(text: str) -> Position:
    try:
        latitude, longitude, *accuracy = map(float, text.split(","))
    except ValueError:
        message = f"{text!r} is no position: write latitude and longitude, as 26.2235,50.5876"
        raise argparse.ArgumentTypeError(message) from None
    return Position(latitude=latitude, longitude=longitude, accuracy=accuracy[0] if accuracy else 0)


def _seen(text: str) -> tuple[int, int]:
    try:
        key, code = map(int, text.split("="))
    except ValueError:
        message = f"{text!r} is no fact and code: write both numbers, as 7=2"
        raise argparse.ArgumentTypeError(message) from None
    return key, code


def _public_files(options: argparse.Namespace) -> PublicFiles:
    kept, offline = Kept(folder=options.kept or usual_folder()), getattr(options, "offline", False)
    if offline:
        if not kept.exists:
            raise Undecided(f"nothing was kept in {kept.folder}: run `python -m rukhsa.trust keep` first")
        return PublicFiles(public=str(kept.folder), kept=kept, offline=True, missed=[])
    if not options.public and not kept.exists:
        raise Undecided("say where the public files are: --public https://… or a folder")
    return PublicFiles(public=options.public or kept.public, kept=kept, offline=False, missed=[])


def _root(options: argparse.Namespace, public_files: PublicFiles) -> Any:
    if options.root:
        return json.loads(options.root.read_text("utf-8"))
    if not public_files.kept.exists:
        raise Undecided("say which root is trusted: --root root.jwk")
    return json.loads((public_files.kept.folder / ROOT).read_text("utf-8"))


def _site(options: argparse.Namespace, trust_list: TrustList) -> str:
    return options.site or f"https://{trust_list.verifiers[0]}/"


def _keep(options: argparse.Namespace) -> int:
    public_files = _public_files(options)
    root, text = (
        _root(options, public_files),
        text_at(options.trust_list or f"{public_files.public.rstrip('/')}/{TRUST_LIST}"),
    )
    source = public_files.source(_site(options, trustlist.read(text, root)))
    count = public_files.kept.keep(text, root, public_files.public, source)
    print(f"{count} files are kept in {public_files.kept.folder}")
    return 0


def _verify(options: argparse.Namespace) -> int:
    public_files = _public_files(options)
    root = _root(options, public_files)
    trust_list = trustlist.read(public_files.trust_list(options.trust_list), root)
    source = public_files.source(_site(options, trust_list))
    seen = memory.Memory() if options.no_memory else memory.load(_memory_file(options), keys.kid(root))
    rules = policy.from_json(json.loads(options.policy.read_text("utf-8"))) if options.policy else None
    verifier = Verifier(trust_list=trust_list, status=source, log=source, policy=rules, memory=seen)
    names = list(_documents(options.documents))
    words = [_say(name, verifier, public_files, options, alone=len(names) == 1) for name in names]
    _remember(verifier, keys.kid(root), options)
    if public_files.missed:
        print("the site did not answer: the copy that was kept was used", file=sys.stderr)
    valid = sum(word in _GOOD for word in words)
    if len(words) > 1 and not options.json:
        print(f"{len(words)} documents, {valid} valid, {len(words) - valid} not valid")
    return _exit_code(words)


def _memory_file(options: argparse.Namespace) -> Path:
    return options.memory or memory.usual_file()


def _remember(verifier: Verifier, root: bytes, options: argparse.Namespace) -> None:
    """Store what was seen. If it cannot be stored a line says so, and the answers stand."""
    if options.no_memory:
        return
    verifier.memory.saw_trust_list(verifier.trust_list.version)
    try:
        memory.save(_memory_file(options), root, verifier.memory)
    except OSError as error:
        print(f"what was seen now will not be remembered: {error}", file=sys.stderr)


def _exit_code(words: Sequence[str | None]) -> int:
    if None in words:
        return 2
    others = set(words) - _GOOD
    return 0 if not others else 3 if others == {"cannot-tell"} else 1


def _documents(given: Sequence[str]) -> Iterator[str]:
    for name in given:
        if not is_text(name) and Path(name).is_dir():
            inside = sorted(path for path in Path(name).rglob("*") if path.suffix in (".pdf", ".cwt"))
            yield from map(str, inside)
        else:
            yield name


def _say(
    name: str, verifier: Verifier, public_files: PublicFiles, options: argparse.Namespace, *, alone: bool
) -> str | None:
    """Print the verdict on one document. Returns its word; None where there is no verdict."""
    # The text of a QR fills the screen; the path of a file is needed whole.
    shown = f"{name[:48]}…" if is_text(name) and len(name) > 60 else name
    try:
        told = _told(name, verifier, public_files, options)
    except (TrustError, OSError, Undecided) as error:
        print(f"cannot verify {shown}: {error}", file=sys.stderr)
        return None
    word = str(told["word"])
    if options.json:
        print(json.dumps({"document": shown} | told, ensure_ascii=False))
    elif not (options.quiet and word in _GOOD):
        print(f"{word}: {shown} ({told['reason']})")
        if alone:
            print("", *answer.in_full(told, options.lang, options.audience), sep="\n")
    return word


def _told(
    name: str, verifier: Verifier, public_files: PublicFiles, options: argparse.Namespace
) -> dict[str, Any]:
    at, zone = options.at or datetime.now(UTC), verifier.trust_list.time_zone
    if names_file(name) or not _is_number(name):
        return _compared(_verdict(verifier, _opened(name), at, options.purpose), zone, options)
    if not public_files.is_site:
        raise Undecided("a number says nothing on its own, and no site is asked: verify the file or the code")
    site = HttpSource(
        stands_for=_site(options, verifier.trust_list), base=public_files.public.rstrip("/") + "/"
    )
    question = json.dumps({"number": name, "code": options.code}).encode()
    try:
        told: dict[str, Any] = json.loads(site.ask("verdict", question))
    except Unavailable as error:
        if error.code != "no-such-file":
            raise
        raise Undecided("no document has this number with this code; compare both with the paper") from error
    if text := told.get("text"):
        # The site said which seal it is; whether it holds is found out here.
        return _compared(verifier.verify_text(str(text), at=at, purpose=options.purpose), zone, options)
    return told


def _compared(verdict: Verdict, zone: str, options: argparse.Namespace) -> dict[str, Any]:
    """The verdict as JSON; with `--here` or `--seen` also whether place, hour and works are within the document."""
    told, asked = answer.to_json(verdict), options.here or options.seen
    if not asked or verdict.claims is None or verdict.profile is None:
        return told
    extent = Extent(facts=verdict.claims.facts, profile=verdict.profile, time_zone=zone, word=verdict.word)
    return told | {"extent": to_json(extent.compare(verdict.at, options.here, dict(options.seen or [])))}


def _opened(name: str) -> Document:
    """The document that an argument names. A line says where an argument is read as text and may be a file's name."""
    if is_text(name) and not name.startswith(_WEB):
        print(f"taken as the text of a code, as no file has this name: {name[:48]}", file=sys.stderr)
    return open_document(name)


def _is_number(name: str) -> bool:
    """Whether it reads as the number of a document, also of one on paper (RW/2019/118)."""
    return _NUMBER.fullmatch(name) is not None


def _verdict(verifier: Verifier, document: Document, at: datetime, purpose: str | None) -> Verdict:
    if document.file is not None:
        return verifier.verify_pdf(document.file, at=at, purpose=purpose)
    if document.text is not None:
        return verifier.verify_text(document.text, at=at, purpose=purpose)
    return verifier.verify_seal(document.seal_bytes, at=at, purpose=purpose)


def _inspect(options: argparse.Namespace) -> int:
    for name in options.documents:
        document = _opened(name)
        print("not verified:")
        print(*([describe(document)] if options.json else dissect(document)), sep="\n")
    return 0


def _explain(options: argparse.Namespace) -> int:
    from rukhsa.trust import words

    known = [*words.every_word(), *words.every_reason()]
    if unknown := [code for code in options.codes if code not in known]:
        raise Undecided(f"{', '.join(unknown)}: no such word or reason; `explain` alone lists them")
    for code in options.codes:
        print(*answer.explain(code, options.lang), sep="\n")
    if not options.codes:
        print(*(line for code in known for line in [next(answer.explain(code, options.lang))]), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
