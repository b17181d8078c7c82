"""The pages of reconciliation: a bad file keeps what was typed, and a difference is worked off."""

from http import HTTPStatus
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.payments.models import Attempt
from rukhsa.payments.outcome import settle_with
from rukhsa.reconciliation.models import Difference, Statement
from tests.rooms.review.works import SUNDAY, authority
from tests.web.desk.conftest import SignIn, differing, owed_charge, person

pytestmark = pytest.mark.django_db
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
DAY = "2026-11-01"


def at(route: str, *arguments: object) -> str:
    return reverse(f"desk:{route}", args=arguments)


@pytest.fixture
def huda(application: Application, sign_in: SignIn) -> Client:
    return sign_in(person("huda", authority()))


def upload(huda: Client, content: bytes, **typed: str) -> object:
    file = SimpleUploadedFile("statement.csv", content)
    return huda.post(at("statements"), {"gateway": "sadad", "day": DAY, "file": file} | typed)


def test_a_statement_is_taken_in_once_and_a_bad_one_keeps_what_was_typed(huda: Client) -> None:
    assert "No statement has been imported yet." in huda.get(at("statements")).content.decode()
    for content, typed, said in (
        (b"D;1", {}, "Row 1"),
        (b"T;0;0.000", {"day": "tomorrow"}, "Say of which day"),
        (b"T;0;0.000", {"gateway": "nobody"}, "Say of which gateway"),
    ):
        answer = upload(huda, content, **typed)
        page = answer.content.decode()  # type: ignore[attr-defined]
        assert answer.status_code == UNPROCESSABLE  # type: ignore[attr-defined]
        assert said in page
        assert typed.get("day", DAY) in page
    assert huda.post(at("statements"), {"gateway": "sadad", "day": DAY}).status_code == UNPROCESSABLE
    for _ in range(2):
        assert upload(huda, b"T;0;0.000").status_code == HTTPStatus.FOUND  # type: ignore[attr-defined]
    assert Statement.objects.count() == 1
    assert "1 November 2026" in huda.get(at("statements")).content.decode()


def test_a_difference_is_given_explained_and_closed(
    huda: Client, application: Application, sign_in: SignIn
) -> None:
    difference = differing(application)
    listed = huda.get(at("differences")).content.decode()
    assert "unpaid in our books" in listed
    assert "26111" not in huda.get(at("differences") + "?mine=yes").content.decode()
    of_finance = person("finance", authority())
    huda.post(at("act-on-difference", difference.pk, "give"), {"owner": str(of_finance.pk)})
    assert "26111" in sign_in(of_finance).get(at("differences") + "?mine=yes").content.decode()
    empty = huda.post(at("act-on-difference", difference.pk, "close"), {"text": "  "})
    assert empty.status_code == UNPROCESSABLE
    huda.post(at("act-on-difference", difference.pk, "close"), {"text": "The notice came late."})
    assert "The notice came late." in huda.get(at("difference", difference.pk)).content.decode()
    assert "All differences are explained" in huda.get(at("differences")).content.decode()
    elsewhere = sign_in(person("huda", authority("MUH", 2)))
    assert elsewhere.get(at("difference", difference.pk)).status_code == HTTPStatus.NOT_FOUND


def test_a_difference_leads_to_its_payment_and_says_that_it_was_paid_meanwhile(
    huda: Client, application: Application, sign_in: SignIn
) -> None:
    difference = differing(application)
    assert (
        "Our books have no payment with this number."
        in huda.get(at("difference", difference.pk)).content.decode()
    )
    charge = owed_charge(application)
    attempt = Attempt.objects.create(
        charge=charge, gateway="national", reference="26111", amount=5_000, currency="BHD",
        state=Attempt.State.CAPTURED, started_at=SUNDAY, ended_at=SUNDAY,
    )  # fmt: skip
    page = huda.get(at("difference", difference.pk)).content.decode()
    assert at("charge", charge.pk) in page
    assert "Not paid" in page
    assert "paid in our books after the statement" not in page
    settle_with(attempt, at=SUNDAY)
    page = huda.get(at("difference", difference.pk)).content.decode()
    assert "Not paid" not in page
    assert "It was paid in our books after the statement came." in page
    huda.post(at("act-on-difference", difference.pk, "close"), {"text": "The notice came late."})
    page = huda.get(at("difference", difference.pk)).content.decode()
    assert at("charge", charge.pk) in page
    assert "paid in our books after the statement" not in page


def test_the_income_of_a_month_is_a_page_and_a_file_of_ones_own_authorities(
    huda: Client, application: Application, sign_in: SignIn
) -> None:
    charge = owed_charge(application)
    attempt = Attempt.objects.create(
        charge=charge, gateway="national", reference="T9", amount=5_000, currency="BHD",
        state=Attempt.State.CAPTURED, started_at=SUNDAY, ended_at=SUNDAY,
    )  # fmt: skip
    settle_with(attempt, at=SUNDAY)
    month = f"?month={SUNDAY:%Y-%m}"
    assert "5.000" in huda.get(at("income") + month).content.decode()
    file = huda.get(at("income") + f"{month}&as=csv").content.decode()
    assert file.splitlines()[1] == f"{SUNDAY:%Y-%m},CAP,road-works,5.000,0.000,0.000,5.000,BHD"
    assert "There was no income in this month." in huda.get(at("income") + "?month=2020-02").content.decode()
    assert huda.get(at("income") + "?month=nonsense").status_code == HTTPStatus.OK
    elsewhere = sign_in(person("huda", authority("MUH", 2)))
    assert "5.000" not in elsewhere.get(at("income") + month).content.decode()


def test_the_cash_of_a_day_is_a_page_a_workbook_and_json(huda: Client) -> None:
    assert "No money has moved yet." in huda.get(at("cash")).content.decode()
    assert huda.get(at("cash") + f"?day={DAY}&as=json").json()["day"] == DAY
    book = huda.get(at("cash") + f"?day={DAY}&as=xlsx")
    assert book.content[:2] == b"PK"
    assert DAY in book["Content-Disposition"]
    assert huda.get(at("cash") + "?day=nonsense&authority=XXX").status_code == HTTPStatus.OK


def test_the_command_takes_in_lists_and_writes(
    application: Application, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def statements(*arguments: object) -> str:
        call_command("statements", *map(str, arguments))
        return capsys.readouterr().out

    file, day = tmp_path / "statement.csv", f"--day={DAY}"
    file.write_bytes(b"T;0;0.000")
    by, by_salem = (f"--by={person(name, authority()).email}" for name in ("huda", "salem"))
    taken = statements("take-in", file, "--gateway=sadad", day, by)
    assert "sadad 2026-11-01: 0 lines, 0.000 BHD, 0 differences" in taken
    assert differing(application) in Difference.objects.open()
    assert "not-settled-here there 25.500, here 25.500" in statements("differences", by)
    assert "written" in statements("cash", "CAP", day, "--to", tmp_path / "cash.json")
    for arguments, said in (
        (("take-in", by), "needs subject, --gateway, --day"),
        (("take-in", file, "--gateway=sadad", day, by_salem), "not of finance"),
        (("cash", "CAP", day, "--to", tmp_path / "cash.doc"), "ends with .xlsx or .json"),
    ):
        with pytest.raises(CommandError, match=said):
            statements(*arguments)
