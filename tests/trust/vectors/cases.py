"""The cases of the truth table: what is handed in, what the public files say, and the verdict due."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from rukhsa.trust import checkpoint, digits, profiles, seal, specimen, tiles, tlog
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.keys import ORDER, MemorySigner
from rukhsa.trust.seal import Claims
from rukhsa.trust.tiles import MemoryTiles
from rukhsa.trust.trustlist import TrustList
from tests.trust import world
from tests.trust.world import CLAIMS, FACTS, NOON, STATUS_URI, Site, make_seal, status_token

DAY = timedelta(days=1)
UNTIL_2020 = {"kind": "sealed", "since": "2020-01-01", "until": "2020-11-10", "circular": "3/2020"}


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


def every_case() -> Iterator[Case]:
    """All cases, in the order of the duties."""
    yield from _good()
    yield from _not_parsed()
    yield from _strangers()
    yield from _imitations()
    yield from _bent_seals()
    yield from _issuer()
    yield from _profile()
    yield from _log()
    yield from _proofs()
    yield from _witnesses()
    yield from _proofs_of_witnessed_logs()
    yield from _lost_keys()
    yield from _status()
    yield from _dates()
    yield from _acceptance()


def _case(
    name: str, word: str, reason: str, duty: int | None, *, sealed: bytes, site: Site, **more: object
) -> Case:
    more.setdefault("text", world.text_of(sealed))
    more.setdefault("files", dict(site.files))
    return Case(name=name, word=word, reason=reason, failed_duty=duty, **more)  # type: ignore[arg-type]


def _issued(claims: Claims = CLAIMS, signer: MemorySigner = world.SEALER) -> tuple[Site, bytes]:
    site = world.town_hall()
    return site, site.issue(claims, signer)


def _good() -> Iterator[Case]:
    site, sealed = _issued()
    yield _case("a licence in force", "valid", "in-force", None, sealed=sealed, site=site)
    site, sealed = _issued(_with(8, None))
    yield _case("a licence without an optional fact", "valid", "in-force", None, sealed=sealed, site=site)
    site, sealed = _issued(_with(4, [12, 3402, 334, 21]))
    yield _case("a licence for a flat", "valid", "in-force", None, sealed=sealed, site=site)
    certificate = replace(CLAIMS, instrument="PR-2020-000007-A", facts={1: 1, 2: "Layla Al Dosari"})
    site, sealed = _issued(certificate)
    yield _case("a certificate without an end", "valid", "in-force", None, sealed=sealed, site=site)
    site, sealed = _issued()
    site.log(*(tlog.entry("file", b"later %d" % number) for number in range(600)), at=NOON)
    yield _case("in a log of several tiles", "valid", "in-force", None, sealed=sealed, site=site)
    jwt = world.status_jwt()
    yield _case(
        "status from a JWT",
        "valid",
        "in-force",
        None,
        sealed=sealed,
        site=site,
        files=site.files | {STATUS_URI: jwt},
    )


def _not_parsed() -> Iterator[Case]:
    site, sealed = _issued()
    text = world.text_of(sealed)
    for name, reason, changed in (
        ("the address in capitals", "bad-link", text.replace("https://", "HTTPS://")),
        ("no digits behind the address", "bad-link", f"{world.SITE}#"),
        ("another scheme", "bad-link", text.replace("https:", "http:")),
        ("a word behind the digits", "bad-link", f"{text} "),
        ("Arabic-Indic digits", "bad-link", text.replace("1", "١")),
        ("the last digit cut off", "bad-digits", text[:-1]),
        ("a group too large for its bytes", "bad-digits", text[: -len(text.split("#")[1])] + "9" * 17),
        ("an address that is not official", "foreign-host", text.replace("v.mun.", "v-mun.")),
        ("no bytes of a seal", "not-a-seal", f"{world.SITE}#{digits.encode(b'hello there')}"),
    ):
        yield _case(name, "altered", reason, 0, sealed=sealed, site=site, text=changed)


ELSEWHERE = "https://licences.elsewhere.example/"


def _strangers() -> Iterator[Case]:
    """What bears no mark of ours is not one of ours, whatever it holds."""
    site, sealed = _issued()
    theirs = replace(CLAIMS, status_uri=f"{ELSEWHERE}status/north/0.cwt")
    of_theirs = digits.encode(make_seal(theirs, world.STRANGER, log_index=5))
    for name, reason, text in (
        ("no text at all", "other-code", ""),
        ("a word", "other-code", "hello"),
        ("a network's password", "other-code", "WIFI:T:WPA;S:cafe;P:0123456789012345;;"),
        (
            "a health certificate of another state",
            "other-code",
            "HC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 O5 N2FBB",
        ),
        ("a digital seal of another state", "other-code", "\x03SDC03FR01AV01E01FE03C5D10B"),
        ("a leaflet's address", "other-code", "https://www.town.example/opening-hours"),
        ("an address with a place on its page", "other-code", "https://www.town.example/rules#section-12"),
        ("a page of the same municipality", "other-code", "https://www.mun.example/licences#prices"),
        ("the verifier's page, and no document", "other-code", world.SITE),
        ("long digits at another address", "other-code", f"{ELSEWHERE}#{'1' * 400}"),
        ("a document of another register", "other-address", f"{ELSEWHERE}#{of_theirs}"),
        ("short digits at another address", "other-address", f"{ELSEWHERE}#01017"),
    ):
        yield _case(name, "not-ours", reason, 0, sealed=sealed, site=site, text=text)


def _imitations() -> Iterator[Case]:
    """What claims to be ours and is not, by its address or by the seal in it, is altered."""
    site, sealed = _issued()
    number = digits.encode(sealed)
    for name, text in (
        ("another address around the official one", f"https://{world.HOST}.evil.example/#{number}"),
        ("a letter of another script in the address", f"https://v.mun.ex\u0430mple/#{number}"),
        ("the same address as it is sent", f"https://v.mun.xn--exmple-4nf/#{number}"),
        ("two letters that pass for one in the address", f"https://v.mun.exarnple/#{number}"),
        ("an address that imitates ours, and no document", "https://v-mun.example/"),
        ("a genuine seal at another address", f"{ELSEWHERE}#{number}"),
    ):
        yield _case(name, "altered", "foreign-host", 0, sealed=sealed, site=site, text=text)
    for name, text in (
        ("a genuine seal without an address", number),
        ("a genuine seal behind another link", f"{ELSEWHERE}look?it={number}"),
        ("the official address inside of another", f"{ELSEWHERE}?to={world.SITE}%23{number}"),
        ("a name before the official address", f"https://a@{world.HOST}/#{number}"),
        ("a port behind the official address", f"https://{world.HOST}:443/#{number}"),
        ("escapes in the official address", f"https://v%2Emun.example/#{number}"),
        ("escapes in the digits", f"{world.SITE}#%3{number[0]}{number[1:]}"),
    ):
        yield _case(name, "altered", "bad-link", 0, sealed=sealed, site=site, text=text)


def _bent_seals() -> Iterator[Case]:
    site, sealed = _issued()
    raw_signature = seal.read(sealed).signature
    high = raw_signature[:32] + (ORDER - int.from_bytes(raw_signature[32:])).to_bytes(32)
    for name, reason, changed in (
        ("a byte behind the seal", "bad-cbor", sealed + b"\x00"),
        ("more than a kibibyte", "bad-size", sealed.ljust(1025, b"\0")),
        ("a count in a longer form than needed", "bad-cbor", sealed[:1] + b"\x98\x04" + sealed[2:]),
        (
            "another algorithm in the header",
            "bad-header",
            sealed.replace(b"\xa2\x01\x28", b"\xa2\x01\x27", 1),
        ),
        ("a signature with the larger s", "bad-signature-form", sealed.replace(raw_signature, high)),
        ("a claim with an unknown number", "bad-claims", sealed.replace(b"\x06\x1a\x5f", b"\x05\x1a\x5f", 1)),
        (
            "a right-to-left override in the name",
            "bad-text",
            sealed.replace("لي".encode(), b"\xe2\x80\xae\x20", 1),
        ),
        (
            "a name that is not in normal form C",
            "bad-text",
            sealed.replace("لي".encode(), "\u0627\u0653".encode(), 1),
        ),
    ):
        yield _case(name, "altered", reason, 0, sealed=sealed, site=site, text=_text(changed))
    changed = sealed.replace("ليلى".encode(), "سلمى".encode(), 1)
    yield _case("another name", "altered", "bad-signature", 2, sealed=sealed, site=site, text=_text(changed))
    changed = sealed.replace(b"RW-2020-000123", b"RW-2020-000124", 1)
    yield _case(
        "another number", "altered", "bad-signature", 2, sealed=sealed, site=site, text=_text(changed)
    )


def _issuer() -> Iterator[Case]:
    site, sealed = _issued(signer=world.STRANGER)
    yield _case("sealed by nobody known", "altered", "unknown-key", 1, sealed=sealed, site=site)
    site, sealed = _issued(signer=world.STATUS_SIGNER)
    yield _case("sealed by a key for status lists", "altered", "unknown-key", 1, sealed=sealed, site=site)
    site, sealed = _issued(replace(CLAIMS, issued_at=CLAIMS.issued_at - 90 * 86_400))
    yield _case("dated before its key began", "altered", "outside-key-period", 1, sealed=sealed, site=site)
    site, sealed = _issued(replace(CLAIMS, issued_at=int(NOON.timestamp()) + 3600))
    yield _case("dated an hour from now", "cannot-tell", "issued-in-the-future", 1, sealed=sealed, site=site)
    site, sealed = _issued()
    old = replace(world.TRUST_LIST, expires=NOON)
    yield _case(
        "a trust list that has ended",
        "cannot-tell",
        "trust-list-expired",
        1,
        sealed=sealed,
        site=site,
        trust_list=old,
    )
    yield _case(
        "an older trust list than one seen before",
        "cannot-tell",
        "trust-list-rolled-back",
        1,
        sealed=sealed,
        site=site,
        minimum_version=world.TRUST_LIST.version + 1,
    )
    seen = world.TRUST_LIST.version
    yield _case(
        "the trust list seen before",
        "valid",
        "in-force",
        None,
        sealed=sealed,
        site=site,
        minimum_version=seen,
    )
    sealed = make_seal(signer=specimen.signer(), log_index=None)
    yield _case("a specimen", "specimen", "specimen", 1, sealed=sealed, site=site)
    changed = sealed.replace("ليلى".encode(), "سلمى".encode(), 1)
    yield _case(
        "a specimen altered", "altered", "bad-signature", 1, sealed=sealed, site=site, text=_text(changed)
    )


def _profile() -> Iterator[Case]:
    for name, reason, facts in (
        ("a profile that nobody published", "unknown-profile", FACTS | {1: 99}),
        ("a fact missing", "bad-facts", {key: fact for key, fact in FACTS.items() if key != 3}),
        ("a fact that the profile does not have", "bad-facts", FACTS | {10: 1}),
        ("a date that is text", "bad-facts", FACTS | {5: "2020-11-10"}),
        ("a code that is not among the options", "bad-facts", FACTS | {7: 9}),
        ("an address with too many parts", "bad-facts", FACTS | {4: [1, 2, 3, 4, 5]}),
    ):
        site, sealed = _issued(replace(CLAIMS, facts=facts))
        yield _case(name, "altered", reason, 3, sealed=sealed, site=site)
    site, sealed = _issued(signer=world.SOUTH_SEALER)
    yield _case("a profile of another authority", "altered", "foreign-profile", 3, sealed=sealed, site=site)


def _log() -> Iterator[Case]:
    site = world.town_hall()
    sealed = make_seal(log_index=None)
    yield _case("signed and not logged", "not-registered", "no-log-index", 4, sealed=sealed, site=site)
    sealed = make_seal(log_index=2)
    yield _case("signed, with another's place", "not-registered", "not-in-log", 4, sealed=sealed, site=site)
    site.log(at=NOON)
    sealed = make_seal(log_index=5000)
    yield _case("a place beyond the log", "not-registered", "not-in-log", 4, sealed=sealed, site=site)
    site, sealed = _issued()
    early = world.town_hall()
    yield _case("the log is a little behind", "cannot-tell", "log-behind", 4, sealed=sealed, site=early)
    early.files[f"{world.LOG}checkpoint"] = _earlier_checkpoint()
    yield _case("the log is behind", "cannot-tell", "log-behind", 4, sealed=sealed, site=early)
    files = {address: data for address, data in site.files.items() if not address.startswith(world.LOG)}
    yield _case(
        "no log to be had", "cannot-tell", "log-unavailable", 4, sealed=sealed, site=site, files=files
    )
    path = world.LOG + tiles.tile_path(0, 0, 6)
    files = site.files | {path: bytes(32) + site.files[path][32:]}
    yield _case("a tile that was changed", "cannot-tell", "bad-log", 4, sealed=sealed, site=site, files=files)
    note = site.files[f"{world.LOG}checkpoint"].replace(b"\n6\n", b"\n7\n")
    files = site.files | {f"{world.LOG}checkpoint": note}
    yield _case(
        "a checkpoint that was changed", "cannot-tell", "bad-log", 4, sealed=sealed, site=site, files=files
    )
    site, sealed = _issued(signer=world.LEAKED)
    yield _case("sealed with a stolen key", "altered", "key-compromised", 4, sealed=sealed, site=site)
    site = Site(files={STATUS_URI: status_token()})
    sealed = site.issue(signer=world.LEAKED)
    yield _case("sealed before the key was stolen", "valid", "in-force", None, sealed=sealed, site=site)


def _proofs() -> Iterator[Case]:
    site, sealed = _issued()
    assert site.checkpoint is not None
    proof = tlog.proof(site.tiles, 5, site.checkpoint)
    only_status = {STATUS_URI: status_token()}
    yield _case(
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
        yield _case(name, "altered", "bad-proof", 4, sealed=sealed, site=site, proof=changed)


W1, W2 = (each.name for each in world.WITNESSES)
HOUR_AGO = replace(CLAIMS, issued_at=int(NOON.timestamp()) - 3600)


def _witnesses() -> Iterator[Case]:
    one, both = world.witnessed_trust_list(1), world.witnessed_trust_list(2)
    valid, too_few = ("valid", "in-force", None), ("cannot-tell", "not-witnessed", 4)
    site, sealed = _issued()
    yield _case("not cosigned", *too_few, sealed=sealed, site=site, trust_list=one, witnessed=False)
    site.cosign(W1)
    yield _case("cosigned", *valid, sealed=sealed, site=site, trust_list=one, witnessed=True)
    yield _case("cosigned by too few", *too_few, sealed=sealed, site=site, trust_list=both, witnessed=False)
    twice = (*world.WITNESSES, replace(world.WITNESSES[0], name=W2))
    yield _case(
        "one key under two names counts once",
        *too_few, sealed=sealed, site=site, witnessed=False,
        trust_list=world.witnessed_trust_list(2, twice),
    )  # fmt: skip
    spoiled = site.files[f"{world.LOG}checkpoint"].replace(b"w1.example/witness ", b"w2.example/witness ")
    assert spoiled != site.files[f"{world.LOG}checkpoint"]
    files = site.files | {f"{world.LOG}checkpoint": spoiled, f"{world.LOG}checkpoint.witnessed": spoiled}
    yield _case(
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
    yield _case(
        "a cosignature of another checkpoint", "cannot-tell", "bad-log", 4,
        sealed=sealed, site=site, files=moved, trust_list=one,
    )  # fmt: skip
    yield _case(
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
    yield _case(
        "the witnesses saw another history", "cannot-tell", "log-forked", 4,
        sealed=sealed, site=site, files=forked, trust_list=one,
    )  # fmt: skip
    site, sealed = _issued(HOUR_AGO)
    yield _case(
        "issued an hour ago and not cosigned yet", *valid,
        sealed=sealed, site=site, trust_list=one, witnessed=False,
    )  # fmt: skip


def _proofs_of_witnessed_logs() -> Iterator[Case]:
    one, valid = world.witnessed_trust_list(1), ("valid", "in-force", None)
    site, sealed = _issued()
    assert site.checkpoint is not None
    plain = tlog.proof(site.tiles, 5, site.checkpoint)
    cosigned = plain.partition("\n\n")[0] + "\n\n" + site.cosign(W1)
    only_status = {STATUS_URI: status_token()}
    common = {"sealed": sealed, "site": site, "trust_list": one}
    yield _case(
        "a cosigned proof, and no log to be had", *valid,
        files=only_status, proof=cosigned, witnessed=True, **common,
    )  # fmt: skip
    yield _case(
        "a proof not cosigned, and no log to be had", *valid,
        files=only_status, proof=plain, witnessed=False, **common,
    )  # fmt: skip
    yield _case("a proof not cosigned, and a log that is", *valid, proof=plain, witnessed=True, **common)
    bent = cosigned[:-6] + ("AA" if cosigned[-6:-4] != "AA" else "BB") + cosigned[-4:]
    yield _case("a proof with a bad cosignature", "altered", "bad-proof", 4, proof=bent, **common)
    other = world.town_hall()
    other.log(tlog.entry("file", b"in its place"), at=NOON)
    other.cosign(W1)
    absent = ("not-registered", "not-in-log", 4)
    yield _case(
        "a proof of a history that was not published", *absent,
        files=other.files, proof=plain, witnessed=False, **common,
    )  # fmt: skip
    early = world.town_hall()
    early.log(at=NOON)
    early.cosign(W1)
    yield _case(
        "a proof beyond the published log", *absent,
        files=early.files, proof=plain, witnessed=False, **common,
    )  # fmt: skip
    yield _case(
        "a proof newer than the copy of the log", *valid,
        files=world.town_hall().files, proof=plain, witnessed=False, **common,
    )  # fmt: skip
    never, sealed = _issued()
    assert never.checkpoint is not None
    plain = tlog.proof(never.tiles, 5, never.checkpoint)
    yield _case(
        "a proof of long ago from a log that nobody cosigned", "cannot-tell", "not-witnessed", 4,
        sealed=sealed, site=never, trust_list=one, proof=plain, witnessed=False,
    )  # fmt: skip


def _grown(site: Site, entry: bytes) -> tuple[Checkpoint, dict[str, bytes]]:
    """The log of a site with one entry more, signed and not cosigned; the site itself stays as it is."""
    grown = Site(tiles=MemoryTiles(files=dict(site.tiles.files)), checkpoint=site.checkpoint)
    return grown.log(entry, at=NOON), site.files | grown.files


def _lost_keys() -> Iterator[Case]:
    """The key of the log, then that of the status lists, is marked; each authority has a new one."""
    site, sealed = _issued()
    assert site.checkpoint is not None
    lost = {"trust_list": _with_lost("log", world.NEW_LOG_SIGNER)}
    proof = tlog.proof(site.tiles, 5, site.checkpoint)
    renewed = checkpoint.sign(site.checkpoint, world.NEW_LOG_SIGNER).note.encode()
    files = site.files | {f"{world.LOG}checkpoint": renewed}
    yield _case("a log under a lost key", "cannot-tell", "bad-log", 4, sealed=sealed, site=site, **lost)
    good = ("valid", "in-force", None)
    yield _case("a log that goes on under a new key", *good, sealed=sealed, site=site, files=files, **lost)
    yield _case(
        "a proof under a lost key, and the log",
        *good,
        sealed=sealed,
        site=site,
        files=files,
        proof=proof,
        **lost,
    )
    yield _case(
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
    yield _case(
        "a forged proof under a lost key",
        *("not-registered", "not-in-log", 4),
        sealed=stolen,
        site=site,
        files=files,
        proof=tlog.proof(forged.tiles, 5, forged.checkpoint),
        **lost,
    )
    lost = {"trust_list": _with_lost("status", world.STRANGER)}
    bad = ("cannot-tell", "bad-status-list", 5)
    yield _case("a status list under a lost key", *bad, sealed=sealed, site=site, **lost)
    files = site.files | {STATUS_URI: status_token(signer=world.STRANGER)}
    yield _case("a status list under a new key", *good, sealed=sealed, site=site, files=files, **lost)


def _with_lost(purpose: str, follower: MemorySigner) -> TrustList:
    marks = {"compromised_since": NOON - DAY, "compromised_log_size": 6}
    keys = [replace(each, **marks) if each.purpose == purpose else each for each in world.CAPITAL.keys]
    capital = replace(world.CAPITAL, keys=(*keys, world.key(follower, purpose)))
    return replace(world.TRUST_LIST, authorities=(capital, *world.TRUST_LIST.authorities[1:]))


def _status() -> Iterator[Case]:
    site, sealed = _issued()
    for status, word in ((1, "revoked"), (2, "suspended"), (3, "superseded")):
        files = site.files | {STATUS_URI: status_token(status)}
        yield _case(f"a licence that is {word}", word, word, 5, sealed=sealed, site=site, files=files)
    beyond_end = NOON + 60 * DAY
    late = replace(world.TRUST_LIST, expires=NOON + 99 * DAY)
    files = site.files | {STATUS_URI: status_token(1, at=beyond_end)}
    yield _case(
        "revoked and past its end",
        "revoked",
        "revoked",
        5,
        sealed=sealed,
        site=site,
        files=files,
        at=beyond_end,
        trust_list=late,
    )
    tokens = {
        "status-expired": status_token(at=NOON - 2 * DAY),
        "status-from-the-future": status_token(at=NOON + DAY),
        "bad-status-list": status_token(signer=world.STRANGER),
    }
    for reason, token in tokens.items():
        yield _case(
            reason.replace("-", " "),
            "cannot-tell",
            reason,
            5,
            sealed=sealed,
            site=site,
            files=site.files | {STATUS_URI: token},
        )
    token = status_token(uri=f"{world.SITE}status/capital/1.cwt")
    files = site.files | {STATUS_URI: token}
    yield _case(
        "the list of another address",
        "cannot-tell",
        "bad-status-list",
        5,
        sealed=sealed,
        site=site,
        files=files,
    )
    files = {address: data for address, data in site.files.items() if address != STATUS_URI}
    yield _case(
        "no status to be had", "cannot-tell", "status-unavailable", 5, sealed=sealed, site=site, files=files
    )
    site, sealed = _issued(replace(CLAIMS, status_index=9000))
    yield _case("a place beyond the list", "cannot-tell", "bad-status-list", 5, sealed=sealed, site=site)
    site, sealed = _issued(replace(CLAIMS, status_uri=f"{world.SITE}status/southern/0.cwt"))
    yield _case(
        "the list of another authority", "altered", "foreign-status-list", 5, sealed=sealed, site=site
    )


def _dates() -> Iterator[Case]:
    # Bahrain's midnight is 21:00 UTC of the day before.
    first, last = (
        datetime.fromisoformat("2020-11-09T21:00:00Z"),
        datetime.fromisoformat("2020-12-09T21:00:00Z"),
    )
    site, sealed = _issued()
    second = timedelta(seconds=1)
    late = replace(world.TRUST_LIST, expires=NOON + 99 * DAY)
    for name, word, reason, at in (
        ("a second before its first day", "not-yet-valid", "before-its-first-day", first - second),
        ("the first second of its first day", "valid", "in-force", first),
        ("the last second of its last day", "valid", "in-force", last - second),
        ("a second after its last day", "expired", "after-its-last-day", last),
    ):
        files = site.files | {STATUS_URI: status_token(at=at)}
        duty = None if word == "valid" else 6
        yield _case(name, word, reason, duty, sealed=sealed, site=site, files=files, at=at, trust_list=late)
    site, sealed = _issued(replace(CLAIMS, expires_at=int(NOON.timestamp())))
    yield _case(
        "past the end that the seal names", "expired", "after-its-last-day", 6, sealed=sealed, site=site
    )
    site, sealed = _issued(_with(5, profiles.to_days(date(2021, 1, 1))))
    yield _case(
        "a licence for next year", "not-yet-valid", "before-its-first-day", 6, sealed=sealed, site=site
    )


def _acceptance() -> Iterator[Case]:
    site, sealed = _issued()
    bank = {"kind": "sealed", "since": "2020-01-01", "purpose": "bank", "profiles": [3]}
    refused = ("not-accepted", "not-accepted-by-policy", 7)
    accepted = ("valid", "in-force", None)
    for name, answer, rules, purpose in (
        ("a policy that takes it", accepted, [{"kind": "sealed", "since": "2020-11-15"}], None),
        ("a policy that has ended", refused, [UNTIL_2020], None),
        ("a policy that begins tomorrow", refused, [{"kind": "sealed", "since": "2020-11-16"}], None),
        ("a policy for paper only", refused, [{"kind": "paper", "since": "2020-01-01"}], None),
        ("a policy for this purpose", accepted, [bank], "bank"),
        ("a policy for another purpose", refused, [bank], "court"),
        ("a policy for other profiles", refused, [bank | {"profiles": [1]}], "bank"),
    ):
        word, reason, duty = answer
        yield _case(
            name, word, reason, duty, sealed=sealed, site=site, policy={"rules": rules}, purpose=purpose
        )


def _with(key: int, fact: seal.Fact | None) -> Claims:
    facts = {number: old for number, old in FACTS.items() if number != key}
    return replace(CLAIMS, facts=facts if fact is None else facts | {key: fact})


def _text(changed: bytes) -> str:
    return f"{world.SITE}#{digits.encode(changed)}"


def _earlier_checkpoint() -> bytes:
    site = Site()
    site.log(*(tlog.entry("file", b"%d" % number) for number in range(5)), at=world.ISSUED - DAY)
    assert site.checkpoint is not None
    return site.checkpoint.note.encode()


def encoded(data: bytes) -> str:
    """How bytes stand in the file."""
    return base64.b64encode(data).decode()
