"""Cases of duty 4 in a log that needs witnesses."""

from collections.abc import Iterator
from dataclasses import replace

from rukhsa.trust import tlog
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.tiles import MemoryTiles
from tests.trust import world
from tests.trust.vectors.case import Case, case, issued
from tests.trust.world import CLAIMS, NOON, STATUS_URI, Site, status_token

W1, W2 = (each.name for each in world.WITNESSES)
HOUR_AGO = replace(CLAIMS, issued_at=int(NOON.timestamp()) - 3600)


def witnesses() -> Iterator[Case]:
    """Checkpoints with and without cosignatures."""
    one, both = world.witnessed_trust_list(1), world.witnessed_trust_list(2)
    valid, too_few = ("valid", "in-force", None), ("cannot-tell", "not-witnessed", 4)
    site, sealed = issued()
    yield case("not cosigned", *too_few, sealed=sealed, site=site, trust_list=one, witnessed=False)
    site.cosign(W1)
    yield case("cosigned", *valid, sealed=sealed, site=site, trust_list=one, witnessed=True)
    yield case("cosigned by too few", *too_few, sealed=sealed, site=site, trust_list=both, witnessed=False)
    twice = (*world.WITNESSES, replace(world.WITNESSES[0], name=W2))
    yield case(
        "one key under two names counts once",
        *too_few, sealed=sealed, site=site, witnessed=False,
        trust_list=world.witnessed_trust_list(2, twice),
    )  # fmt: skip
    yield from _cosigned_otherwise()
    yield from _later_histories()
    site, sealed = issued(HOUR_AGO)
    yield case(
        "issued an hour ago and not cosigned yet", *valid,
        sealed=sealed, site=site, trust_list=one, witnessed=False,
    )  # fmt: skip


def _cosigned_otherwise() -> Iterator[Case]:
    one, too_few = world.witnessed_trust_list(1), ("cannot-tell", "not-witnessed", 4)
    site, sealed = _cosigned()
    spoiled = site.files[f"{world.LOG}checkpoint"].replace(b"w1.example/witness ", b"w2.example/witness ")
    assert spoiled != site.files[f"{world.LOG}checkpoint"]
    files = site.files | {f"{world.LOG}checkpoint": spoiled, f"{world.LOG}checkpoint.witnessed": spoiled}
    yield case(
        "cosigned by a stranger",
        *too_few,
        sealed=sealed,
        site=site,
        files=files,
        trust_list=one,
        witnessed=False,
    )
    line = site.cosign(W1).splitlines(keepends=True)[-1]
    later, files = _grown(site, tlog.entry("file", b"later"))
    moved = files | {f"{world.LOG}checkpoint": (later.note + line).encode()}
    yield case(
        "a cosignature of another checkpoint", "cannot-tell", "bad-log", 4,
        sealed=sealed, site=site, files=moved, trust_list=one,
    )  # fmt: skip


def _later_histories() -> Iterator[Case]:
    one, valid = world.witnessed_trust_list(1), ("valid", "in-force", None)
    site, sealed = _cosigned()
    _, files = _grown(site, tlog.entry("file", b"later"))
    yield case(
        "cosigned, and grown since",
        *valid,
        sealed=sealed,
        site=site,
        files=files,
        trust_list=one,
        witnessed=True,
    )
    fork = world.town_hall()
    fork.log(tlog.entry("file", b"in its place"))
    fork.cosign(W1)
    forked = files | {f"{world.LOG}checkpoint.witnessed": fork.files[f"{world.LOG}checkpoint"]}
    yield case(
        "the witnesses saw another history", "cannot-tell", "log-forked", 4,
        sealed=sealed, site=site, files=forked, trust_list=one,
    )  # fmt: skip


def _cosigned() -> tuple[Site, bytes]:
    site, sealed = issued()
    site.cosign(W1)
    return site, sealed


def proofs_of_witnessed_logs() -> Iterator[Case]:
    """Proofs of inclusion in a log that needs witnesses."""
    one, valid = world.witnessed_trust_list(1), ("valid", "in-force", None)
    site, sealed = issued()
    assert site.checkpoint is not None
    plain = tlog.proof(site.tiles, 5, site.checkpoint)
    cosigned = plain.partition("\n\n")[0] + "\n\n" + site.cosign(W1)
    only_status = {STATUS_URI: status_token()}
    common = {"sealed": sealed, "site": site, "trust_list": one}
    yield case(
        "a cosigned proof, and no log to be had", *valid,
        files=only_status, proof=cosigned, witnessed=True, **common,
    )  # fmt: skip
    yield case(
        "a proof not cosigned, and no log to be had", *valid,
        files=only_status, proof=plain, witnessed=False, **common,
    )  # fmt: skip
    yield case("a proof not cosigned, and a log that is", *valid, proof=plain, witnessed=True, **common)
    bent = cosigned[:-6] + ("AA" if cosigned[-6:-4] != "AA" else "BB") + cosigned[-4:]
    yield case("a proof with a bad cosignature", "altered", "bad-proof", 4, proof=bent, **common)
    yield from _proofs_of_other_logs(plain)
    never, sealed = issued()
    assert never.checkpoint is not None
    plain = tlog.proof(never.tiles, 5, never.checkpoint)
    yield case(
        "a proof of long ago from a log that nobody cosigned", "cannot-tell", "not-witnessed", 4,
        sealed=sealed, site=never, trust_list=one, proof=plain, witnessed=False,
    )  # fmt: skip


def _proofs_of_other_logs(plain: str) -> Iterator[Case]:
    valid, absent = ("valid", "in-force", None), ("not-registered", "not-in-log", 4)
    site, sealed = issued()
    common = {"sealed": sealed, "site": site, "trust_list": world.witnessed_trust_list(1)}
    other = world.town_hall()
    other.log(tlog.entry("file", b"in its place"), at=NOON)
    other.cosign(W1)
    yield case(
        "a proof of a history that was not published", *absent,
        files=other.files, proof=plain, witnessed=False, **common,
    )  # fmt: skip
    early = world.town_hall()
    early.log(at=NOON)
    early.cosign(W1)
    yield case(
        "a proof beyond the published log", *absent,
        files=early.files, proof=plain, witnessed=False, **common,
    )  # fmt: skip
    yield case(
        "a proof newer than the copy of the log", *valid,
        files=world.town_hall().files, proof=plain, witnessed=False, **common,
    )  # fmt: skip


def _grown(site: Site, entry: bytes) -> tuple[Checkpoint, dict[str, bytes]]:
    """The log of a site with one entry more, signed and not cosigned; the site itself stays as it is."""
    grown = Site(tiles=MemoryTiles(files=dict(site.tiles.files)), checkpoint=site.checkpoint)
    return grown.log(entry, at=NOON), site.files | grown.files
