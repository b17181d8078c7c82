"""The worked examples of the pages in docs/formats: made from the world of the vectors, put between their marks."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rukhsa.project.config import PROJECT
from rukhsa.trust import dissection, keys, profiles, seal, statuslist, trustlist
from rukhsa.trust.document import Document
from rukhsa.trust.verdict import to_json
from tests.trust import world

PAGES: Final = PROJECT / "docs/formats"
_BLOCK = re.compile(
    r"(?P<mark><!-- example: (?P<name>[a-z-]+) -->\n\n)(?P<text>(?:(?: {4}.*)?\n)*?)(?=\n*<!-- end -->)"
)


def pages() -> list[Path]:
    """The pages that hold a worked example."""
    return sorted(page for page in PAGES.glob("*.md") if _BLOCK.search(page.read_text("utf-8")))


def in_page(page: Path) -> dict[str, str]:
    """The examples that stand in a page, by name."""
    found = _BLOCK.finditer(page.read_text("utf-8"))
    return {
        match["name"]: re.sub(r"^ {4}", "", match["text"], flags=re.MULTILINE).strip("\n") for match in found
    }


def written_anew(page: Path) -> str:
    """The page with every example as the code makes it."""
    return _BLOCK.sub(
        lambda match: match["mark"] + _indented(made(match["name"])) + "\n", page.read_text("utf-8")
    )


def made(name: str) -> str:
    """One example, as the code makes it."""
    return _EXAMPLES[name]()


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def _sealed() -> bytes:
    return world.town_hall().issue()


def _qr_text() -> str:
    return world.text_of(_sealed())


def _bytes() -> str:
    return "\n".join(dissection.dissect(Document(seal_bytes=_sealed())))


def _signed() -> str:
    return seal.read(_sealed()).signed_bytes.hex()


def _key() -> str:
    return _json({**world.SEALER.jwk, "kid": keys.kid(world.SEALER.jwk).hex()})


def _status_uri() -> str:
    return world.STATUS_URI


def _status_cwt() -> str:
    return world.status_token(statuslist.REVOKED).hex()


def _status_key() -> str:
    return _json(dict(world.STATUS_SIGNER.jwk))


def _profile() -> str:
    return _json(profiles.to_json(world.ROAD_WORKS))


def _facts() -> str:
    return _json({str(key): fact for key, fact in world.FACTS.items()})


def _shown() -> str:
    return _json(
        {
            language: [list(pair) for pair in profiles.describe(world.FACTS, world.ROAD_WORKS, language)]
            for language in ("ar", "en")
        }
    )


def _root() -> str:
    return _json(dict(world.ROOT.jwk))


def _short_list() -> dict[str, Any]:
    """A list of one authority with one key and one profile."""
    capital = replace(world.CAPITAL, keys=world.CAPITAL.keys[:1], profiles=frozenset({1}))
    listed = replace(world.TRUST_LIST, authorities=(capital,), profiles={1: world.RESIDENCE})
    return trustlist.to_document(listed)


def _trust_list() -> str:
    return _json(_short_list())


def _trust_list_signed() -> str:
    return trustlist.sign(_short_list(), world.ROOT)


def _verdict() -> str:
    site = world.town_hall()
    return json.dumps(
        to_json(site.verifier.verify_seal(site.issue(), at=world.NOON)), ensure_ascii=False, indent=1
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


_EXAMPLES: Final[dict[str, Callable[[], str]]] = {
    "qr-text": _qr_text,
    "seal-bytes": _bytes,
    "seal-signed": _signed,
    "seal-key": _key,
    "status-uri": _status_uri,
    "status-cwt": _status_cwt,
    "status-key": _status_key,
    "profile": _profile,
    "facts": _facts,
    "shown": _shown,
    "root": _root,
    "trust-list": _trust_list,
    "trust-list-signed": _trust_list_signed,
    "verdict": _verdict,
}
