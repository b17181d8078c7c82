"""The verifier of this deployment: over its own public files, read as any stranger reads them."""

import json
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from rukhsa.catalogue.territory import territory
from rukhsa.errors import RukhsaError
from rukhsa.issuance import site
from rukhsa.issuance.site import ROOT_KEY, TRUST_LIST
from rukhsa.reader.verifier_parsers import BESIDE
from rukhsa.trust import trustlist
from rukhsa.trust.errors import Unavailable
from rukhsa.trust.memory import Memory
from rukhsa.trust.policy import Policy
from rukhsa.trust.trustlist import TrustList
from rukhsa.trust.verifier import Verifier


class NoTrustList(RukhsaError, RuntimeError):
    """No trust list or no root key is published here."""

    code = "no-trust-list"


def host() -> str:
    """The official host of the verifier, as documents print it."""
    return territory().verifier


def time_zone() -> ZoneInfo:
    """Where the days of instruments begin and end."""
    return territory().zone


def root_jwk() -> dict[str, Any]:
    """The root's public key, which the page carries. Raises `NoTrustList`."""
    jwk: dict[str, Any] = json.loads(_text(ROOT_KEY))
    return {name: jwk[name] for name in ("kty", "crv", "x", "y")}


def verifier(*, policy: Policy | None = None, minimum_version: int = 0) -> Verifier:
    """A verifier over the public files as they are now, with the policy of a relying party. Raises `NoTrustList`.

    `minimum_version` is the highest version of the trust list that the relying party has seen. Files are opened in the
    reader's process: `verify_pdf` raises `Unread` for one that cannot be read.
    """
    source = site.source()
    trust_list = _read(_text(TRUST_LIST), json.dumps(root_jwk()))
    seen = Memory(version=minimum_version)
    return Verifier(
        trust_list=trust_list,
        status=source,
        log=source,
        policy=policy,
        memory=seen,
        parsers=BESIDE,
    )


def _text(name: str) -> str:
    try:
        return site.recent(name).decode("utf-8")
    except Unavailable as error:
        raise NoTrustList(name) from error


@lru_cache(maxsize=4)
def _read(text: str, root: str) -> TrustList:
    return trustlist.read(text, json.loads(root))
