"""The public files of the tests, which lie in a folder."""

from pathlib import Path

from django.conf import settings

from rukhsa.issuance import site


def folder() -> Path:
    """The folder whose files are served at the site's address."""
    return Path(settings.RUKHSA_PUBLIC)


def path_of(address: str) -> Path:
    """The file that is served at an address of the site."""
    return folder() / site.name_of(address)


def pin() -> Path:
    """The file in which the root's public key is pinned."""
    return Path(settings.RUKHSA_KEYS) / site.ROOT_KEY
