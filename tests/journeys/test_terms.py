"""What is left undone ends by rule: what is granted and not paid, and what was returned and not completed."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from django.db import connection, transaction
from django.utils import timezone

from rukhsa import lapsing, sweeps
from rukhsa.applications.models import Application, Term
from rukhsa.applications.stages import NotPossible, Stage
from rukhsa.delivery.models import Notice
from rukhsa.payments.models import Attempt, Receipt, Refund
from rukhsa.payments.outcome import settle_overdue
from rukhsa.places.models import OccupiedCell
from rukhsa.project.fsck.report import RULES
from rukhsa.review.queue import QueueEntry
from rukhsa.standing import Headline, standing
from rukhsa.values.periods import shifted
from tests import applicants
from tests import town as people
from tests.journeys import facts
from tests.town import Town, layla

CORNER = {
    "place": {"building": "1024", "road": "1705", "block": "317"},
    "parcel": "03-012345",
    "ownership": "sole",
    "use": "residential",
    "asked-area": "40",
    "services": "no",
    "purpose": "موقف لسيارة",
    "iban": "BH67 BMAG 0000 1299 1234 56",
}
LAND = {
    "place": CORNER["place"],
    "parcel": "03-012345",
    "land-area": "400",
    "leased": "no",
    "use": "residential",
    "office": {"number": "12345-1", "name": "مكتب هندسي"},
}


def test_what_is_granted_and_never_paid_ends_once_and_frees_what_it_held(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    granted = town.grant(town.apply("road-works-licence"))
    term = Term.objects.get(application=granted)
    assert OccupiedCell.objects.exists()
    assert standing(granted, at=town.at).until == term.ends_at
    browser = applicants.signed_in(layla(), language="en")
    for page in ("", "pay"):
        assert "or we will close your application" in browser.get(f"/applications/{granted.pk}/{page}").text
    assert_reminded(town, granted)
    address = town.begin_payment(town.advance(granted))
    assert "continue here" in browser.get(f"/applications/{granted.pk}/").text
    town.at = term.ends_at
    assert town.advance(granted).stage == Stage.GRANTED  # a payment is under way
    assert granted not in lapsing.overdue(at=town.at)
    with monkeypatch.context() as unprotected, transaction.atomic():
        unprotected.setattr(lapsing, "require_standstill", lambda _application: None)
        lapsing.lapse_overdue(granted, at=town.at)
        assert granted.stage == Stage.LAPSED
        transaction.set_rollback(True)
    Attempt.objects.update(state=Attempt.State.EXPIRED, ended_at=town.at)
    Term.objects.update(ends_at=datetime.now(UTC) - timedelta(minutes=1))
    sweeps.sweep(timestamp=0)
    facts.work()
    for _ in range(2):
        assert town.advance(granted).stage == Stage.LAPSED
    assert granted.steps.filter(act="lapse").count() == 1
    assert facts.notices(granted).count("lapsed-unpaid/sms") == 1
    assert not OccupiedCell.objects.exists()
    assert not Term.objects.exists()
    assert not QueueEntry.objects.exists()
    assert standing(people.fresh(granted), at=town.at).headline is Headline.LAPSED
    people.pay_at_kiosk(address)
    settle_overdue(at=town.later(hours=2))
    assert (Refund.objects.get().reason, Receipt.objects.count()) == (Refund.Reason.APPLICATION_CLOSED, 0)
    assert "because it was not paid in time" in browser.get(f"/applications/{granted.pk}/").text
    assert_nothing_is_found("ended-holds-nothing", "lapsed-was-undone")


def assert_nothing_is_found(*codes: str) -> None:
    """By those rules of fsck."""
    with connection.cursor() as cursor:
        for rule in RULES:
            if rule.code in codes:
                cursor.execute(rule.query)
                assert cursor.fetchall() == []


def assert_reminded(town: Town, granted: Application) -> None:
    """A week and a day before the end, each time once."""
    end = Term.objects.get(application=granted).ends_at
    for before, told in ((8, 0), (7, 1), (6, 1), (1, 2)):
        town.at = end - timedelta(days=before)
        for _ in range(2):
            lapsing.remind(at=town.at)
        assert facts.notices(granted).count("pay-soon/sms") == told
    notice = Notice.objects.filter(event__startswith="pay-soon", channel="sms").first()
    assert notice
    assert notice.facts["day"] == timezone.localdate(end - timedelta(seconds=1)).isoformat()


def test_a_corner_that_is_not_bought_in_three_months_gives_its_deposit_back(town: Town) -> None:
    town.records = {"area": "40", "found-services": "no", "price": "4000"}
    application = town.pay_first(town.apply("corner-sale", **CORNER))
    assert facts.account(application, "deposits") == 10_000
    granted = town.grant(application)
    term = Term.objects.get(application=granted)
    last = timezone.localdate(term.ends_at - timedelta(seconds=1))
    assert last >= shifted(timezone.localdate(term.since), 3, "month")
    town.at = term.ends_at
    assert town.advance(granted).stage == Stage.LAPSED
    assert (facts.account(granted, "deposits"), facts.account(granted, "releases")) == (0, 10_000)


def test_what_was_returned_ends_after_48_hours_unless_it_is_answered(town: Town) -> None:
    answered, left = (town.apply("information-certificate", **LAND) for _ in range(2))
    for application in (answered, left):
        town.hand_back(application, "deed", "نرجو إرفاق صورة أوضح.")
    term = Term.objects.get(application=left)
    assert term.ends_at - term.since == timedelta(hours=48)
    lapsing.remind(at=term.ends_at - timedelta(days=1))
    assert facts.notices(left).count("complete-soon/sms") == 1
    desk, page = applicants.signed_in(applicants.salem()), f"/desk/applications/{left.pk}/"
    assert "or we will close your application" in desk.get(page).text
    town.resubmit(answered)
    town.at = term.ends_at
    assert town.advance(left).stage == Stage.LAPSED
    assert town.advance(answered).stage == Stage.SUBMITTED
    assert facts.notices(left).count("lapsed-incomplete/mail") == 1
    assert "We closed your application because the deadline passed." in desk.get(page).text


def test_what_is_granted_is_withdrawn_by_its_applicant_until_it_is_paid(town: Town) -> None:
    granted = town.grant(town.apply("road-works-licence"))
    browser = applicants.signed_in(layla(), language="en")
    page = f"/applications/{granted.pk}/withdraw"
    assert "you lose the approval" in browser.get(page).text
    town.begin_payment(granted)
    refused = browser.post(page)
    assert (refused.status_code, "A payment is in progress" in refused.text) == (
        HTTPStatus.CONFLICT,
        True,
    )
    Attempt.objects.update(state=Attempt.State.EXPIRED, ended_at=town.at)
    assert browser.post(page).status_code == HTTPStatus.FOUND
    assert town.advance(granted).stage == Stage.WITHDRAWN
    assert not OccupiedCell.objects.exists()
    issued = town.issue("proof-of-residence").intent.application
    assert issued
    with pytest.raises(NotPossible):
        town.withdraw(issued)
    assert_nothing_is_found("ended-holds-nothing", "lapsed-was-undone")
