"""The signer, the only access to the keys: it is given ids and never bytes, and reads what they name itself."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from time import monotonic
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch

from rukhsa.catalogue.models import ServiceVersion
from rukhsa.issuance import cap, key_index, site
from rukhsa.issuance.compose import compose
from rukhsa.issuance.errors import SignerRefused, TrustListBehind
from rukhsa.issuance.intent import Intent, claims_of, page_of, seal_of
from rukhsa.issuance.issuing_stop import require_running
from rukhsa.issuance.log import head_of, places_of, proofs_of, state_of, waiting_of
from rukhsa.issuance.signature import sign_pdf
from rukhsa.issuance.signers import certificate
from rukhsa.issuance.signers.holder import HeldKey, holder_of
from rukhsa.issuance.status_list import statuses_of
from rukhsa.trust import profiles, seal, statuslist, tlog
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import BadFacts
from rukhsa.trust.keys import to_der
from rukhsa.trust.tiles import TilesBeside
from rukhsa.trust.trustlist import TrustList

STATUS_LASTS: Final = timedelta(hours=24)
STATUS_TTL: Final = timedelta(minutes=15)
BATCH: Final = 4096
SECONDS_UNASKED: Final = 1.0  # until the database is asked again whether issuing is stopped


@dataclass(frozen=True, kw_only=True)
class SealSignature:
    """The signature over an intent's facts: the key's id of 8 bytes, and r and s of 32 bytes each."""

    kid: bytes
    signature: bytes


@dataclass(frozen=True, kw_only=True)
class StatusTokens:
    """One status list, signed as CWT and as JWT."""

    cwt: bytes
    jwt: str


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """The next checkpoint of a log, signed, with its new leaves in order."""

    state: Checkpoint
    leaves: Sequence[int]


class Signer:
    """Signs what the database says, by an intent's id or an authority's code.

    Every method raises SignerRefused, KeyFault, SignerUnavailable, PinRefused or TrustListBehind; the first two also
    IssuingStopped and CapReached.
    """

    def seal(self, intents: Sequence[UUID], *, at: datetime) -> list[SealSignature]:
        """Sign the facts of committed intents that have no seal yet, if the trust list names key and profile."""
        listed, key_for = site.trust_list(), cache(key_index.key_for)
        if listed is None or listed.expires <= at:
            # Readers would refuse the document.
            raise TrustListBehind("the published trust list is over: see `rukhsa trust-list --help`")
        found, signatures = _intents(intents), []
        with cap.counted("seal", Counter(each.authority_id for each in found), at=at):
            for intent in _while_issuing(found):
                if hasattr(intent, "sealing"):
                    raise SignerRefused("this intent has its seal already")
                key = HeldKey(key=key_for(intent.authority_id, "seal", at=at))
                claims = claims_of(intent, issued_at=at)
                _require_known(claims, listed)
                signature = key.sign(seal.to_be_signed(claims, key.kid))
                signatures.append(SealSignature(kid=key.kid, signature=signature))
        return signatures

    def certify(self, intents: Sequence[UUID], *, at: datetime) -> list[bytes]:
        """Compose the pages of intents that are in the log, and sign the files. No page is signed in another way.

        The key is that of the moment of the seal, so that both are in one period (docs/formats/trust-list.md).
        """
        found, files = _intents(intents), []
        places = places_of(intents, "seal")
        for each in found:
            if hasattr(each, "file"):
                raise SignerRefused("the document of this intent is signed already")
            if each.pk not in places:
                raise SignerRefused("the seal of this intent is not in the log yet")
        proofs, key_for = proofs_of([places[each.pk] for each in found]), cache(key_index.key_for)
        with cap.counted("pdf", Counter(each.authority_id for each in found), at=at):
            for intent, proof in zip(_while_issuing(found), proofs, strict=True):
                indexed = key_for(intent.authority_id, "pdf", at=intent.sealing.issued_at)
                seal_bytes = seal_of(intent.sealing, log_index=places[intent.pk].index)
                pdf = compose(page_of(intent, seal_bytes=seal_bytes, proof=proof))
                files.append(_signed(pdf, indexed, at))
        return files

    def status_list(self, authority: str, number: int, *, at: datetime) -> StatusTokens:
        """Sign a status list from the facts as they are now."""
        issued_at = int(at.timestamp())
        key = HeldKey(key=key_index.key_for(authority, "status", at=at))
        statuses, terms = (
            statuses_of(authority, number, at=at),
            {
                "uri": site.status_address(authority, number),
                "issued_at": issued_at,
                "expires_at": issued_at + int(STATUS_LASTS.total_seconds()),
                "ttl": int(STATUS_TTL.total_seconds()),
                "signer": key,
            },
        )
        return StatusTokens(
            cwt=statuslist.sign_cwt(statuses, **terms),  # type: ignore[arg-type]
            jwt=statuslist.sign_jwt(statuses, **terms),  # type: ignore[arg-type]
        )

    def checkpoint(self, authority: str, *, at: datetime) -> Gathered:
        """Append the waiting leaves after the last committed checkpoint, and sign the next one.

        The caller holds the log's lock, and has written the tiles of the last checkpoint. Raises BadLog if the tiles
        that are there are others.
        """
        head = head_of(authority)
        leaves = waiting_of(authority, BATCH)
        tiles = TilesBeside(under=site.log_tiles(authority))
        state = tlog.integrate(
            tiles,
            _followed(authority, state_of(head)) if head else None,
            [bytes(leaf.entry) for leaf in leaves],
            origin=site.log_origin(authority),
            signer=HeldKey(key=key_index.key_for(authority, "log", at=at)),
            at=at,
        )
        return Gathered(state=state, leaves=[leaf.pk for leaf in leaves])

    def check(self) -> None:
        """Try every key of the index and read each certificate, so that a fault shows before a signature is due."""
        for key in key_index.index():
            holder_of(key).check(key)
            if key.purpose == "pdf":
                certificate.read(key)


def signer() -> Signer:
    """The signer of the settings: a process behind a socket, or this process."""
    # A web process has neither this setting nor any keys.
    if address := getattr(settings, "RUKHSA_SIGNER_SOCKET", ""):
        from rukhsa.issuance.signers.caller import SignerBehindSocket

        return SignerBehindSocket(address)
    return Signer()


def _followed(authority: str, last: Checkpoint) -> Checkpoint:
    """The last checkpoint, in the name of the log that follows where the published trust list ended its log there."""
    ended = site.former_logs(authority)[-1:]
    if [(each.origin, each.size, each.root) for each in ended] == [(last.origin, last.size, last.root)]:
        return replace(last, origin=site.log_origin(authority))
    return last


def _while_issuing(intents: list[Intent]) -> Iterator[Intent]:
    """Each intent, asking again every second whether issuing is stopped, since many may take long."""
    asked = monotonic()
    for intent in intents:
        if monotonic() - asked > SECONDS_UNASKED:
            require_running()
            asked = monotonic()
        yield intent


def _intents(intents: Sequence[UUID]) -> list[Intent]:
    """The committed intents with these ids, in the same order, unless issuing is stopped."""
    require_running()
    # Service versions are fetched apart: each holds a whole definition, and many intents share one.
    rows = Intent.objects.select_related("sealing", "file").prefetch_related(
        Prefetch("service_version", ServiceVersion.objects.light())
    )
    found = {row.pk: row for row in rows.filter(pk__in=intents)}
    if len(found) < len(set(intents)):
        raise SignerRefused("there is no such intent")
    return [found[intent] for intent in intents]


def _signed(pdf: bytes, indexed: key_index.IndexedKey, at: datetime) -> bytes:
    key = HeldKey(key=indexed)
    certificates = (certificate.read(indexed),)
    return sign_pdf(pdf, sign=lambda content: to_der(key.sign(content)), certificates=certificates, at=at)


def _require_known(claims: seal.Claims, listed: TrustList) -> None:
    """The trust list has the profile, by which readers read the facts. Raises TrustListBehind."""
    try:
        profiles.check(claims.facts, listed.profiles[claims.profile])
    except (KeyError, BadFacts) as error:
        raise TrustListBehind(
            f"the published trust list does not know profile {claims.profile} as it is now:"
            " see `rukhsa trust-list --help`"
        ) from error
