"""Cases of duty 4: the log, proofs of inclusion and lost keys."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from rukhsa.trust import checkpoint, tiles, tlog
from rukhsa.trust.keys import MemorySigner
from rukhsa.trust.tiles import MemoryTiles
from rukhsa.trust.trustlist import TrustList
from tests.trust import world
from tests.trust.vectors.case import Case, case, issued
from tests.trust.world import CLAIMS, NOON, STATUS_URI, Site, make_seal, status_token

DAY = timedelta(days=1)


def log() -> Iterator[Case]:
    """Seals that are in the log, and seals that are not."""
    site = world.town_hall()
    sealed = make_seal(log_index=None)
    yield case("signed and not logged", "not-registered", "no-log-index", 4, sealed=sealed, site=site)
    sealed = make_seal(log_index=2)
    yield case("signed, with another's place", "not-registered", "not-in-log", 4, sealed=sealed, site=site)
    site.log(at=NOON)
    sealed = make_seal(log_index=5000)
    yield case("a place beyond the log", "not-registered", "not-in-log", 4, sealed=sealed, site=site)
    site, sealed = issued()
    early = world.town_hall()
    yield case("the log is a little behind", "cannot-tell", "log-behind", 4, sealed=sealed, site=early)
    early.files[f"{world.LOG}checkpoint"] = _earlier_checkpoint()
    yield case("the log is behind", "cannot-tell", "log-behind", 4, sealed=sealed, site=early)
    files = {address: data for address, data in site.files.items() if not address.startswith(world.LOG)}
    yield case("no log to be had", "cannot-tell", "log-unavailable", 4, sealed=sealed, site=site, files=files)
    path = world.LOG + tiles.tile_path(0, 0, 6)
    files = site.files | {path: bytes(32) + site.files[path][32:]}
    yield case("a tile that was changed", "cannot-tell", "bad-log", 4, sealed=sealed, site=site, files=files)
    note = site.files[f"{world.LOG}checkpoint"].replace(b"\n6\n", b"\n7\n")
    files = site.files | {f"{world.LOG}checkpoint": note}
    yield case(
        "a checkpoint that was changed", "cannot-tell", "bad-log", 4, sealed=sealed, site=site, files=files
    )
    site, sealed = issued(signer=world.LEAKED)
    yield case("sealed with a stolen key", "altered", "key-compromised", 4, sealed=sealed, site=site)
    site = Site(files={STATUS_URI: status_token()})
    sealed = site.issue(signer=world.LEAKED)
    yield case("sealed before the key was stolen", "valid", "in-force", None, sealed=sealed, site=site)


def proofs() -> Iterator[Case]:
    """Documents that bring a proof of inclusion."""
    site, sealed = issued()
    assert site.checkpoint is not None
    proof = tlog.proof(site.tiles, 5, site.checkpoint)
    only_status = {STATUS_URI: status_token()}
    yield case(
        "a proof, and no log to be had",
        "valid",
        "in-force",
        None,
        sealed=sealed,
        site=site,
        files=only_status,
        proof=proof,
    )
    other = tlog.proof(site.tiles, 4, site.checkpoint)
    for name, changed in (
        ("the proof of another seal", other),
        ("a proof of another version", proof.replace("@v1", "@v2")),
    ):
        yield case(name, "altered", "bad-proof", 4, sealed=sealed, site=site, proof=changed)


def lost_keys() -> Iterator[Case]:
    """The key of the log, then that of the status lists, is marked; each authority has a new one."""
    yield from _lost_log_keys()
    site, sealed = issued()
    lost = {"trust_list": _with_lost("status", world.STRANGER)}
    bad, good = ("cannot-tell", "bad-status-list", 5), ("valid", "in-force", None)
    yield case("a status list under a lost key", *bad, sealed=sealed, site=site, **lost)
    files = site.files | {STATUS_URI: status_token(signer=world.STRANGER)}
    yield case("a status list under a new key", *good, sealed=sealed, site=site, files=files, **lost)


def _lost_log_keys() -> Iterator[Case]:
    site, sealed = issued()
    assert site.checkpoint is not None
    lost = {"trust_list": _with_lost("log", world.NEW_LOG_SIGNER)}
    proof = tlog.proof(site.tiles, 5, site.checkpoint)
    renewed = checkpoint.sign(site.checkpoint, world.NEW_LOG_SIGNER).note.encode()
    files = site.files | {f"{world.LOG}checkpoint": renewed}
    yield case("a log under a lost key", "cannot-tell", "bad-log", 4, sealed=sealed, site=site, **lost)
    good = ("valid", "in-force", None)
    yield case("a log that goes on under a new key", *good, sealed=sealed, site=site, files=files, **lost)
    yield case(
        "a proof under a lost key, and the log",
        *good,
        sealed=sealed,
        site=site,
        files=files,
        proof=proof,
        **lost,
    )
    yield case(
        "a proof under a lost key, and no log to be had",
        *("cannot-tell", "log-unavailable", 4),
        sealed=sealed,
        site=site,
        files={STATUS_URI: status_token()},
        proof=proof,
        **lost,
    )
    forged = world.town_hall()
    stolen = forged.issue(replace(CLAIMS, instrument="RW-2020-000999-X"))
    assert forged.checkpoint is not None
    yield case(
        "a forged proof under a lost key",
        *("not-registered", "not-in-log", 4),
        sealed=stolen,
        site=site,
        files=files,
        proof=tlog.proof(forged.tiles, 5, forged.checkpoint),
        **lost,
    )


def successors() -> Iterator[Case]:
    """The log ended, and another began with all that it had: what is proved by either, and what by none."""
    valid, only_status = ("valid", "in-force", None), {STATUS_URI: status_token()}
    site, sealed = issued()
    assert site.checkpoint is not None
    proof = tlog.proof(site.tiles, 5, site.checkpoint)
    after = site.succeeded()
    of_old = {"sealed": sealed, "site": after, "trust_list": after.trust_list}
    yield case("a code of a log that ended", *valid, **of_old)
    yield case("a proof of a log that ended", *valid, files=only_status, proof=proof, **of_old)
    thrice = after.succeeded(3)
    yield case(
        "a proof of the first log of three",
        *valid, sealed=sealed, site=thrice, trust_list=thrice.trust_list, files=only_status, proof=proof,
    )  # fmt: skip
    yield from _false_successors(sealed, after)
    yield from _beyond_the_end(site)
    new = after.issue(replace(CLAIMS, instrument="RW-2020-000124-L"))
    proof = tlog.proof(after.tiles, 7, after.checkpoint)
    of_new = {"sealed": new, "site": after, "trust_list": after.trust_list}
    yield case("a code of the successor", *valid, **of_new)
    yield case("a proof of the successor", *valid, files=only_status, proof=proof, **of_new)
    yield case(
        "a proof of a successor that the list does not name",
        *("altered", "bad-proof", 4), sealed=new, site=site, proof=proof,
    )  # fmt: skip


def _false_successors(sealed: bytes, after: Site) -> Iterator[Case]:
    """Logs that do not begin with all that the one before had."""
    common = {"sealed": sealed, "site": after}
    capital = after.trust_list.authority("capital")
    for name, reason, change in (
        ("another root than the log before had", "log-forked", {"root": bytes(32)}),
        ("more entries than the successor has", "log-rolled-back", {"size": 900}),
    ):
        ended = replace(capital.former_logs[0], **change)  # type: ignore[arg-type]
        changed = replace(capital, former_logs=(ended,))
        trust_list = replace(after.trust_list, authorities=(changed, *after.trust_list.authorities[1:]))
        yield case(f"a list with {name}", "cannot-tell", reason, 4, trust_list=trust_list, **common)
    other = world.town_hall()
    other.log(tlog.entry("file", b"in its place"))
    files = after.files | other.succeeded().files
    common["trust_list"] = after.trust_list
    yield case("a successor with another history", "cannot-tell", "log-forked", 4, files=files, **common)
    address = f"{after.log_address}checkpoint"
    ended_note = {address: world.town_hall().files[f"{world.LOG}checkpoint"]}
    yield case(
        "a log that ended, in place of its successor",
        *("cannot-tell", "bad-log", 4), files=after.files | ended_note, **common,
    )  # fmt: skip


def _beyond_the_end(site: Site) -> Iterator[Case]:
    """A document that the log took after its announced end."""
    after = site.succeeded()
    grown = Site(tiles=MemoryTiles(files=dict(site.tiles.files)), checkpoint=site.checkpoint)
    lost = grown.issue(replace(CLAIMS, instrument="RW-2020-000125-M"))
    assert grown.checkpoint is not None
    proof = tlog.proof(grown.tiles, 6, grown.checkpoint)
    common = {"sealed": lost, "site": after, "trust_list": after.trust_list, "proof": proof}
    yield case("a proof beyond the end of a log", "not-registered", "not-in-log", 4, **common)
    yield case(
        "a proof beyond the end of a log, and no log to be had",
        *("cannot-tell", "log-unavailable", 4), files={STATUS_URI: status_token()}, **common,
    )  # fmt: skip


def _with_lost(purpose: str, follower: MemorySigner) -> TrustList:
    marks = {"compromised_since": NOON - DAY, "compromised_log_size": 6}
    keys = [replace(each, **marks) if each.purpose == purpose else each for each in world.CAPITAL.keys]
    capital = replace(world.CAPITAL, keys=(*keys, world.key(follower, purpose)))
    return replace(world.TRUST_LIST, authorities=(capital, *world.TRUST_LIST.authorities[1:]))


def _earlier_checkpoint() -> bytes:
    site = Site()
    site.log(*(tlog.entry("file", b"%d" % number) for number in range(5)), at=world.ISSUED - DAY)
    assert site.checkpoint is not None
    return site.checkpoint.note.encode()
