"""The days of those who account: committee, finance, director and auditor."""

import pytest

from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.payments.models import Payout
from rukhsa.payments.payout import propose_payout
from rukhsa.review.models import WaitingMatter
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import IBAN, person, released
from tests.web.desk.days_in_the_life.persons_day import Day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def matter(visited: Application) -> Application:
    """An application that waits for the building committee."""
    WaitingMatter.objects.create(application=visited, authority=works.authority(), committee="building")
    return visited


def test_the_committees_secretary_looks_at_the_sittings(day: Day, matter: Application) -> None:
    day.sign_in(person("salem", works.authority()))
    day.menu("sittings")
    day.menu("feedback")
    day.sign_out()


def test_a_member_of_the_committee_reads_what_waits(day: Day, matter: Application) -> None:
    day.sign_in(person("khalid", works.authority()))
    day.go(f"main a[href*='{matter.pk}']")
    day.sign_out()


def test_finance_approves_a_refund(day: Day, visited: Application) -> None:
    noor = works.act_as(person("finance", works.authority()))
    payout = propose_payout(released(visited, 1), "bank-transfer", iban=IBAN, actor=noor, at=SUNDAY)
    huda = person("huda", works.authority())
    day.sign_in(huda)
    day.go("main a[href$='payouts/']")
    day.go(f"main a[href*='{payout.pk}']")
    day.go("form[action$='/approve'] button")
    assert Payout.objects.get().decided_by == huda
    day.menu("figures")
    day.sign_out()


def test_the_director_reads_the_figures_and_how_they_are_defined(day: Day, visited: Application) -> None:
    day.sign_in(person("jasim", works.authority()))
    day.go("main a[href$='/figures/definitions']")
    day.menu("figures")
    day.go("main a[href$='/figures/costs']")
    day.sign_out()


def test_the_auditor_reads_documents_mandates_and_the_journal(day: Day, visited: Application) -> None:
    day.sign_in(works.staff("auditor@town.example", "عائشة", "Aisha", Role.AUDITOR, at=works.authority()))
    for page in ("instruments", "mandates", "journal"):
        day.menu(page)
    day.sign_out()
