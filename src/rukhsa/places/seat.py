"""Seats: how many times a place of a list can be given out; the database refuses one more."""

from collections.abc import Mapping

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, F, Func, Value

from rukhsa.errors import RukhsaError
from rukhsa.locks import one_at_a_time
from rukhsa.values.periods import Period, shifted


class Seat(models.Model):
    """One of the seats of a place of a list, numbered from 1."""

    list = models.CharField(max_length=60)
    place = models.CharField(max_length=60)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "place", "number"], name="each_seat_once")]


class Taking(models.Model):
    """A seat that an application holds during a period; the database refuses it to others meanwhile.

    The row goes away when the seat is given back: the steps of the application say what happened.
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


class PlaceFull(RukhsaError):
    """The place is full in that period."""

    code = "place-full"

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


@transaction.atomic
def take(list: str, place: str, *, capacity: int, period: Period, reference: str) -> Taking:
    """Take a seat of a place during a period for an application, in exchange for the seat that it has.

    Again changes nothing. Raises PlaceFull, and the application keeps the seat that it has.
    """
    # Two that want the last seat wait for each other, so that the second is told at once that it is full.
    one_at_a_time(f"places.slots:{list}:{place}")
    held = Taking.objects.select_related("seat").filter(reference=reference).first()
    days = _days(period)
    if held and (held.seat.list, held.seat.place, held.period) == (list, place, days):
        return held
    number = _first_free(list, place, capacity, days, but=reference)
    if number is None:
        raise PlaceFull(place)
    seat, _ = Seat.objects.get_or_create(list=list, place=place, number=number)
    free(reference)
    try:
        with transaction.atomic():
            return Taking.objects.create(reference=reference, seat=seat, period=days)
    except IntegrityError as error:
        raise PlaceFull(place) from error


def free(reference: str) -> None:
    """Give back the seat of an application; without effect when it has none."""
    Taking.objects.filter(reference=reference).delete()


def left(list: str, capacities: Mapping[str, int], period: Period, *, but: str = "") -> dict[str, int]:
    """How many each place of a list can still take in a period, not counting what `but` (a reference) holds.

    One statement; its cost grows with what is taken in that period.
    """
    taken = Taking.objects.filter(seat__list=list, period__overlap=_days(period)).exclude(reference=but)
    counts = dict(taken.values_list("seat__place").annotate(Count("seat", distinct=True)))
    return {place: max(capacity - counts.get(place, 0), 0) for place, capacity in capacities.items()}


def _first_free(list: str, place: str, capacity: int, days: DateRange, *, but: str) -> int | None:
    taken = Taking.objects.filter(seat__list=list, seat__place=place, period__overlap=days)
    numbers = set(taken.exclude(reference=but).values_list("seat__number", flat=True))
    return next((number for number in range(1, capacity + 1) if number not in numbers), None)


def _days(period: Period) -> DateRange:
    # As the database writes it back: up to the day after the last, which is not included.
    upper = None if period.end is None else shifted(period.end, 1, "day")
    return DateRange(period.start, upper, "[)")
