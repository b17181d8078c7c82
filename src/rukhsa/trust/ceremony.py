"""The offline side of the trust list: the root is made here and signs here, and nowhere else.

It runs on a machine of its own and needs neither Django nor a database; what comes in is a draft on a stick, what
goes out is the signed list. `python -m rukhsa.trust.ceremony`, or `rukhsa trust-list sign` and `rukhsa keys create
--purpose root`, which are the same.
"""

import argparse
import getpass
import json
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from rukhsa.trust import trustlist
from rukhsa.trust.errors import BadKey, BadTrustList, TrustError
from rukhsa.trust.keys import Jwk, MemorySigner, PublicKey, thumbprint
from rukhsa.trust.locked_key import locked
from rukhsa.trust.succession import changes, check_follows
from rukhsa.trust.tiles import write_durably, write_once
from rukhsa.trust.trustlist import TrustList

PRIVATE = "root.pem"
PUBLIC = "root.jwk"
EXAMPLES = """\
the ceremony:
  1. on the running system:   rukhsa trust-list draft --output trust-list.draft.json
  2. on the offline machine:  rukhsa trust-list sign trust-list.draft.json --root root.pem --previous trust-list.jws
  3. on the running system:   rukhsa trust-list publish trust-list.jws
The offline machine needs `pip install cryptography` and this package: no Django, no database, no network.
docs/operating/keys.md has the whole of it, with who stands by and what is written down.
"""

type Ask = Callable[[str], str]


def create_root(folder: Path, *, passphrase: str = "") -> Jwk:
    """Make a root in `folder`: `root.pem` (mode 0400) and `root.jwk`. Raises BadKey where there is one already."""
    private, public = folder / PRIVATE, folder / PUBLIC
    if private.exists() or public.exists():
        raise BadKey(
            "root-exists", f"{folder} holds a root already: a root is followed only by telling everybody"
        )
    signer = MemorySigner.p256()
    if passphrase:
        pem = locked(signer, passphrase)
    else:
        pem = signer.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_once(private, pem, 0o400)
    write_once(public, (json.dumps(dict(signer.jwk)) + "\n").encode(), 0o444)
    return signer.jwk


def open_root(file: Path, *, passphrase: str = "") -> MemorySigner:
    """The root in a file of mode 0400. Raises BadKey: `unreadable-root`, `open-root`, `wrong-passphrase`."""
    try:
        data, mode = file.read_bytes(), stat.S_IMODE(file.stat().st_mode)
    except OSError as error:
        raise BadKey("unreadable-root", f"{file}: {error.strerror}") from error
    if mode & 0o077:
        raise BadKey("open-root", f"{file} is of mode {mode:04o}: others may read it. chmod 0400 {file}")
    try:
        private = load_pem_private_key(data, passphrase.encode() or None)
    except TypeError as error:
        raise BadKey(
            "wrong-passphrase", "the root is locked by a passphrase, or is not and one was given"
        ) from error
    except ValueError as error:
        raise BadKey(
            "wrong-passphrase", "the passphrase does not open the root, or the file is none"
        ) from error
    if not isinstance(private, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        raise BadKey("unknown-key-type", file.name)
    return MemorySigner(private=private)


def is_locked(file: Path) -> bool:
    """Whether a passphrase opens the root of a file."""
    return b"ENCRYPTED" in file.read_bytes()


def sign_draft(draft: str, root: MemorySigner, *, previous: TrustList | None = None) -> str:
    """The signed list of a draft, which follows `previous` where that is known. Raises BadTrustList."""
    try:
        document = json.loads(draft)
    except ValueError as error:
        raise BadTrustList("bad-trust-list", f"the draft is not JSON: {error}") from error
    if previous is not None:
        check_follows(trustlist.from_document(document), previous)
    return trustlist.sign(document, root)


def digest_of(jwk: Jwk) -> str:
    """The root's thumbprint (RFC 9679) in groups of four, to be compared with what is in print."""
    text = thumbprint(jwk).hex()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def main(arguments: Sequence[str] | None = None, *, ask: Ask = input) -> int:
    """Run the command; gives its exit code: 0 done, 1 not confirmed, 2 refused."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options, ask))
    except (TrustError, OSError) as error:
        print(f"refused: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rukhsa trust-list sign, rukhsa keys create --purpose root",
        description="Make the root and sign trust lists with it, on a machine that is connected to nothing.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    making = commands.add_parser("create-root", help="make the root: once for a deployment")
    making.add_argument(
        "folder", type=Path, help=f"where {PRIVATE} and {PUBLIC} are written; not on a server"
    )
    making.add_argument("--no-passphrase", action="store_true", help="leave it unlocked: development only")
    making.set_defaults(run=_create)
    signing = commands.add_parser(
        "sign", help="sign a draft", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    signing.add_argument("draft", type=Path, help="what `rukhsa trust-list draft` wrote")
    signing.add_argument("--root", type=Path, required=True, metavar="FILE", help=f"the root's {PRIVATE}")
    signing.add_argument(
        "--previous", type=Path, metavar="FILE", help="the list before: nothing of it may be lost"
    )
    signing.add_argument(
        "--output", type=Path, metavar="FILE", help="default: trust-list.jws beside the draft"
    )
    signing.add_argument("--yes", action="store_true", help="do not ask: development only")
    signing.set_defaults(run=_sign)
    return parser


def _create(options: argparse.Namespace, ask: Ask) -> int:
    passphrase = "" if options.no_passphrase else _new_passphrase()
    jwk = create_root(options.folder, passphrase=passphrase)
    print(
        f"The root lies in {options.folder}. Its thumbprint, to be printed and told by another way than the site:"
    )
    print(f"  {digest_of(jwk)}")
    print(
        f"Give {PUBLIC} to the running system and to relying parties; {PRIVATE} stays here and in a sealed copy."
    )
    return 0


def _sign(options: argparse.Namespace, ask: Ask) -> int:
    passphrase = getpass.getpass("Passphrase of the root: ") if is_locked(options.root) else ""
    root = open_root(options.root, passphrase=passphrase)
    before = trustlist.read(options.previous.read_text("utf-8"), root.jwk) if options.previous else None
    signed = sign_draft(options.draft.read_text("utf-8"), root, previous=before)
    print("This list says, that the one before did not:" if before else "This list says:")
    for line in changes(trustlist.read(signed, root.jwk), before):
        print(f"  {line}")
    if not options.yes and ask("Is that what was decided? Type yes to sign: ").strip() != "yes":
        print("not signed")
        return 1
    output = options.output or options.draft.with_name("trust-list.jws")
    write_durably(output, signed.encode())
    print(f"signed by the root {PublicKey(jwk=root.jwk).kid.hex()}: {output}")
    return 0


def _new_passphrase() -> str:
    first = getpass.getpass("A passphrase for the root (long; it is written down and kept apart): ")
    if len(first) < 12 or first != getpass.getpass("Again: "):
        raise BadKey("bad-passphrase", "shorter than 12 characters, or not the same twice")
    return first


if __name__ == "__main__":
    sys.exit(main())
