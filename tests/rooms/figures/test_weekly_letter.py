"""The figures of the week by mail: on one's own choice, of one's own authorities, without persons, once a week."""

from datetime import timedelta

import pytest
from django.core import mail

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.authorities.models import Post
from rukhsa.figures.aggregate import DayRow
from rukhsa.figures.weekly_letter import send_letters
from rukhsa.staff.letter import send_letter
from rukhsa.staff.letter_choice import How, choose
from rukhsa.staff.models import Letter
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


def row(figure: str, key: str, count: int, *, days_ago: int = 1, code: str = "CAP") -> None:
    day = SUNDAY.date() - timedelta(days=days_ago)
    DayRow.objects.create(
        begins=day, authority_id=code, service="road-works", figure=figure, key=key, count=count, total=0
    )


@pytest.fixture
def jasim() -> Person:
    """The Capital's director, who asked for the letter."""
    works.authority("MUH", 2)
    made = works.staff("jasim@town.example", "جاسم", "Jasim", Role.DIRECTOR, at=works.authority())
    Person.objects.filter(pk=made.pk).update(language="en")
    choose(How.NEVER, figures=True, actor=works.act_as(made), at=SUNDAY)
    return Person.objects.get(pk=made.pk)


def test_the_letter_tells_the_seven_days_of_ones_own_authority(jasim: Person) -> None:
    row("applications", "submit", 40, days_ago=7)
    row("applications", "submit", 2)
    row("applications", "submit", 900, days_ago=8)  # the week before
    row("applications", "submit", 900, days_ago=0)  # today
    row("applications", "submit", 900, code="MUH")
    row("documents", "first", 31)
    row("decision-time", "in-time", 3)
    row("decision-time", "late", 1)
    row("decision-time", "2", 4)
    row("backlog", "0-7", 5)
    row("backlog", "31-90", 2)
    row("backlog", "0-7", 700, days_ago=2)  # what stands is counted on the last day
    assert send_letters(at=SUNDAY) == 1
    letter = Letter.objects.get()
    lines = letter.details.splitlines()
    assert lines[2:] == [
        "Capital Secretariat",
        "42  applications submitted",
        "31  documents issued",
        "0  applications refused",
        "75  per cent decided in time",
        "2  working days within which 9 of 10 were decided",
        "7  applications that wait for a decision",
        "2  of them for more than 30 days",
        "0  forged documents seen",
    ]
    send_letter(letter=letter.pk)
    assert mail.outbox[-1].subject == "The figures of the week"
    assert "42  applications submitted" in mail.outbox[-1].body


def test_a_week_has_one_letter(jasim: Person) -> None:
    assert [send_letters(at=SUNDAY), send_letters(at=SUNDAY + timedelta(hours=1))] == [1, 0]
    assert send_letters(at=SUNDAY + WEEK) == 1


def test_no_one_gets_it_without_asking_or_without_the_post(jasim: Person) -> None:
    works.staff("huda@town.example", "هدى", "Huda", Role.FINANCE, at=works.authority())  # did not ask
    salem = works.staff("salem@town.example", "سالم", "Salem", Role.OFFICER, at=works.authority())
    choose(How.DAILY, figures=True, actor=works.act_as(salem), at=SUNDAY)  # reads no figures
    Post.objects.filter(person=jasim).update(ends_on=SUNDAY.date() - timedelta(days=1))
    assert send_letters(at=SUNDAY) == 0
