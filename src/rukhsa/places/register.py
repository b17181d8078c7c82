"""The register of addresses: facts that enter or strike an address, and what stands in it now."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from rukhsa.accounts.models import Person
from rukhsa.errors import RukhsaError
from rukhsa.locks import one_at_a_time
from rukhsa.places.address import address_key
from rukhsa.places.block import Block


class RegisterError(RukhsaError):
    """A change that the register refuses."""

    code = "register-error"


class AlreadyRegistered(RegisterError):
    """The address stands in the register already."""

    code = "address-already-registered"


class NotRegistered(RegisterError):
    """The address was struck from the register."""

    code = "address-not-registered"


class RegisterChange(models.Model):
    """One address entered into the register or struck from it, by an instrument. Written once."""

    building = models.CharField(max_length=6)
    road = models.PositiveIntegerField()
    block = models.ForeignKey(Block, models.PROTECT, related_name="+")
    flat = models.CharField(max_length=6, blank=True)
    entered = models.BooleanField()  # False: struck
    instrument = models.CharField(max_length=40)
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "entered"], name="one_entry_and_one_strike_an_instrument"
            )
        ]
        indexes = [models.Index(fields=["block", "road", "building", "flat"], name="register_by_address")]

    @property
    def address(self) -> dict[str, Any]:
        """The address as a value."""
        address = {"building": self.building, "road": self.road, "block": self.block_id}
        return address | ({"flat": self.flat} if self.flat else {})


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

    An address that the register does not know may be amended or deleted: the town is older than its register.
    Raises AlreadyRegistered, NotRegistered.
    """
    one_at_a_time("places.register")
    if RegisterChange.objects.filter(instrument=instrument).exists():
        return
    entered = {"add": old, "amend": new, "delete": None}[operation]
    struck = None if operation == "add" else old
    if struck is not None:
        if is_registered(struck) is False:
            raise NotRegistered
        _write(struck, False, instrument, actor, at)
    if entered is not None:
        if is_registered(entered):
            raise AlreadyRegistered
        _write(entered, True, instrument, actor, at)


def is_registered(address: Mapping[str, Any]) -> bool | None:
    """Whether the address stands in the register; None when the register does not know it."""
    latest = history(address).last()
    return latest.entered if latest else None


def history(address: Mapping[str, Any]) -> QuerySet[RegisterChange]:
    """The changes of an address, the oldest first."""
    return RegisterChange.objects.filter(**address_key(address)).order_by("pk")


def registered_in(block: int) -> QuerySet[RegisterChange]:
    """The addresses of a block that stand in the register now, each by the change that entered it."""
    return standing().filter(block=block).order_by("road", "building", "flat")


def standing() -> QuerySet[RegisterChange]:
    """Every address that stands in the register now, each by the change that entered it; to be narrowed by block."""
    same = {column: OuterRef(column) for column in ("block", "road", "building", "flat")}
    struck = RegisterChange.objects.filter(**same, entered=False, pk__gt=OuterRef("pk"))
    return RegisterChange.objects.filter(~Exists(struck), entered=True)


def roads_known(block: int) -> QuerySet[RegisterChange, int]:
    """The roads of a block that the register ever named, in order."""
    named = RegisterChange.objects.filter(block=block)
    return named.order_by("road").values_list("road", flat=True).distinct()


def buildings_known(block: int, road: int) -> QuerySet[RegisterChange, str]:
    """The buildings of a road that the register ever named, in order."""
    named = RegisterChange.objects.filter(block=block, road=road)
    return named.order_by("building").values_list("building", flat=True).distinct()


def how_many_stand(column: str, values: Iterable[Any], **within: Any) -> dict[Any, int]:
    """How many addresses stand in each of some blocks, roads or buildings (the `column`); one query."""
    found = standing().filter(**{f"{column}__in": list(values)}, **within)
    return dict(found.order_by().values_list(column).annotate(Count("pk")))


def history_of(block: int, road: int, building: str) -> QuerySet[RegisterChange]:
    """The changes of the addresses of a building, flat by flat, the oldest first."""
    happened = RegisterChange.objects.filter(block=block, road=road, building=building)
    return happened.order_by("flat", "pk")


def _write(
    address: Mapping[str, Any], entered: bool, instrument: str, actor: Person | None, at: datetime
) -> None:
    key = address_key(address)
    RegisterChange.objects.create(
        block_id=key.pop("block"), **key, entered=entered, instrument=instrument, actor=actor, at=at
    )
