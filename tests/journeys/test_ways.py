"""What may happen on the way: refused, returned, withdrawn, late, twice, and at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from pytest_django import Settings

from rukhsa import applying, journey, sweeps
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage, Turn
from rukhsa.applications.submission import NotComplete
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import NotPermitted, actor_for
from rukhsa.catalogue.territory import territory
from rukhsa.delivery.models import Delivery, Notice
from rukhsa.delivery.notice import sentence
from rukhsa.issuance import cycle, parent, time_stamp
from rukhsa.issuance.models import Closure, Instrument, Intent, Stall
from rukhsa.issuance.parent import ParentEnded
from rukhsa.payments.attempt import OutcomeUnknown
from rukhsa.payments.charge import QuoteExpired
from rukhsa.payments.models import Attempt, Charge, Receipt, Refund
from rukhsa.payments.outcome import settle_overdue
from rukhsa.review import referral
from rukhsa.review.deadline import Clock, Expected
from rukhsa.review.decision import PlaceTaken, decide, standing_decision
from rukhsa.review.referral import Referral
from rukhsa.standing import Headline, standing
from rukhsa.values.writing import date_in_words
from rukhsa.web.portal.application import contests_of
from rukhsa.web.templatetags.texts import day
from tests import applicants, proved
from tests import town as people
from tests.journeys import facts
from tests.town import LEGAL_BASIS, Town

FINDING = "صورة الهوية غير واضحة. نرجو إرفاق صورة أوضح."


def test_a_refused_application_is_never_charged(town: Town) -> None:
    refused = town.refuse(town.apply("proof-of-residence"))
    granted = town.grant(town.apply("proof-of-residence"))
    town.later(days=2)
    for application in (refused, granted):
        town.advance(application)
    sweeps.sweep(timestamp=0)
    facts.work()
    assert not Charge.objects.filter(application=refused).exists()
    assert not Instrument.objects.exists()
    assert Charge.objects.filter(application=granted).count() == 1
    told = ["refused/mail", "refused/sms", "submitted/mail", "submitted/sms"]
    assert sorted(facts.notices(refused)) == told


def test_each_return_is_told_and_stops_the_clock(town: Town) -> None:
    application = town.apply("proof-of-residence")
    for _ in range(2):
        town.later(hours=1)
        town.hand_back(application, "owner-identity", FINDING)
        town.advance(application)
        town.later(days=3)
        assert standing(people.fresh(application), at=town.at).turn is Turn.APPLICANT
        town.resubmit(application)
    waited = standing(people.fresh(application), at=town.at).waited
    assert waited[Turn.APPLICANT] == timedelta(days=6)
    assert waited[Turn.AUTHORITY] == timedelta(hours=2)
    told = Notice.objects.filter(application=application, event__startswith="returned:", channel="sms")
    assert told.count() == 2


def test_the_applicant_reads_by_which_day_we_answer_and_when_we_are_late(town: Town) -> None:
    browser, now = applicants.signed_in(people.layla()), town.at
    waiting = town.apply("proof-of-residence")  # an officer has two working days with these answers
    by = territory().calendar_of("CAP").after(timezone.localdate(now), 2)
    expected = standing(waiting, at=now).expected
    assert expected == Expected(day=by, clock=Clock.RUNS, is_late=False)
    with translation.override("en"):
        in_words = day(by)
    assert f"We answer by {in_words}" in browser.get(f"/applications/{waiting.pk}/").text
    assert f"answer by {in_words}" in browser.get("/applications/").text
    told = Notice.objects.get(application=waiting, event="submitted", channel="sms")
    with translation.override("en"):
        assert sentence("submitted", told.facts | NAMED).endswith(f"We answer by {in_words} at the latest.")
        assert "We answer" not in sentence("submitted", NAMED), "what was told before days were promised"
    town.hand_back(waiting, "owner-identity", FINDING)
    assert "count again when you answer" in browser.get(f"/applications/{waiting.pk}/").text
    town.at = now - timedelta(days=30)
    forgotten = town.apply("proof-of-residence")
    page = browser.get(f"/applications/{forgotten.pk}/").text
    assert "We are late" in page
    assert "To ask for the reason, give Capital Secretariat" in page
    assert "late: answer was due" in browser.get("/applications/").text
    town.at = now
    town.hand_back(forgotten, "owner-identity", FINDING)
    assert "We go on as soon as you answer" in browser.get(f"/applications/{forgotten.pk}/").text
    assert standing(town.withdraw(waiting), at=town.at).expected is None


NAMED = {"reference": "CAP-2026-1-1", "service": "Residence"}


@pytest.mark.django_db
def test_a_bill_paid_at_a_kiosk_tomorrow_is_found_by_the_sweep(town: Town) -> None:
    application = town.grant(town.apply("proof-of-residence"))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    address = town.begin_payment(application)
    Attempt.objects.update(started_at=yesterday, asked_at=yesterday)
    sweeps.sweep_payments(timestamp=0)
    assert not Instrument.objects.exists()
    Attempt.objects.update(asked_at=yesterday)
    people.pay_at_kiosk(address)
    sweeps.sweep_payments(timestamp=0)
    assert "journey.advance" in facts.work()
    assert facts.verdict_on(people.instrument_of(application), at=datetime.now(UTC)).word == "valid"


def test_money_that_comes_after_withdrawing_is_owed_back(town: Town) -> None:
    application = town.apply("proof-of-residence", tenure="owner", lease_number=None)
    granted = town.grant(application)
    address = town.begin_payment(granted)
    # While money is under way nobody takes back what is granted.
    with pytest.raises(OutcomeUnknown):
        town.withdraw(granted)
    Attempt.objects.update(state=Attempt.State.EXPIRED, ended_at=town.at)
    assert town.withdraw(granted).stage == Stage.WITHDRAWN
    people.pay_at_kiosk(address)
    settle_overdue(at=town.later(hours=2))
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount) == (Refund.Reason.APPLICATION_CLOSED, 5_000)
    assert not Receipt.objects.exists()
    assert not Instrument.objects.exists()


def test_an_expired_quote_is_followed_by_a_new_one_that_can_be_paid(town: Town) -> None:
    application = town.grant(town.apply("proof-of-residence"))
    first = people.charge_of(application)
    town.later(days=31)
    with pytest.raises(QuoteExpired):
        town.begin_payment(application)
    town.advance(application)
    second = people.charge_of(application)
    assert (second.number, second.amount) == (2, first.amount)
    assert facts.notices(application).count("payment-due/sms") == 2
    town.pay(application)
    assert Receipt.objects.get().charge == second


def test_the_sweep_finds_an_application_paid_by_its_second_quote(town: Town) -> None:
    application = town.grant(town.apply("proof-of-residence"))
    town.later(days=31)
    town.advance(application)
    address = town.begin_payment(application)
    people.pay_at_kiosk(address)
    settle_overdue(at=town.later(minutes=1))  # settled, and the worker died before anything came of it
    assert application in sweeps.unfinished()


def test_the_sweep_finds_what_was_released_and_not_completed(town: Town) -> None:
    application = town.grant(town.apply("proof-of-residence"))
    people.pay_at_kiosk(town.begin_payment(application))
    settle_overdue(at=town.later(minutes=1))
    cycle.issue(application, at=town.at)  # released, and the worker died before anything came of it
    assert application in sweeps.unfinished()
    town.advance(application)
    assert application not in sweeps.unfinished()
    assert facts.notices(application).count("issued/sms") == 1


def test_the_second_works_at_a_place_and_time_are_refused_at_submission(town: Town) -> None:
    first = town.issue("road-works-licence")
    second = town.draft("road-works-licence")
    with pytest.raises(NotComplete) as refused:
        applying.submit(second, actor=town.layla, at=town.at)
    (problem,) = refused.value.problems
    assert (problem.about, problem.code) == ("route", "already-occupied")
    start = datetime.fromisoformat(people.answers_to("road-works-licence")["start"])
    last = (start + timedelta(days=29)).date()
    assert date_in_words(last, get_language() or "ar") in str(problem.text)
    assert first.number in str(problem.text)


def test_of_two_works_submitted_together_the_second_is_refused_at_its_decision(town: Town) -> None:
    first, second = town.apply("road-works-licence"), town.apply("road-works-licence")
    elsewhere = town.apply("road-works-licence", route="26.24350, 50.57560\n26.24368, 50.57610")
    for application in (first, elsewhere):
        assert town.grant(application).stage == Stage.GRANTED
    town.examine(second)
    with pytest.raises(PlaceTaken):
        decide(second, "granted", "", LEGAL_BASIS, actor=town.salem, at=town.at)
    assert people.fresh(second).stage == Stage.SUBMITTED
    assert town.refuse(second).stage == Stage.REFUSED


@pytest.mark.parametrize("service", ["drawings-amendment", "building-completion"])
def test_an_earlier_instrument_of_somebody_else_is_unknown(town: Town, service: str) -> None:
    theirs = town.issue("small-building-permit", actor=town.company)
    own = town.issue("small-building-permit")
    for number, codes in ((theirs.number, ["instrument-unknown"]), (own.number, [])):
        problems = applying.problems(town.draft(service, permit=number), at=town.at)
        assert [problem.code for problem in problems] == codes


def test_an_earlier_instrument_of_another_municipality_cannot_be_closed_here(town: Town) -> None:
    permit = town.issue("small-building-permit")
    elsewhere = {"building": "88", "road": "1132", "block": "202"}
    for service in ("drawings-amendment", "building-completion"):
        problems = applying.problems(town.draft(service, permit=permit.number, place=elsewhere), at=town.at)
        assert [problem.code for problem in problems] == ["instrument-of-another-authority"]


def test_of_two_completions_of_one_permit_the_second_is_refused_at_the_decision(town: Town) -> None:
    permit = town.issue("small-building-permit")
    first, second = (town.apply("building-completion", permit=permit.number) for _ in range(2))
    town.examine(second)
    assert not parent.problems(second, at=town.at)
    town.grant(first)
    page = _salem(town).post(
        reverse("desk:decide", args=[second.pk]),
        {"outcome": "granted", "reasons": "", "legal_basis": LEGAL_BASIS},
    )
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The earlier document that this application names no longer holds" in page.content.decode()
    assert town.refuse(second).stage == Stage.REFUSED
    assert Closure.objects.get().by.intent.application == first


def test_of_two_completions_granted_at_once_one_is_issued_and_the_other_waits_with_its_reason(
    town: Town,
) -> None:
    permit = town.issue("small-building-permit")
    first, second = (town.apply("building-completion", permit=permit.number) for _ in range(2))
    for application in (first, second):
        town.examine(application)
        decide(application, "granted", "", LEGAL_BASIS, actor=town.salem, at=town.at)
    town.advance(first)
    for _ in range(2):
        with pytest.raises(ParentEnded):
            town.advance(second)
    assert Instrument.objects.filter(intent__application__in=[first, second]).count() == 1
    assert not Intent.objects.filter(application=second).exists()
    assert Closure.objects.get().by.intent.application == first
    assert [(stall.application_id, stall.code) for stall in Stall.objects.open()] == [
        (second.pk, "parent-ended")
    ]
    assert (
        "closed or revoked while this application"
        in _salem(town).get(reverse("desk:stalled")).content.decode()
    )


def _salem(town: Town) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.cookies["rukhsa-language"] = "en"
    proved.sign_in(client, town.salem.person)
    return client


def test_advancing_any_number_of_times_changes_nothing(town: Town) -> None:
    application = town.apply("road-works-licence")
    for step in (lambda: None, lambda: town.grant(application), lambda: town.pay(application)):
        step()
        once = state_of(application)
        for _ in range(5):
            town.advance(application)
        assert state_of(application) == once


@pytest.mark.slow
def test_four_workers_at_once_issue_one_document(town_of_many: Town) -> None:
    town = town_of_many
    application = town.grant(town.apply("proof-of-residence"))
    people.pay_at_kiosk(town.begin_payment(application))
    town.later(minutes=1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: advance_and_close(application, town.at), range(4)))
    assert (Instrument.objects.count(), Receipt.objects.count()) == (1, 1)
    told = facts.notices(application)
    assert len(told) == len(set(told))
    assert {"issued/sms", "issued/mail"} <= set(told)
    assert facts.verdict_on(people.instrument_of(application), at=town.at).word == "valid"


def advance_and_close(application: Application, at: datetime) -> None:
    """Advance in a thread, on a connection of its own."""
    try:
        journey.advance(application.pk, at=at)
    finally:
        connection.close()


def test_where_an_application_stands_is_told_at_every_stage(town: Town) -> None:
    application = town.draft("road-works-licence")
    seen = [headline(town, application)]
    applying.submit(application, actor=town.layla, at=town.later(hours=1))
    town.advance(application)
    seen.append(headline(town, application))
    town.hand_back(application, "start", "اختر يومًا آخر.")
    seen.append(headline(town, application))
    town.later(hours=2)
    town.resubmit(application)
    town._check(application, "completeness")
    town.advance(application)
    seen.append(headline(town, application))
    town.later(hours=5)
    for asked in Referral.objects.filter(opinion=None):
        referral.answer(asked, "no-objection", "", actor=town.noor, at=town.at)
    seen.append(headline(town, application))
    town.grant(application)
    seen.append(headline(town, application))
    address = town.begin_payment(application)
    seen.append(headline(town, application))
    people.pay_at_kiosk(address)
    settle_overdue(at=town.later(minutes=1))
    seen.append(headline(town, application))
    town.advance(application)
    seen.append(headline(town, application))
    assert seen == [
        (Headline.DRAFT, Turn.APPLICANT),
        (Headline.IN_REVIEW, Turn.AUTHORITY),
        (Headline.RETURNED, Turn.APPLICANT),
        (Headline.WITH_AGENCY, Turn.AGENCY),
        (Headline.IN_REVIEW, Turn.AUTHORITY),
        (Headline.PAY, Turn.APPLICANT),
        (Headline.CHECKING_PAYMENT, Turn.GATEWAY),
        (Headline.ISSUING, Turn.SYSTEM),
        (Headline.ISSUED, Turn.NOBODY),
    ]
    waited = standing(people.fresh(application), at=town.at).waited
    assert waited[Turn.AGENCY] >= timedelta(hours=5)
    assert waited[Turn.APPLICANT] == timedelta(hours=2, minutes=1)


def test_a_refused_and_a_withdrawn_application_are_nobodys_turn(town: Town) -> None:
    refused = town.refuse(town.apply("proof-of-residence"))
    withdrawn = town.withdraw(town.apply("proof-of-residence"))
    assert headline(town, refused) == (Headline.REFUSED, Turn.NOBODY)
    page = applicants.signed_in(people.layla()).get(f"/applications/{refused.pk}/").text
    assert "If you do not agree, you can contest it:" in page
    assert "/services/grievance" in page
    decision = standing_decision(refused)
    assert not contests_of(decision, actor=town.layla, at=town.at + timedelta(days=90)), "it is too late then"
    assert headline(town, withdrawn) == (Headline.WITHDRAWN, Turn.NOBODY)
    assert town.withdraw(withdrawn).steps.filter(act="withdraw").count() == 1


def test_somebody_else_cannot_submit_or_withdraw_ones_application(town: Town) -> None:
    own = town.apply("proof-of-residence")
    other = actor_for(people.layla(), at=town.at, company=people.contractor())
    assert Application.objects.of_applicant(town.layla).filter(pk=own.pk).exists()
    assert not Application.objects.of_applicant(other).filter(pk=own.pk).exists()
    for act in (applying.submit, applying.withdraw):
        with pytest.raises(NotPermitted):
            act(own, actor=other, at=town.at)


def headline(town: Town, application: Application) -> tuple[Headline, Turn]:
    """What is said of an application now."""
    where = standing(people.fresh(application), at=town.at)
    return where.headline, where.turn


def state_of(application: Application) -> list[object]:
    """Everything that advancing could do twice."""
    return [
        people.fresh(application).stage,
        Charge.objects.count(),
        Receipt.objects.count(),
        Instrument.objects.count(),
        Attempt.objects.count(),
        Referral.objects.count(),
        sorted(facts.notices(application)),
        application.steps.count(),
        application.inspections.count(),
    ]


def test_each_fetching_of_a_document_is_a_delivery_and_a_damaged_one_is_not_handed_out(
    town: Town, client: Client, settings: Settings
) -> None:
    instrument = town.issue("proof-of-residence")
    application = instrument.intent.application
    client.force_login(town.layla.person)
    client.raise_request_exception = False
    address = reverse("portal:download", args=[application.pk])
    for _ in range(2):
        assert b"".join(client.get(address)) == time_stamp.handed_out(instrument)  # type: ignore[arg-type]
    handed = Delivery.objects.filter(application=application, person=town.layla.person, channel="portal")
    assert handed.count() == 2
    assert JournalEntry.objects.filter(act="deliver", subject=str(application.pk)).count() == 2
    (stored,) = Path(settings.MEDIA_ROOT).rglob(instrument.file_digest)
    stored.write_bytes(stored.read_bytes() + b" ")
    assert client.get(address).status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert handed.count() == 2
