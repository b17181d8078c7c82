"""The definition by which something is issued, as it was frozen in the database, read once a process."""

from functools import lru_cache

from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.models import ServiceVersion, stored_definition
from rukhsa.trust.profiles import Profile


def definition_of(version: ServiceVersion) -> Definition:
    """The frozen definition of a service version.

    It is always the stored one, never one that is still in memory from before it was stored: the codes of options
    are their places, and sealing and printing must count them alike.
    """
    return _read(version.pk, version.digest)[0]


def profile_of(version: ServiceVersion) -> Profile:
    """The profile of the seals of a service version."""
    return _read(version.pk, version.digest)[1]


@lru_cache(maxsize=512)
def _read(pk: int, digest: str) -> tuple[Definition, Profile]:
    definition = stored_definition(pk, digest)
    return definition, definition.profile()
