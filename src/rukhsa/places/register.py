"""The register of addresses: facts that enter or strike an address, and what stands in it now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from rukhsa.accounts.models import Person
from rukhsa.locks import one_at_a_time
from rukhsa.places.address import address_key
from rukhsa.places.models import RegisterChange


class RegisterError(Exception):
    """A change that the register cannot take."""

    code = "register-error"


class AlreadyRegistered(RegisterError):
    """The address stands in the register already."""

    code = "address-already-registered"


class NotRegistered(RegisterError):
    """The address was struck from the register."""

    code = "address-not-registered"


@transaction.atomic
def change_register(
    operation: str,
    *,
    old: Mapping[str, Any],
    new: Mapping[str, Any] | None,
    instrument: str,
    actor: Person | None,
    at: datetime,
) -> None:
    """Apply "add" (of `old`), "amend" (`old` becomes `new`) or "delete" (of `old`), once for each instrument.

    An address that the register never heard of may be amended or deleted: the town is older than it.
    Raises AlreadyRegistered, NotRegistered.
    """
    one_at_a_time("places.register")
    if RegisterChange.objects.filter(instrument=instrument).exists():
        return
    entered = {"add": old, "amend": new, "delete": None}[operation]
    struck = None if operation == "add" else old
    if struck is not None:
        _strike(struck, instrument, actor, at)
    if entered is not None:
        _enter(entered, instrument, actor, at)


def is_registered(address: Mapping[str, Any]) -> bool | None:
    """Whether the address stands in the register; None when the register never heard of it."""
    latest = history(address).last()
    return latest.entered if latest else None


def history(address: Mapping[str, Any]) -> QuerySet[RegisterChange]:
    """All that happened to an address, the oldest first."""
    return RegisterChange.objects.filter(**address_key(address)).order_by("pk")


def registered_in(block: int) -> QuerySet[RegisterChange]:
    """The addresses of a block that stand in the register now, each by the change that entered it."""
    latest = (
        RegisterChange.objects.filter(block=block)
        .order_by("block", "road", "building", "flat", "-pk")
        .distinct("block", "road", "building", "flat")
    )
    return RegisterChange.objects.filter(pk__in=latest.values("pk"), entered=True).order_by(
        "road", "building", "flat"
    )


def _enter(address: Mapping[str, Any], instrument: str, actor: Person | None, at: datetime) -> None:
    if is_registered(address):
        raise AlreadyRegistered
    _write(address, True, instrument, actor, at)


def _strike(address: Mapping[str, Any], instrument: str, actor: Person | None, at: datetime) -> None:
    if is_registered(address) is False:
        raise NotRegistered
    _write(address, False, instrument, actor, at)


def _write(
    address: Mapping[str, Any], entered: bool, instrument: str, actor: Person | None, at: datetime
) -> None:
    key = address_key(address)
    RegisterChange.objects.create(
        block_id=key.pop("block"), **key, entered=entered, instrument=instrument, actor=actor, at=at
    )
