"""Two grants for one place: the walks go through every service, and this is what no single walk shows."""

import pytest

from rukhsa.accounts.permissions import Role
from rukhsa.applications import stages
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Agency
from rukhsa.catalogue.service_version import publish
from rukhsa.catalogue.territory import territory_folder
from rukhsa.review import inspection, plan, referral
from rukhsa.review.check import check
from rukhsa.review.decision import PlaceTaken, decide, decide_by_rule
from rukhsa.review.inspection import Inspection
from rukhsa.review.plan import Kind
from rukhsa.review.referral import Referral
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY

ROUTE = {
    "geometry": {"type": "LineString", "coordinates": [[50.58, 26.22], [50.581, 26.22]]},
    "measure": "100.0",
}


@pytest.mark.django_db
def test_a_second_grant_for_the_same_place_and_days_is_refused(
    mariam: Actor, salem: Actor, yusuf: Actor
) -> None:
    version = publish(territory_folder() / "services" / "road-works-licence.yaml", actor=None, at=SUNDAY)
    walk(works.submitted(version, route=ROUTE), mariam, salem, yusuf)
    second = works.submitted(version, reference="CAP-2026-000002", route=ROUTE)
    with pytest.raises(PlaceTaken):
        walk(second, mariam, salem, yusuf)
    second.refresh_from_db()
    assert second.stage == Stage.SUBMITTED
    third = works.submitted(version, reference="CAP-2026-000003", route=ROUTE, start="2027-02-01")
    walk(third, mariam, salem, yusuf)
    assert third.stage == Stage.GRANTED


def walk(application: Application, mariam: Actor, salem: Actor, yusuf: Actor) -> None:
    """Do every step when its turn comes, until an officer or a rule has decided."""
    for step in application.definition.steps:
        if agency := getattr(step, "refer", None):
            Agency.objects.get_or_create(code=agency)
    while application.stage == Stage.SUBMITTED:
        works.asked(application, SUNDAY)
        works.ordered(application, SUNDAY)
        opened = [step for step in plan.steps(application) if step.is_open]
        assert opened, "something waits for nothing"
        for step in opened:
            do(application, step, salem, mariam, yusuf)
        application.refresh_from_db()


def do(application: Application, step: plan.PlannedStep, salem: Actor, mariam: Actor, yusuf: Actor) -> None:
    """What the person whose turn it is does when all is well."""
    match step.kind, step.row:
        case Kind.CHECK, _:
            check(application, step.id, actor=salem, at=SUNDAY)
        case Kind.REFER, Referral() as asked:
            person = works.staff(f"noor.{step.id}@town.example", "", "", Role.AGENCY_OFFICER, at=asked.agency)
            referral.answer(asked, "no-objection", "", actor=works.act_as(person), at=SUNDAY)
        case Kind.INSPECT, Inspection() as visit:
            points = {point["id"]: True for point in visit.checklist}
            inspection.report(visit, True, points, "", [], actor=yusuf, at=SUNDAY)
        case Kind.DECIDE, _ if step.turn is stages.Turn.SYSTEM:
            decide_by_rule(application, SUNDAY)
        case Kind.DECIDE, _:
            decide(application, "granted", "", "", actor=mariam, at=SUNDAY)
