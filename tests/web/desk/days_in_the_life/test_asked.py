"""The days of those who are asked: inspector, and agency."""

import pytest

from rukhsa.applications.models import Application
from rukhsa.review.models import InspectionReport, Opinion
from tests.rooms.review import works
from tests.web.desk.conftest import person
from tests.web.desk.days_in_the_life.persons_day import Day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_inspector_reports_a_visit(day: Day, visited: Application) -> None:
    visit = visited.inspections.get()
    day.sign_in(person("yusuf", works.authority()))
    day.go(f"main a[href*='{visit.pk}']")
    for point in ("marked", "clear"):
        day.choose(f"[name=point-{point}][value=yes]")
    day.choose("[name=passed][value=yes]")
    day.go("form.visit .actions button")
    assert InspectionReport.objects.get().passed
    day.menu("rounds")
    day.sign_out()


def test_the_agencys_person_answers(day: Day, referred: Application) -> None:
    asked = referred.referrals.get(agency="ewa")
    day.sign_in(person("noor", works.agency()))
    day.go(f"main a[href*='{asked.pk}']")
    day.choose("details.act:has(.opinion-form) > summary")
    day.choose("[name=answer][value=no-objection]")
    day.go(".opinion-form .act-buttons button:not([name])")
    assert Opinion.objects.get(referral=asked).answer == "no-objection"
    day.sign_out()
