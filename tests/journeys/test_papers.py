"""The papers about money are documents like any other: asked for, sealed, logged, and believed by a stranger."""

from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.issuance import papers, site
from rukhsa.issuance.models import Instrument, Stall
from rukhsa.issuance.sequencer import ClockWentBack
from rukhsa.payments import deposit
from rukhsa.payments.models import ChargeLine, Payout, Receipt
from rukhsa.payments.payout import approve_payout, confirm_payout, propose_payout
from rukhsa.trust.__main__ import main
from tests import proved
from tests import town as people
from tests.journeys import facts
from tests.town import Town

IBAN = "BH67BMAG00001299123456"


def browser(language: str = "en") -> Client:
    client = Client(headers={"accept": "text/html"})
    client.cookies["rukhsa-language"] = language
    client.force_login(people.layla())
    return client


def deposit_went_back(town: Town) -> Payout:
    """The deposit, released and transferred by two people."""
    line = ChargeLine.objects.get(kind="deposit", charge__receipt__isnull=False)
    owed = deposit.release(line, iban=IBAN, actor=None, at=town.at)
    huda, mariam = town.actor("huda@mun.example"), town.mariam
    payout = propose_payout(owed, Payout.TRANSFER, iban=IBAN, actor=huda, at=town.at)
    approve_payout(payout, actor=mariam, at=town.at)
    return confirm_payout(payout, "B-4711", actor=huda, at=town.at)


@pytest.mark.django_db
def test_a_receipt_and_a_note_of_money_returned_verify_as_a_licence_does(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    instrument = town.issue("excavation-permit")
    receipt, layla = Receipt.objects.get(), browser()
    address = reverse("portal:paper", args=["receipt", receipt.pk])
    assert "Create the signed document" in layla.get(address).content.decode()
    assert layla.get(f"{address}/file").status_code == HTTPStatus.NOT_FOUND
    for _ in range(2):
        layla.post(address)
    assert "preparing the signed document" in layla.get(address).content.decode()
    assert ProcrastinateJob.objects.filter(task_name="issuance.issue_paper").count() == 1
    assert papers.issue_receipt(receipt, at=town.at) == papers.issue_receipt(receipt, at=town.at)
    page = layla.get(address).content.decode()
    assert "Download the PDF" in page
    paper = papers.paper_of(receipt)
    assert paper
    assert paper.intent.number in page
    payout = deposit_went_back(town)
    note = papers.issue_note(payout, at=town.at)
    assert "B-4711" in layla.get("/money/").content.decode()
    assert note.number in layla.get(f"/money/money-back/{payout.pk}").content.decode()
    told = {}
    for each in (paper, note):
        assert facts.verdict_on(each, at=town.at).word == "valid"
        assert facts.verdict_on_seal(each, at=town.at).word == "valid"
        told[each.number] = verified(each, layla, town, tmp_path, capsys)
    assert receipt.number in told[paper.number]
    assert "50.000" in told[note.number] or str(payout.money) in told[note.number]
    assert "BH67••••3456" in told[note.number]
    assert Instrument.objects.filter(intent__application__isnull=False).get() == instrument


def verified(
    paper: Instrument, layla: Client, town: Town, folder: Path, capsys: pytest.CaptureFixture[str]
) -> str:
    """What the command says of the file that the portal hands out, with the public folder alone."""
    kind, _, key = paper.intent.origin.partition(":")
    answer = layla.get(f"/money/{kind}/{key}/file")
    file = folder / f"{paper.number}.pdf"
    file.write_bytes(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    public = Path(settings.RUKHSA_PUBLIC)
    given = ["--public", str(public), "--root", str(public / site.ROOT_KEY), "--at", f"{town.at:%FT%TZ}"]
    assert main(["verify", str(file), *given]) == 0
    return capsys.readouterr().out


@pytest.mark.django_db
def test_a_paper_that_is_refused_is_shown_to_finance_and_tried_again(town: Town) -> None:
    town.later(hours=1)
    town.issue("proof-of-residence", tenure="owner", lease_number=None)
    receipt, layla = Receipt.objects.get(), browser()
    address, origin = f"/money/receipt/{receipt.pk}", papers.origin_of(receipt)
    huda = Client(headers={"accept": "text/html"})
    huda.cookies["rukhsa-language"] = "en"
    proved.sign_in(huda, town.actor("huda@mun.example").person)
    findings = reverse("desk:findings")
    assert "Try again" not in huda.get(findings).content.decode()
    # The town's clock is ahead: by the machine's, the log would go back.
    for _ in range(2):
        with pytest.raises(ClockWentBack):
            papers.issue_paper(origin=origin)
    refusal = Stall.objects.get(origin=origin)
    assert "could not create the signed document yet" in layla.get(address).content.decode()
    shown = huda.get(findings).content.decode()
    assert refusal.code in shown
    assert "Try again" in shown
    for _ in range(2):
        assert huda.post(reverse("desk:issue-paper", args=[refusal.pk])).status_code == HTTPStatus.FOUND
    assert ProcrastinateJob.objects.filter(lock=origin).count() == 1
    assert "Try again now" in huda.get(findings).content.decode()
    papers.issue_of(origin, at=town.at)
    assert refusal.code not in huda.get(findings).content.decode()
    assert "Download the PDF" in layla.get(address).content.decode()


@pytest.mark.django_db
def test_the_papers_of_another_look_absent(town: Town) -> None:
    town.issue("proof-of-residence", tenure="owner", lease_number=None)
    receipt = Receipt.objects.get()
    stranger = Client()
    proved.sign_in(stranger, town.salem.person)
    for where in (f"/money/receipt/{receipt.pk}", f"/money/receipt/{receipt.pk}/file"):
        assert Client().get(where).status_code == HTTPStatus.FOUND
        assert stranger.get(where).status_code == HTTPStatus.FORBIDDEN
    for where in ("/money/receipt/999999", "/money/receipt/x", "/money/note/1", "/money/money-back/x"):
        assert browser().get(where).status_code == HTTPStatus.NOT_FOUND
