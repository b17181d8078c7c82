"""What this deployment verifies with: its own public files, read as any stranger would read them."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from rukhsa.catalogue.territory import territory
from rukhsa.trust import trustlist
from rukhsa.trust.sources import FolderSource
from rukhsa.trust.trustlist import TrustList
from rukhsa.trust.verifier import Verifier


class NoTrustList(RuntimeError):
    """The trust list or its root has not been published here."""

    code = "no-trust-list"


def public_folder() -> Path:
    """Where the public files lie: trust list, status lists, log."""
    return Path(settings.RUKHSA_PUBLIC)


def host() -> str:
    """The one true host of the verifier, as it is printed on documents."""
    return territory().verifier


def time_zone() -> ZoneInfo:
    """Where the days of instruments begin and end."""
    return ZoneInfo(territory().time_zone)


def root_jwk() -> dict[str, Any]:
    """The root's public key, which the page carries. Raises `NoTrustList`."""
    jwk: dict[str, Any] = json.loads(_text("root.jwk"))
    return {name: jwk[name] for name in ("kty", "crv", "x", "y")}


def trust_list() -> TrustList:
    """The trust list that the root signed. Raises `NoTrustList`, BadTrustList."""
    return _read(_text("trust-list.jws"), json.dumps(root_jwk()))


def verifier() -> Verifier:
    """A verifier over the public files as they are now, without an acceptance policy."""
    source = FolderSource(folder=public_folder(), stands_for=f"https://{host()}/")
    return Verifier(trust_list=trust_list(), status=source, log=source)


def _text(name: str) -> str:
    try:
        return (public_folder() / name).read_text("utf-8")
    except FileNotFoundError as error:
        raise NoTrustList(name) from error


@lru_cache(maxsize=4)
def _read(text: str, root: str) -> TrustList:
    return trustlist.read(text, json.loads(root))
