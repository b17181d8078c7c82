"""One row of the truth table, and what rows are made of."""

import base64
from dataclasses import dataclass, field, replace
from datetime import datetime

from rukhsa.trust import digits, seal
from rukhsa.trust.keys import MemorySigner
from rukhsa.trust.seal import Claims
from rukhsa.trust.trustlist import TrustList
from tests.trust import world
from tests.trust.world import CLAIMS, FACTS, NOON, Site


@dataclass(frozen=True, kw_only=True)
class Case:
    """One row of the truth table."""

    name: str
    word: str
    reason: str
    text: str
    files: dict[str, bytes]
    at: datetime = NOON
    trust_list: TrustList = world.TRUST_LIST
    policy: dict[str, object] | None = None
    purpose: str | None = None
    proof: str | None = None
    witnessed: bool | None = None
    minimum_version: int | None = None
    failed_duty: int | None = field(default=None)


def case(
    name: str, word: str, reason: str, duty: int | None, *, sealed: bytes, site: Site, **more: object
) -> Case:
    """A row; without other texts and files those of the sealed document."""
    more.setdefault("text", world.text_of(sealed))
    more.setdefault("files", dict(site.files))
    return Case(name=name, word=word, reason=reason, failed_duty=duty, **more)  # type: ignore[arg-type]


def issued(claims: Claims = CLAIMS, signer: MemorySigner = world.SEALER) -> tuple[Site, bytes]:
    """A town hall that has just issued a document, and its seal."""
    site = world.town_hall()
    return site, site.issue(claims, signer)


def with_fact(key: int, fact: seal.Fact | None) -> Claims:
    """The usual claims with one fact changed, or without it."""
    facts = {number: old for number, old in FACTS.items() if number != key}
    return replace(CLAIMS, facts=facts if fact is None else facts | {key: fact})


def link_to(changed: bytes) -> str:
    """The text of a QR around any bytes, even those that no QR of ours would hold."""
    return f"{world.SITE}#{digits.encode(changed)}"


def encoded(data: bytes) -> str:
    """Bytes as the file of the table holds them."""
    return base64.b64encode(data).decode()
