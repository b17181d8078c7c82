"""What is late climbs to the officer and the supervisors, once a term; a letter a day says what waits."""

from datetime import date, datetime, time, timedelta

import pytest

from rukhsa import digest
from rukhsa.accounts.permissions import Role
from rukhsa.applications.stages import Turn
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue import in_force
from rukhsa.mandates.deputy import propose_deputy
from rukhsa.review import assignment, participant, queue
from rukhsa.review.lateness import climb
from rukhsa.review.queue import QueueEntry, WaitingInspection
from rukhsa.staff.letter import LINES
from rukhsa.staff.letter_choice import How, choose
from rukhsa.staff.models import Letter
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, SUNDAY


@pytest.fixture
def late(db: None, salem: Actor) -> QueueEntry:
    """An application in Salem's hand, with the day on which it is due."""
    application = works.submitted(works.publish(works.works(CHECK, BY_OFFICER)))
    assignment.assign(application, salem, SUNDAY)
    return QueueEntry.objects.get()


def told() -> list[tuple[object, str, str]]:
    return sorted(Letter.objects.values_list("person", "kind", "about"), key=str)


def test_the_officer_and_the_supervisor_are_told_once_that_an_application_is_late(
    late: QueueEntry, salem: Actor, mariam: Actor
) -> None:
    choose(How.AT_ONCE, actor=salem, at=SUNDAY)
    assert late.due_at
    QueueEntry.objects.update(reminded_for=late.due_at)
    assert climb(at=late.due_at - timedelta(minutes=1)) == 0
    assert [climb(at=late.due_at) for _ in range(2)] == [1, 0]
    wanted = [(salem.person.pk, "late", "1"), (mariam.person.pk, "late-here", "1")]
    assert told() == sorted(wanted, key=str)


def due_on(entry: QueueEntry, day: date) -> QueueEntry:
    """The same, due by the end of a day."""
    due_at = datetime.combine(day + timedelta(days=1), time.min, tzinfo=works.BAHRAIN)
    QueueEntry.objects.filter(pk=entry.pk).update(due_at=due_at, turn=Turn.AUTHORITY)
    entry.refresh_from_db()
    return entry


def november(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=works.BAHRAIN)


def test_an_officer_is_reminded_once_on_the_working_day_before_the_term(
    late: QueueEntry, salem: Actor
) -> None:
    choose(How.AT_ONCE, actor=salem, at=SUNDAY)
    due_on(late, date(2026, 11, 8))  # a Sunday; the working day before is Thursday the 5th
    assert [climb(at=november(4, 23)), climb(at=november(5, 6, 59))] == [0, 0]
    assert [climb(at=november(5, 7)), climb(at=november(5, 7, 1)), climb(at=november(6, 9))] == [1, 0, 0]
    assert told() == [(salem.person.pk, "due-soon", "1")]
    queue.refresh(late.application, november(5, 8))
    due_on(late, date(2026, 11, 8))
    assert climb(at=november(5, 8)) == 0, "drawn again, it is the same term"
    due_on(late, date(2026, 11, 10))
    assert [climb(at=november(8, 6)), climb(at=november(9, 7))] == [0, 1], "another term is reminded of"


def test_a_day_that_the_authority_closed_moves_the_reminder_to_the_day_before(
    late: QueueEntry, salem: Actor
) -> None:
    choose(How.AT_ONCE, actor=salem, at=SUNDAY)
    due_on(late, date(2026, 11, 8))
    closed = {"2026-11-05.CAP": {"closed": True, "ar": "صيانة", "en": "Repairs"}}
    in_force.hold({in_force.CLOSED_DAY: closed})
    assert [climb(at=november(3, 9)), climb(at=november(4, 7))] == [0, 1]


def test_an_officer_with_a_letter_a_day_reads_in_it_what_is_due_soon(late: QueueEntry, salem: Actor) -> None:
    due_on(late, date(2026, 11, 8))
    climb(at=november(5, 7))
    assert not told()
    digest.send_digests(at=november(5, 7))
    [letter] = Letter.objects.filter(person=salem.person)
    assert letter.about == "mine=1 soon=1"


def test_what_no_officer_has_or_is_not_with_the_authority_is_not_reminded_of(
    late: QueueEntry, salem: Actor
) -> None:
    choose(How.AT_ONCE, actor=salem, at=SUNDAY)
    due_on(late, date(2026, 11, 8))
    QueueEntry.objects.update(turn=Turn.APPLICANT)
    assert climb(at=november(5, 7)) == 0
    QueueEntry.objects.update(turn=Turn.AUTHORITY, officer=None)
    assert climb(at=november(5, 7)) == 0
    QueueEntry.objects.update(officer=salem.person)
    assert climb(at=november(5, 7)) == 1


def test_a_new_term_is_told_of_again_and_one_that_is_drawn_again_is_not(
    late: QueueEntry, mariam: Actor
) -> None:
    assert late.due_at
    climb(at=late.due_at)
    queue.refresh(late.application, late.due_at)
    assert climb(at=late.due_at) == 0
    queue.refresh(late.application, SUNDAY)
    assert climb(at=late.due_at) == 1


def test_an_officer_who_chose_otherwise_gets_no_letter_at_once(late: QueueEntry, salem: Actor) -> None:
    assert late.due_at
    climb(at=late.due_at)
    assert not Letter.objects.filter(person=salem.person).exists()


def test_who_is_given_an_application_by_another_is_told_at_once_if_so_chosen(
    late: QueueEntry, salem: Actor, mariam: Actor
) -> None:
    choose(How.AT_ONCE, actor=mariam, at=SUNDAY)
    assignment.hand_over(late.application, mariam.person, actor=salem, at=SUNDAY)
    assert told() == [(mariam.person.pk, "given", str(late.application))]


def test_one_letter_a_day_says_what_waits_and_to_those_alone_for_whom_something_does(
    late: QueueEntry, salem: Actor, mariam: Actor
) -> None:
    assert late.due_at
    morning = late.due_at + timedelta(days=1)
    assert digest.send_digests(at=morning) == 2
    assert digest.send_digests(at=morning + timedelta(minutes=5)) == 0, "once a day"
    said = {letter.person_id: letter.about for letter in Letter.objects.filter(kind="digest")}
    assert said == {
        salem.person.pk: "mine=1 late=1",
        mariam.person.pk: "late=1",
    }
    assert {part.partition("=")[0] for part in said[salem.person.pk].split()} <= set(LINES)
    choose(How.NEVER, actor=salem, at=SUNDAY)
    assert digest.send_digests(at=morning + timedelta(days=1)) == 1


def test_the_inspector_in_whose_round_a_late_visit_is_is_told_and_for_others_all_are(
    db: None, mariam: Actor
) -> None:
    yusuf, ali = (
        works.staff(f"{name}@field.example", name, name, Role.INSPECTOR, at=works.authority())
        for name in ("yusuf", "ali")
    )
    version = works.publish(works.works(works.VISIT, BY_OFFICER))
    for number in range(2):
        works.ordered(works.submitted(version, reference=f"CAP-2026-{number:06}"), SUNDAY)
    visits = list(WaitingInspection.objects.order_by("pk"))
    hands = {visits[0].pk: yusuf.pk}
    late = max(visit.due_at for visit in visits)
    for inspector in (yusuf, ali):
        choose(How.AT_ONCE, actor=works.act_as(inspector), at=SUNDAY)
    huda = works.staff("huda@field.example", "هدى", "Huda", Role.INSPECTOR, at=works.authority())
    assert climb(at=late, inspectors=lambda _visits: hands) >= 2
    assert not Letter.objects.filter(person=huda).exists(), "the letter of the day tells her"
    assert digest.digest_of(works.act_as(huda), at=late).visits == 2
    told = Letter.objects.filter(kind="visits-late").values_list("person", "about")
    assert set(told) == {(yusuf.pk, "2"), (ali.pk, "1")}


def test_a_proposal_is_told_once_to_those_who_may_approve_it_and_want_letters_at_once(
    late: QueueEntry, salem: Actor, mariam: Actor
) -> None:
    huda = works.act_as(
        works.staff("huda@town.example", "هدى", "Huda", Role.SUPERVISOR, at=works.authority())
    )
    choose(How.AT_ONCE, actor=mariam, at=SUNDAY)
    proposed = SUNDAY + timedelta(hours=1)
    propose_deputy(salem.person, huda.person, works.authority().code, actor=huda, at=proposed)
    assert digest.tell_at_once(at=proposed) == 0, "its transaction may not have ended"
    soon = proposed + 2 * digest.SETTLED
    assert [digest.tell_at_once(at=soon + timedelta(minutes=each)) for each in range(3)] == [1, 0, 0]
    assert told() == [(mariam.person.pk, "second-hand", "1")]
    assert digest.digest_of(mariam, at=soon).second == {"deputies": 1}
    choose(How.AT_ONCE, actor=huda, at=SUNDAY)
    assert digest.tell_at_once(at=soon + timedelta(minutes=9)) == 0, "she proposed it herself"


@pytest.mark.parametrize(("how", "is_told"), [(How.DAILY, True), (How.NEVER, False)])
def test_an_agency_that_wants_no_letters_is_told_at_its_term_alone(
    db: None, mariam: Actor, how: How, is_told: bool
) -> None:
    noor = works.staff("noor@ewa.example", "نور", "Noor", Role.AGENCY_OFFICER, at=works.agency())
    choose(how, actor=works.act_as(noor), at=SUNDAY)
    participant.tell_agency("ewa", "referral-came", about="CAP-2026-000001", at=SUNDAY)
    assert Letter.objects.filter(person=noor, kind="referral-came").exists() is is_told
    participant.tell_agency("ewa", "agency-silent", about="CAP-2026-000001", at=SUNDAY)
    assert Letter.objects.filter(person=noor, kind="agency-silent").exists()
