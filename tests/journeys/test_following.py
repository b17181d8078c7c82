"""What follows from an act: its verb queues one run of the journey, and the journey alone tells the applicant."""

from rukhsa import applying
from rukhsa.issuance import instrument, suspension
from rukhsa.issuance.models import Instrument
from rukhsa.payments.deposit_account import give_account, iban_of
from rukhsa.payments.forfeiture import approve_forfeiture, propose_forfeiture
from rukhsa.payments.models import Attempt, ChargeLine
from rukhsa.payments.outcome import ask_soon, settle_overdue
from rukhsa.payments.waiver import approve_waiver, propose_waiver
from rukhsa.review import assignment, check, referral
from rukhsa.review.decision import decide
from rukhsa.review.finding import return_to_applicant
from rukhsa.review.referral import Referral
from rukhsa.values.money import Money
from tests import town as people
from tests.journeys import facts
from tests.queued import Queued
from tests.town import LEGAL_BASIS, Town

REASON = "بلاغ"


def test_each_act_of_an_examination_queues_one_run(town: Town) -> None:
    application, queued = town.draft("road-works-licence"), Queued()

    def queues_one_run() -> None:
        assert queued.applications == [application.pk]
        queued.clear()

    applying.submit(application, actor=town.layla, at=town.at)
    queues_one_run()
    town.advance(application)
    assert queued.applications == [], "the journey goes on by itself"
    assignment.assign(application, town.salem, town.at)
    queues_one_run()
    assignment.assign(application, town.salem, town.at)
    assert queued.applications == [], "nothing was done a second time"
    (noted,) = return_to_applicant(application, [("start", "اختر يومًا آخر.")], actor=town.salem, at=town.at)
    queues_one_run()
    applying.submit(application, actor=town.layla, at=town.at, replies={noted.pk: "لا يوم غيره."})
    queues_one_run()
    check.check(application, "completeness", actor=town.salem, at=town.at)
    queues_one_run()
    town.advance(application)
    for asked in Referral.objects.filter(application=application):
        referral.answer(asked, "no-objection", "", actor=town.noor, at=town.at)
        queues_one_run()
    decide(application, "granted", "", LEGAL_BASIS, actor=town.mariam, at=town.at)
    queues_one_run()
    town.advance(application)
    applying.withdraw(application, actor=town.layla, at=town.at)
    queues_one_run()


def test_each_act_about_money_queues_one_run(town: Town) -> None:
    application = town.grant(town.apply("proof-of-residence"))
    charge, queued = people.charge_of(application), Queued()
    line = charge.lines.get()
    waived, huda = Money(minor=1_000, currency=charge.currency), town.actor("huda@mun.example")
    waiver = propose_waiver(charge, line.rule, waived, REASON, actor=huda, at=town.at)
    assert queued.applications == [], "until a second person approves it, nothing follows"
    approve_waiver(waiver, actor=town.mariam, at=town.at)
    assert queued.applications == [application.pk]
    people.pay_at_kiosk(town.begin_payment(application))
    queued.clear()
    attempt = Attempt.objects.get()
    for _ in range(2):
        ask_soon(attempt, at=town.at)
    assert queued.applications == [application.pk], (
        "an applicant who waits has the gateway asked every few seconds"
    )
    queued.clear()
    for _ in range(2):
        settle_overdue(at=town.later(minutes=1))
    assert queued.applications == [application.pk], "a payment is settled once"
    queued.clear()
    give_account(application, "BH67BMAG00001299123456", actor=town.layla, at=town.at)
    assert queued.applications == [application.pk]


def test_what_the_journey_settles_by_itself_queues_no_second_run(town: Town) -> None:
    application = town.grant(town.apply("proof-of-residence"))
    people.pay_at_kiosk(town.begin_payment(application))
    town.later(minutes=1)
    queued = Queued()
    town.advance(application)
    assert people.instrument_of(application)
    assert queued.applications == []


def test_the_holder_is_told_of_a_change_of_the_document_once_however_it_came_about(town: Town) -> None:
    document = town.issue("proof-of-residence")
    application, queued = document.intent.application, Queued()
    assert application
    acts = (suspension.suspend, suspension.reinstate, suspension.suspend, instrument.revoke)
    for act in acts:
        by = {"proposed_by": town.salem.person} if act is instrument.revoke else {}
        act(document, reason=REASON, actor=town.mariam, at=town.at, **by)
        document = Instrument.objects.get(pk=document.pk)
    assert queued.applications == [application.pk] * len(acts)
    for _ in range(2):
        town.advance(application)
    told = [notice for notice in facts.notices(application) if notice.endswith("/sms")]
    assert sorted(told[-4:]) == ["reinstated/sms", "revoked/sms", "suspended/sms", "suspended/sms"]


def test_of_a_document_that_is_revoked_with_its_renewal_the_holder_is_told_once(town: Town) -> None:
    licence = town.issue("road-works-licence")
    town.later(days=15)
    more = {"permit": licence.number, "days": "3", "reason": "تأخر وصول المواد."}
    extended = town.issue("works-extension", **more)
    queued = Queued()
    instrument.revoke(licence, reason=REASON, proposed_by=town.salem.person, actor=town.mariam, at=town.at)
    assert len(queued.applications) == 2
    told = []
    for each in (licence, extended):
        assert each.intent.application
        town.advance(each.intent.application)
        told += facts.notices(each.intent.application)
    assert told.count("revoked/sms") == 1


def test_the_applicant_is_told_of_what_is_kept_of_a_deposit_and_that_the_rest_goes_back(town: Town) -> None:
    document = town.issue("road-works-licence")
    application = document.intent.application
    assert application
    assert iban_of(application)
    line = ChargeLine.objects.get(charge__application=application, kind="deposit")
    asked = propose_forfeiture(
        line, Money(minor=1_000, currency=line.charge.currency), reason=REASON, actor=town.salem, at=town.at
    )
    queued = Queued()
    approve_forfeiture(asked, actor=town.mariam, at=town.at)
    assert queued.applications == [application.pk]
    for _ in range(2):
        town.advance(application)
    told = facts.notices(application)
    assert told.count("deposit-forfeited/sms") == told.count("deposit-released/sms") == 1
