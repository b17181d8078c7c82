"""An inspector offers times, the applicant chooses one and moves it until a day before, and both are told."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.delivery.models import Notice
from rukhsa.delivery.notice import send_notice
from rukhsa.journey import tell_of_visits
from rukhsa.review import appointment
from rukhsa.review.appointment import (
    NoTimeOffered,
    OfferedTime,
    TimeGone,
    TooLateToMove,
    choose,
    offer,
    visits_of,
)
from rukhsa.review.inspection import Inspection
from rukhsa.values.calendar_file import escaped, folded
from tests import applicants
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn, person
from tests.web.portal.test_consents import acting_by, given

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def visit(visited: Application) -> Inspection:
    return visited.inspections.get()


@pytest.fixture
def yusuf_acting(visit: Inspection) -> Actor:
    return works.act_as(person("yusuf", works.authority()))


@pytest.fixture
def times(visit: Inspection, yusuf_acting: Actor) -> list[OfferedTime]:
    return offer(visit, [SUNDAY + 2 * DAY, SUNDAY + 3 * DAY], actor=yusuf_acting, at=SUNDAY)


def test_a_time_is_chosen_and_moved_until_a_day_before(
    visited: Application, times: list[OfferedTime]
) -> None:
    layla = works.act_as(visited.applicant)
    first = choose(visited, times[0].pk, actor=layla, at=SUNDAY)
    assert choose(visited, times[0].pk, actor=layla, at=SUNDAY) == first
    choose(visited, times[1].pk, actor=layla, at=SUNDAY + DAY / 2)
    [shown] = visits_of(visited, at=SUNDAY + DAY)
    assert shown.chosen
    assert shown.chosen.time == times[1]
    late = SUNDAY + 2 * DAY + timedelta(hours=1)
    with pytest.raises(TimeGone):
        choose(visited, times[0].pk, actor=layla, at=late)
    assert not visits_of(visited, at=late)[0].may_choose


def test_a_visit_of_tomorrow_is_not_moved(
    visited: Application, times: list[OfferedTime], yusuf_acting: Actor
) -> None:
    layla = works.act_as(visited.applicant)
    choose(visited, times[0].pk, actor=layla, at=SUNDAY)
    with pytest.raises(TooLateToMove):
        choose(visited, times[1].pk, actor=layla, at=SUNDAY + DAY + timedelta(hours=1))


def test_times_are_in_the_future_few_and_offered_at_the_own_authority(
    visit: Inspection, yusuf_acting: Actor
) -> None:
    for starts in ([], [SUNDAY + timedelta(hours=1)], [SUNDAY + n * DAY for n in range(2, 9)]):
        with pytest.raises(NoTimeOffered):
            offer(visit, starts, actor=yusuf_acting, at=SUNDAY)
    elsewhere = works.act_as(person("yusuf", works.authority("MUH", 2)))
    with pytest.raises(Inspection.DoesNotExist):
        offer(visit, [SUNDAY + 2 * DAY], actor=elsewhere, at=SUNDAY)


def test_another_person_chooses_nothing(
    visited: Application, times: list[OfferedTime], yusuf_acting: Actor
) -> None:
    with pytest.raises(NotPermitted):
        choose(visited, times[0].pk, actor=yusuf_acting, at=SUNDAY)


def test_who_acts_for_the_applicant_by_consent_chooses_too(
    visited: Application, times: list[OfferedTime]
) -> None:
    owner = visited.applicant
    Person.objects.filter(pk=owner.pk).update(personal_number="850412345")
    owner.refresh_from_db()
    agent = applicants.neighbour()
    service = visited.service_version.service
    consent = given(owner, applicants.acting(agent), service)
    assert choose(visited, times[0].pk, actor=acting_by(consent, agent), at=SUNDAY)
    other = given(owner, applicants.acting(agent), "proof-of-residence")
    with pytest.raises(NotPermitted):
        choose(visited, times[1].pk, actor=acting_by(other, agent), at=SUNDAY)


def test_the_applicant_is_told_of_the_offer_and_of_what_was_chosen_once(
    visited: Application, times: list[OfferedTime]
) -> None:
    for _ in range(2):
        tell_of_visits(visited, SUNDAY)
    chosen = choose(visited, times[0].pk, actor=works.act_as(visited.applicant), at=SUNDAY)
    for _ in range(2):
        tell_of_visits(visited, SUNDAY)
    own = Notice.objects.filter(person=visited.applicant)
    events = set(own.values_list("event", flat=True))
    assert events == {f"visit-offered:{times[1].pk}", f"visit-fixed:{chosen.pk}"}
    assert Notice.objects.get(event__startswith="visit-fixed").facts == {"day": "2026-11-03", "time": "09:00"}


def test_the_pages_of_both_sides_show_the_time_and_the_calendar_takes_it(
    visited: Application, visit: Inspection, yusuf: Client, sign_in: SignIn
) -> None:
    start = timezone.localtime(timezone.now() + 3 * DAY).replace(hour=9, minute=30)
    yusuf.post(reverse("desk:offer-times", args=[visit.pk]), {"time": [f"{start:%Y-%m-%dT%H:%M}", ""]})
    browser = sign_in(visited.applicant)
    page = reverse("portal:visits", args=[visited.pk])
    assert "09:30" in browser.get(page).content.decode()
    assert page in browser.get(reverse("portal:application", args=[visited.pk])).content.decode()
    browser.post(page, {"time": OfferedTime.objects.get().pk})
    assert "The inspector comes on" in browser.get(page).content.decode()
    assert "The applicant chose" in yusuf.get(reverse("desk:inspection", args=[visit.pk])).content.decode()
    chosen = appointment.appointment_of(visit)
    assert chosen
    file = browser.get(reverse("portal:visit-calendar", args=[visited.pk, chosen.pk]))
    assert file["Content-Type"].startswith("text/calendar")
    assert browser.post(page, {"time": "x"}).status_code == 422


def test_a_line_of_a_calendar_is_folded_between_characters_and_escaped() -> None:
    line = folded("SUMMARY:" + "معاينة " * 20)
    assert all(len(piece) <= 75 for piece in line.split(b"\r\n"))
    assert line.replace(b"\r\n ", b"").decode().startswith("SUMMARY:معاينة")
    assert escaped("a,b;c\nd") == "a\\,b\\;c\\nd"


def test_the_inspector_is_told_of_each_time_that_is_chosen_or_moved_to(
    visited: Application, times: list[OfferedTime], mailoutbox: list[EmailMessage]
) -> None:
    layla, yusuf = works.act_as(visited.applicant), times[0].offered_by
    for chosen, day in ((times[0], "3"), (times[1], "4")):
        appointment = choose(visited, chosen.pk, actor=layla, at=SUNDAY)
        for _ in range(2):
            tell_of_visits(visited, SUNDAY)
        notice = Notice.objects.get(person=yusuf, event=f"visit-chosen:{appointment.pk}")
        assert notice.facts["day"].endswith(f"-0{day}")
    told = Notice.objects.filter(person=yusuf)
    assert told.count() == 2
    send_notice(notice=str(told.first().pk))
    [mail] = mailoutbox
    assert mail.to == [yusuf.email]
    assert "/desk/inspections/" in mail.body
    assert visited.reference in mail.subject
