"""Trust lists: drafted from keys and territory, and published once the offline root has signed them.

The root signs on another machine (`rukhsa.trust.ceremony`). Nothing here reads it.
"""

import json
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from rukhsa.audit.journal import record
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import AuthorityRule, territory
from rukhsa.issuance import key_index, sequencer, site
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.log import LogSuccession
from rukhsa.issuance.site import PublishedTrustList
from rukhsa.issuance.witnesses import named_witnesses
from rukhsa.trust import checkpoint, tlog, trustlist
from rukhsa.trust.errors import TrustError
from rukhsa.trust.keys import Jwk
from rukhsa.trust.succession import check_follows, says_the_same
from rukhsa.trust.tiles import held
from rukhsa.trust.trustlist import FormerLog, Key, TrustList


class TrustListRefused(IssuanceError):
    """The signed list is not the next one."""

    code = "trust-list-refused"


# One ceremony a quarter, which may be a month late.
LASTS: Final = timedelta(days=120)
RENEW_BEFORE: Final = timedelta(days=30)


def draft(*, at: datetime) -> str:
    """The next trust list for the root to sign, as JSON that people can read, from keys and territory as they are now.

    Its version is the moment in seconds since 1970, or one above the published list's if that is higher.
    """
    return trustlist.to_json(_document(at)) + "\n"


def is_due(*, at: datetime) -> bool:
    """Whether a ceremony is due: the published list differs from what is true now, or ends within a month."""
    listed = site.trust_list()
    if listed is None or listed.expires <= at + RENEW_BEFORE:
        return True
    return not says_the_same(trustlist.from_document(_document(at)), listed)


def publish(text: str, *, root: Jwk | None = None, at: datetime, operator: str) -> TrustList:
    """Check a signed list, enter it in every log, and publish it. Raises TrustListRefused.

    1. The pinned root signed it; the first publication pins `root`.
    2. It is newer than the last one and, under the same root, omits nothing of it.
    3. It names each log as the succession left it.
    4. It is valid now.
    """
    pinned = site.root_jwk()
    if root is not None and pinned is not None and dict(root) != pinned:
        raise TrustListRefused(
            "another root is pinned here; a new root is a new beginning: docs/operating/keys.md"
        )
    believed_by = pinned or root
    if believed_by is None:
        raise TrustListRefused("no root is pinned here yet: name its public key with --root-key root.jwk")
    try:
        new = trustlist.read(text, believed_by)  # 1
        if pinned and (last := _newest()) is not None:
            check_follows(new, trustlist.read(last.text, believed_by))  # 2
    except TrustError as error:
        raise TrustListRefused(str(error)) from error
    _require_our_logs(new)  # 3
    if not new.issued <= at < new.expires:  # 4
        raise TrustListRefused(
            f"it holds from {new.issued:%Y-%m-%d %H:%M} until {new.expires:%Y-%m-%d}, not now"
        )
    _record(text, new, at, operator)
    if pinned is None:
        site.pin().write(site.ROOT_KEY, _jwk_text(believed_by))
    heal()
    stopped: list[IssuanceError] = []
    for authority in Authority.objects.order_by("ordinal"):
        try:
            sequencer.integrate(authority, at=at)
        except IssuanceError as error:  # the others have the list in their logs all the same
            stopped.append(error)
    if stopped:
        raise stopped[0]
    return new


def _require_our_logs(new: TrustList) -> None:
    for rule in territory().authorities:
        ours = _logs(rule)
        for listed in (each for each in new.authorities if each.id == rule.id):
            if (listed.former_logs, (listed.log_origin, listed.log_address)) != ours:
                raise TrustListRefused(
                    f"it does not name the log of {rule.code} and the end of the one before as they are here:"
                    " draft it again, `rukhsa trust-list draft`"
                )


def heal() -> None:
    """Put the newest list and the root's key back on the public site, if they are missing or others.

    Never over a newer one, which an older database does not know: readers would refuse all that follows.
    """
    newest, pinned, shown = _newest(), site.root_jwk(), None
    with suppress(TrustError):  # what is not the root's is replaced
        shown = site.trust_list()
    if newest is None or pinned is None or (shown and shown.version > newest.version):
        return
    for name, content in (
        (site.ROOT_KEY, _jwk_text(pinned)),
        (site.TRUST_LIST, newest.text.encode()),
    ):
        if held(site.files(), name) != content:
            site.files().write(name, content)


def is_recorded(listed: TrustList) -> bool:
    """Whether the database knows a published list: an older one, restored, may not."""
    return PublishedTrustList.objects.filter(version=listed.version).exists()


def _newest() -> PublishedTrustList | None:
    return PublishedTrustList.objects.order_by("-version").first()


@transaction.atomic
def _record(text: str, new: TrustList, at: datetime, operator: str) -> None:
    if (PublishedTrustList.objects.aggregate(top=Max("version"))["top"] or 0) >= new.version:
        raise TrustListRefused(f"version {new.version} is not above what was published before")
    kept = PublishedTrustList.objects.create(version=new.version, text=text.strip(), at=at)
    entry = tlog.entry("trust-list", kept.text.encode())
    for authority in Authority.objects.order_by("ordinal"):
        sequencer.add(authority, kind="trust-list", entry=entry, at=at)
    record("publish-trust-list", kept, actor=None, at=at, version=new.version, operator=operator)


def _document(at: datetime) -> dict[str, Any]:
    published, here = site.trust_list(), territory()
    version = max(int(at.timestamp()), published.version + 1 if published else 0)
    # The newest profile of each code, of all published service versions.
    versions = ServiceVersion.objects.order_by("service", "number")
    profiles = {profile.code: profile for profile in (version.profile for version in versions)}
    drafted = TrustList(
        version=version,
        issued=at,
        expires=at + LASTS,
        time_zone=here.time_zone,
        verifiers=here.official_domains,
        authorities=tuple(_authority(each, frozenset(profiles)) for each in here.authorities),
        profiles=profiles,
        time_stamping=_time_stamping(),
    )
    return trustlist.to_document(drafted)


def _time_stamping() -> tuple[trustlist.TimeStamping, ...]:
    """The time stamping authorities of the settings, each for the period of its certificate."""
    file = settings.RUKHSA_TSA.certificates
    listed = x509.load_pem_x509_certificates(file.read_bytes()) if file is not None and file.exists() else []
    return tuple(
        trustlist.TimeStamping(
            certificate=each.public_bytes(Encoding.DER),
            not_before=each.not_valid_before_utc,
            not_after=each.not_valid_after_utc,
        )
        for each in listed
    )


def _authority(rule: AuthorityRule, profiles: frozenset[int]) -> trustlist.Authority:
    former, (origin, address) = _logs(rule)
    keys = tuple(
        Key(
            public=key.public,
            purpose=key.purpose,
            not_before=key.not_before,
            not_after=key.not_after,
            compromised_since=key.compromised_since,
            compromised_log_size=key.compromised_log_size,
        )
        for key in key_index.index()
        if key.authority == rule.code
    )
    return trustlist.Authority(
        id=rule.id,
        names=tuple((each.from_, each.name) for each in rule.names),
        keys=keys,
        status=(site.status_folder(rule.code),),
        log_origin=origin,
        log_address=address,
        former_logs=former,
        profiles=profiles,
        witnesses=tuple(trustlist.Witness(name=each.name, public=each.public) for each in named_witnesses()),
        quorum=settings.RUKHSA_WITNESSES.quorum,
    )


def _logs(rule: AuthorityRule) -> tuple[tuple[FormerLog, ...], tuple[str, str]]:
    """The logs of an authority that have ended, and the name and address of the one that goes on."""
    name, ended = site.named_log(rule.code), []
    for each in LogSuccession.objects.filter(authority=rule.code).order_by("number"):
        root = checkpoint.said(each.note).root
        ended.append(FormerLog(origin=name[0], address=name[1], size=each.size, root=root))
        name = site.named_log(rule.code, each.number)
    return tuple(ended), name


def _jwk_text(jwk: Jwk) -> bytes:
    return (json.dumps(dict(jwk)) + "\n").encode()
