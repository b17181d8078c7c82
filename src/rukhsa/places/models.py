"""Blocks, the register of addresses, the places where works are under way, and those given out one by one."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from rukhsa.accounts.models import Person
from rukhsa.authorities.models import Authority
from rukhsa.values.names import Text


class Block(models.Model):
    """A numbered block of the territory, and the authority that it belongs to where no imported list says another."""

    number = models.PositiveIntegerField(primary_key=True)
    since = models.DateField(null=True)  # the day on which a list brought it; None: it was always there
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    area_ar = models.CharField(max_length=80, blank=True)
    area_en = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return str(self.number)

    @property
    def area(self) -> Text:
        """The name of the area in which the block lies."""
        return Text(ar=self.area_ar, en=self.area_en)


class BlockList(models.Model):
    """A list of blocks that was imported: version `number`, in force from a day until a newer one is. Written once."""

    number = models.PositiveIntegerField(unique=True)
    effective_from = models.DateField()
    source = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # SHA-256 of the file in hex
    refused = models.PositiveIntegerField()  # rows that stayed out
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "effective_from"], name="a_list_is_imported_once_for_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"blocks v{self.number}"


class BlockEntry(models.Model):
    """What one list says of one block. Written once."""

    list = models.ForeignKey(BlockList, models.PROTECT, related_name="entries")
    block = models.ForeignKey(Block, models.PROTECT, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    area_ar = models.CharField(max_length=80, blank=True)
    area_en = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["block", "list"], name="a_list_names_a_block_once")]

    @property
    def area(self) -> Text:
        """The name of the area in which the block lies."""
        return Text(ar=self.area_ar, en=self.area_en)


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


class Occupation(models.Model):
    """Works that a granted application may do at a place during a period; `instrument` once one is issued for it."""

    reference = models.CharField(max_length=40, unique=True)
    instrument = models.CharField(max_length=40, blank=True)
    geometry = models.JSONField()
    start = models.DateField()
    end = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(start__lte=models.F("end")), name="starts_before_it_ends")
        ]
        indexes = [
            models.Index(
                fields=["instrument", "-end"], condition=~Q(instrument=""), name="occupations_by_licence"
            )
        ]


class OccupiedCell(models.Model):
    """One square of about ten metres that works occupy; the database refuses it to others meanwhile."""

    occupation = models.ForeignKey(Occupation, models.CASCADE, related_name="cells")
    # A range of one number, since GiST without further extensions compares ranges and not numbers.
    cell = BigIntegerRangeField()
    period = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_occupation_at_a_place_and_time",
                expressions=[("cell", RangeOperators.OVERLAPS), ("period", RangeOperators.OVERLAPS)],
            )
        ]


class Seat(models.Model):
    """One of the many that a place of a list can take, numbered from 1."""

    list = models.CharField(max_length=60)
    place = models.CharField(max_length=60)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "place", "number"], name="each_seat_once")]


class Taking(models.Model):
    """A seat that an application holds during a period; the database refuses it to others meanwhile.

    The row goes away when the seat is given back: what happened is told by the application's own steps.
    """

    reference = models.CharField(max_length=40, unique=True)  # of the application
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="takings")
    period = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_taking_of_a_seat_at_a_time",
                expressions=[
                    # A range of one number, since GiST without further extensions compares ranges only.
                    (Func(F("seat"), F("seat"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
            )
        ]
