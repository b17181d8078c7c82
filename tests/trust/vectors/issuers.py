"""Cases of duties 1 to 3: the key, the signature and the profile."""

from collections.abc import Iterator
from dataclasses import replace

from rukhsa.trust import specimen
from tests.trust import world
from tests.trust.vectors.case import Case, case, issued, link_to
from tests.trust.world import CLAIMS, FACTS, NOON, make_seal


def issuer() -> Iterator[Case]:
    """Seals of a wrong key, at a wrong time or with a wrong trust list."""
    site, sealed = issued(signer=world.STRANGER)
    yield case("sealed by nobody known", "altered", "unknown-key", 1, sealed=sealed, site=site)
    site, sealed = issued(signer=world.STATUS_SIGNER)
    yield case("sealed by a key for status lists", "altered", "unknown-key", 1, sealed=sealed, site=site)
    site, sealed = issued(replace(CLAIMS, issued_at=CLAIMS.issued_at - 90 * 86_400))
    yield case("dated before its key began", "altered", "outside-key-period", 1, sealed=sealed, site=site)
    site, sealed = issued(replace(CLAIMS, issued_at=int(NOON.timestamp()) + 3600))
    yield case("dated an hour from now", "cannot-tell", "issued-in-the-future", 1, sealed=sealed, site=site)
    yield from _trust_lists()
    yield from _specimens()


def _trust_lists() -> Iterator[Case]:
    site, sealed = issued()
    old = replace(world.TRUST_LIST, expires=NOON)
    yield case(
        "a trust list that has ended",
        "cannot-tell",
        "trust-list-expired",
        1,
        sealed=sealed,
        site=site,
        trust_list=old,
    )
    yield case(
        "an older trust list than one seen before",
        "cannot-tell",
        "trust-list-rolled-back",
        1,
        sealed=sealed,
        site=site,
        minimum_version=world.TRUST_LIST.version + 1,
    )
    seen = world.TRUST_LIST.version
    yield case(
        "the trust list seen before",
        "valid",
        "in-force",
        None,
        sealed=sealed,
        site=site,
        minimum_version=seen,
    )


def _specimens() -> Iterator[Case]:
    site, _ = issued()
    sealed = make_seal(signer=specimen.signer(), log_index=None)
    yield case("a specimen", "specimen", "specimen", 1, sealed=sealed, site=site)
    changed = sealed.replace("ليلى".encode(), "سلمى".encode(), 1)
    yield case(
        "a specimen altered",
        "altered",
        "bad-signature",
        1,
        sealed=sealed,
        site=site,
        text=link_to(changed),
    )


def profile() -> Iterator[Case]:
    """Facts that do not fit their profile."""
    for name, reason, facts in (
        ("a profile that nobody published", "unknown-profile", FACTS | {1: 99}),
        ("a fact missing", "bad-facts", {key: fact for key, fact in FACTS.items() if key != 3}),
        ("a fact that the profile does not have", "bad-facts", FACTS | {10: 1}),
        ("a date that is text", "bad-facts", FACTS | {5: "2020-11-10"}),
        ("a code that is not among the options", "bad-facts", FACTS | {7: 9}),
        ("an address with too many parts", "bad-facts", FACTS | {4: [1, 2, 3, 4, 5]}),
    ):
        site, sealed = issued(replace(CLAIMS, facts=facts))
        yield case(name, "altered", reason, 3, sealed=sealed, site=site)
    site, sealed = issued(signer=world.SOUTH_SEALER)
    yield case("a profile of another authority", "altered", "foreign-profile", 3, sealed=sealed, site=site)
