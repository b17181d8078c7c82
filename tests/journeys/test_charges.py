"""Several charges on one application: a fee at submission, a deposit after the visit, and no step before its money."""

import uuid
from typing import Any

from django.test import Client

from rukhsa import assessment
from rukhsa.applications.models import Application
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.delivery.models import Notice
from rukhsa.issuance.models import Instrument
from rukhsa.payments.collection import collect
from rukhsa.payments.ledger import balances
from rukhsa.payments.models import Charge
from rukhsa.review import decision
from rukhsa.review.deadline import Clock
from rukhsa.review.inspection import Inspection
from rukhsa.review.queue import QueueEntry
from rukhsa.standing import Headline, standing
from tests import proved
from tests import town as people
from tests.town import LEGAL_BASIS, NOWHERE, Town

Due = Charge.Due
SERVICE = "small-building-permit"


def publish_with_dues(*, always_visited: bool, **dues: str) -> None:
    """The service with its charges due at other moments, and with its visit whatever is answered."""
    now = people.version_of(SERVICE)
    meaning: dict[str, Any] = now.meaning
    for charge in meaning["charges"]:
        charge["due"] = dues[charge["kind"]]
    steps = [step for part in meaning["review"] for step in (part if isinstance(part, list) else [part])]
    (visit,) = (step for step in steps if "inspect" in step)
    if always_visited:
        del visit["when"]
    ServiceVersion.objects.create(
        service=SERVICE, number=now.number + 1, source_text="", meaning=meaning,
        digest=uuid.uuid4().hex, published_at=now.published_at,
    )  # fmt: skip


def pay(town: Town, application: Application, due: str) -> Application:
    charge = Charge.objects.newest(application, due)
    assert charge
    page = collect(charge, "sadad", actor=town.layla, addresses=NOWHERE, at=town.at)
    people.pay_at_kiosk(page)
    town.later(minutes=1)
    return town.advance(application)


def headline(town: Town, application: Application) -> Headline:
    return standing(people.fresh(application), at=town.at).headline


def clock(town: Town, application: Application) -> Clock:
    where = standing(people.fresh(application), at=town.at)
    assert where.expected
    return where.expected.clock


def expected_day(town: Town, application: Application) -> str:
    where = standing(people.fresh(application), at=town.at)
    assert where.expected
    return where.expected.day.isoformat()


def told_day(application: Application, event: str) -> str | None:
    notice = Notice.objects.get(application=application, channel="sms", event__startswith=event)
    day: str | None = notice.facts.get("day")
    return day


def told(application: Application) -> list[str]:
    notices = Notice.objects.filter(application=application, channel="sms").order_by("created_at", "pk")
    return [notice.event.partition(":")[0] for notice in notices]


def test_the_fee_comes_first_and_the_deposit_after_the_visit(town: Town) -> None:
    publish_with_dues(always_visited=True, fee="at submission", deposit="after inspection")
    application = town.apply(SERVICE)
    assert headline(town, application) is Headline.PAY_AT_SUBMISSION
    assert clock(town, application) is Clock.AWAITED
    application = pay(town, application, Due.AT_SUBMISSION)
    assert headline(town, application) in (Headline.IN_REVIEW, Headline.WITH_AGENCY)
    assert clock(town, application) is Clock.RUNS
    assert expected_day(town, application) == told_day(application, "paid")
    assert told_day(application, "submitted") is None, "its days did not count yet"
    assert not Charge.objects.filter(due=Due.AFTER_INSPECTION).exists()
    town.examine(application)
    assert Inspection.objects.filter(application=application).exists()
    assert headline(town, application) is Headline.PAY_VISITED
    assert clock(town, application) is Clock.STANDS
    assert assessment.waiting_for_payment([application.pk]) == {application.pk}
    entry = QueueEntry.objects.get(application=application)
    assert (entry.turn, entry.step, entry.due_at) == ("applicant", "", None), "its clock stands"
    officer = Client()
    proved.sign_in(officer, town.salem.person)
    officer.cookies["rukhsa-language"] = "en"
    page = officer.get(f"/desk/applications/{application.pk}/").text
    assert "The site passed the visit. The applicant needs to pay." in page
    decision.decide(application, "granted", "", LEGAL_BASIS, actor=town.mariam, at=town.at)
    application = town.advance(application)
    assert headline(town, application) is Headline.PAY
    assert not Instrument.objects.exists()
    application = pay(town, application, Due.AFTER_INSPECTION)
    assert headline(town, application) is Headline.ISSUED
    assert sorted(told(application)) == sorted(
        ["submitted", "payment-due-first", "paid", "payment-due-visited", "paid", "issued"]
    )
    held = {one.account.value: one.money.minor for one in balances()}
    fee, deposit = (Charge.objects.get(due=due).amount for due in (Due.AT_SUBMISSION, Due.AFTER_INSPECTION))
    assert held == {"clearing": fee + deposit, "fees": -fee, "deposits": -deposit}


def test_where_nobody_visits_it_falls_due_with_the_decision(town: Town) -> None:
    publish_with_dues(always_visited=False, fee="after decision", deposit="after inspection")
    application = town.grant(town.apply(SERVICE))
    assert not Inspection.objects.filter(application=application).exists()
    for due in (Due.AFTER_INSPECTION, Due.AFTER_DECISION):
        assert headline(town, application) is Headline.PAY
        application = pay(town, application, due)
    assert headline(town, application) is Headline.ISSUED
