"""Blocks and parcels, the register of addresses, the places where works are under way, and those given out singly."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
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


class ParcelList(models.Model):
    """A list of parcels that was imported: version `number`, in force from a day on. Written once."""

    number = models.PositiveIntegerField(unique=True)
    effective_from = models.DateField()
    source = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # SHA-256 of the file in hex
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "effective_from"], name="parcels_are_imported_once_for_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"parcels v{self.number}"


def box_of(west: Any, south: Any, east: Any, north: Any) -> Func:
    """The box between two corners in degrees, as PostgreSQL has it; GiST finds those that overlap."""
    corners = (Func(west, south, function="point"), Func(east, north, function="point"))
    return Func(*corners, function="box", output_field=models.TextField())


_GROUND = ("geometry", "west", "south", "east", "north")


class ParcelEntry(models.Model):
    """What one list says of one parcel: its ground, or that it is no more (nothing in its columns). Written once."""

    list = models.ForeignKey(ParcelList, models.PROTECT, related_name="entries")
    number = models.CharField(max_length=20)
    block = models.ForeignKey(Block, models.PROTECT, related_name="+")
    geometry = models.JSONField(null=True)  # a GeoJSON Polygon or MultiPolygon
    measure = models.DecimalField(
        max_digits=14, decimal_places=1, null=True
    )  # square metres on the ellipsoid
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "list"], name="a_list_names_a_parcel_once"),
            models.CheckConstraint(
                condition=Q(measure=None, **{f"{column}__isnull": True for column in _GROUND})
                | Q(measure__gt=0, **{f"{column}__isnull": False for column in _GROUND}),
                name="a_parcel_has_ground_or_is_no_more",
            ),
        ]
        indexes = [
            GistIndex(box_of(F("west"), F("south"), F("east"), F("north")), name="parcels_by_ground"),
            models.Index(fields=["block", "number"], name="parcels_by_block"),
        ]

    def __str__(self) -> str:
        return self.number


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
    address = models.JSONField(null=True)  # where the works belong to, as the application gives it
    block = models.PositiveIntegerField(null=True, db_index=True)  # of that address
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
