"""No one of the staff decides on their own violation, document, dispute or erasure, nor takes an agency's question."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from rukhsa.accounts.models import Company
from rukhsa.accounts.permissions import Role
from rukhsa.applications.interest import OwnInterest
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.models import Instrument
from rukhsa.issuance.revocation_proposal import approve_revocation, propose_revocation, refuse_revocation
from rukhsa.issuance.suspension import propose_suspension, refuse_suspension
from rukhsa.personal.dispute_hold import approve_hold, propose_hold, refuse_hold
from rukhsa.personal.order import approve_order, propose_one, refuse_order
from rukhsa.review.more_time import MoreTime, ask_for_more, last_day_for
from rukhsa.review.queue import WaitingReferral
from rukhsa.review.referral import Referral, take
from rukhsa.staff.interest_declaration import declare
from rukhsa.violations.models import Violation
from rukhsa.violations.party import Party
from rukhsa.violations.violation import (
    Seen,
    confirm_violation,
    mend_violation,
    record_violation,
    refuse_violation,
)
from rukhsa.violations.withdrawal import approve_withdrawal, propose_withdrawal, refuse_withdrawal
from tests.rooms.review import works
from tests.rooms.review.test_interest import LAYLA
from tests.rooms.review.test_opinions import asked as _asked
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import application as _application
from tests.web.desk.conftest import instrument as _instrument
from tests.web.desk.conftest import person

application, instrument, asked = _application, _instrument, _asked
pytestmark = pytest.mark.django_db
SEEN = Seen(kind="no-licence", place="Road 1705", text="A trench.", at=SUNDAY, photos=["0" * 64])
COMPANY = "12345-1"
DAY = timedelta(days=1)


def acting(name: str) -> Actor:
    return works.act_as(person(name, works.authority()))


def close(actor: Actor, **more: Any) -> Actor:
    """The same person, once they declared Layla a relative, or what is said."""
    declare("1", **(more or {"relatives": [LAYLA]}), actor=actor, at=SUNDAY)
    return actor


def free(actor: Actor) -> Actor:
    """The same person, once they declared other people."""
    return close(actor, relatives=["850101234"])


def recorded(instrument: Instrument | None, party: Party | None = None, *, by: Actor) -> Violation:
    return record_violation(SEEN, authority="CAP", instrument=instrument, party=party, actor=by, at=SUNDAY)


def test_a_violation_of_a_document(instrument: Instrument) -> None:
    yusuf, mariam = close(acting("yusuf")), close(acting("mariam"))
    with pytest.raises(OwnInterest):
        recorded(instrument, by=yusuf)
    violation = recorded(instrument, by=free(yusuf))
    for refused in (
        lambda: confirm_violation(violation, actor=mariam, at=SUNDAY),
        lambda: refuse_violation(violation, "No.", actor=mariam, at=SUNDAY),
    ):
        with pytest.raises(OwnInterest):
            refused()
    confirm_violation(violation, actor=free(mariam), at=SUNDAY)
    close(mariam)
    close(yusuf)
    with pytest.raises(OwnInterest):
        propose_withdrawal(violation, "Wrong road.", actor=yusuf, at=SUNDAY + DAY)
    with pytest.raises(OwnInterest):
        mend_violation(violation, "Clean.", actor=yusuf, at=SUNDAY + DAY)
    assert mend_violation(violation, "Clean.", actor=free(yusuf), at=SUNDAY + DAY)
    proposal = propose_withdrawal(violation, "Wrong road.", actor=yusuf, at=SUNDAY + DAY)
    for no in (
        lambda: approve_withdrawal(proposal, actor=mariam, at=SUNDAY + DAY),
        lambda: refuse_withdrawal(proposal, "No.", actor=mariam, at=SUNDAY + DAY),
    ):
        with pytest.raises(OwnInterest):
            no()
    assert approve_withdrawal(proposal, actor=free(mariam), at=SUNDAY + DAY)


@pytest.mark.parametrize(
    ("party", "declared"),
    [
        (Party(name="Layla", number=LAYLA), {"relatives": [LAYLA]}),
        (Party(name="Works Ltd", number=COMPANY), {"companies": [COMPANY]}),
    ],
    ids=["a relative", "a company"],
)
@pytest.mark.parametrize("is_known", [True, False])
def test_a_violation_of_a_place_by_the_number_of_its_party(
    party: Party, declared: dict[str, Any], is_known: bool, db: None
) -> None:
    works.authority()
    if is_known:
        works.layla()
        Company.objects.create(registration=COMPANY, name_en="Works Ltd")
    violation = recorded(None, party, by=acting("yusuf"))
    mariam = close(acting("mariam"), **declared)
    with pytest.raises(OwnInterest):
        confirm_violation(violation, actor=mariam, at=SUNDAY)
    assert confirm_violation(violation, actor=free(mariam), at=SUNDAY)


def test_the_suspension_and_the_revocation_of_a_document(instrument: Instrument) -> None:
    salem, mariam = acting("salem"), close(acting("mariam"))
    suspension = propose_suspension(instrument, "A complaint", actor=salem, at=SUNDAY)
    with pytest.raises(OwnInterest):
        refuse_suspension(suspension, "No.", actor=mariam, at=SUNDAY)
    revocation = propose_revocation(instrument, "A complaint", actor=salem, at=SUNDAY)
    with pytest.raises(OwnInterest):
        refuse_revocation(revocation, "No.", actor=mariam, at=SUNDAY)
    with pytest.raises(OwnInterest):
        approve_revocation(revocation, actor=mariam, at=SUNDAY)
    assert refuse_suspension(suspension, "No.", actor=free(mariam), at=SUNDAY).state == "refused"
    assert refuse_revocation(revocation, "No.", actor=mariam, at=SUNDAY).state == "refused"


def test_a_dispute_and_an_erasure(application: Application) -> None:
    dana, amal = (
        works.act_as(
            works.staff(f"{name}@town.example", name, name, Role.DATA_PROTECTION, at=works.authority())
        )
        for name in ("dana", "amal")
    )
    until = timezone.localdate(SUNDAY) + 9 * DAY
    order = propose_one(application, "Asked for.", actor=dana, at=SUNDAY)
    hold = propose_hold(application, "court", "x", until, actor=dana, at=SUNDAY)
    close(amal)
    for refused in (
        lambda: propose_hold(application, "court", "x", until, actor=amal, at=SUNDAY),
        lambda: approve_hold(hold, actor=amal, at=SUNDAY),
        lambda: refuse_hold(hold, "No.", actor=amal, at=SUNDAY),
        lambda: approve_order(order, actor=amal, at=SUNDAY),
        lambda: refuse_order(order, "No.", actor=amal, at=SUNDAY),
    ):
        with pytest.raises(OwnInterest):
            refused()
    assert approve_hold(hold, actor=free(amal), at=SUNDAY).state == "approved"
    assert refuse_order(order, "No.", actor=amal, at=SUNDAY).state == "refused"


def test_a_question_of_a_relative_is_neither_taken_nor_delayed(asked: Referral, noor: Actor) -> None:
    last = last_day_for(asked, at=SUNDAY)
    close(noor)
    with pytest.raises(OwnInterest):
        take(asked, actor=noor, at=SUNDAY)
    with pytest.raises(OwnInterest):
        ask_for_more(asked, last, "Later.", actor=noor, at=SUNDAY)
    assert (WaitingReferral.objects.get().taken_by, MoreTime.objects.count()) == (None, 0)
    free(noor)
    assert take(asked, actor=noor, at=SUNDAY).taken_by == noor.person
    assert ask_for_more(asked, last, "Later.", actor=noor, at=SUNDAY)
