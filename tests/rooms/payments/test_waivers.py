"""A waiver is proposed by one person, with a reason, and approved by another."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from rukhsa.accounts.permissions import Permission, Role
from rukhsa.agreement import NotToBeDecided, ProposedByYourself, ReasonMissing, UnderWay
from rukhsa.applications.competence import OutsideMandate
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.mandates.models import Mandate, MandateEnd
from rukhsa.payments.attempt import OutcomeUnknown
from rukhsa.payments.charge import AlreadySettled, NotPayable, QuoteExpired
from rukhsa.payments.models import Charge, Refund, Waiver
from rukhsa.payments.outcome import settle_open
from rukhsa.payments.tariff import assess
from rukhsa.payments.waiver import MoreThanCharged, approve_waiver, propose_waiver, refuse_waiver
from rukhsa.values.money import Money
from tests.rooms.payments.conftest import Begin, staff
from tests.rooms.payments.test_paying import pay

pytestmark = pytest.mark.django_db(transaction=True)
DUE = Charge.Due.AFTER_DECISION


def now() -> datetime:
    return datetime.now(UTC)


def dinars(text: str) -> Money:
    return Money.parse(text, "BHD")


def test_two_people_waive_a_part_and_the_rest_is_paid(
    charge_with_deposit: Charge, begin: Begin, huda: Actor, mariam: Actor
) -> None:
    salem, application = staff("salem", Role.OFFICER), charge_with_deposit.application
    waiver = propose_waiver(
        charge_with_deposit, "works-fee", dinars("3.000"), "أسرة محتاجة", actor=salem, at=now()
    )
    assert Charge.objects.newest(application, DUE) == charge_with_deposit
    with pytest.raises(UnderWay):
        propose_waiver(charge_with_deposit, "works-fee", dinars("1.000"), "أيضا", actor=huda, at=now())
    with pytest.raises(NotPermitted):
        approve_waiver(waiver, actor=salem, at=now())
    rest = approve_waiver(waiver, actor=mariam, at=now())
    assert {line.rule: line.amount for line in rest.lines.all()} == {
        "works-fee": 2_000,
        "reinstatement": 204_000,
    }
    assert (str(rest.money), rest.expires_at) == ("206.000", charge_with_deposit.expires_at)
    said = rest.lines.get(rule="works-fee").explanation
    assert said["waivers"] == [{"amount": "3.000", "reason": "أسرة محتاجة"}]
    assert said["amount"] == "5.000"
    with pytest.raises(NotToBeDecided):
        approve_waiver(waiver, actor=mariam, at=now())
    with pytest.raises(QuoteExpired):
        begin(charge_with_deposit)
    pay(begin(rest))
    settle_open(application, at=now())
    assert rest.is_settled
    with pytest.raises(AlreadySettled):
        propose_waiver(rest, "works-fee", dinars("1.000"), "بعد الدفع", actor=salem, at=now())


def test_what_was_waived_stays_waived_when_the_quote_expires(
    charge: Charge, huda: Actor, mariam: Actor
) -> None:
    waiver = propose_waiver(charge, "works-fee", dinars("25.000"), "جهة خيرية", actor=huda, at=now())
    rest = approve_waiver(waiver, actor=mariam, at=now())
    anew = assess(charge.application, DUE, at=rest.expires_at + timedelta(seconds=1))
    assert anew
    assert (str(anew.money), anew.number) == ("0.500", 3)


def test_a_charge_of_which_all_is_waived_is_settled_and_no_gateway_sees_it(
    charge: Charge, huda: Actor, mariam: Actor
) -> None:
    waiver = propose_waiver(charge, "works-fee", dinars("25.500"), "مسجد", actor=huda, at=now())
    rest = approve_waiver(waiver, actor=mariam, at=now())
    assert rest.is_settled
    assert rest.receipt.attempt is None


def test_nobody_waives_alone_without_a_reason_or_more_than_is_charged(charge: Charge, huda: Actor) -> None:
    for wrong, error in (
        (("works-fee", "25.500", " "), ReasonMissing),
        (("works-fee", "25.501", "كثير"), MoreThanCharged),
        (("works-fee", "0.000", "لا شيء"), MoreThanCharged),
        (("no-such-row", "1.000", "أين؟"), MoreThanCharged),
    ):
        with pytest.raises(error):
            propose_waiver(charge, wrong[0], dinars(wrong[1]), wrong[2], actor=huda, at=now())
    waiver = propose_waiver(charge, "works-fee", dinars("1.000"), "سبب", actor=huda, at=now())
    with pytest.raises(ProposedByYourself):
        approve_waiver(waiver, actor=huda, at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.update(state="approved", decided_by=huda.person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.update(state="approved")
    elsewhere = staff("huda.elsewhere", Role.FINANCE, "MUH")
    assert not Waiver.objects.on_which(elsewhere, Permission.READ_MONEY).exists()
    mariam_elsewhere = staff("mariam.elsewhere", Role.SUPERVISOR, "MUH")
    for act in (
        lambda: approve_waiver(waiver, actor=mariam_elsewhere, at=now()),
        lambda: refuse_waiver(waiver, "لا", actor=mariam_elsewhere, at=now()),
        lambda: propose_waiver(charge, "works-fee", dinars("1.000"), "سبب", actor=elsewhere, at=now()),
    ):
        with pytest.raises(NotPermitted):
            act()
    refuse_waiver(waiver, "أسحبه", actor=huda, at=now())
    assert propose_waiver(charge, "works-fee", dinars("2.000"), "سبب آخر", actor=huda, at=now())


def test_nothing_is_waived_of_what_somebody_is_paying_or_of_an_earlier_amount(
    charge: Charge, begin: Begin, huda: Actor, mariam: Actor
) -> None:
    waiver = propose_waiver(charge, "works-fee", dinars("1.000"), "سبب", actor=huda, at=now())
    page = begin(charge)
    with pytest.raises(OutcomeUnknown):
        approve_waiver(waiver, actor=mariam, at=now())
    pay(page, "CANCELED")
    settle_open(charge.application, at=now())
    rest = approve_waiver(waiver, actor=mariam, at=now())
    with pytest.raises(NotPayable):
        propose_waiver(charge, "works-fee", dinars("1.000"), "سبب", actor=huda, at=now())
    assert not Refund.objects.exists()
    assert rest.amount == 24_500


def test_a_waiver_beyond_the_amount_of_a_mandate_is_refused_in_code_and_in_the_database(
    charge: Charge, huda: Actor, mariam: Actor
) -> None:
    waiver = propose_waiver(charge, "works-fee", dinars("5.000"), "خيري", actor=huda, at=now())
    limited = limit(mariam, 4_999)
    with pytest.raises(OutsideMandate):
        approve_waiver(waiver, actor=mariam, at=now())
    approved = {"state": "approved", "decided_by": mariam.person, "decided_at": now(), "mandate": limited}
    with pytest.raises(IntegrityError, match="no mandate"), transaction.atomic():
        Waiver.objects.filter(pk=waiver.pk).update(**approved)
    limit(mariam, 5_000)
    assert approve_waiver(waiver, actor=mariam, at=now())


def limit(actor: Actor, up_to: int) -> Mandate:
    """End the mandates of a person, and give one up to an amount in minor units."""
    held = Mandate.objects.filter(post__person=actor.person)
    for mandate in held.filter(end=None):
        MandateEnd.objects.create(mandate=mandate, reason="x", by=actor.person, at=now())
    given = held.first()
    assert given
    given.pk, given.up_to = uuid4(), up_to
    given._state.adding = True
    given.save()
    return given
