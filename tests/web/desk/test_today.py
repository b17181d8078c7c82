"""The first page of a supervisor: what waits today, with the list behind each number; and the choice of letters."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.issuance.models import Instrument
from rukhsa.issuance.suspension import propose_suspension
from rukhsa.review.models import WaitingReferral
from rukhsa.review.queue import QueueEntry
from rukhsa.staff.models import LetterChoice
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn, person


def at(name: str, *args: object) -> str:
    return reverse(f"desk:{name}", args=args)


def test_a_supervisor_begins_with_what_waits_and_an_officer_with_the_queue(
    salem: Client, mariam: Client, instrument: Instrument
) -> None:
    assert salem.get(at("home"))["Location"] == at("queue")
    assert mariam.get(at("home"))["Location"] == at("today")
    by = works.act_as(person("salem", works.authority()))
    propose_suspension(instrument, "A complaint", actor=by, at=SUNDAY)
    page = mariam.get(at("today")).content.decode()
    assert "Suspensions" in page
    listed = mariam.get(at("instruments"), {"waits": "suspension"}).content.decode()
    assert instrument.number in listed
    assert instrument.number not in mariam.get(at("instruments"), {"waits": "revocation"}).content.decode()
    assert "Suspensions" not in salem.get(at("today")).content.decode(), "he proposed it himself"


def test_the_page_asks_as_much_for_many_applications_as_for_one(
    mariam: Client,
    application: Application,
    django_assert_max_num_queries: Callable[[int], Any],
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    works.asked(application)
    assert mariam.get(at("today")).status_code == HTTPStatus.OK
    with django_assert_max_num_queries(12) as asked:
        mariam.get(at("today"))
    for number in range(2, 32):
        works.asked(works.submitted(application.service_version, reference=f"CAP-2026-{number:06}-A"))
    with django_assert_num_queries(len(asked)):
        page = mariam.get(at("today"))
    assert QueueEntry.objects.count() == 31
    assert ">31<" in page.text.replace(" ", "").replace("\n", "")


def test_each_person_chooses_how_to_be_told(salem: Client) -> None:
    assert 'value="daily" checked' in salem.get(at("letters")).content.decode()
    assert salem.post(at("letters"), {"how": "at-once"})["Location"] == at("account")
    assert LetterChoice.objects.get().how == "at-once"
    assert 'value="at-once" checked' in salem.get(at("letters")).content.decode()
    salem.post(at("letters"), {"how": "by-pigeon"})
    assert LetterChoice.objects.get().how == "at-once"


@pytest.mark.parametrize(
    ("name", "home", "waits"),
    [
        ("huda", "today", "You have nothing to do at the moment."),
        ("noor", "referrals", "Referrals to answer"),
        ("yusuf", "inspections", "Visits to make"),
        ("jasim", "figures", "You have nothing to do at the moment."),
    ],
)
def test_each_person_has_a_home_and_a_page_of_what_waits(
    sign_in: SignIn, visited: Application, name: str, home: str, waits: str
) -> None:
    if name == "noor":
        WaitingReferral.objects.get_or_create(
            referral=visited.referrals.get(agency="ewa"), agency_id="ewa", due_at=SUNDAY
        )
    client = sign_in(person(name, works.agency() if name == "noor" else works.authority()))
    assert client.get(at("home"))["Location"] == at(home)
    assert waits in client.get(at("today")).content.decode()
