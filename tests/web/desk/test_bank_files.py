"""Bank files: many amounts go back by one numbered file, made by one person, approved by another, and each once."""

from http import HTTPStatus
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import etree

from rukhsa.applications.models import Application
from rukhsa.payments.credit_transfer import NAMESPACE, Transfer, TransferFile, as_pain_001
from rukhsa.payments.models import BankFile, Entry, Payout
from rukhsa.values.money import Money
from tests.rooms.review.works import authority
from tests.web.desk.conftest import IBAN, SignIn, person, released
from tests.web.desk.pain_001 import NotByTheStandard, require_valid

pytestmark = pytest.mark.django_db
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def at(route: str, *arguments: object) -> str:
    return reverse(f"desk:{route}", args=arguments)


@pytest.fixture
def huda(application: Application, sign_in: SignIn) -> Client:
    """The browser of finance, where three deposits of 50.000 dinars are owed."""
    for number in (1, 2, 3):
        released(application, number)
    return sign_in(person("huda", authority()))


def made(huda: Client, rows: list[str]) -> BankFile:
    answer = huda.post(at("make-bank-file"), {"authority": "CAP", "row": rows})
    assert answer.status_code == HTTPStatus.FOUND
    return BankFile.objects.latest("proposed_at")


def rows_offered(huda: Client) -> list[str]:
    page = etree.parse(BytesIO(huda.get(at("make-bank-file")).content), etree.HTMLParser())
    return page.xpath("//input[@name='row']/@value")


def test_two_people_send_many_deposits_by_one_file_and_each_once(huda: Client, mariam: Client) -> None:
    offered = rows_offered(huda)
    assert len(offered) == 3
    file = made(huda, offered[:2])
    assert rows_offered(huda) == offered[2:]
    assert huda.post(at("act-on-bank-file", file.pk, "approve")).status_code == UNPROCESSABLE
    assert huda.post(at("take-bank-file", file.pk)).status_code == UNPROCESSABLE
    single = Payout.objects.first()
    assert single
    alone = mariam.post(at("act-on-payout", single.pk, "approve"))
    assert "approved with the others" in alone.content.decode()
    assert mariam.post(at("act-on-bank-file", file.pk, "approve")).status_code == HTTPStatus.FOUND
    assert mariam.post(at("act-on-bank-file", file.pk, "approve")).status_code == UNPROCESSABLE

    answer = huda.post(at("take-bank-file", file.pk))
    assert answer["Content-Disposition"].endswith(f'{file.number}.xml"')
    assert answer.content == huda.post(at("take-bank-file", file.pk)).content
    tree = require_valid(answer.content)
    told = {name: tree.findtext(f".//{{{NAMESPACE}}}{name}") for name in ("MsgId", "NbOfTxs", "CtrlSum")}
    assert told == {"MsgId": file.number, "NbOfTxs": "2", "CtrlSum": "100.000"}
    accounts = [each.text for each in tree.iterfind(f".//{{{NAMESPACE}}}CdtrAcct//{{{NAMESPACE}}}IBAN")]
    assert accounts == [IBAN, IBAN]


def test_what_the_bank_refused_is_owed_again_and_the_rest_is_confirmed_together(
    huda: Client, mariam: Client
) -> None:
    file = made(huda, rows_offered(huda))
    mariam.post(at("act-on-bank-file", file.pk, "approve"))
    content = huda.post(at("take-bank-file", file.pk)).content
    refused = Payout.objects.first()
    assert refused
    huda.post(at("act-on-payout", refused.pk, "not-sent"), {"reason": "AC04: the account is closed"})
    assert huda.post(at("act-on-bank-file", file.pk, "confirm")).status_code == UNPROCESSABLE
    confirmed = huda.post(at("act-on-bank-file", file.pk, "confirm"), {"reference": "CBB-77"})
    assert confirmed.status_code == HTTPStatus.FOUND
    assert sorted(Payout.objects.values_list("state", flat=True)) == ["done", "done", "refused"]
    assert Entry.objects.filter(account="bank", amount=-50_000).count() == 2
    assert len(rows_offered(huda)) == 1
    assert huda.post(at("take-bank-file", file.pk)).content == content  # what was sent stays readable


def test_a_row_is_taken_out_and_a_refused_file_leaves_all_of_it_owed(huda: Client, mariam: Client) -> None:
    file = made(huda, rows_offered(huda))
    out = Payout.objects.first()
    assert out
    mariam.post(at("act-on-payout", out.pk, "refuse"), {"reason": "He asks for another account"})
    assert file.payouts.count() == 2
    assert mariam.post(at("act-on-bank-file", file.pk, "refuse")).status_code == UNPROCESSABLE
    mariam.post(at("act-on-bank-file", file.pk, "refuse"), {"reason": "Not this week"})
    assert len(rows_offered(huda)) == 3
    assert mariam.post(at("act-on-bank-file", file.pk, "approve")).status_code == UNPROCESSABLE


def test_a_file_is_of_something_and_of_ones_own_authority(
    huda: Client, application: Application, sign_in: SignIn
) -> None:
    assert huda.post(at("make-bank-file"), {"authority": "CAP"}).status_code == UNPROCESSABLE
    assert not BankFile.objects.exists()
    file = made(huda, rows_offered(huda))
    elsewhere = sign_in(person("huda", authority("MUH", 2)))
    assert elsewhere.get(at("bank-file", file.pk)).status_code == HTTPStatus.NOT_FOUND
    assert elsewhere.post(at("take-bank-file", file.pk)).status_code == HTTPStatus.NOT_FOUND
    assert rows_offered(elsewhere) == []


def test_a_name_with_marks_of_xml_is_still_by_the_schema() -> None:
    money = Money(minor=1_500, currency="BHD")
    transfers = [
        Transfer(reference="a" * 32, money=money, name=name, iban=IBAN, about="CAP-2026-000001")
        for name in ("Ali & Sons <W.L.L.>", "علي وأولاده ذ.م.م", "x" * 200)
    ]
    file = TransferFile(
        number="CAP-2026-000001", made_at=timezone.now(), name="A & B", iban=IBAN, transfers=transfers
    )
    tree = require_valid(as_pain_001(file))
    assert tree.findtext(f".//{{{NAMESPACE}}}CtrlSum") == "4.500"
    assert tree.findtext(f".//{{{NAMESPACE}}}Cdtr/{{{NAMESPACE}}}Nm") == "Ali & Sons <W.L.L.>"
    whole = as_pain_001(file)
    for right, wrong in (
        (b"CtrlSum", b"Sum"),
        (b"<PmtMtd>TRF</PmtMtd>", b""),
        (b"<NbOfTxs>3</NbOfTxs>", b"<NbOfTxs>2</NbOfTxs>"),
        (b"<EndToEndId>", b"<EndToEndId>" + b"x" * 9),
        (b' Ccy="BHD"', b""),
        (b">1.500<", b">1.5000001<"),
        (b"pain.001.001.09", b"pain.001.001.03"),
    ):
        with pytest.raises(NotByTheStandard):
            require_valid(whole.replace(right, wrong))
