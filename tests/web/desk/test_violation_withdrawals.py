"""A confirmed violation is withdrawn by two: one proposes, a second one approves or refuses, and the party is told."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from rukhsa.accounts.permissions import Role
from rukhsa.agreement import NotToBeDecided, ProposedByYourself, ReasonMissing, UnderWay
from rukhsa.applications.models import Application
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import NotPermitted
from rukhsa.delivery.models import Notice
from rukhsa.digest import digest_of
from rukhsa.issuance.models import Instrument
from rukhsa.personal.erasure import StillKept
from rukhsa.personal.violation_erasure import erase_violation
from rukhsa.violations.models import Violation, Withdrawal, WithdrawalProposal
from rukhsa.violations.party import Party
from rukhsa.violations.party_notice import send_party_notice
from rukhsa.violations.violation import NotStanding
from rukhsa.violations.withdrawal import approve_withdrawal, propose_withdrawal, refuse_withdrawal
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn
from tests.web.desk.fined import withdraw
from tests.web.desk.test_violation_party import NUMBER, against, applicant
from tests.web.desk.test_violations import acting, at, confirmed, recorded

pytestmark = pytest.mark.django_db
LATER = SUNDAY + timedelta(days=1)
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def proposed(violation: Violation, by: str = "yusuf") -> WithdrawalProposal:
    return propose_withdrawal(violation, "Wrong road.", actor=acting(by), at=LATER)


def test_one_person_alone_withdraws_no_confirmed_violation(mariam: Client, instrument: Instrument) -> None:
    violation = confirmed(instrument)
    mariam.post(f"{at('violation', violation.pk)}withdraw", {"reason": "Wrong road."})
    assert Violation.objects.confirmed().filter(pk=violation.pk).exists()
    with pytest.raises(ProposedByYourself):
        approve_withdrawal(WithdrawalProposal.objects.get(), actor=acting("mariam"), at=LATER)


def test_it_counts_until_a_second_person_approves(instrument: Instrument) -> None:
    violation = confirmed(instrument)
    proposal = proposed(violation)
    with pytest.raises(UnderWay):
        proposed(violation, by="salem")
    with pytest.raises(NotPermitted):
        approve_withdrawal(proposal, actor=acting("salem"), at=LATER)
    assert Violation.objects.confirmed().exists()
    made = approve_withdrawal(proposal, actor=acting("mariam"), at=LATER)
    assert not Violation.objects.confirmed().exists()
    assert (made.reason, made.proposed_by, made.actor) == (
        "Wrong road.", acting("yusuf").person, acting("mariam").person,
    )  # fmt: skip
    with pytest.raises(NotStanding):
        approve_withdrawal(proposal, actor=acting("mariam"), at=LATER)
    with pytest.raises(NotStanding):
        proposed(violation)


def test_what_is_not_confirmed_is_not_withdrawn_and_a_reason_is_needed(instrument: Instrument) -> None:
    with pytest.raises(NotStanding):
        proposed(recorded(instrument))
    with pytest.raises(ReasonMissing):
        propose_withdrawal(confirmed(instrument), " ", actor=acting("yusuf"), at=LATER)


def test_it_is_refused_with_a_reason_or_taken_back_and_can_be_proposed_again(instrument: Instrument) -> None:
    violation = confirmed(instrument)
    refused = refuse_withdrawal(proposed(violation), "The road is right.", actor=acting("mariam"), at=LATER)
    with pytest.raises(NotToBeDecided):
        approve_withdrawal(refused, actor=acting("mariam"), at=LATER)
    refuse_withdrawal(proposed(violation), "I was mistaken.", actor=acting("yusuf"), at=LATER)
    assert Violation.objects.confirmed().exists()
    assert withdraw(violation, "Wrong road.", by=acting("salem"), second=acting("mariam"), at=LATER)


def test_the_database_takes_no_withdrawal_without_its_two_people(instrument: Instrument) -> None:
    violation, yusuf, mariam = confirmed(instrument), acting("yusuf").person, acting("mariam").person
    told = {"violation": violation, "reason": "x", "at": LATER}
    proposal = proposed(violation)
    for people in (
        {"actor": mariam},
        {"actor": mariam, "proposed_by": mariam},
        {"actor": mariam, "proposed_by": yusuf},  # proposed, and not approved
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Withdrawal.objects.create(**told, **people)
    with pytest.raises(IntegrityError), transaction.atomic():
        WithdrawalProposal.objects.filter(pk=proposal.pk).update(reason="Another.")
    assert approve_withdrawal(proposal, actor=acting("mariam"), at=LATER)


def test_the_holder_of_the_document_is_told_once_it_is_withdrawn_and_not_before(
    instrument: Instrument, application: Application
) -> None:
    violation = confirmed(instrument)
    told = Notice.objects.filter(application=application, event=f"violation-withdrawn:{violation.number}")
    proposal = proposed(violation)
    assert not told.exists()
    approve_withdrawal(proposal, actor=acting("mariam"), at=LATER)
    assert {notice.facts["number"] for notice in told} == {violation.number}


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "was withdrawn. Sign in to read the reason."), ("ar", "سُحبت المخالفة")],
)
def test_a_party_without_a_document_is_told_at_the_same_addresses(language: str, said: str) -> None:
    applicant(language=language)
    violation = against(Party(name="Hassan", number=NUMBER))
    withdraw(violation, "Wrong road.", by=acting("yusuf"), second=acting("mariam"), at=LATER)
    recorded_at, withdrawn_at = (
        {(each.channel, each.to) for each in violation.notices.filter(event=event)}
        for event in ("violation", "violation-withdrawn")
    )
    assert withdrawn_at == recorded_at != set()
    send_party_notice(notice=str(violation.notices.get(event="violation-withdrawn").pk))
    assert said in mail.outbox[0].body
    assert violation.number in mail.outbox[0].body


def test_the_second_person_has_it_in_the_list_and_in_the_letter_and_the_proposer_has_not(
    yusuf: Client, mariam: Client, instrument: Instrument
) -> None:
    violation, others = confirmed(instrument), confirmed(instrument, "waste")
    proposed(violation)
    assert digest_of(acting("mariam"), at=LATER).second == {"withdrawals": 1}
    assert digest_of(acting("yusuf"), at=LATER).second == {}
    today = mariam.get(at("today")).content.decode()
    assert "violations/?show=withdrawals" in today
    listed = mariam.get(f"{at('violations')}?show=withdrawals").content.decode()
    assert violation.number in listed
    assert others.number not in listed


def test_by_two_on_the_pages_with_the_reason_for_the_party(
    yusuf: Client, mariam: Client, instrument: Instrument, application: Application, sign_in: SignIn
) -> None:
    violation = confirmed(instrument)
    page, propose = at("violation", violation.pk), at("withdraw-violation", violation.pk)
    assert "Propose to withdraw" in yusuf.get(page).content.decode()
    assert yusuf.post(propose).status_code == UNPROCESSABLE
    assert yusuf.post(propose, {"reason": "Wrong road."}).status_code == HTTPStatus.FOUND
    proposal = WithdrawalProposal.objects.get()
    mine, hers = yusuf.get(page).content.decode(), mariam.get(page).content.decode()
    assert "Another person must approve it" in mine
    for words in ("Withdrawal proposed", "Wrong road.", "Yusuf Khalil", "no longer counts"):
        assert words in hers
    approve, refuse = (at("act-on-withdrawal", proposal.pk, verb) for verb in ("approve", "refuse"))
    assert yusuf.post(approve).status_code == HTTPStatus.FORBIDDEN
    assert mariam.post(refuse, {"reason": " "}).status_code == UNPROCESSABLE
    assert mariam.post(at("act-on-withdrawal", proposal.pk, "wave")).status_code == HTTPStatus.NOT_FOUND
    assert mariam.post(refuse, {"reason": "The road is right."}).status_code == HTTPStatus.FOUND
    assert "The road is right." in yusuf.get(page).content.decode()
    yusuf.post(propose, {"reason": "Another place."})
    approved = at("act-on-withdrawal", WithdrawalProposal.objects.get(state="proposed").pk, "approve")
    assert mariam.post(approved).status_code == HTTPStatus.FOUND
    after = mariam.get(page).content.decode()
    assert "Yusuf Khalil" in after
    assert "Propose to withdraw" not in after
    own = sign_in(application.applicant).get(reverse("portal:violations")).content.decode()
    assert "You have nothing to do" in own
    assert "Another place." in own
    acts = JournalEntry.objects.filter(act__endswith="-withdrawalproposal").order_by("pk")
    assert [each.act.partition("-")[0] for each in acts] == ["propose", "refuse", "propose", "approve"]


def test_a_supervisor_of_another_authority_neither_proposes_nor_approves(
    sign_in: SignIn, instrument: Instrument
) -> None:
    violation = confirmed(instrument)
    proposal = proposed(violation)
    elsewhere = works.staff("x@muh.example", "x", "X", Role.SUPERVISOR, at=works.authority("MUH", 2))
    with pytest.raises(NotPermitted):
        approve_withdrawal(proposal, actor=works.act_as(elsewhere), at=LATER)
    with pytest.raises(NotPermitted):
        refuse_withdrawal(proposal, "No.", actor=works.act_as(elsewhere), at=LATER)


def test_nothing_is_erased_of_a_violation_whose_withdrawal_waits(instrument: Instrument) -> None:
    violation = against(Party(name="Hassan", number=NUMBER))
    proposal = proposed(violation)
    ten = {"rule": "violations", "why": "x", "cause": "retention", "actor": None}
    late = SUNDAY + timedelta(days=366 * 11)
    with pytest.raises(StillKept):
        erase_violation(violation, **ten, at=late)
    refuse_withdrawal(proposal, "Hassan did it.", actor=acting("mariam"), at=LATER)
    erase_violation(violation, **ten, at=late)
    proposal.refresh_from_db()
    assert (proposal.reason, proposal.refusal) == ("", "")
