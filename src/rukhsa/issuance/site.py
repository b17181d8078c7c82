"""The public site: the addresses that seals and the trust list name, and the folder that is served there."""

from pathlib import Path

from django.conf import settings

from rukhsa.catalogue.territory import AuthorityRule, territory
from rukhsa.trust.tiles import FolderTiles


def address() -> str:
    """The site's address, with its last slash."""
    return f"https://{territory().verifier}/"


def folder() -> Path:
    """The folder whose files are served at `address()`."""
    return Path(settings.RUKHSA_PUBLIC)


def authority(code: str) -> AuthorityRule:
    """What the territory says of an authority."""
    return territory().authority(code)


def status_folder(code: str) -> str:
    """The address under which the status lists of an authority lie."""
    return f"{address()}status/{authority(code).id}/"


def status_address(code: str, number: int) -> str:
    """The address of one status list."""
    return f"{status_folder(code)}{number}.cwt"


def log_address(code: str) -> str:
    """The address under which the log of an authority lies."""
    return f"{address()}log/{authority(code).id}/"


def log_origin(code: str) -> str:
    """The name of an authority's log in its checkpoints."""
    return f"{territory().verifier}/log/{authority(code).id}"


def log_tiles(code: str) -> FolderTiles:
    """The files of an authority's log."""
    return FolderTiles(folder=path_of(log_address(code)))


def path_of(file_address: str) -> Path:
    """The file that is served at an address of the site."""
    return folder() / file_address.removeprefix(address())
