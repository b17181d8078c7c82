"""Nothing is decided outside a mandate: the verbs refuse it, and so does the database."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from rukhsa.applications.competence import OutsideMandate
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Office, Post
from rukhsa.catalogue.charges import ChargeRule
from rukhsa.mandates.absence import go_away
from rukhsa.mandates.deputy import approve_deputy, propose_deputy
from rukhsa.mandates.mandate import Mandate
from rukhsa.review import assignment, participant
from rukhsa.review.assignment import NotTheirs
from rukhsa.review.check import check
from rukhsa.review.decision import Decision, decide
from rukhsa.review.participant import OtherOffice
from rukhsa.review.proposal import confirm, propose
from rukhsa.review.queue import QueueEntry
from tests.mandated import end_mandates, sign
from tests.rooms.payments.definition import fee
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, SUNDAY

REASONS = ("refused", "The road is too narrow.", "Bylaw 7/2019")
DAY = timedelta(days=1)


def put_in_office(actor: Actor, code: str) -> Actor:
    """The officer with the post in an office."""
    office, _new = Office.objects.get_or_create(authority_id="CAP", code=code)
    Post.objects.filter(person=actor.person).update(office=office)
    return works.act_as(actor.person)


@pytest.fixture
def short(db: None) -> Application:
    """An application that wants one check by the office of roads and a decision by the mandate for roads."""
    application = works.submitted(works.publish(works.works(CHECK, {**BY_OFFICER, "mandate": "roads"})))
    works.asked(application)
    return application


def test_an_officer_without_a_mandate_decides_nothing(
    short: Application, salem: Actor, mariam: Actor
) -> None:
    end_mandates(salem)
    with pytest.raises(OutsideMandate):
        decide(short, *REASONS, actor=salem, at=SUNDAY)
    mandate = sign(salem, subject="roads", acts=["refuse"])
    check(short, "completeness", actor=mariam, at=SUNDAY)
    with pytest.raises(OutsideMandate):
        decide(short, "granted", "", "", actor=salem, at=SUNDAY)
    assert decide(short, *REASONS, actor=salem, at=SUNDAY).mandate == mandate


def test_where_two_decide_each_has_a_mandate(db: None, salem: Actor, mariam: Actor) -> None:
    two = {"decide": "two officers", "mandate": "roads"}
    application = works.submitted(works.publish(works.works(two)))
    proposal = propose(application, *REASONS, actor=salem, at=SUNDAY)
    end_mandates(mariam)
    with pytest.raises(OutsideMandate):
        confirm(proposal, actor=mariam, at=SUNDAY)
    sign(mariam, subject="roads", acts=["refuse"])
    assert confirm(proposal, actor=mariam, at=SUNDAY).officer == mariam.person


def charged(decided: dict[str, str], *rows: dict[str, object]) -> Application:
    """An application that only waits for its decision, after which the applicant pays a fee of these rows."""
    fees = (ChargeRule.model_validate(fee(*rows)),)
    return works.submitted(works.publish(works.works(decided).model_copy(update={"charges": fees})))


def test_a_grant_is_within_the_amount_of_the_mandate(salem: Actor) -> None:
    application = charged(BY_OFFICER, {"amount": "5.000"})
    end_mandates(salem)
    sign(salem, acts=["grant", "refuse"], up_to=4_999)
    with pytest.raises(OutsideMandate):
        decide(application, "granted", "", "", actor=salem, at=SUNDAY)
    enough = sign(salem, acts=["grant"], up_to=5_000)
    assert decide(application, "granted", "", "", actor=salem, at=SUNDAY).mandate == enough


def test_a_refusal_brings_nothing_and_needs_no_amount(salem: Actor) -> None:
    application = charged(BY_OFFICER, {"amount": "5.000"})
    end_mandates(salem)
    sign(salem, acts=["refuse"], up_to=0)
    assert decide(application, *REASONS, actor=salem, at=SUNDAY)


def test_where_two_decide_the_mandate_of_each_reaches_the_amount(salem: Actor, mariam: Actor) -> None:
    application = charged({"decide": "two officers"}, {"amount": "5.000"})
    said = (application, "granted", "All is in order.", "")
    end_mandates(mariam)
    sign(mariam, acts=["grant"], up_to=4_999)
    with pytest.raises(OutsideMandate):
        propose(*said, actor=mariam, at=SUNDAY)
    proposal = propose(*said, actor=salem, at=SUNDAY)
    with pytest.raises(OutsideMandate):
        confirm(proposal, actor=mariam, at=SUNDAY)
    sign(mariam, acts=["grant"], up_to=5_000)
    assert confirm(proposal, actor=mariam, at=SUNDAY)


def test_where_no_amount_can_be_said_only_a_mandate_without_a_limit_reaches(salem: Actor) -> None:
    application = charged(BY_OFFICER, {"amount": "5.000", "when": {"question": "closes-lane", "is": "no"}})
    end_mandates(salem)
    sign(salem, acts=["grant"], up_to=9_000_000)
    with pytest.raises(OutsideMandate):
        decide(application, "granted", "", "", actor=salem, at=SUNDAY)
    sign(salem, acts=["grant"])
    assert decide(application, "granted", "", "", actor=salem, at=SUNDAY)


@pytest.mark.parametrize(
    "said",
    [
        {"acts": ["grant"]},
        {"acts": ["refuse"], "subject": "building"},
        {"acts": ["refuse"], "services": ["camping-registration"]},
        {"acts": ["refuse"], "starts_on": SUNDAY.date() + 3 * DAY},
        {"acts": ["refuse"], "starts_on": SUNDAY.date() - 5 * DAY, "ends_on": SUNDAY.date() - 3 * DAY},
        {"acts": ["refuse"], "state": "proposed", "decided_by": None, "decided_at": None},
    ],
    ids=["act", "subject", "service", "not yet", "no longer", "one signature"],
)
def test_the_database_refuses_a_decision_outside_its_mandate(
    short: Application, salem: Actor, said: dict[str, object]
) -> None:
    outside, within = sign(salem, **said), sign(salem, subject="roads", acts=["refuse"])
    row = {
        "application": short,
        "outcome": "refused",
        "reasons": "No.",
        "officer": salem.person,
        "at": SUNDAY,
    }
    with pytest.raises(IntegrityError, match="no mandate"), transaction.atomic():
        Decision.objects.create(mandate=outside, **row)
    Decision.objects.create(mandate=within, **row)


def test_the_database_refuses_a_decision_by_the_mandate_of_another(
    short: Application, salem: Actor, mariam: Actor
) -> None:
    row = {
        "application": short,
        "outcome": "refused",
        "reasons": "No.",
        "officer": salem.person,
        "at": SUNDAY,
    }
    for mandate in (None, Mandate.objects.get(post__person=mariam.person)):
        with pytest.raises(IntegrityError, match="no mandate"), transaction.atomic():
            Decision.objects.create(mandate=mandate, **row)


def test_without_the_trigger_the_database_takes_what_it_should_refuse(
    short: Application, salem: Actor
) -> None:
    """The negative control."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE review_decision DISABLE TRIGGER review_decision_within_mandate")
    Decision.objects.create(
        application=short, outcome="refused", reasons="No.", officer=salem.person, at=SUNDAY
    )


def test_an_application_goes_to_the_office_of_its_step(
    short: Application, salem: Actor, mariam: Actor
) -> None:
    assert QueueEntry.objects.get(application=short).office == "roads"
    salem = put_in_office(salem, "building")
    assert not QueueEntry.objects.on_which(salem, "review:application:read").exists()
    assert QueueEntry.objects.on_which(mariam, "review:application:read").exists()
    for act in (
        lambda: assignment.assign(short, salem, SUNDAY),
        lambda: check(short, "completeness", actor=salem, at=SUNDAY),
        lambda: decide(short, *REASONS, actor=salem, at=SUNDAY),
    ):
        with pytest.raises(OtherOffice):
            act()
    with pytest.raises(NotTheirs):
        assignment.hand_over(short, salem.person, actor=mariam, at=SUNDAY)


def test_an_officer_of_the_office_takes_and_decides_it(
    short: Application, salem: Actor, mariam: Actor
) -> None:
    salem = put_in_office(salem, "roads")
    assert QueueEntry.objects.on_which(salem, "review:application:read").get().application == short
    assert salem.person in participant.officers(short, on=SUNDAY.date())
    assignment.assign(short, salem, SUNDAY)
    check(short, "completeness", actor=mariam, at=SUNDAY)
    assert decide(short, "granted", "", "", actor=salem, at=SUNDAY).officer == salem.person


def test_the_deputy_of_an_absent_officer_has_the_cases_and_decides_them(
    short: Application, salem: Actor, mariam: Actor
) -> None:
    rashid = works.staff("rashid@town.example", "راشد", "Rashid", works.Role.OFFICER, at=works.authority())
    deputy = put_in_office(works.act_as(rashid), "building")
    end_mandates(deputy)
    assignment.assign(short, salem, SUNDAY)
    approve_deputy(
        propose_deputy(salem.person, rashid, "CAP", actor=salem, at=SUNDAY), actor=mariam, at=SUNDAY
    )
    assert not QueueEntry.objects.in_hand_of(rashid, at=SUNDAY).exists()
    with pytest.raises(OtherOffice):
        decide(short, *REASONS, actor=deputy, at=SUNDAY)
    go_away(salem.person, SUNDAY.date() + DAY, actor=salem, at=SUNDAY)
    assert QueueEntry.objects.in_hand_of(rashid, at=SUNDAY).get().application == short
    assert not QueueEntry.objects.in_hand_of(rashid, at=SUNDAY + 2 * DAY).exists()
    decision = decide(short, *REASONS, actor=deputy, at=SUNDAY)
    assert (decision.officer, decision.mandate.post.person) == (rashid, salem.person)
