"""The ceremony of the trust list in a test: the root lies beside the keys, where the system is not told."""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from rukhsa.issuance import key_creation, site, trust_list
from rukhsa.trust import ceremony

OPERATOR = "the tests"


def make_keys(*, at: datetime, ahead: int = 0) -> None:
    """What is missing for the month, of every authority."""
    key_creation.create_missing(at=at, ahead=ahead, operator=OPERATOR)


def offline() -> Path:
    """The folder of the root."""
    return Path(settings.RUKHSA_KEYS).parent / "offline"


def folders() -> tuple[Path, Path, Path]:
    """Where keys, root and published lists come to lie."""
    return Path(settings.RUKHSA_KEYS), offline(), Path(settings.RUKHSA_PUBLIC)


def hold(*, at: datetime, again: bool = False) -> None:
    """Have a list signed and published where one is due, or anyway."""
    if not (again or trust_list.is_due(at=at)):
        return
    if not (offline() / ceremony.PRIVATE).exists():
        ceremony.create_root(offline())
    root = ceremony.open_root(offline() / ceremony.PRIVATE)
    signed = ceremony.sign_draft(trust_list.draft(at=at), root, previous=site.trust_list())
    trust_list.publish(signed, root=root.jwk, at=at, operator=OPERATOR)
