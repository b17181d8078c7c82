"""What the bank says back of a bank file: each transfer is recorded once, and what contradicts the books is a fault."""

from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.audit.models import JournalEntry
from rukhsa.payments.bank_answer import BadBankAnswer, BankAnswer, take_in_answer
from rukhsa.payments.bank_file import approve_file, propose_file, rows_to_send
from rukhsa.payments.models import BankAnswerRow, BankFile, Entry, Payout
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY, authority
from tests.web.desk.banked import status_report
from tests.web.desk.conftest import SignIn, person, released

pytestmark = pytest.mark.django_db
OURS = "BH04BMAG00000000000001"  # the account of the Capital
CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def statement(*entries: str, account: str = OURS) -> bytes:
    """A bank's camt.053 of an account."""
    return (
        f'<Document xmlns="{CAMT}"><BkToCstmrStmt><GrpHdr><MsgId>STM-1</MsgId></GrpHdr>'
        f"<Stmt><Acct><Id><IBAN>{account}</IBAN></Id></Acct>{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def entry(reference: str, amount: str = "50.000", *, way: str = "DBIT", status: str = "BOOK") -> str:
    """A booked transfer."""
    return (
        f'<Ntry><Amt Ccy="BHD">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>'
        f"<AcctSvcrRef>B-{reference[:6]}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>"
        "<RtrInf><AddtlInf>note</AddtlInf></RtrInf><AddtlTxInf>Paid to Hassan</AddtlTxInf></TxDtls></NtryDtls></Ntry>"
    )


@pytest.fixture
def file(application: Application) -> BankFile:
    """Three deposits of 50.000 dinars with the bank."""
    for number in (1, 2, 3):
        released(application, number)
    finance, mariam = (works.act_as(person(name, authority())) for name in ("huda", "mariam"))
    rows = rows_to_send(authority(), actor=finance, at=SUNDAY)
    made, _rows = propose_file(authority(), rows, actor=finance, at=SUNDAY)
    return approve_file(made, actor=mariam, at=SUNDAY)


def take(content: bytes) -> BankAnswer:
    return take_in_answer(content, actor=works.act_as(person("huda", authority())), at=SUNDAY)


def references(file: BankFile) -> list[str]:
    return [each.hex for each in file.payouts.order_by("pk").values_list("pk", flat=True)]


def outcomes(answer: BankAnswer) -> list[str]:
    return [each.outcome for each in answer.rows.order_by("reference")]


def states(file: BankFile) -> list[str]:
    return list(file.payouts.order_by("pk").values_list("state", flat=True))


def test_a_status_report_settles_refuses_and_leaves_with_the_bank_row_by_row(file: BankFile) -> None:
    first, second, _third = references(file)
    answer = take(status_report(file.number, [(first, "ACSC"), (second, "RJCT")]))
    assert outcomes(answer) == ["settled", "refused", "under-way"]
    assert states(file) == ["done", "refused", "sent"]
    refused = Payout.objects.get(pk=second)
    assert refused.refusal == "RJCT AC04 Closed account"
    assert Entry.objects.filter(account="bank", amount=-50_000).count() == 1
    finance = works.act_as(person("huda", authority()))
    assert [row.owed for row in rows_to_send(authority(), actor=finance, at=SUNDAY)] == [refused.release]
    assert JournalEntry.objects.get(act="take-in-bank-answer").detail["rows"] == 3


def test_the_same_answer_again_changes_nothing_and_another_that_agrees_is_known(file: BankFile) -> None:
    first, *_others = references(file)
    report = status_report(file.number, [(first, "ACSC")])
    assert take(report) == take(report)
    again = take(statement(entry(first)))
    assert outcomes(again) == ["known"]
    assert Entry.objects.filter(account="bank", amount=-50_000).count() == 1


def test_nothing_is_owed_or_sent_twice_where_the_bank_contradicts_our_books(file: BankFile) -> None:
    first, second, third = references(file)
    take(status_report(file.number, [(first, "ACSC"), (second, "RJCT")]))
    before, entries = states(file), Entry.objects.count()
    against = take(
        status_report(file.number, [(first, "RJCT"), (second, "ACSC"), (third, "XXXX"), ("0" * 32, "ACSC")])
    )
    told = {each.reference: each.outcome for each in against.rows.all()}
    assert told == {
        first: "refused-after-sent",
        second: "sent-after-refused",
        third: "unknown-status",
        "0" * 32: "unknown-transfer",
    }
    assert all(each.is_fault for each in against.rows.all())
    assert (states(file), Entry.objects.count()) == (before, entries)


def test_a_statement_counts_with_our_amount_alone_and_tells_what_came_back(file: BankFile) -> None:
    first, second, third = references(file)
    other = "<Ntry><Amt Ccy='BHD'>9.000</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts></Ntry>"
    answer = take(
        statement(entry(first), entry(second, "5.000"), entry(third, status="PDNG"), entry(third, way="CRDT"), other)
    )  # fmt: skip
    told = [(each.reference, each.outcome) for each in answer.rows.all()]
    assert told == [
        (first, "settled"), (second, "other-amount"), (third, "under-way"), (third, "came-back"),
    ]  # fmt: skip
    assert (states(file), answer.others) == (["done", "sent", "sent"], 1)
    assert Payout.objects.get(pk=first).reference == f"B-{first[:6]}"
    assert not BankAnswerRow.objects.filter(words__contains="Hassan").exists()


def test_a_whole_file_is_settled_by_one_word_and_a_file_that_waits_is_not(file: BankFile) -> None:
    answer = take(status_report(file.number, [], whole="ACSC"))
    assert set(outcomes(answer)) == {"settled"}
    assert states(file) == ["done"] * 3


def test_what_was_not_given_to_the_bank_is_never_recorded_as_sent(application: Application) -> None:
    released(application, 1)
    finance = works.act_as(person("huda", authority()))
    rows = rows_to_send(authority(), actor=finance, at=SUNDAY)
    waiting, _rows = propose_file(authority(), rows, actor=finance, at=SUNDAY)
    assert outcomes(take(status_report(waiting.number, [], whole="ACSC"))) == ["not-given-to-the-bank"]
    assert states(waiting) == ["proposed"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-a-bank-answer"),
        (b"%PDF-1.7", "not-a-bank-answer"),
        (b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.09'/>", "not-a-bank-answer"),
        (statement(account="BH74BMAG00000000000002"), "bank-answer-not-ours"),  # of another authority
        (status_report("CAP-2026-999999", []), "bank-answer-not-ours"),
        (
            b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 99 + b'">]>' + statement().replace(b"STM-1", b"&b;"),
            "not-a-bank-answer",
        ),
    ],
)
def test_what_is_no_answer_about_us_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(BadBankAnswer) as refused:
        take(content)
    assert refused.value.code == code


def test_the_database_keeps_what_the_bank_said(file: BankFile) -> None:
    take(status_report(file.number, []))
    for statement_ in (
        "UPDATE payments_bankanswerrow SET outcome = 'known'",
        "DELETE FROM payments_bankanswer",
    ):
        with (
            connection.cursor() as cursor,
            pytest.raises(IntegrityError, match="facts are written once"),
            transaction.atomic(),
        ):
            cursor.execute(statement_)


def test_finance_takes_an_answer_in_on_the_page_and_the_file_says_what_the_bank_said(
    file: BankFile, sign_in: SignIn
) -> None:
    huda = sign_in(person("huda", authority()))
    first, second, _third = references(file)
    page, ours = reverse("desk:bank-answers"), reverse("desk:bank-file", args=[file.pk])
    assert "has said nothing of 3 transfers" in huda.get(ours).content.decode()
    bad = huda.post(page, {"answer": SimpleUploadedFile("a.xml", b"<a/>")})
    assert bad.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    report = status_report(file.number, [(first, "RJCT"), (second, "XXXX")])
    made = huda.post(page, {"answer": SimpleUploadedFile("a.xml", report)}, follow=True)
    told = made.content.decode()
    assert "1 transfer must be looked into" in told
    assert told.index("XXXX") < told.index("RJCT")  # what must be looked into stands first
    shown = huda.get(ours).content.decode()
    assert "Refused by the bank: owed again" in shown
    assert "Still with the bank" in shown
    elsewhere: Client = sign_in(person("huda", authority("MUH", 2)))
    answer = BankAnswer.objects.get()
    assert elsewhere.get(reverse("desk:bank-answer", args=[answer.pk])).status_code == HTTPStatus.NOT_FOUND
