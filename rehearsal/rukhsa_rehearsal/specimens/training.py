"""The training's authority: its root, keys, log and status list, which no real trust list names."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from rukhsa.catalogue.territory import Territory
from rukhsa.issuance.compose import compose
from rukhsa.issuance.printed_page import Attachment, Page, rows_of
from rukhsa.issuance.signature import sign_pdf
from rukhsa.issuance.time_stamp import completed
from rukhsa.trust import coverage, factsheet, keys, qr, seal, statuslist, tlog, trustlist
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.keys import MemorySigner, PublicKey
from rukhsa.trust.profiles import Field, Profile, to_days
from rukhsa.trust.seal import Claims, Fact
from rukhsa.trust.tiles import MemoryTiles
from rukhsa.trust.trustlist import Authority, Key, TrustList
from rukhsa.values.names import Text

ID: Final = "specimen"
LASTS: Final = timedelta(days=365)  # a set is good for a year of training, unlike a real status list
PLACES: Final = 4096
CREST: Final = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0"/></svg>'
NAME: Final = Text(ar="بلدية نموذجية للتدريب", en="Specimen Municipality (training)")
PROFILE: Final = Profile(
    code=900,
    service="specimen-licence",
    name=Text(ar="رخصة أشغال طريق", en="Road works licence"),
    fields=(
        Field(key=2, name=Text(ar="صاحب الرخصة", en="Holder"), type="text", role="holder"),
        Field(key=3, name=Text(ar="الرقم الشخصي", en="Personal number"), type="identifier", role="masked-id"),
        Field(key=4, name=Text(ar="المكان", en="Place"), type="text", role="place"),
        Field(key=5, name=Text(ar="من", en="From"), type="date", role="valid-from"),
        Field(key=6, name=Text(ar="إلى", en="Until"), type="date", role="valid-until"),
        Field(
            key=7,
            name=Text(ar="الطول", en="Length"),
            type="integer",
            unit=Text(ar="م", en="m"),
        ),
    ),
)
LAYLA: Final[dict[int, Fact]] = {2: "ليلى بنت أحمد الدوسري", 3: "•••••6789", 4: "طريق 3402، مجمع 334", 7: 120}
SAMI: Final[dict[int, Fact]] = {2: "سامي بن علي المناعي", 3: "•••••1204", 4: "طريق 45، مجمع 215", 7: 30}


def signer(name: str) -> MemorySigner:
    """A key whose secret can be computed by anyone, and which must never be in a real trust list."""
    return MemorySigner.p256(_secret(name))


def _secret(name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"rukhsa training specimens: {name}".encode()).digest()) >> 1


ROOT: Final = signer("root")
SEALER: Final = signer("seal")
OLD_SEALER: Final = signer("old seal")
STOLEN: Final = signer("stolen seal")
PDF_SIGNER: Final = signer("pdf")
STATUS_SIGNER: Final = signer("status")
FORGER: Final = signer("the forger's own")
LOG_SIGNER: Final = MemorySigner.ed25519(_secret("log").to_bytes(32))


@dataclass(kw_only=True)
class Training:
    """The authority at a moment: it issues, and has its public files in `files`, by their paths."""

    territory: Territory
    at: datetime
    tiles: MemoryTiles = field(default_factory=MemoryTiles)
    checkpoint: Checkpoint | None = None
    statuses: bytearray = field(default_factory=lambda: statuslist.new(PLACES))
    issued: int = 0
    stolen_since: int = 0  # the log's size when the theft of the key was noticed

    @property
    def site(self) -> str:
        """The address of the real verifier, which knows none of the training's keys."""
        return f"https://{self.territory.verifier}/"

    @property
    def today(self) -> date:
        return self.at.astimezone(self.territory.zone).date()

    def claims(self, facts: dict[int, Fact], *, first: int = -10, last: int = 300, ago: int = 10) -> Claims:
        """Claims under the next number, with the days of issue and validity relative to today."""
        self.issued += 1
        days: dict[int, Fact] = {
            5: to_days(self.today + timedelta(days=first)),
            6: to_days(self.today + timedelta(days=last)),
        }
        return Claims(
            instrument=f"SPC-RW-{self.today.year}-{self.issued:06d}-0",
            version=1,
            issued_at=int((self.at - timedelta(days=ago)).timestamp()),
            expires_at=None,
            status_index=self.issued,
            status_uri=f"{self.site}status/{ID}/0.cwt",
            facts={1: PROFILE.code, **facts, **days},
        )

    def seal(self, claims: Claims, key: MemorySigner = SEALER) -> bytes:
        """A seal that is in the log."""
        index = self.checkpoint.size if self.checkpoint else 0
        data = sealed(claims, key, index)
        self.log(seal.leaf_entry(seal.read(data)))
        return data

    def log(self, entry: bytes) -> Checkpoint:
        """Enter one leaf into the log."""
        origin = f"{self.territory.verifier}/log/{ID}"
        self.checkpoint = tlog.integrate(
            self.tiles, self.checkpoint, [entry], origin=origin, signer=LOG_SIGNER, at=self.at
        )
        tlog.publish(self.tiles, self.checkpoint)
        return self.checkpoint

    def page(self, data: bytes, claims: Claims, *, proof_of: int | None = None, host: str = "") -> Page:
        """The page of a seal, marked as a specimen; `claims` are what is printed, which a forger may change."""
        read = seal.read(data)
        index = read.log_index if proof_of is None else proof_of
        proof = "" if index is None or not self.checkpoint else tlog.proof(self.tiles, index, self.checkpoint)
        contents = {
            "seal.cwt": data,
            "facts.json": factsheet.write(read.claims, PROFILE),
            "seal.tlog-proof": proof.encode(),
        }
        return self.paper(claims, qr.qr_text(host or self.territory.verifier, data), contents)

    def paper(self, claims: Claims, qr_text: str, contents: dict[str, bytes]) -> Page:
        """The page of any claims with any code and attachments."""
        return Page(
            languages=("ar", "en"),
            authority=NAME,
            country=Text(ar="للتدريب فقط", en="For training only"),
            colour="#7a4b12",
            crest=CREST,
            title=PROFILE.name,
            rows=rows_of(claims.facts, PROFILE),
            conditions=(),
            number=claims.instrument,
            version=claims.version,
            verification_code="0000-0000-0000-0000",
            qr_text=qr_text,
            verifier=self.territory.verifier,
            issued=self.today,
            specimen=True,
            attachments=tuple(
                Attachment(
                    name=name, content=content, media_type="application/octet-stream", description=name
                )
                for name, content in contents.items()
            ),
        )

    def release(self, page: Page) -> bytes:
        """The file of a page: signed by the authority, in the log."""
        signed = coverage.read(self.sign(compose(page), PDF_SIGNER))
        state = self.log(signed.leaf_entry)
        return completed(signed, proof=tlog.proof(self.tiles, state.size - 1, state))

    def sign(self, unsigned: bytes, key: MemorySigner) -> bytes:
        """Sign a file with a key and a certificate of any content."""
        name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, NAME.en)])
        public = key.private.public_key()
        certificate = (
            x509.CertificateBuilder(name, name, public, 1)
            .not_valid_before(self.at - LASTS)
            .not_valid_after(self.at + LASTS)
            .sign(key.private, hashes.SHA256(), ecdsa_deterministic=True)
        )
        der = lambda data: keys.to_der(key.sign(data))  # noqa: E731
        return sign_pdf(unsigned, sign=der, certificates=(certificate,), at=self.at)

    def put(self, claims: Claims, status: int) -> None:
        """Set the status of an instrument."""
        statuslist.put(self.statuses, claims.status_index, status)

    @property
    def files(self) -> dict[str, bytes]:
        """The public files by their paths: trust list, root, status list, log."""
        issued_at = int(self.at.timestamp())
        token = statuslist.sign_cwt(
            self.statuses,
            uri=f"{self.site}status/{ID}/0.cwt",
            issued_at=issued_at,
            expires_at=issued_at + int(LASTS.total_seconds()),
            ttl=900,
            signer=STATUS_SIGNER,
        )
        return {
            "trust-list.jws": trustlist.sign(trustlist.to_document(self.trust_list), ROOT).encode(),
            "root.jwk": _json(ROOT),
            f"status/{ID}/0.cwt": token,
            **{f"log/{ID}/{path}": data for path, data in self.tiles.files.items()},
        }

    @cached_property
    def trust_list(self) -> TrustList:
        """A trust list of this authority alone, signed by no real root."""
        return TrustList(
            version=1,
            issued=self.at,
            expires=self.at + LASTS,
            time_zone=self.territory.time_zone,
            verifiers=(self.territory.verifier,),
            authorities=(self._authority,),
            profiles={PROFILE.code: PROFILE},
        )

    @property
    def _authority(self) -> Authority:
        since = self.at - timedelta(days=400)
        stolen: dict[str, object] = {
            "compromised_since": self.at - timedelta(days=5),
            "compromised_log_size": self.stolen_since,
        }
        named: list[tuple[MemorySigner, str, dict[str, object]]] = [
            (SEALER, "seal", {}),
            (OLD_SEALER, "seal", {"not_after": self.at - timedelta(days=30)}),
            (STOLEN, "seal", stolen),
            (PDF_SIGNER, "pdf", {}),
            (STATUS_SIGNER, "status", {}),
            (LOG_SIGNER, "log", {}),
        ]
        period: dict[str, object] = {"not_before": since, "not_after": self.at + LASTS}
        return Authority(
            id=ID,
            names=((since.date(), NAME),),
            keys=tuple(
                Key(public=PublicKey(jwk=key.jwk), purpose=purpose, **{**period, **more})  # type: ignore[arg-type]
                for key, purpose, more in named
            ),
            status=(f"{self.site}status/{ID}/",),
            log_origin=f"{self.territory.verifier}/log/{ID}",
            log_address=f"{self.site}log/{ID}/",
            profiles=frozenset({PROFILE.code}),
        )


def sealed(claims: Claims, key: MemorySigner, index: int | None) -> bytes:
    """A seal that claims an index in the log, rightly or not."""
    return seal.assemble(claims, key.kid, key.sign(seal.to_be_signed(claims, key.kid)), index)


def renewed(claims: Claims, **changes: object) -> Claims:
    """The same claims with some of them replaced."""
    return replace(claims, **changes)  # type: ignore[arg-type]


def _json(key: MemorySigner) -> bytes:
    return json.dumps(dict(key.jwk)).encode()
