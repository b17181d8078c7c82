"""An engineering office applies for a new building by the owner's consent; the permit is the owner's."""

from datetime import timedelta

from django.utils import timezone

from rukhsa.authorities.actor import actor_for
from rukhsa.consents import consent
from rukhsa.delivery.models import Notice
from tests import applicants
from tests import town as towns
from tests.journeys.test_shapes import answers_to
from tests.town import Town

SERVICE = "new-building-permit"
OFFICE = {
    "registration": "77777-1", "name_ar": "مكتب الأفق الهندسي", "name_en": "Horizon Engineering", "role": "manager",
}  # fmt: skip


def test_an_office_applies_the_owner_agreed_on_an_own_phone_and_both_are_told(town: Town) -> None:
    engineer = applicants.layla(
        sub="ekey-engineer", personal_number="900798765", email="engineer@people.example", companies=[OFFICE]
    )
    town.later(hours=1)  # eKey told of the office just now
    company = engineer.representations.get().company
    asked = consent.ask(
        town.layla.person.personal_number or "",
        [SERVICE],
        until=timezone.localdate(town.at) + timedelta(days=300),
        actor=actor_for(engineer, at=town.at, company=company),
        at=town.at,
    )
    consent.answer(asked, given=True, actor=town.layla, at=town.at)
    represented = consent.represented(engineer, str(asked.pk), at=town.at)
    office = actor_for(engineer, at=town.at, represented=represented)
    answers = answers_to(town, SERVICE, 1) | {
        "ownership": "sole",
        "designer": {"number": company.registration, "name": company.name_ar},
    }
    application = town.apply(SERVICE, actor=office, **answers)
    assert application.signatories.count() == 0
    assert (application.applicant, application.agents) == (town.layla.person, [engineer])
    told = Notice.objects.filter(application=application).values_list("person", flat=True)
    assert set(told) == {town.layla.person.pk, engineer.pk}
    permit = towns.instrument_of(town.pay(town.grant(application)))
    assert permit.intent.application.applicant == town.layla.person
