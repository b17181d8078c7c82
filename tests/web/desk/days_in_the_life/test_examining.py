"""The days of those who examine and decide: receiving officer, second officer and supervisor."""

import pytest

from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.review import queue
from rukhsa.review.check import check
from rukhsa.review.models import Decision, Draw, DrawnGrant, SecondLook
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, SUNDAY
from tests.web.desk.conftest import person
from tests.web.desk.days_in_the_life.persons_day import Day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def waiting(transactional_db: None) -> Application:
    """An application to be checked, and decided by another."""
    made = works.submitted(works.publish(works.works(CHECK, BY_OFFICER)))
    queue.refresh(made, SUNDAY)
    return made


def test_the_receiving_officer_checks_an_application(day: Day, waiting: Application) -> None:
    day.sign_in(person("salem", works.authority()))
    day.go(f"main a[href*='{waiting.pk}']")
    day.go("form[action*='/check/'] button")
    assert waiting.checks.count() == 1
    day.menu("instruments")
    day.sign_out()


def test_the_second_officer_grants_what_another_checked(day: Day, waiting: Application) -> None:
    salem = works.act_as(person("salem", works.authority()))
    check(waiting, "completeness", actor=salem, at=SUNDAY)
    amna = works.staff("amna@town.example", "آمنة", "Amna", Role.OFFICER, at=works.authority())
    day.sign_in(amna)
    day.go("a[href*='show=decide']")
    day.go(f"main a[href*='{waiting.pk}']")
    day.go("form[action*='/decide']:not(.act-form) button")
    day.go("button[name=confirmed]")
    assert Decision.objects.get(application=waiting).officer == amna
    day.sign_out()


def test_the_supervisor_looks_at_a_grant_again(day: Day, waiting: Application) -> None:
    salem = works.act_as(person("salem", works.authority()))
    check(waiting, "completeness", actor=salem, at=SUNDAY)
    decision = Decision.objects.create(application=waiting, outcome="granted", rule="made-up", at=SUNDAY)
    draw = Draw.objects.create(day=SUNDAY.date(), seed="0" * 64, share=1000, at=SUNDAY)
    DrawnGrant.objects.create(decision=decision, authority=works.authority(), draw=draw)
    day.sign_in(person("mariam", works.authority()))
    day.go("main a[href$='second-looks/']")
    day.go("main tbody a")
    day.choose("[name=agrees][value=yes]")
    day.go("main form button")
    assert SecondLook.objects.get().agrees
    day.menu("alarms")
    day.menu("journal")
    day.sign_out()
