"""The pages of rounds: planning by block and list, a round in its order, and an appointment that moves."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.delivery.models import Notice
from rukhsa.journey import tell_of_visits
from rukhsa.review.appointment import choose, offer
from rukhsa.review.inspection import Inspection
from rukhsa.rounds.models import Round
from rukhsa.rounds.round import visits_of_round
from tests.rooms.review import works
from tests.rooms.rounds.conftest import made
from tests.web.desk.conftest import SignIn, person

pytestmark = pytest.mark.django_db


def page(client: Client, route: str, *args: object, **query: str) -> str:
    return client.get(reverse(f"desk:{route}", args=args), query).content.decode()


def test_visits_of_a_block_are_planned_and_stand_in_the_round(mariam: Client) -> None:
    yusuf = person("yusuf", works.authority())
    here, elsewhere = made(2, block=318), made(1, block=320)
    shown = page(mariam, "rounds", block="318")
    assert shown.count(" checked") == 2
    assert str(elsewhere[0].pk) not in shown
    tomorrow = timezone.localdate() + timedelta(days=1)
    sent = {"visit": [each.pk for each in here], "inspector": yusuf.pk, "day": tomorrow}
    answer = mariam.post(reverse("desk:plan-round"), sent, follow=True)
    planned = Round.objects.get()
    assert (planned.inspector, planned.day, planned.planned_by.email) == (
        yusuf,
        tomorrow,
        person("mariam", works.authority()).email,
    )
    assert set(visits_of_round(planned)) == set(here)
    assert all(each.application.reference in answer.content.decode() for each in here)
    assert all(str(each.pk) not in page(mariam, "rounds") for each in here)


def test_an_inspector_hands_no_round_to_another(yusuf: Client) -> None:
    nawal = works.staff("nawal@town.example", "نوال", "Nawal", "inspector", at=works.authority())  # type: ignore[arg-type]
    [visit] = made(1)
    assert str(nawal.pk) not in page(yusuf, "rounds")
    day = timezone.localdate() + timedelta(days=1)
    yusuf.post(reverse("desk:plan-round"), {"visit": visit.pk, "inspector": nawal.pk, "day": day})
    assert not Round.objects.exists()


def test_a_visit_leaves_a_round_and_a_round_goes_to_another_inspector(mariam: Client) -> None:
    yusuf, at = person("yusuf", works.authority()), timezone.localdate() + timedelta(days=1)
    nawal = works.staff("nawal@town.example", "نوال", "Nawal", "inspector", at=works.authority())  # type: ignore[arg-type]
    here = made(2)
    mariam.post(
        reverse("desk:plan-round"), {"visit": [each.pk for each in here], "inspector": yusuf.pk, "day": at}
    )
    planned = Round.objects.get()
    mariam.post(reverse("desk:act-on-round", args=[planned.pk, "take-off"]), {"visit": here[0].pk})
    assert list(visits_of_round(planned)) == here[1:]
    given = {"inspector": nawal.pk, "day": at}
    mariam.post(reverse("desk:act-on-round", args=[planned.pk, "hand-on"]), given)
    assert list(visits_of_round(Round.objects.get(inspector=nawal))) == here[1:]


def test_the_number_of_statements_does_not_grow_with_the_visits(mariam: Client) -> None:
    made(2)
    page(mariam, "rounds")  # what is read once by the process
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(mariam, "rounds")
    made(10)
    with CaptureQueriesContext(connection) as many:
        page(mariam, "rounds")
    assert len(many) == len(few) <= 30


def test_an_appointment_that_moves_is_told_with_the_reason_and_chosen_again(
    visited: Application, yusuf: Client, sign_in: SignIn
) -> None:
    visit: Inspection = visited.inspections.get()
    inspector, layla = works.act_as(person("yusuf", works.authority())), works.act_as(visited.applicant)
    now = timezone.now()
    [time] = offer(visit, [now + timedelta(days=2)], actor=inspector, at=now)
    choose(visited, time.pk, actor=layla, at=now)
    assert "Move the appointment" in page(yusuf, "inspection", visit.pk)
    start = timezone.localtime(now + timedelta(days=3)).replace(hour=9, minute=30)
    yusuf.post(
        reverse("desk:offer-times", args=[visit.pk]),
        {"time": f"{start:%Y-%m-%dT%H:%M}", "reason": "حادث سير"},
    )
    tell_of_visits(visited, now)
    assert Notice.objects.filter(person=visited.applicant, event__startswith="visit-moved").exists()
    shown = sign_in(visited.applicant).get(reverse("portal:visits", args=[visited.pk])).content.decode()
    assert "حادث سير" in shown
    assert "09:30" in shown
    assert f'value="{time.pk}"' not in shown


def test_an_inspector_sees_the_documents_of_the_case(visited: Application, yusuf: Client) -> None:
    file = visited.attachments.get()
    shown = page(yusuf, "inspection", visited.inspections.get().pk)
    assert reverse("desk:file", args=[file.pk]) in shown
    assert "Drawing with place and length" in shown
