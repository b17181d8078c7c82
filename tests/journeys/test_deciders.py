"""What the review records, two officers, committees, eligibility and grievances, each in a service that has it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rukhsa import applying
from rukhsa.accounts.permissions import Role
from rukhsa.agreement import ProposedByYourself
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.applications.submission import NotComplete
from rukhsa.issuance.models import Instrument
from rukhsa.payments.models import Charge, ChargeLine
from rukhsa.review import check, decision, plan, proposal
from rukhsa.review.decision import DecidedByCommittee, DecidedByTwo
from rukhsa.review.errors import DecidedBefore
from rukhsa.review.inspection import Inspection
from rukhsa.review.proposal import NothingProposed
from rukhsa.review.queue import QueueEntry
from rukhsa.review.recording import Recording, RecordsIncomplete
from rukhsa.review.sitting import NoMajority, NoQuorum
from tests.journeys import facts
from tests.rooms.review import works
from tests.town import LEGAL_BASIS, MEMBERS, Town

HOME = {"flat": "12", "building": "1024", "road": "1705", "block": "317"}
IBAN = "BH67 BMAG 0000 1299 1234 56"
WALL = {
    "place": HOME, "parcel": "03-012345", "ownership": "sole", "kind": "masonry", "length": "60", "height": "2.50",
    "on-road": "yes", "mobile": "3600 1234",
}  # fmt: skip
CORNER = {
    "place": HOME, "parcel": "03-012345", "ownership": "sole", "use": "residential", "asked-area": "40",
    "services": "no", "purpose": "ضم الزاوية إلى الحديقة.", "iban": IBAN,
}  # fmt: skip
SIGN = {
    "place": HOME, "company": {"number": "12345-1", "name": "مخبز الخليج"}, "own-premises": "yes", "kind": "shop",
    "area": "3.2", "lit": "yes", "words": "مخبز الخليج للمعجنات",
}  # fmt: skip
VENDOR = {
    "age": "34",
    "working": "no",
    "home": HOME,
    "mobile": "3600 1234",
    "spot": "market",
    "goods": "produce",
}
AID = {
    "kind": "rain", "home": HOME, "owned-years": "14", "age": "47", "members": "6", "income": "540.000",
    "mobile": "3600 1234",
}  # fmt: skip
FORGED = {"number": "CAP-RW-2026-0042", "place": HOME, "seen-on": "2026-01-05", "doubt": "text"}


def test_a_committee_decides_a_wall_at_the_height_that_was_recorded(town: Town) -> None:
    town.records = {"approved-height": "2.00", "setback": "yes"}
    application = town.examine(town.apply("boundary-wall-permit", **WALL))
    with pytest.raises(DecidedByCommittee):
        decision.decide(application, "granted", "", LEGAL_BASIS, actor=town.salem, at=town.at)
    with pytest.raises(NoQuorum):
        town.convene(application, MEMBERS[:2])
    # One of four has an interest and steps out: three are left, which is the quorum, and the majority decides.
    votes = dict(zip(MEMBERS, ("granted", "granted", "refused", "step-out"), strict=True))
    town.vote(application, votes)
    permit = paid(town, application)
    assert shown(town, permit)["الارتفاع المسموح"] == "2.00 م"
    height = Recording.objects.get(question="approved-height")
    assert (height.value, height.person) == ("2.00", town.salem.person)
    # 50 metres of 300 fils, and ten more of 200.
    assert fils_of(application) == 17_000


def test_equal_votes_and_a_lost_quorum_decide_nothing(town: Town) -> None:
    town.records = {"approved-height": "2.00", "setback": "no"}
    application = town.examine(town.apply("boundary-wall-permit", **WALL))
    with pytest.raises(NoMajority):
        town.vote(application, dict(zip(MEMBERS, ("granted", "refused", "abstain", "abstain"), strict=True)))
    with pytest.raises(NoQuorum):
        town.vote(application, dict(zip(MEMBERS[:3], ("granted", "granted", "step-out"), strict=True)))
    application.refresh_from_db()
    assert application.stage == Stage.SUBMITTED
    assert (
        town.vote(application, dict.fromkeys(MEMBERS[:3], "refused"), "الموقع ضمن حرم طريق.").outcome
        == "refused"
    )


def test_two_officers_sell_a_corner_at_the_price_of_its_valuation(town: Town) -> None:
    application = town.apply("corner-sale", **CORNER)
    unpaid = QueueEntry.objects.get(application=application)
    assert (unpaid.turn, unpaid.due_at) == ("applicant", None)  # the clock waits for the payment
    application = town.pay_first(application)
    paid_for = QueueEntry.objects.get(application=application)
    assert paid_for.turn != "applicant"
    assert paid_for.due_at is not None
    town.records = {"area": "38.50", "found-services": "no", "price": "4620.000"}
    application = town.examine(application)
    with pytest.raises(DecidedByTwo):
        decision.decide(application, "granted", "", LEGAL_BASIS, actor=town.mariam, at=town.at)
    first = proposal.propose(
        application, "granted", "الزاوية خالية.", LEGAL_BASIS, actor=town.salem, at=town.at
    )
    with pytest.raises(ProposedByYourself):
        proposal.confirm(first, actor=town.salem, at=town.at)
    proposal.disagree(first, "الثمن يحتاج إلى تسبيب.", actor=town.mariam, at=town.at)
    with pytest.raises(NothingProposed):
        proposal.confirm(first, actor=town.mariam, at=town.at)
    notice = paid(town, town.decide(application, "granted", "الثمن بسعر المثل."))
    assert application.decisions.get().proposed_by == town.salem.person
    assert fils_of(application) == 4_620_000
    assert shown(town, notice)["المساحة المبيعة"] == "38.50 م²"
    assert facts.account(application, "deposits") == 10_000
    town.later(days=80)
    town.visit(Inspection.objects.get(application=application, after_issue=True))
    town.advance(application)
    assert facts.account(application, "deposits") == 0


def test_a_sign_says_what_the_language_review_approved(town: Town) -> None:
    town.records = {"approved-words": "مخبز الخليج للخبز العربي", "opening": "مخبز الخليج"}
    application = town.grant(town.apply("advertisement-licence", **SIGN))
    licence = paid(town, application)
    assert shown(town, licence)["أول كلمات النص"] == "مخبز الخليج"
    assert fils_of(application) == 20_000


def test_who_is_not_eligible_is_told_and_keeps_the_draft(town: Town) -> None:
    young = town.draft("street-vendor-licence", **VENDOR | {"age": "19"})
    told = applying.problems(young, at=town.at)
    assert [(problem.about, problem.code, str(problem.text)) for problem in told] == [
        (
            "age",
            "not-eligible",
            "الرخصة لمن أتم الحادية والعشرين. (المرسوم بقانون رقم (35) لسنة 2001 بإصدار قانون البلديات)",
        )
    ]
    with pytest.raises(NotComplete, match="not-eligible"):
        applying.submit(young, actor=town.layla, at=town.at)
    young.refresh_from_db()
    assert (young.stage, young.typed["age"]) == (Stage.DRAFT, "19")


def test_the_health_agency_records_until_when_a_vendor_may_sell(town: Town) -> None:
    until = timezone.localdate(town.at + timedelta(days=730)).isoformat()
    town.records = {"health-until": until}
    licence = paid(town, town.grant(town.apply("street-vendor-licence", **VENDOR)))
    assert Recording.objects.get(question="health-until").person == town.noor.person
    assert "الشهادة الصحية حتى" in shown(town, licence)


def test_what_the_research_finds_out_decides_whether_a_home_is_visited(town: Town) -> None:
    town.records = {"verified-income": "910.000", "other-home": "no", "estimate": "1800.000"}
    rich = town.examine(town.apply("home-repair-aid", **AID))
    assert states(rich)["technical"] == "not-asked"
    assert town.refuse(rich, "الدخل المتحقق منه أعلى من الحد.").stage == Stage.REFUSED
    town.records |= {"verified-income": "560.000"}
    aid = town.examine(town.apply("home-repair-aid", **AID))
    assert states(aid)["technical"] == "done"
    letter = instrument_of(town.decide(aid, "granted", "استوفت الأسرة الشروط."))
    assert "1800.000" in shown(town, letter)["الكلفة المقدرة"]


def test_a_grievance_that_is_granted_sends_the_refused_application_back(town: Town) -> None:
    refused = town.refuse(town.examine(town.apply("proof-of-residence")), "العقد غير مسجل.")
    town.later(days=3)
    claim = {"decision": refused.reference, "argument": "أرفقت ما يثبت التسجيل."}
    stranger = town.draft("grievance", **claim | {"decision": refused.reference}, actor=town.company)
    assert [each.code for each in applying.problems(stranger, at=town.at)] == ["decision-unknown"]
    grievance = town.grant(town.apply("grievance", **claim))
    assert facts.verdict_on(instrument_of(grievance), at=town.at).word == "valid"
    refused.refresh_from_db()
    assert (refused.stage, states(refused)["completeness"]) == (Stage.SUBMITTED, "open")
    assert "reopened/sms" in facts.notices(refused)
    # The officer who refused it does not decide it again; another officer does, and it is issued like any other.
    town.examine(refused)
    with pytest.raises(DecidedBefore):
        decision.decide(refused, "granted", "", LEGAL_BASIS, actor=town.mariam, at=town.at)
    works.hire(town.yusuf.person, Role.OFFICER, at=refused.authority)
    decision.decide(refused, "granted", "", LEGAL_BASIS, actor=town.yusuf, at=town.at)
    certificate = paid(town, town.advance(refused))
    assert facts.verdict_on(certificate, at=town.at).word == "valid"
    assert list(refused.decisions.values_list("round", "outcome")) == [(1, "refused"), (2, "granted")]


def test_a_forged_document_goes_to_the_prosecution(town: Town) -> None:
    town.records = {"finding": "forged", "trail": "الرقم غير موجود في السجل."}
    letter = instrument_of(town.grant(town.apply("forgery-report", **FORGED)))
    application = letter.intent.application
    assert application
    assert [each.agency_id for each in application.referrals.all()] == ["prosecution"]
    assert shown(town, letter)["النتيجة"] == "غير صادرة عنا بهذا المحتوى"


def test_a_check_without_what_it_records_is_not_done_and_a_new_submission_voids_it(town: Town) -> None:
    application = town.apply("forgery-report", **FORGED)
    with pytest.raises(RecordsIncomplete, match="finding"):
        check.check(application, "triage", {"trail": "–"}, actor=town.salem, at=town.at)
    found = {"finding": "genuine", "trail": "طابقت السجل."}
    check.check(application, "triage", found, actor=town.salem, at=town.at)
    town.hand_back(application, "photo", "أرفق صورة أوضح.")
    again = town.resubmit(application)
    assert states(again)["triage"] == "open"
    town.records = found | {"finding": "ended"}
    letter = instrument_of(town.grant(again))
    assert shown(town, letter)["النتيجة"] == "صحيحة ولم تعد سارية"


def paid(town: Town, application: Application) -> Instrument:
    """The instrument, once what fell due with the decision is paid."""
    application = town.advance(application)
    charge = Charge.objects.newest(application, Charge.Due.AFTER_DECISION)
    if charge and not charge.is_settled:
        application = town.pay(application)
    return instrument_of(application)


def instrument_of(application: Application) -> Instrument:
    return Instrument.objects.select_related("intent").get(intent__application=application)


def shown(town: Town, instrument: Instrument) -> dict[str, str]:
    """What anyone reads on the document, in Arabic."""
    verdict = facts.verdict_on(instrument, at=town.at)
    return {fact.label: fact.value for fact in verdict.facts("ar")}


def states(application: Application) -> dict[str, str]:
    return {step.id: step.state for step in plan.steps(application)}


def fils_of(application: Application) -> int:
    """What the fees of the application add up to."""
    lines = ChargeLine.objects.filter(charge__application=application, kind="fee")
    return sum(line.amount for line in lines)
