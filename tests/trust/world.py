"""A small world of evidence with known keys: authorities, profiles, seals, log, status, trust list."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from rukhsa.trust import cosignature, profiles, qr, seal, statuslist, tlog, trustlist
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.keys import MemorySigner, PublicKey
from rukhsa.trust.profiles import Field, Profile
from rukhsa.trust.seal import Claims, Fact
from rukhsa.trust.sources import MemorySource
from rukhsa.trust.tiles import MemoryTiles
from rukhsa.trust.trustlist import Authority, FormerLog, Key, TrustList, Witness
from rukhsa.trust.verifier import Verifier
from rukhsa.values.names import Text

HOST = "v.mun.example"
SITE = f"https://{HOST}/"
NOON = datetime(2020, 11, 15, 9, 0, tzinfo=UTC)  # noon in Bahrain
ISSUED = NOON - timedelta(days=10)
STATUS_URI = f"{SITE}status/capital/0.cwt"
LOG = f"{SITE}log/capital/"

ROAD_WORKS = Profile(
    code=3,
    service="road-works",
    name=Text(ar="رخصة أشغال طريق", en="Road works licence"),
    fields=(
        Field(key=2, name=Text(ar="صاحب الرخصة", en="Holder"), type="text", role="holder"),
        Field(key=3, name=Text(ar="الرقم الشخصي", en="Personal number"), type="identifier", role="masked-id"),
        Field(
            key=4,
            name=Text(ar="المكان", en="Place"),
            type="address",
            role="place",
            parts=(
                Text(ar="مبنى", en="Building"),
                Text(ar="طريق", en="Road"),
                Text(ar="مجمع", en="Block"),
                Text(ar="شقة", en="Flat"),
            ),
        ),
        Field(key=5, name=Text(ar="من", en="From"), type="date", role="valid-from"),
        Field(key=6, name=Text(ar="إلى", en="Until"), type="date", role="valid-until"),
        Field(
            key=7,
            name=Text(ar="نوع الأشغال", en="Works"),
            type="code",
            options={1: Text(ar="خندق", en="Trench"), 2: Text(ar="عبور", en="Crossing")},
        ),
        Field(
            key=8,
            name=Text(ar="الطول", en="Length"),
            type="integer",
            unit=Text(ar="م", en="m"),
            optional=True,
        ),
        Field(key=9, name=Text(ar="التأمين", en="Deposit"), type="money", currency="BHD", optional=True),
    ),
)
RESIDENCE = Profile(
    code=1,
    service="proof-of-residence",
    name=Text(ar="شهادة إثبات سكن", en="Proof of residence"),
    fields=(Field(key=2, name=Text(ar="صاحب الشهادة", en="Holder"), type="text", role="holder"),),
)
FACTS: dict[int, Fact] = {
    1: 3,
    2: "ليلى بنت أحمد الدوسري",
    3: "•••••6789",
    4: [12, 3402, 334],
    5: profiles.to_days(date(2020, 11, 10)),
    6: profiles.to_days(date(2020, 12, 9)),
    7: 1,
    8: 120,
    9: 240_000,
}


def secret(name: str) -> int:
    """A secret number that everyone can know: these keys are of no authority."""
    return int.from_bytes(hashlib.sha256(f"test {name}".encode()).digest()) >> 1


def p256(name: str) -> MemorySigner:
    return MemorySigner.p256(secret(name))


ROOT = p256("root")
SEALER = p256("capital seal 2020-11")
LEAKED = p256("capital seal 2020-10")
SOUTH_SEALER = p256("southern seal 2020-11")
PDF_SIGNER = p256("capital pdf 2020-11")
STATUS_SIGNER = p256("capital status")
STRANGER = p256("nobody")
LOG_SIGNER = MemorySigner.ed25519(secret("capital log").to_bytes(32))
WITNESS_SIGNERS = {
    name: MemorySigner.ed25519(secret(name).to_bytes(32))
    for name in ("w1.example/witness", "w2.example/witness")
}
WITNESSES = tuple(
    Witness(name=name, public=PublicKey(jwk=signer.jwk)) for name, signer in WITNESS_SIGNERS.items()
)
NEW_LOG_SIGNER = MemorySigner.ed25519(secret("capital log, the second").to_bytes(32))


def key(signer: MemorySigner, purpose: str, **changes: object) -> Key:
    """A key of the trust list, good for November 2020 and the months around it."""
    period = {"not_before": NOON - timedelta(days=60), "not_after": NOON + timedelta(days=300)}
    return Key(public=PublicKey(jwk=signer.jwk), purpose=purpose, **{**period, **changes})  # type: ignore[arg-type]


CAPITAL = Authority(
    id="capital",
    names=((date(2012, 1, 1), Text(ar="أمانة العاصمة", en="Capital Secretariat")),),
    keys=(
        key(SEALER, "seal"),
        key(LEAKED, "seal", compromised_since=NOON - timedelta(days=5), compromised_log_size=2),
        key(PDF_SIGNER, "pdf"),
        key(STATUS_SIGNER, "status"),
        key(LOG_SIGNER, "log"),
    ),
    status=(f"{SITE}status/capital/",),
    log_origin=f"{HOST}/log/capital",
    log_address=LOG,
    profiles=frozenset({1, 3}),
)
SOUTHERN = replace(
    CAPITAL,
    id="southern",
    names=((date(2012, 1, 1), Text(ar="بلدية المنطقة الجنوبية", en="Southern Municipality")),),
    keys=(key(SOUTH_SEALER, "seal"), key(STATUS_SIGNER, "status"), key(LOG_SIGNER, "log")),
    status=(f"{SITE}status/southern/",),
    profiles=frozenset({1}),
)
TRUST_LIST = TrustList(
    version=7,
    issued=NOON - timedelta(days=1),
    expires=NOON + timedelta(days=29),
    time_zone="Asia/Bahrain",
    verifiers=(HOST,),
    authorities=(CAPITAL, SOUTHERN),
    profiles={1: RESIDENCE, 3: ROAD_WORKS},
)


def witnessed_trust_list(quorum: int, witnesses: tuple[Witness, ...] = WITNESSES) -> TrustList:
    """The trust list of a capital whose checkpoints need so many cosignatures."""
    capital = replace(CAPITAL, witnesses=witnesses, quorum=quorum)
    return replace(TRUST_LIST, authorities=(capital, SOUTHERN))


CLAIMS = Claims(
    instrument="RW-2020-000123-K",
    version=1,
    issued_at=int(ISSUED.timestamp()),
    expires_at=None,
    status_index=4242,
    status_uri=STATUS_URI,
    facts=FACTS,
)


def make_seal(claims: Claims = CLAIMS, signer: MemorySigner = SEALER, log_index: int | None = 0) -> bytes:
    """A seal over `claims`."""
    signature = signer.sign(seal.to_be_signed(claims, signer.kid))
    return seal.assemble(claims, signer.kid, signature, log_index)


def status_token(
    status: int = 0,
    *,
    index: int = 4242,
    uri: str = STATUS_URI,
    at: datetime = NOON,
    signer: MemorySigner = STATUS_SIGNER,
) -> bytes:
    """A status list issued a minute before `at`, good for a day, with one place set."""
    statuses = statuslist.new(8192)
    statuslist.put(statuses, index, status)
    return statuslist.sign_cwt(statuses, **_issue(at), uri=uri, signer=signer)


def status_jwt(*, at: datetime = NOON) -> bytes:
    """A status list with nothing set, as a JWT."""
    jwt = statuslist.sign_jwt(statuslist.new(8192), **_issue(at), uri=STATUS_URI, signer=STATUS_SIGNER)
    return jwt.encode()


def _issue(at: datetime) -> dict[str, int]:
    issued_at = int(at.timestamp()) - 60
    return {"issued_at": issued_at, "expires_at": issued_at + 86_400, "ttl": 900}


@dataclass(kw_only=True)
class Site:
    """The public files of the capital, as a verifier finds them."""

    tiles: MemoryTiles = field(default_factory=MemoryTiles)
    files: dict[str, bytes] = field(default_factory=dict)
    checkpoint: Checkpoint | None = None
    trust_list: TrustList = TRUST_LIST
    log_origin: str = CAPITAL.log_origin
    log_address: str = LOG

    def log(self, *entries: bytes, at: datetime = ISSUED) -> Checkpoint:
        """Put entries into the log and publish it."""
        self.checkpoint = tlog.integrate(
            self.tiles, self.checkpoint, list(entries), origin=self.log_origin, signer=LOG_SIGNER, at=at
        )
        tlog.publish(self.tiles, self.checkpoint)
        self.files |= {self.log_address + path: data for path, data in self.tiles.files.items()}
        return self.checkpoint

    def succeeded(self, number: int = 2) -> "Site":
        """The site once its log has ended here: the successor begins with all that it had, and a note of it."""
        assert self.checkpoint is not None
        former = FormerLog(
            origin=self.log_origin,
            address=self.log_address,
            size=self.checkpoint.size,
            root=self.checkpoint.root,
        )
        origin, address = f"{CAPITAL.log_origin}.{number}", f"{SITE}log/capital.{number}/"
        capital = self.trust_list.authority("capital")
        capital = replace(
            capital, log_origin=origin, log_address=address, former_logs=(*capital.former_logs, former)
        )
        successor = Site(
            tiles=MemoryTiles(files={k: v for k, v in self.tiles.files.items() if k.startswith("tile/")}),
            files={STATUS_URI: status_token()},
            checkpoint=replace(self.checkpoint, origin=origin),
            trust_list=replace(self.trust_list, authorities=(capital, SOUTHERN)),
            log_origin=origin,
            log_address=address,
        )
        entry = tlog.entry("former-log", self.checkpoint.note.encode())
        successor.log(entry, at=self.checkpoint.at)
        return successor

    def cosign(self, *names: str, at: datetime = ISSUED) -> str:
        """Have the published checkpoint cosigned by witnesses, as the newest that a quorum cosigned."""
        assert self.checkpoint is not None
        note = self.checkpoint.note
        for name in names:
            note += cosignature.sign(self.checkpoint.note, name=name, signer=WITNESS_SIGNERS[name], at=at)
        self.files |= {LOG + "checkpoint": note.encode(), LOG + tlog.WITNESSED_PATH: note.encode()}
        return note

    def issue(self, claims: Claims = CLAIMS, signer: MemorySigner = SEALER) -> bytes:
        """Seal `claims`, log it, and give the seal with its place in the log."""
        index = self.checkpoint.size if self.checkpoint else 0
        sealed = make_seal(claims, signer, index)
        self.log(seal.leaf_entry(seal.read(sealed)))
        return sealed

    @property
    def source(self) -> MemorySource:
        return MemorySource(files=self.files)

    @cached_property
    def verifier(self) -> Verifier:
        return Verifier(trust_list=self.trust_list, status=self.source, log=self.source)


def town_hall() -> Site:
    """A site with a fresh status list and some older entries in its log."""
    site = Site()
    site.files[STATUS_URI] = status_token()
    site.log(*(tlog.entry("file", b"%d" % number) for number in range(5)))
    return site


def text_of(sealed: bytes) -> str:
    """The text of the QR."""
    return qr.qr_text(HOST, sealed)


def signed_trust_list(trust_list: TrustList = TRUST_LIST) -> str:
    """The trust list as published."""
    return trustlist.sign(trustlist.to_document(trust_list), ROOT)


def root_file() -> str:
    """The root's public key, as a verifier holds it in a file."""
    return json.dumps(dict(ROOT.jwk))
