"""A share of the grants is drawn by a seed that no one knew before, and another person looks at each again."""

import hashlib
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.review.check import check
from rukhsa.review.decision import decide
from rukhsa.review.errors import ReasonsMissing
from rukhsa.review.models import Draw, DrawnGrant, SecondLook
from rukhsa.review.second_look import LookedAgain, OwnGrant, draw, look_again
from rukhsa.staff.models import Letter
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, SUNDAY

MONDAY = SUNDAY + timedelta(days=1)


@pytest.fixture
def granted(db: None, salem: Actor, mariam: Actor) -> Application:
    """Checked by Salem and granted by Mariam."""
    application = works.submitted(works.publish(works.works(CHECK, BY_OFFICER)))
    check(application, "completeness", actor=salem, at=SUNDAY)
    decide(application, "granted", "", "", actor=mariam, at=SUNDAY)
    return application


def test_a_grant_is_drawn_once_by_a_seed_that_anyone_can_check(granted: Application) -> None:
    assert [draw(SUNDAY.date(), at=MONDAY, share=1000) for _ in range(2)] == [1, 0]
    drawn = Draw.objects.get()
    assert DrawnGrant.objects.get().decision.application == granted
    number = int.from_bytes(hashlib.sha256(f"{drawn.seed}:{granted.reference}".encode()).digest()) % 1000
    assert [Draw(seed=drawn.seed, share=share).draws(str(granted)) for share in (number, number + 1)] == [
        False,
        True,
    ]


def test_nothing_is_drawn_with_a_share_of_nothing_nor_before_the_day_is_over(granted: Application) -> None:
    with pytest.raises(AssertionError):
        draw(SUNDAY.date(), at=SUNDAY)
    assert draw(SUNDAY.date(), at=MONDAY, share=0) == 0


def test_about_the_share_is_drawn() -> None:
    drawn = Draw(day=date(2026, 11, 1), seed="5" * 64, share=20)
    assert 150 <= sum(drawn.draws(f"CAP-2026-{number:06}-A") for number in range(10_000)) <= 250


def test_only_a_person_without_a_hand_in_it_looks_again_and_once(
    granted: Application, salem: Actor, mariam: Actor
) -> None:
    draw(SUNDAY.date(), at=MONDAY, share=1000)
    grant = DrawnGrant.objects.get()
    for own in (salem, mariam):
        assert not DrawnGrant.objects.for_another(own.person).exists()
        with pytest.raises(OwnGrant):
            look_again(grant, True, "", actor=own, at=MONDAY)
    huda = works.act_as(works.staff("huda@town.example", "هدى", "Huda", Role.OFFICER, at=works.authority()))
    assert DrawnGrant.objects.for_another(huda.person).get() == grant
    with pytest.raises(ReasonsMissing):
        look_again(grant, False, " ", actor=huda, at=MONDAY)
    look_again(grant, False, "No plan was attached.", actor=huda, at=MONDAY)
    assert Letter.objects.filter(kind="second-look", person=mariam.person).count() == 1
    with pytest.raises(LookedAgain):
        look_again(grant, True, "", actor=huda, at=MONDAY)
    assert not DrawnGrant.objects.for_another(huda.person).exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        SecondLook.objects.update(agrees=True)
