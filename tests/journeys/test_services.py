"""Each of the seven services, from the first answer to the verdict of a stranger."""

import pytest
from django.utils.timezone import localdate

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.issuance import publishing, time_stamp
from rukhsa.issuance.models import Instrument, Status
from rukhsa.payments.models import Charge, DepositMovement, Receipt
from rukhsa.places.register import is_registered
from rukhsa.review.inspection import Inspection
from rukhsa.trust.verdict import Verdict
from rukhsa.verification.lookup import successor_by_number
from tests import town as people
from tests.journeys import facts
from tests.town import Town

TOLD = ("submitted", "payment-due", "issued")


def test_proof_of_residence_is_issued_and_verifies(town: Town) -> None:
    instrument = town.issue("proof-of-residence")
    assert_issued(town, instrument, "valid", fils=5_000)
    verdict = facts.verdict_on(instrument, at=town.at)
    assert facts_of(verdict)["الغرض"] == "التسجيل في مدرسة"


def test_road_works_give_their_deposit_back_after_the_visit(town: Town) -> None:
    instrument = town.issue("road-works-licence")
    application = application_of(instrument)
    assert_issued(town, instrument, "not-yet-valid")
    assert_visit_frees_deposit(town, application)


def test_an_excavation_gives_its_deposit_back_after_the_visit(town: Town) -> None:
    instrument = town.issue("excavation-permit")
    assert_issued(town, instrument, "not-yet-valid")
    assert_visit_frees_deposit(town, application_of(instrument))


def test_a_deposit_stays_held_when_the_visit_fails_and_is_freed_by_the_next_one(town: Town) -> None:
    application = application_of(town.issue("excavation-permit"))
    visit = Inspection.objects.get(application=application, after_issue=True)
    town.visit(visit, passed=False)
    town.advance(application)
    assert facts.account(application, "deposits") == facts.deposit_of(application)
    assert_visit_frees_deposit(town, application)


def test_a_small_building_permit_is_issued_and_holds_its_deposit(town: Town) -> None:
    instrument = town.issue("small-building-permit")
    # 36.5 m² are 37 started square metres of 250 fils, and 50 dinars are held.
    assert_issued(town, instrument, "valid", fils=9_250 + 18_500)
    assert facts.account(application_of(instrument), "deposits") == 18_500


def test_amended_drawings_are_version_2_of_the_permit_and_version_1_reads_superseded(town: Town) -> None:
    first = town.issue("small-building-permit")
    second = town.issue("drawings-amendment", permit=first.number)
    assert_issued(town, second, "valid", fils=3_000)
    assert (second.number, second.version) == (first.number, 2)
    assert facts.verdict_on(first, at=town.at).word == "superseded"
    assert facts.verdict_on_seal(first, at=town.at).word == "superseded"
    after = successor_by_number(first.number, first.intent.verification_code)
    assert after
    assert (after.instrument, after.closes) == (second, False)
    assert successor_by_number(second.number, second.intent.verification_code) is None
    assert second.intent.valid_until == first.intent.valid_until


def test_a_completion_closes_the_permit_and_its_deposit_goes_back(town: Town) -> None:
    first = town.issue("small-building-permit")
    second = town.issue("drawings-amendment", permit=first.number)
    town.later(days=30)
    completion = town.issue("building-completion", permit=first.number)
    publishing.everything(at=town.at)
    assert_issued(town, completion, "valid", fils=None)
    assert facts.verdict_on(second, at=town.at).word == "superseded"
    assert Instrument.objects.get(pk=second.pk).standing is Status.SUPERSEDED
    after = successor_by_number(second.number, second.intent.verification_code)
    assert after
    assert (after.instrument, after.closes, after.on) == (completion, True, localdate(town.at))
    permit = application_of(first)
    assert (facts.account(permit, "deposits"), facts.account(permit, "releases")) == (0, 18_500)
    released = DepositMovement.objects.get(kind="released")
    assert released.iban == "BH67BMAG00001299123456"


def test_an_address_form_changes_the_register(town: Town) -> None:
    instrument = town.issue("address-change")
    assert_issued(town, instrument, "valid", fils=5_000)
    given = application_of(instrument).answers
    for _ in range(2):
        assert (is_registered(given["place"]), is_registered(given["new-address"])) == (False, True)
        town.advance(application_of(instrument))


CARD = {
    "place": {"building": "1024", "road": "1705", "block": "317"},
    "parcel": "03-120045",
    "use": "residential",
    "units": "4",
    "is-owner": "yes",
}


def test_a_new_card_of_an_address_ends_the_one_before_and_a_paper_card_needs_none(town: Town) -> None:
    paper_was_lost = town.issue("address-card", operation="replace", **CARD)
    assert_issued(town, paper_was_lost, "valid", fils=5_000)
    changed = town.issue("address-card", operation="modify", card=paper_was_lost.number, **CARD)
    publishing.everything(at=town.at)
    assert_issued(town, changed, "valid", fils=5_000)
    assert Instrument.objects.get(pk=paper_was_lost.pk).closure.by == changed


def test_a_deletion_is_free_of_charge_and_issued_without_paying(town: Town) -> None:
    changes = {"operation": "delete", "new_address": None, "reason": "correction"}
    instrument = town.issue("address-change", **changes)
    assert facts.verdict_on(instrument, at=town.at).word == "valid"
    assert is_registered(application_of(instrument).answers["place"]) is False
    assert Receipt.objects.get(charge__application=application_of(instrument)).attempt is None


def test_a_company_is_the_holder_when_its_representative_applies(town: Town) -> None:
    instrument = town.issue("excavation-permit", actor=town.company)
    verdict = facts.verdict_on(instrument, at=town.at)
    assert verdict.word == "not-yet-valid"
    assert "شركة الخليج للمقاولات" in [shown.value for shown in verdict.facts("ar")]


def assert_visit_frees_deposit(town: Town, application: Application) -> None:
    """The report of a visit, and what follows from it."""
    held = facts.deposit_of(application)
    assert facts.account(application, "deposits") == held
    town.later(days=60)
    town.visit(Inspection.objects.get(application=application, after_issue=True))
    town.advance(application)
    assert (facts.account(application, "deposits"), facts.account(application, "releases")) == (0, held)
    assert facts.notices(application).count("deposit-released/sms") == 1
    town.advance(application)
    assert facts.account(application, "releases") == held


def assert_issued(town: Town, instrument: Instrument, word: str, *, fils: int | None = -1) -> None:
    """Granted, paid once, notified once over each channel, and genuine by the file and by the seal."""
    application = application_of(instrument)
    assert application.stage == Stage.GRANTED
    charge = Charge.objects.newest(application, Charge.Due.AFTER_DECISION)
    assert (charge is None) == (fils is None)
    if charge:
        assert charge.receipt.amount == charge.amount == charge.receipt.attempt.amount
        assert fils in (-1, charge.amount)
    events = TOLD if charge else ("submitted", "issued")
    expected = {f"{event}/{channel}" for event in events for channel in ("mail", "sms")}
    told = facts.notices(application)
    assert expected <= set(told)
    assert len(told) == len(set(told))
    assert facts.verdict_on(instrument, at=town.at).word == word
    assert facts.verdict_on_seal(instrument, at=town.at).word == word


def application_of(instrument: Instrument) -> Application:
    """The application behind an instrument."""
    assert instrument.intent.application
    return people.fresh(instrument.intent.application)


def facts_of(verdict: Verdict) -> dict[str, str]:
    """The facts as shown in Arabic."""
    return {shown.label: shown.value for shown in verdict.facts("ar")}


@pytest.mark.parametrize("service", ["proof-of-residence", "small-building-permit"])
def test_one_byte_changed_makes_a_document_altered(town: Town, service: str) -> None:
    instrument = town.issue(service)
    pdf = bytearray(time_stamp.handed_out(instrument))
    pdf[len(pdf) // 2] ^= 1
    assert facts.anyone().verify_pdf(bytes(pdf), at=town.at).word != "valid"
