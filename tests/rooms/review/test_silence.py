"""Silence climbs: the agency is reminded, the supervisor told at the term; nothing is approved by itself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.authorities.models import Post
from rukhsa.review import plan, silence
from rukhsa.review.assignment import assign, hand_over, release_of_ended_posts
from rukhsa.review.check import check
from rukhsa.review.errors import Closed
from rukhsa.review.queue import QueueEntry, WaitingReferral
from rukhsa.review.referral import Referral, answer
from rukhsa.review.silence import NotSilentYet, SilenceUnexplained, climb, resolve
from rukhsa.staff.models import Letter
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, EWA, SUNDAY
from tests.together import begun
from tests.waiting import LONGEST

DAY = timedelta(days=1)


@pytest.fixture
def asked(db: None, salem: Actor) -> Referral:
    """The question to EWA about an application that was checked on a Sunday; the answer is due within three days."""
    application = works.submitted(works.publish(works.works(CHECK, EWA, BY_OFFICER)))
    works.agency()
    check(application, "completeness", actor=salem, at=SUNDAY)
    [referral] = works.asked(application)
    return referral


def missing(application: Application) -> list[str]:
    return [step.id for step in plan.missing_before_decision(plan.steps(application))]


def test_the_agency_is_reminded_once_and_at_the_term_the_supervisor_is_told_once(
    asked: Referral, noor: Actor, mariam: Actor, salem: Actor
) -> None:
    assert [climb(at=SUNDAY), climb(at=SUNDAY)] == [1, 0]  # told once that the question came
    for _ in range(2):
        climb(at=asked.due_at - timedelta(hours=1))
    told = list(Letter.objects.order_by("id").values_list("person", "kind"))
    assert told == [(noor.person.pk, "referral-came"), (noor.person.pk, "agency-soon")]
    for _ in range(2):
        climb(at=asked.due_at)
    told = Letter.objects.filter(kind="agency-silent")
    assert set(told.values_list("person", flat=True)) == {noor.person.pk, mariam.person.pk}
    assert {letter.about for letter in told} == {"CAP-2026-000001"}
    assert missing(asked.application) == ["ewa"]  # nothing is approved by itself
    assert WaitingReferral.objects.get().told == 3


def test_an_agency_is_reminded_on_the_working_day_before_and_not_on_the_last_day(
    db: None, salem: Actor, noor: Actor
) -> None:
    application = works.submitted(works.publish(works.works(EWA, BY_OFFICER)))
    works.agency()
    tuesday = datetime(2026, 11, 3, 9, tzinfo=works.BAHRAIN)
    [asked] = works.asked(application, tuesday)
    assert asked.due_at == datetime(2026, 11, 9, tzinfo=works.BAHRAIN)  # the end of Sunday the 8th
    climb(at=tuesday)
    reminded = Letter.objects.filter(kind="agency-soon", person=noor.person)
    climb(at=datetime(2026, 11, 5, 6, 59, tzinfo=works.BAHRAIN))
    assert not reminded.exists()
    climb(at=datetime(2026, 11, 5, 7, tzinfo=works.BAHRAIN))  # Thursday
    climb(at=datetime(2026, 11, 8, 7, tzinfo=works.BAHRAIN))
    assert reminded.count() == 1


def test_sixty_questions_are_told_of_in_as_many_statements_as_twenty(
    db: None, salem: Actor, noor: Actor, mariam: Actor
) -> None:
    version = works.publish(works.works(EWA, BY_OFFICER))
    works.agency()
    statements = {}
    for count in (20, 60):
        for number in range(count):
            application = works.submitted(version, reference=f"CAP-2026-{count:02}{number:04}")
            [referral] = works.asked(application)
            assign(application, salem, SUNDAY)
        moments = {"came": SUNDAY, "soon": referral.due_at - timedelta(hours=1), "silent": referral.due_at}
        for moment, at in moments.items():
            with CaptureQueriesContext(connection) as asked:
                assert climb(at=at) == count
            statements[count, moment] = len(asked)
            told = Letter.objects.filter(about=str(count))
            everyone = {noor, *((salem, mariam) if moment == "silent" else ())}
            assert set(told.filter(at=at).values_list("person", flat=True)) == {
                each.person.pk for each in everyone
            }
            assert told.filter(at=at).count() == len(everyone)
    assert {moment: statements[20, moment] for moment in moments} == {
        moment: statements[60, moment] for moment in moments
    }


def test_a_supervisor_goes_on_at_the_term_with_reasons(asked: Referral, mariam: Actor, salem: Actor) -> None:
    with pytest.raises(NotSilentYet):
        resolve(asked, "go-on", "No answer.", actor=mariam, at=asked.due_at - DAY)
    with pytest.raises(SilenceUnexplained):
        resolve(asked, "go-on", " ", actor=mariam, at=asked.due_at)
    with pytest.raises(NotPermitted):
        resolve(asked, "go-on", "No answer.", actor=salem, at=asked.due_at)
    resolve(asked, "go-on", "The network ends before this road.", actor=mariam, at=asked.due_at)
    assert missing(asked.application) == []
    assert not WaitingReferral.objects.exists()
    with pytest.raises(Closed):
        resolve(asked, "go-on", "Again.", actor=mariam, at=asked.due_at)


def test_a_supervisor_waits_until_a_new_day(asked: Referral, mariam: Actor, noor: Actor) -> None:
    at = asked.due_at
    with pytest.raises(SilenceUnexplained):
        resolve(asked, "wait", "They are on holiday.", until=at.date() - 2 * DAY, actor=mariam, at=at)
    resolve(asked, "wait", "They are on holiday.", until=at.date() + 4 * DAY, actor=mariam, at=at)
    waiting = WaitingReferral.objects.get()
    assert (waiting.referral.number, waiting.agency_id, waiting.told) == (2, "ewa", 0)
    assert QueueEntry.objects.get().due_at == waiting.due_at > at
    assert missing(asked.application) == ["ewa"]
    answer(waiting.referral, "no-objection", "", actor=noor, at=at + DAY)
    assert missing(asked.application) == []


def test_a_supervisor_asks_another_agency(asked: Referral, mariam: Actor, noor_of_traffic: Actor) -> None:
    resolve(asked, "ask-another", "They own the cable.", agency="traffic", actor=mariam, at=asked.due_at)
    waiting = WaitingReferral.objects.get()
    assert (waiting.agency_id, waiting.referral.question) == ("traffic", asked.question)
    answer(waiting.referral, "no-objection", "", actor=noor_of_traffic, at=asked.due_at)
    assert missing(asked.application) == []
    assert silence.Silence.objects.get().successor == waiting.referral


def test_an_ended_post_releases_its_applications_and_tells_the_supervisor(
    asked: Referral, salem: Actor, mariam: Actor
) -> None:
    rashid = works.act_as(
        works.staff("rashid@town.example", "راشد", "Rashid", Role.OFFICER, at=works.authority())
    )
    assign(asked.application, rashid, SUNDAY)
    assert release_of_ended_posts(at=SUNDAY) == 0
    Post.objects.filter(person=rashid.person).update(ends_on=SUNDAY.date() - DAY)
    assert release_of_ended_posts(at=SUNDAY) == 1
    assert QueueEntry.objects.unassigned().get().application == asked.application
    assert Letter.objects.get(kind="released").person == mariam.person
    assert release_of_ended_posts(at=SUNDAY) == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_handed_over_in_the_moment_of_the_release_is_not_released(
    asked: Referral, salem: Actor, mariam: Actor
) -> None:
    rashid = works.act_as(
        works.staff("rashid@town.example", "راشد", "Rashid", Role.OFFICER, at=works.authority())
    )
    assign(asked.application, rashid, SUNDAY)
    Post.objects.filter(person=rashid.person).update(ends_on=SUNDAY.date() - DAY)
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            hand_over(asked.application, salem.person, actor=mariam, at=SUNDAY)
            released = begun(threads, lambda: release_of_ended_posts(at=SUNDAY))
        assert released.result(LONGEST) == 0
    assert QueueEntry.objects.get().officer == salem.person
