"""Occupations: works at a place and time, where the database refuses other works meanwhile."""

from datetime import date, timedelta
from typing import Any, Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from rukhsa.errors import RukhsaError
from rukhsa.locks import one_at_a_time
from rukhsa.places.geometry import squares
from rukhsa.values.periods import Period, PeriodError

_KEPT: Final = timedelta(days=30)


class Occupation(models.Model):
    """Works that a granted application may do at a place during a period; `instrument` once one is issued for it."""

    reference = models.CharField(max_length=40, unique=True)
    instrument = models.CharField(max_length=40, blank=True)
    geometry = models.JSONField()
    address = models.JSONField(null=True)  # as the application gives it
    block = models.PositiveIntegerField(null=True, db_index=True)  # of the address
    start = models.DateField()
    end = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(start__lte=F("end")), name="starts_before_it_ends")]
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
        indexes = [models.Index(F("period__endswith"), name="cells_by_their_end")]


class AlreadyOccupied(RukhsaError):
    """Other works hold the place in that period.

    `instrument` is the number of their licence, or the reference of their application until it is issued; `end`
    is their last day.
    """

    code = "already-occupied"

    def __init__(self, other: Occupation) -> None:
        self.instrument = other.instrument or other.reference
        super().__init__(f"{self.instrument} until {other.end}")
        self.end = other.end


@transaction.atomic
def occupy(
    reference: str, geometry: dict[str, Any], period: Period, *, address: dict[str, Any] | None = None
) -> Occupation:
    """Occupy the squares of a GeoJSON geometry during a period, once for each application (its reference).

    `address` is where the works are listed. Raises AlreadyOccupied; PeriodError for a period without an
    end; GeometryError for one too large.
    """
    # Two inserts that exclude each other may wait for each other, and PostgreSQL would end one as a deadlock.
    one_at_a_time("places.occupation")
    known = Occupation.objects.filter(reference=reference).first()
    if known:
        return known
    first, last = period.start, _end(period)
    try:
        with transaction.atomic():
            occupation = Occupation.objects.create(
                reference=reference,
                geometry=geometry,
                address=address,
                block=address["block"] if address else None,
                start=first,
                end=last,
            )
            cells = (
                OccupiedCell(occupation=occupation, cell=NumericRange(cell, cell + 1), period=_days(period))
                for cell in sorted(squares(geometry))
            )
            OccupiedCell.objects.bulk_create(cells, batch_size=2000)
    except IntegrityError:
        require_free(geometry, period)
        raise
    return occupation


def require_free(geometry: dict[str, Any], period: Period) -> None:
    """Raise AlreadyOccupied when other works hold one of the squares on one of the days."""
    wanted = [NumericRange(cell, cell + 1) for cell in squares(geometry)]
    taken = OccupiedCell.objects.filter(cell__in=wanted, period__overlap=_days(period))
    others = Occupation.objects.filter(pk__in=taken.values("occupation"))
    if other := others.order_by("-end").first():
        raise AlreadyOccupied(other)


def under_way(block: int, *, on: date) -> QuerySet[Occupation]:
    """The works that may be done at addresses of a block on a day; those whose place was freed are over."""
    held = OccupiedCell.objects.filter(occupation=OuterRef("pk"), period__contains=on)
    return Occupation.objects.filter(Exists(held), block=block).order_by("end", "pk")


def held_by_instrument(number: str) -> Occupation | None:
    """The last occupation of a licence; None where it holds no place."""
    return Occupation.objects.filter(instrument=number).order_by("-end").first()


@transaction.atomic
def license_works(reference: str, instrument: str, period: Period) -> None:
    """Write the number of the licence on the occupation of its application, and shorten it to the days of the licence.

    Without effect when it occupies nothing.
    """
    occupation = Occupation.objects.select_for_update().filter(reference=reference).first()
    if occupation is None:
        return
    occupation.instrument = instrument
    first, last = max(occupation.start, period.start), min(occupation.end, period.end or occupation.end)
    if first <= last and (first, last) != (occupation.start, occupation.end):
        occupation.start, occupation.end = first, last
        days = _days(Period(start=first, end=last))
        OccupiedCell.objects.filter(occupation=occupation).update(period=days)
    occupation.save()


def vacate(reference: str) -> None:
    """Free what an application occupies, such as when its instrument ends early; without effect when it is nothing."""
    OccupiedCell.objects.filter(occupation__reference=reference).delete()


def forget_past(*, on: date) -> int:
    """Delete the squares of works that ended a month ago, which exclude no others; the occupation stays."""
    return OccupiedCell.objects.filter(period__endswith__lt=on - _KEPT).delete()[0]


def _days(period: Period) -> DateRange:
    return DateRange(period.start, _end(period), "[]")


def _end(period: Period) -> Any:
    if period.end is None:
        raise PeriodError("a place is occupied until a day")
    return period.end
