"""The public files: trust list, status lists, and what a stranger's verifier says with them alone."""

import json
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from rukhsa.authorities.models import Authority
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import AuthorityRule, territory
from rukhsa.issuance import keys, sequencer, site
from rukhsa.issuance.cosign import witnesses
from rukhsa.issuance.models import Closure, Instrument, Intent, Revocation, Suspension
from rukhsa.issuance.signers import signer
from rukhsa.trust import statuslist, tlog, trustlist
from rukhsa.trust.keys import Jwk, PublicKey
from rukhsa.trust.profiles import Profile
from rukhsa.trust.sources import FolderSource
from rukhsa.trust.tiles import write_durably
from rukhsa.trust.trustlist import Key, TrustList
from rukhsa.trust.verdict import Verdict
from rukhsa.trust.verifier import Verifier

TRUST_LIST: Final = "trust-list.jws"
ROOT_KEY: Final = "root.jwk"
TRUST_LIST_LASTS: Final = timedelta(days=30)
STATUS_LASTS: Final = timedelta(hours=24)
STATUS_TTL: Final = timedelta(minutes=15)
LOCK: Final = 0x737461  # "sta": the class of the advisory locks, one an authority's status lists


def everything(*, at: datetime) -> None:
    """Publish trust list, status lists and logs anew; called by the clock, so that nothing grows old."""
    trust_list(at=at)
    for authority in Authority.objects.order_by("ordinal"):
        numbers = Intent.objects.filter(authority=authority).values_list("status_list", flat=True)
        for number in sorted(set(numbers.distinct())):
            status_list(authority, number, at=at)
        sequencer.integrate(authority, at=at)


def make_current(intent: Intent, *, at: datetime) -> None:
    """See to it that the trust list knows the intent's profile and that its status list is fresh."""
    known = _published_trust_list()
    stale = known is None or known.expires <= at + TRUST_LIST_LASTS / 2
    if stale or known is None or known.profiles.get(intent.profile) != intent.service_version.profile:
        trust_list(at=at)
    file = site.path_of(site.status_address(intent.authority_id, intent.status_list))
    if not file.exists() or _issued_at(file, intent) < at - STATUS_TTL:
        status_list(intent.authority, intent.status_list, at=at)


def trust_list(*, at: datetime) -> None:
    """Sign and publish the trust list: authorities, keys, profiles, addresses."""
    root = signer().root(at=at)
    document = trustlist.to_document(_trust_list(at))
    signed = trustlist.sign(document, root)
    _write(site.folder() / ROOT_KEY, _jwk_text(root.jwk).encode())
    _write(site.folder() / TRUST_LIST, signed.encode())


def status_list(authority: Authority, number: int, *, at: datetime) -> None:
    """Sign and publish one status list from the facts; later ones are never replaced by earlier ones."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, authority.ordinal])
        uri = site.status_address(authority.code, number)
        issued_at = int(at.timestamp())
        terms = {
            "uri": uri,
            "issued_at": issued_at,
            "expires_at": issued_at + int(STATUS_LASTS.total_seconds()),
            "ttl": int(STATUS_TTL.total_seconds()),
            "signer": signer().status(authority.code, at=at),
        }
        statuses = _statuses(authority, number)
        token = statuslist.sign_cwt(statuses, **terms)  # type: ignore[arg-type]
        path = site.path_of(uri)
        _write(path, token)
        _write(path.with_suffix(".jwt"), statuslist.sign_jwt(statuses, **terms).encode())  # type: ignore[arg-type]
        sequencer.add(authority, kind="status-list", entry=tlog.entry("status-list", token), at=at)


def verdict_on(pdf: bytes, *, qr_text: str, at: datetime) -> Verdict:
    """What a stranger with the public files and the root's key says of a file, its pages apart (`readback`)."""
    published = (site.folder() / TRUST_LIST).read_text()
    return _verifier(published, site.folder()).verify_pdf(pdf, at=at, qr_text=qr_text)


@lru_cache(maxsize=4)
def _verifier(published: str, folder: Path) -> Verifier:
    source = FolderSource(folder=folder, stands_for=site.address())
    return Verifier(trust_list=_believed(published), status=source, log=source, looks_at_pages=False)


def _published_trust_list() -> TrustList | None:
    file = site.folder() / TRUST_LIST
    return _believed(file.read_text()) if file.exists() else None


@lru_cache(maxsize=4)
def _believed(published: str) -> TrustList:
    (root,) = (key for key in keys.index() if key.authority == keys.ROOT)
    return trustlist.read(published, root.jwk)


def _trust_list(at: datetime) -> TrustList:
    place = territory()
    profiles = _profiles()
    return TrustList(
        # Seconds since 1970: a later list has a higher version, whichever machine signs it.
        version=int(at.timestamp()),
        issued=at,
        expires=at + TRUST_LIST_LASTS,
        time_zone=place.time_zone,
        verifiers=place.official_domains,
        authorities=tuple(_authority(each, frozenset(profiles)) for each in place.authorities),
        profiles=profiles,
    )


def _profiles() -> dict[int, Profile]:
    """The profiles of every service version that was published, the newest of each code."""
    versions = ServiceVersion.objects.order_by("service", "number")
    return {profile.code: profile for profile in (version.profile for version in versions)}


def _authority(rule: AuthorityRule, profiles: frozenset[int]) -> trustlist.Authority:
    return trustlist.Authority(
        id=rule.id,
        names=tuple((each.from_, each.name) for each in rule.names),
        keys=tuple(_key(each) for each in keys.index() if each.authority == rule.code),
        status=(site.status_folder(rule.code),),
        log_origin=site.log_origin(rule.code),
        log_address=site.log_address(rule.code),
        profiles=profiles,
        witnesses=tuple(trustlist.Witness(name=each.name, public=each.public) for each in witnesses()),
        quorum=settings.RUKHSA_WITNESSES.quorum,
    )


def _key(key: keys.IndexedKey) -> Key:
    return Key(
        public=PublicKey(jwk=key.jwk),
        purpose=key.purpose,
        not_before=key.not_before,
        not_after=key.not_after,
        compromised_since=key.compromised_since,
        compromised_log_size=key.compromised_log_size,
    )


def _statuses(authority: Authority, number: int) -> bytearray:
    """The list by the facts; a revocation outweighs a supersession, and that a suspension."""
    statuses = statuslist.new()
    here = {"intent__authority": authority, "intent__status_list": number}
    instruments = Instrument.objects.filter(**here)
    suspended = Suspension.objects.filter(reinstatement=None).values("instrument")
    superseded = Intent.objects.filter(instrument__isnull=False, supersedes__isnull=False).values(
        "supersedes"
    )
    facts: tuple[tuple[int, QuerySet[Any, Any]], ...] = (
        (statuslist.SUSPENDED, suspended),
        (statuslist.SUPERSEDED, superseded),
        (statuslist.SUPERSEDED, Closure.objects.values("instrument")),
        (statuslist.REVOKED, Revocation.objects.values("instrument")),
    )
    for status, among in facts:
        for index in instruments.filter(pk__in=among).values_list("intent__status_index", flat=True):
            statuslist.put(statuses, index, status)
    return statuses


def _issued_at(file: Path, intent: Intent) -> datetime:
    """When the published list was issued, as it says itself."""
    uri = site.status_address(intent.authority_id, intent.status_list)
    signers = [
        key.public for key in keys.index() if (key.authority, key.purpose) == (intent.authority_id, "status")
    ]
    return _issued_at_of(file.read_bytes(), uri, tuple(key.kid for key in signers), intent.authority_id)


@lru_cache(maxsize=64)
def _issued_at_of(token: bytes, uri: str, kids: tuple[bytes, ...], authority: str) -> datetime:
    signers = [key.public for key in keys.index() if (key.authority, key.purpose) == (authority, "status")]
    return datetime.fromtimestamp(statuslist.read(token, uri=uri, keys=signers).issued_at, territory().zone)


def _jwk_text(jwk: Jwk) -> str:
    return json.dumps(dict(jwk)) + "\n"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, content)
