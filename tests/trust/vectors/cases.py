"""The cases of the truth table: what is handed in, what the public files say, and the verdict due."""

from collections.abc import Iterator
from dataclasses import replace

from rukhsa.trust import tlog
from tests.trust import world
from tests.trust.vectors import issuers, logs, statuses, texts, witnesses
from tests.trust.vectors.case import Case, case, issued, with_fact
from tests.trust.world import CLAIMS, NOON, STATUS_URI


def every_case() -> Iterator[Case]:
    """All cases, in the order of the duties."""
    yield from _good()
    yield from texts.not_parsed()
    yield from texts.strangers()
    yield from texts.imitations()
    yield from texts.bent_seals()
    yield from issuers.issuer()
    yield from issuers.profile()
    yield from logs.log()
    yield from logs.proofs()
    yield from witnesses.witnesses()
    yield from witnesses.proofs_of_witnessed_logs()
    yield from logs.lost_keys()
    yield from logs.successors()
    yield from statuses.status()
    yield from statuses.dates()
    yield from statuses.acceptance()


def _good() -> Iterator[Case]:
    site, sealed = issued()
    yield case("a licence in force", "valid", "in-force", None, sealed=sealed, site=site)
    site, sealed = issued(with_fact(8, None))
    yield case("a licence without an optional fact", "valid", "in-force", None, sealed=sealed, site=site)
    site, sealed = issued(with_fact(4, [12, 3402, 334, 21]))
    yield case("a licence for a flat", "valid", "in-force", None, sealed=sealed, site=site)
    certificate = replace(CLAIMS, instrument="PR-2020-000007-A", facts={1: 1, 2: "Layla Al Dosari"})
    site, sealed = issued(certificate)
    yield case("a certificate without an end", "valid", "in-force", None, sealed=sealed, site=site)
    site, sealed = issued()
    site.log(*(tlog.entry("file", b"later %d" % number) for number in range(600)), at=NOON)
    yield case("in a log of several tiles", "valid", "in-force", None, sealed=sealed, site=site)
    jwt = world.status_jwt()
    yield case(
        "status from a JWT",
        "valid",
        "in-force",
        None,
        sealed=sealed,
        site=site,
        files=site.files | {STATUS_URI: jwt},
    )
