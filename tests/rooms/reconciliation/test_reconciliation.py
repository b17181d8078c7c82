"""A gateway's statement beside our books: every difference found once, with an owner until it is explained."""

import json
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.territory import territory
from rukhsa.payments.collection import Addresses, collect
from rukhsa.payments.ledger import balances
from rukhsa.payments.models import Charge, Refund
from rukhsa.payments.outcome import settle_open
from rukhsa.payments.payout import approve_payout, propose_payout
from rukhsa.payments.tariff import assess
from rukhsa.project.fsck.money_rules import SETTLEMENTS
from rukhsa.reconciliation import cash
from rukhsa.reconciliation.explanation import ExplanationMissing, explain
from rukhsa.reconciliation.formats.read import BadStatement
from rukhsa.reconciliation.income import income, total
from rukhsa.reconciliation.models import Difference, SettledLine, Statement
from rukhsa.reconciliation.statement_difference import AlreadyExplained, NotAnOwner, assign_owner
from rukhsa.reconciliation.statement_intake import take_in
from rukhsa_rehearsal.sandbox.serve import Running
from tests.outside import break_down
from tests.rooms.payments.conftest import Apply, Begin, staff
from tests.rooms.payments.definition import fee
from tests.rooms.payments.test_paying import pay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paying")]
HEADING = "TERMINAL,PAYMENTID,TRACKID,ACTION,AMOUNT,CURRENCY,POSTED"
Kind = Difference.Kind


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return timezone.localdate()


def fetched(charge: Charge, outside: Running) -> bytes:
    """The gateway's statement of today, with the lines of this charge alone: others pay at the same sandbox."""
    answer = httpx.get(f"{outside.address}/national/statement.csv", params={"day": str(today())}, timeout=30)
    ours = set(charge.attempts.values_list("reference", flat=True))
    rows = [row for row in answer.text.splitlines() if row.split(",")[2] in ours]
    return written(*rows, net="25.500" if len(rows) == 1 else "0.000")


def taken(charge: Charge, begin: Begin, outside: Running) -> Charge:
    """Paid at the gateway, whose notice never came."""
    break_down(outside, "national.notification", "lost")
    pay(begin(charge))
    return charge


def paid(charge: Charge, begin: Begin, outside: Running) -> Charge:
    """Paid, and settled with the gateway."""
    settle_open(taken(charge, begin, outside).application, at=now())
    return charge


def standing() -> dict[str, int]:
    """What stands on each account, in fils."""
    return {one.account.value: one.money.minor for one in balances()}


def faults() -> list[str]:
    """What fsck finds by the rules of settlements alone."""
    found = []
    with connection.cursor() as cursor:
        for rule in SETTLEMENTS:
            cursor.execute(rule.query, {})
            found += [f"{rule.code}: {row}" for row in cursor.fetchall()]
    return found


def kinds() -> list[str]:
    return sorted(Difference.objects.values_list("kind", flat=True))


def written(*lines: str, net: str) -> bytes:
    return "\n".join([HEADING, *lines, f"TRAILER,{len(lines)},{net}"]).encode()


def line(charge: Charge, outside: Running, **change: str) -> str:
    """The gateway's own line of a payment, with something changed."""
    row = dict(
        zip(HEADING.split(","), fetched(charge, outside).decode().splitlines()[1].split(","), strict=True)
    )
    return ",".join((row | change).values())


def test_one_line_of_a_joint_payment_settles_the_receipt_of_each_charge_and_one_return(
    apply_for: Apply, layla: Actor, addresses: Addresses, outside: Running, huda: Actor, mariam: Actor
) -> None:
    charges = [
        assess(apply_for([fee({"amount": each})]), Charge.Due.AFTER_DECISION, at=now())
        for each in ("10.000", "20.000", "30.000")
    ]
    first, *along = (charge for charge in charges if charge)
    break_down(outside, "national.notification", "lost")
    pay(collect(first, "national", actor=layla, addresses=addresses, at=now(), along=along))
    Application.objects.filter(pk=along[1].application_id).update(stage=Stage.WITHDRAWN)
    settle_open(first.application, at=now())
    approve_payout(
        propose_payout(Refund.objects.get(), "national", actor=huda, at=now()), actor=mariam, at=now()
    )

    rows = [
        row
        for row in httpx.get(
            f"{outside.address}/national/statement.csv", params={"day": str(today())}, timeout=30
        ).text.splitlines()
        if row.split(",")[2] == first.attempts.get().reference
    ]
    take_in("national", written(*rows, net="30.000"), day=today(), actor=huda, at=now())

    assert len(rows) == 2
    assert standing() == {"clearing": 0, "bank": 30_000, "fees": -30_000, "refunds": 0}
    assert (kinds(), faults()) == ([], [])


def test_what_was_paid_agrees_and_the_same_file_again_changes_nothing(
    charge: Charge, begin: Begin, outside: Running, huda: Actor
) -> None:
    paid(charge, begin, outside)
    statement = take_in("national", fetched(charge, outside), day=today(), actor=huda, at=now())
    assert (statement.count, str(statement.money)) == (1, "25.500")
    assert standing() == {"clearing": 0, "bank": 25_500, "fees": -25_500}
    assert take_in("national", fetched(charge, outside), day=today(), actor=huda, at=now()) == statement
    take_in("national", fetched(charge, outside) + b"\n", day=today(), actor=huda, at=now())
    assert standing() == {"clearing": 0, "bank": 25_500, "fees": -25_500}, "it is settled once"
    assert kinds() == []
    assert faults() == []
    with pytest.raises(DatabaseError), transaction.atomic():
        SettledLine.objects.all().delete()


def test_what_went_back_and_what_the_gateway_keeps_is_settled_with_the_payment(
    charge: Charge, begin: Begin, outside: Running, huda: Actor, mariam: Actor
) -> None:
    taken(charge, begin, outside)
    charge.application.stage = "withdrawn"
    charge.application.save()
    settle_open(charge.application, at=now())
    payout = propose_payout(Refund.objects.get(), "national", actor=huda, at=now())
    approve_payout(payout, actor=mariam, at=now())
    paid_line, back = (row for row in fetched(charge, outside).decode().splitlines()[1:3])
    fee = line(charge, outside, ACTION="FEE", AMOUNT="-0.250", PAYMENTID="77")
    stranger = line(charge, outside, ACTION="FEE", AMOUNT="-0.001", TRACKID="999")
    content = written(paid_line, back, fee, stranger, net="-0.251")
    statement = take_in("national", content, day=today(), actor=huda, at=now())
    assert (statement.settled_count, str(statement.settled)) == (3, "-0.250")
    assert standing() == {"clearing": 0, "bank": -250, "commissions": 250, "refunds": 0}
    assert kinds() == [Kind.MISSING_HERE], "the payment of the other fee is not known"
    assert faults() == []


def test_another_amount_settles_once_it_is_explained_and_the_rest_is_named(
    charge: Charge, begin: Begin, outside: Running, huda: Actor
) -> None:
    paid(charge, begin, outside)
    content = written(line(charge, outside, AMOUNT="25.499"), net="25.499")
    take_in("national", content, day=today(), actor=huda, at=now())
    assert standing()["clearing"] == 25_500
    explain(Difference.objects.get(), "فرق تقريب.", closes=True, actor=huda, at=now())
    assert standing() == {"clearing": 0, "bank": 25_499, "differences": 1, "fees": -25_500}
    assert faults() == []
    again = written(line(charge, outside), net="25.500")
    take_in("national", again, day=today(), actor=huda, at=now())
    assert standing()["bank"] == 25_499, "a payment is settled once"


def test_money_that_nobody_told_us_of_is_found_and_stays_until_it_is_explained(
    charge: Charge, begin: Begin, outside: Running, huda: Actor, mariam: Actor
) -> None:
    taken(charge, begin, outside)
    take_in("national", fetched(charge, outside), day=today(), actor=huda, at=now())
    difference = Difference.objects.owned().get()
    assert (difference.kind, difference.owner) == (Kind.NOT_SETTLED_HERE, huda.person.pk)
    assert str(difference.money_there) == "25.500"
    settle_open(charge.application, at=now())
    take_in("national", fetched(charge, outside) + b"\n", day=today(), actor=huda, at=now())
    assert Difference.objects.open().get() == difference, "it does not resolve itself in silence"

    noor = staff("noor", Role.FINANCE)
    assign_owner(difference, noor.person, actor=huda, at=now())
    assert Difference.objects.owned().get().owner == noor.person.pk
    with pytest.raises(NotAnOwner):
        assign_owner(difference, mariam.person, actor=huda, at=now())
    with pytest.raises(ExplanationMissing):
        explain(difference, " ", closes=True, actor=noor, at=now())
    explain(difference, "سُئلت البوابة.", closes=False, actor=noor, at=now())
    assert Difference.objects.open().count() == 1
    assert standing()["bank"] == 25_500, "the second statement found it paid"
    explain(difference, "وصل الإشعار متأخرًا.", closes=True, actor=noor, at=now() + timedelta(days=2))
    assert not Difference.objects.open().exists()
    assert difference.age(now() + timedelta(days=9)).days == 2
    with pytest.raises(AlreadyExplained):
        explain(difference, "مرة أخرى", closes=True, actor=noor, at=now())
    with pytest.raises(NotPermitted):
        assign_owner(difference, huda.person, actor=mariam, at=now())


@pytest.mark.parametrize(
    ("change", "net", "expected"),
    [
        ({"AMOUNT": "25.499"}, "25.499", [Kind.AMOUNT]),
        ({"TRACKID": "999"}, "25.500", [Kind.MISSING_HERE, Kind.MISSING_THERE]),
        ({"POSTED": "20260101 10:00:00"}, "25.500", [Kind.LATE, Kind.WRONG_DAY]),
    ],
)
def test_each_kind_of_difference_is_told_apart(
    charge: Charge,
    begin: Begin,
    outside: Running,
    huda: Actor,
    change: dict[str, str],
    net: str,
    expected: list[str],
) -> None:
    paid(charge, begin, outside)
    content = written(line(charge, outside, **change), net=net)
    take_in("national", content, day=today(), actor=huda, at=now())
    assert kinds() == sorted(expected)


def test_one_payment_twice_is_found_in_one_statement_and_across_days(
    charge: Charge, begin: Begin, outside: Running, huda: Actor
) -> None:
    one = line(paid(charge, begin, outside), outside)
    again = one.replace(one.split(",")[1], "777")
    take_in("national", written(one, again, net="51.000"), day=today(), actor=huda, at=now())
    assert kinds() == [Kind.TWICE]
    take_in("national", written(one, net="25.500"), day=today(), actor=huda, at=now())
    yesterday = today() - timedelta(days=1)
    take_in("national", written(one, net="25.500"), day=yesterday, actor=huda, at=now())
    assert kinds() == [Kind.TWICE, Kind.TWICE, Kind.WRONG_DAY]


def test_what_the_statement_lacks_is_told_once_every_day_it_may_stand_on_is_there(
    charge: Charge, begin: Begin, outside: Running, huda: Actor
) -> None:
    paid(charge, begin, outside)
    attempt = charge.attempts.get()
    midnight = territory().bounds(today())[0]
    type(attempt).objects.filter(pk=attempt.pk).update(
        started_at=midnight - timedelta(seconds=40), ended_at=midnight + timedelta(seconds=5)
    )
    take_in("national", written(net="0.000"), day=today(), actor=huda, at=now())
    assert kinds() == [], "it may stand in yesterday's statement"
    yesterday = today() - timedelta(days=1)
    take_in("national", written(net="0.000"), day=yesterday, actor=huda, at=now())
    assert kinds() == [Kind.MISSING_THERE]


def test_a_statement_of_another_account_of_tomorrow_or_of_another_gateway_is_refused_whole(
    charge: Charge, begin: Begin, outside: Running, huda: Actor, mariam: Actor
) -> None:
    paid(charge, begin, outside)
    foreign = written(line(charge, outside, TERMINAL="other"), net="25.500")
    for content, day in (
        (foreign, today()),
        (fetched(charge, outside), today() + timedelta(days=2)),
        (b"\xff\xfe", today()),
    ):
        with pytest.raises(BadStatement):
            take_in("national", content, day=day, actor=huda, at=now())
    with pytest.raises(BadStatement, match="begin with"):
        take_in("sadad", fetched(charge, outside), day=today(), actor=huda, at=now())
    with pytest.raises(NotPermitted):
        take_in("national", fetched(charge, outside), day=today(), actor=mariam, at=now())
    assert not Statement.objects.exists()


def test_the_database_refuses_to_change_what_was_found(
    charge: Charge, begin: Begin, outside: Running, huda: Actor
) -> None:
    taken(charge, begin, outside)
    take_in("national", fetched(charge, outside), day=today(), actor=huda, at=now())
    for act in (Difference.objects.all().delete, lambda: Difference.objects.update(kind=Kind.LATE)):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_the_cash_report_adds_up_and_is_written_for_people_and_for_machines(
    charge: Charge, begin: Begin, outside: Running
) -> None:
    paid(charge, begin, outside)
    report = cash.cash_report(Authority.objects.get(code="CAP"), today(), at=now())
    rows = {row.account: row for row in report.rows}
    assert (rows["clearing"].opening, rows["clearing"].debit, rows["clearing"].closing) == (0, 25_500, 25_500)
    assert (rows["fees"].credit, rows["fees"].closing) == (25_500, -25_500)
    assert sum(row.closing for row in report.rows) == 0
    tomorrow = cash.cash_report(report.authority, today() + timedelta(days=1), at=now())
    assert {row.opening for row in tomorrow.rows} == {25_500, -25_500}

    document = json.loads(cash.as_json(report))
    assert [each["amount"] for each in document["movements"]] == ["25.500", "-25.500"]
    for language, title in (("en", "Accounts"), ("ar", "الحسابات")):
        book = ZipFile(BytesIO(cash.as_xlsx(report, language=language)))
        assert title in book.read("xl/workbook.xml").decode()
        assert "25.5" in book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in book.read("xl/worksheets/sheet2.xml").decode()


def test_the_income_of_a_month_is_what_the_books_earned_in_it_by_service(
    charge: Charge, begin: Begin, outside: Running
) -> None:
    paid(charge, begin, outside)
    [row] = income(["CAP", "MUH"], today())
    assert (row.authority, row.service) == ("CAP", charge.application.service_version.service)
    assert (row.fees, row.fines, row.forfeitures) == (25_500, 0, 0)
    assert [str(each) for each in total([row, row])[0].amounts] == ["51.000", "0.000", "0.000", "51.000"]
    assert income(["MUH"], today()) == []
    for elsewhere in (today().replace(day=1) - timedelta(days=1), today() + timedelta(days=31)):
        assert income(["CAP"], elsewhere) == []
