"""No officer acts on an application of their own, of their household, of a relative or of a company of theirs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from rukhsa.accounts.models import Company, Representation
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.interest import OwnInterest
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.review import participant
from rukhsa.review.assignment import assign, hand_over
from rukhsa.review.check import check
from rukhsa.review.decision import decide
from rukhsa.review.finding import return_to_applicant
from rukhsa.review.inspection import report
from rukhsa.review.proposal import propose
from rukhsa.review.referral import answer
from rukhsa.staff.interest_declaration import Declaration, declare
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, SUNDAY

LAYLA = "900112345"
type Verb = Callable[[Application, Actor], Any]
VERBS: dict[str, Verb] = {
    "take": lambda application, actor: assign(application, actor, SUNDAY),
    "check": lambda application, actor: check(application, "completeness", actor=actor, at=SUNDAY),
    "return": lambda application, actor: return_to_applicant(
        application, [("", "Which?")], actor=actor, at=SUNDAY
    ),
    "decide": lambda application, actor: decide(application, "refused", "No.", "", actor=actor, at=SUNDAY),
    "propose": lambda application, actor: propose(application, "refused", "No.", "", actor=actor, at=SUNDAY),
}


@pytest.fixture
def short(db: None) -> Application:
    return works.submitted(works.publish(works.works(CHECK, BY_OFFICER)))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("said", [{"personal_number": LAYLA}, {"personal_number": "1", "relatives": [LAYLA]}])
def test_no_act_on_ones_own_or_a_relatives_application(
    short: Application, salem: Actor, verb: str, said: dict[str, Any]
) -> None:
    declare(**said, actor=salem, at=SUNDAY)
    with pytest.raises(OwnInterest):
        VERBS[verb](short, salem)


@pytest.mark.parametrize("verb", sorted(VERBS.keys() - {"propose"}))
def test_the_same_acts_are_possible_for_who_declared_other_people(
    short: Application, salem: Actor, verb: str
) -> None:
    declare("850101234", relatives=["850101235"], home=["1", "2", "3", "317"], actor=salem, at=SUNDAY)
    assert VERBS[verb](short, salem)


def test_it_is_the_check_that_refuses(
    short: Application, salem: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(LAYLA, actor=salem, at=SUNDAY)
    monkeypatch.setattr(participant, "require_no_interest", lambda application, person: None)
    assert VERBS["check"](short, salem)


def test_an_officer_is_handed_no_application_of_a_relative(
    short: Application, salem: Actor, mariam: Actor
) -> None:
    declare("1", relatives=[LAYLA], actor=salem, at=SUNDAY)
    with pytest.raises(OwnInterest):
        hand_over(short, salem.person, actor=mariam, at=SUNDAY)


def test_who_acts_for_the_company_or_declared_it_does_not_examine_its_application(
    short: Application, salem: Actor, mariam: Actor
) -> None:
    company = Company.objects.create(registration="12345-1", name_en="Works Ltd")
    Application.objects.filter(pk=short.pk).update(company=company)
    held = {"capacity": "owner", "starts_at": SUNDAY - timedelta(days=9)}
    Representation.objects.create(person=salem.person, company=company, **held)
    declare("1", companies=["12345-1"], actor=mariam, at=SUNDAY)
    for actor in (salem, mariam):
        with pytest.raises(OwnInterest):
            check(short, "completeness", actor=actor, at=SUNDAY)


def test_an_inspector_and_an_agency_refuse_a_relatives_case_too(db: None, yusuf: Actor) -> None:
    works.agency("ewa")
    application = works.submitted(works.publish(works.works(works.EWA, works.VISIT, BY_OFFICER)))
    works.hire(yusuf.person, works.Role.AGENCY_OFFICER, at=works.agency("ewa"))
    both = works.act_as(yusuf.person)
    declare(LAYLA, actor=both, at=SUNDAY)
    (asked,) = works.asked(application)
    with pytest.raises(OwnInterest):
        answer(asked, "no-objection", "", {}, actor=both, at=SUNDAY)
    declare("850101234", actor=both, at=SUNDAY)
    answer(asked, "no-objection", "", {}, actor=both, at=SUNDAY)
    (visit,) = works.ordered(application, SUNDAY)
    seen = (visit, True, {"marked": True, "clear": True}, "", [])
    declare(LAYLA, actor=both, at=SUNDAY)
    with pytest.raises(OwnInterest):
        report(*seen, actor=both, at=SUNDAY)
    declare("850101234", actor=both, at=SUNDAY)
    assert report(*seen, actor=both, at=SUNDAY).passed


def test_the_newest_declaration_counts_and_none_is_changed(short: Application, salem: Actor) -> None:
    declare(LAYLA, actor=salem, at=SUNDAY)
    declare("850101234", actor=salem, at=SUNDAY)
    assert check(short, "completeness", actor=salem, at=SUNDAY)
    assert salem.holds(Permission.CHECK, at=short.scope)
    with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
        Declaration.objects.update(personal_number="1")


def test_a_household_at_the_same_address_is_seen(db: None, salem: Actor) -> None:
    definition = works.works(CHECK, BY_OFFICER)
    dumped = definition.model_dump(mode="json", by_alias=True, exclude_none=True)
    next(each for each in dumped["sections"][0]["questions"] if each["id"] == "place")["known"] = "address"
    application = works.submitted(works.publish(type(definition).model_validate(dumped)))
    declare("1", home=["", "12", "1805", "318"], actor=salem, at=SUNDAY)
    with pytest.raises(OwnInterest):
        check(application, "completeness", actor=salem, at=SUNDAY)
    declare("1", home=["2", "12", "1805", "318"], actor=salem, at=SUNDAY)  # another flat of the building
    assert check(application, "completeness", actor=salem, at=SUNDAY)
