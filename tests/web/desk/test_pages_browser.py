"""The pages of money, violations, committees and people's data in Chromium: axe, and a telephone's width."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.payments.bank_answer import take_in_answer
from rukhsa.payments.bank_file import approve_file, propose_file, rows_to_send
from rukhsa.personal.data_export import ask_for_data_of, make_export
from rukhsa.personal.dispute_hold import propose_hold
from rukhsa.violations.party import Party
from rukhsa.violations.withdrawal import propose_withdrawal
from tests.browser import axe
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY, authority
from tests.web.desk.banked import status_report
from tests.web.desk.conftest import SignIn, person, released
from tests.web.desk.test_people import NUMBER
from tests.web.desk.test_talk_browser import browser as browser  # noqa: F401, RUF100 - a fixture
from tests.web.desk.test_talk_browser import signed_in
from tests.web.desk.test_violation_party import against

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def paid_back(application: Application) -> dict[str, str]:
    """A bank file whose transfers the bank settled, refused and named by an unknown word; the pages of finance."""
    for number in (1, 2, 3, 4):
        released(application, number)
    huda, mariam = (works.act_as(person(name, authority())) for name in ("huda", "mariam"))
    rows = rows_to_send(authority(), actor=huda, at=SUNDAY)[:3]
    file, _rows = propose_file(authority(), rows, actor=huda, at=SUNDAY)
    approve_file(file, actor=mariam, at=SUNDAY)
    first, second, third = (each.hex for each in file.payouts.values_list("pk", flat=True))
    report = status_report(file.number, [(first, "ACSC"), (second, "RJCT"), (third, "XXXX")])
    answer = take_in_answer(report, actor=huda, at=SUNDAY)
    return {
        "income": f"{reverse('desk:income')}?month={SUNDAY:%Y-%m}",
        "payouts": reverse("desk:payouts"),
        "make-bank-file": reverse("desk:make-bank-file"),
        "bank-file": reverse("desk:bank-file", args=[file.pk]),
        "bank-answers": reverse("desk:bank-answers"),
        "bank-answer": reverse("desk:bank-answer", args=[answer.pk]),
    }


def inspected(application: Application) -> dict[str, str]:
    """A violation without a document, and the pages that an inspector sees."""
    violation = against(Party(name="Hassan Ali", number="850900001", phone="+97336000009"))
    return {
        "violations": reverse("desk:violations"),
        "record-violation": reverse("desk:record-violation"),
        "violation": reverse("desk:violation", args=[violation.pk]),
    }


def withdrawing(application: Application) -> dict[str, str]:
    """A violation whose withdrawal waits, and the pages that the second person sees."""
    violation = against(Party(name="Hassan Ali", number="850900001", phone="+97336000009"))
    inspector = works.act_as(person("yusuf", authority()))
    propose_withdrawal(violation, "The trench was on road 1705.", actor=inspector, at=SUNDAY)
    return {
        "violations": f"{reverse('desk:violations')}?show=withdrawals",
        "violation": reverse("desk:violation", args=[violation.pk]),
        "today": reverse("desk:today"),
    }


def protected(application: Application) -> dict[str, str]:
    """A dispute that keeps an application, and the pages that the data protection officer sees."""
    dana = works.act_as(person("dana", authority()))
    until = (SUNDAY + timedelta(days=900)).date()
    propose_hold(application, "court", "The neighbour went to court.", until, actor=dana, at=SUNDAY)
    Person.objects.filter(pk=application.applicant_id).update(personal_number=NUMBER)
    export = ask_for_data_of(NUMBER, authority(), "person", actor=dana, language="en", at=timezone.now())
    make_export(export=str(export.pk))
    return {"people": reverse("desk:people"), "retention": reverse("desk:retention"),
            "exports": reverse("desk:exports")}  # fmt: skip


@pytest.mark.parametrize(
    ("who", "pages"),
    [
        pytest.param("huda", paid_back, id="finance"),
        pytest.param("yusuf", inspected, id="inspector"),
        pytest.param("mariam", withdrawing, id="supervisor"),
        pytest.param("dana", protected, id="data-protection"),
    ],
)
def test_every_page_is_without_serious_faults_and_fits_a_telephone(
    browser: Browser,
    live_server: LiveServer,
    application: Application,
    sign_in: SignIn,
    who: str,
    pages: Callable[[Application], dict[str, str]],
) -> None:
    addresses = pages(application)
    client = sign_in(person(who, authority()))
    for language, width in (("ar", 360), ("en", 1280)):
        page = signed_in(browser, live_server, client, language, width)
        for name, address in addresses.items():
            answer = page.goto(live_server.url + address)
            assert answer is not None
            assert answer.ok, f"{name} {language}"
            found = axe.faults(page)
            assert found == [], f"{name} {language}: {found}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} {language}"
        page.context.close()
