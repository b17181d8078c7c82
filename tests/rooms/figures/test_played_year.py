"""The director's page of a played year equals what is worked out apart, in plain Python, from the draws."""

from collections import Counter
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from lxml import html

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.figures import upkeep
from rukhsa.figures.aggregate import MonthRow
from rukhsa.figures.summary import Sums, read
from tests.rooms.figures import played_year
from tests.rooms.figures.played_year import AUTHORITIES, ENDS, FEE, PROMISED, Drawn
from tests.rooms.figures.reckoned_year import (
    MONTHS,
    Reckoned,
    end_of,
    minutes_by_party,
    month_of,
    nearest_rank,
    spent,
    waiting,
)
from tests.rooms.review import works
from tests.web.desk.conftest import SignIn, person
from tests.web.desk.conftest import sign_in as _sign_in

sign_in = _sign_in


@pytest.mark.django_db
def test_the_year_on_the_page_is_the_year_worked_out_apart(sign_in: SignIn) -> None:
    drawn = list(played_year.draws())
    take_back_and_count(drawn)
    played_year.write(drawn)
    upkeep.rebuild(at=ENDS - timedelta(minutes=1))
    for month in MONTHS:
        whole = Sums(read(MonthRow.objects.all(), month=month).rows).where(month=month)
        compare_month(whole, drawn, month)
    director = sign_in(directing_everywhere())
    for month in MONTHS:
        compare_page(director, Reckoned(drawn=drawn, month=month))
    compare_page(director, Reckoned(drawn=drawn, month=MONTHS[-1], authorities=("MUH",)), authority="MUH")


def directing_everywhere() -> Person:
    """The director of all four authorities."""
    jasim = person("jasim", works.authority())
    for code in AUTHORITIES[1:]:
        works.hire(jasim, Role.DIRECTOR, at=works.Authority.objects.get(code=code))
    return jasim


def take_back_and_count(drawn: list[Drawn]) -> None:
    """Leave the database in the belief that its tables are empty, as it has it after a load that failed.

    A year that is written now and read without counting again is read by plans for empty tables: that takes hours.
    """
    with transaction.atomic():
        played_year.write(drawn)
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE applications_application, applications_step")


def compare_month(whole: Sums, drawn: list[Drawn], month: date) -> None:
    decided = [e for e in drawn if e.outcome in ("grant", "refuse") and month_of(e.ended) == month]
    days = [spent(each) for each in decided]
    assert whole.decided_within(50) == nearest_rank(days, 50)
    assert whole.decided_within(90) == nearest_rank(days, 90)
    kept = sum(each <= PROMISED for each in days)
    share = Decimal(100 * kept) / len(days)
    assert whole.in_time == share.to_integral_value(ROUND_HALF_UP)
    issued = Counter((e.authority, e.service) for e in drawn if month_of(e.issued) == month)
    of = whole.where(figure="documents")
    assert {(r.authority, r.service): r.times for r in of.rows} == issued
    parties: Counter[str] = Counter()
    for each in drawn:
        if month_of(end_of(each)) == month:
            parties += minutes_by_party(each)
    assert {name: seconds for name, seconds, _ in whole.parties if seconds} == parties
    paid = [each for each in drawn if month_of(each.paid) == month]
    assert whole.totals("money") == {"fees": FEE * len(paid)}
    assert whole.counts("channels") == Counter(each.gateway for each in paid)
    assert whole.where(figure="returns").count == sum(month_of(e.returned) == month for e in drawn)
    visits = [at for e in drawn for at in (e.submitted, e.answered, e.paid, e.issued)]
    assert whole.where(figure="visits-avoided").count == sum(month_of(at) == month for at in visits)
    assert dict(whole.backlog) == waiting(drawn, month)


def compare_page(director: Client, reckoned: Reckoned, **chosen: str) -> None:
    """Every tile and every table of a month, as a director reads them."""
    asked = {"month": f"{reckoned.month:%Y-%m}", **chosen}
    page = html.fromstring(
        director.get(reverse("desk:figures"), asked, headers={"accept-language": "en"}).text
    )
    tiles = {
        words(each.find("dt")): " ".join(map(words, each.findall("dd")))
        for each in page.cssselect("dl.tiles > div")
    }
    assert tiles == reckoned.tiles()
    tables = {words(each.find("caption")): cells(each) for each in page.cssselect("main table")}
    assert tables == reckoned.tables()


def cells(table: Any) -> list[list[str]]:
    """The rows of the body, cell by cell."""
    return [[words(cell) for cell in row] for row in table.cssselect("tbody > tr")]


def words(element: Any) -> str:
    """What is read of an element."""
    return " ".join(element.text_content().split())
