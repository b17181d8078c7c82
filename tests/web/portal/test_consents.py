"""An owner lets another act: by consent in the owner's own sign-in, for named services, until a day, ended at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application, Step
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor, NotPermitted, actor_for
from rukhsa.consents.consent import ConsentRefused, answer, ask, represented, withdraw
from rukhsa.consents.models import Consent
from rukhsa.delivery.models import Notice
from rukhsa.delivery.notice import tell
from rukhsa.payments.deposit_account import give_account
from tests import applicants

pytestmark = pytest.mark.django_db
HOME, BAGS = "proof-of-residence", "refuse-bags"
NUMBERS = {"layla": "850412345", "agent": "900798765", "other": "770112233"}


@pytest.fixture
def people(open_town: None) -> dict[str, Person]:
    """Layla, who owns a house, an agent, and another person."""
    return {
        name: applicants.layla(
            sub=name, personal_number=number, name=name.title(), name_ar=name, email=f"{name}@people.example"
        )
        for name, number in NUMBERS.items()
    }


def given(owner: Person, agent: Actor, *services: str, days: int = 30) -> Consent:
    """A consent that the owner gave."""
    now = timezone.now()
    until = timezone.localdate() + timedelta(days=days)
    consent = ask(owner.personal_number or "", services, until=until, actor=agent, at=now)
    answer(consent, given=True, actor=applicants.acting(owner), at=now)
    return consent


def acting_by(consent: Consent, person: Person) -> Actor:
    """A person who acts by a consent."""
    now = timezone.now()
    return actor_for(person, at=now, represented=represented(person, str(consent.pk), at=now))


def entered(consent: Consent, person: Person) -> Client:
    """The browser of a person who has chosen to act by a consent."""
    browser = applicants.signed_in(person)
    browser.post("/capacity", {"company": f"consent:{consent.pk}", "next": "/"})
    return browser


def test_an_agent_applies_for_an_owner_and_is_never_hidden(people: dict[str, Person]) -> None:
    agent = applicants.signed_in(people["agent"])
    until = timezone.localdate() + timedelta(days=30)
    agent.post("/consents/", {"owner": "850412345", "services": [HOME], "until": until.isoformat()})
    consent = Consent.objects.get()
    owner = applicants.signed_in(people["layla"])
    page = owner.get("/consents/").content.decode()
    assert "Agent asks to act for you" in page
    assert consent.code in page
    owner.post(f"/consents/{consent.pk}/answer", {"give": "1"})
    agent.post("/capacity", {"company": f"consent:{consent.pk}", "next": "/"})
    assert "You act for Layla, by consent until" in agent.get("/").content.decode()
    application = applicants.submitted(agent)
    assert (application.applicant, application.stage) == (people["layla"], "submitted")
    assert Step.objects.get(application=application).actor == people["agent"]
    entry = JournalEntry.objects.get(act="submit", subject=str(application.pk))
    assert (entry.actor, entry.detail["for"]) == (people["agent"].pk, str(people["layla"].pk))
    for browser in (owner, agent):
        said = browser.get(f"/applications/{application.pk}/").content.decode()
        assert "By Agent, for the applicant." in said
        assert "Agent acted on it for Layla, by consent." in said
    told = Notice.objects.filter(application=application, event="submitted").values_list("person", flat=True)
    tell(application, "submitted", at=timezone.now())
    assert set(told) == {people["layla"].pk, people["agent"].pk}


@pytest.mark.parametrize("who", ["layla", "agent", "other", "agent by consent", "other by consent"])
def test_by_a_consent_one_reaches_the_owners_applications_of_its_services_alone(
    people: dict[str, Person], who: str
) -> None:
    of_the_service = applicants.submitted(applicants.signed_in(people["layla"]))
    another_owners = applicants.submitted(applicants.signed_in(people["other"]))
    agents_own = applicants.submitted(applicants.signed_in(people["agent"]))
    browser = applicants.signed_in(people["layla"])
    browser.post(f"/services/{BAGS}/start")
    of_another_service = Application.objects.get(service_version__service=BAGS)
    consent = given(people["layla"], applicants.acting(people["agent"]), HOME)
    actors = {
        **{name: applicants.acting(person) for name, person in people.items()},
        "agent by consent": acting_by(consent, people["agent"]),
        "other by consent": acting_by(consent, people["other"]),
    }
    reached = {
        "layla": {of_the_service, of_another_service},
        "agent": {agents_own},
        "other": {another_owners},
        "agent by consent": {of_the_service},
        "other by consent": {another_owners},  # the consent is not theirs: they act for themselves
    }
    assert set(Application.objects.of_applicant(actors[who])) == reached[who]


def test_by_a_consent_no_page_of_another_service_or_owner_opens(people: dict[str, Person]) -> None:
    own = applicants.signed_in(people["layla"])
    application = applicants.submitted(own)
    own.post(f"/services/{BAGS}/start")
    other = Application.objects.get(service_version__service=BAGS)
    browser = entered(given(people["layla"], applicants.acting(people["agent"]), HOME), people["agent"])
    assert browser.get(f"/applications/{application.pk}/").status_code == 200  # the control
    for page in ("", "questions/home", "documents", "review", "withdraw", "pay", "messages"):
        assert browser.get(f"/applications/{other.pk}/{page}").status_code == 404
    before = Application.objects.count()
    browser.post(f"/services/{BAGS}/start")
    assert Application.objects.count() == before


@pytest.mark.parametrize("by", ["layla", "agent"])
def test_what_is_withdrawn_in_the_middle_of_a_session_holds_at_the_next_request(
    people: dict[str, Person], by: str
) -> None:
    application = applicants.submitted(applicants.signed_in(people["layla"]))
    consent = given(people["layla"], applicants.acting(people["agent"]), HOME)
    browser = entered(consent, people["agent"])
    assert browser.get(f"/applications/{application.pk}/").status_code == 200
    applicants.signed_in(people[by]).post(f"/consents/{consent.pk}/withdraw")
    refused = browser.get(f"/applications/{application.pk}/")
    assert refused.status_code == 403
    assert "The owner has ended your consent" in refused.content.decode()
    assert browser.get(f"/applications/{application.pk}/").status_code == 404  # they act for themselves again


def test_who_no_longer_acts_is_no_longer_told(people: dict[str, Person]) -> None:
    consent = given(people["layla"], applicants.acting(people["agent"]), HOME)
    application = applicants.submitted(entered(consent, people["agent"]))
    withdraw(consent, actor=applicants.acting(people["layla"]), at=timezone.now())
    tell(application, "returned", at=timezone.now())
    told = Notice.objects.filter(application=application, event="returned").values_list("person", flat=True)
    assert set(told) == {people["layla"].pk}


@pytest.mark.parametrize("who", ["agent", "other"])
def test_no_one_else_answers_or_ends_a_consent(people: dict[str, Person], who: str) -> None:
    now, until = timezone.now(), timezone.localdate() + timedelta(days=1)
    consent = ask(NUMBERS["layla"], [HOME], until=until, actor=applicants.acting(people["agent"]), at=now)
    browser = applicants.signed_in(people[who])
    assert browser.post(f"/consents/{consent.pk}/answer", {"give": "1"}).status_code == 404
    with pytest.raises(NotPermitted):
        answer(consent, given=True, actor=applicants.acting(people[who]), at=now)
    assert not Consent.objects.in_force(at=now).exists()
    answer(consent, given=True, actor=applicants.acting(people["layla"]), at=now)
    with pytest.raises(NotPermitted):
        withdraw(consent, actor=applicants.acting(people["other"]), at=now)
    assert Consent.objects.in_force(at=now).exists()


def test_a_consent_holds_until_its_day(people: dict[str, Person]) -> None:
    consent = given(people["layla"], applicants.acting(people["agent"]), HOME, days=3)
    now = timezone.now()
    assert represented(people["agent"], str(consent.pk), at=now + timedelta(days=3))
    assert represented(people["agent"], str(consent.pk), at=now + timedelta(days=4)) is None


def test_a_consent_to_a_company_is_used_by_those_whom_ekey_names(people: dict[str, Person]) -> None:
    boss = applicants.layla(
        personal_number="660112233", email="b@people.example", companies=[applicants.GULF]
    )
    company = boss.representations.get().company
    consent = given(people["layla"], actor_for(boss, at=timezone.now(), company=company), HOME)
    staff = applicants.layla(
        personal_number="990112233", email="s@people.example", companies=[applicants.GULF]
    )
    assert represented(staff, str(consent.pk), at=timezone.now())
    assert represented(people["other"], str(consent.pk), at=timezone.now()) is None
    applicants.layla(personal_number="990112233", email="s@people.example", companies=[])
    assert represented(staff, str(consent.pk), at=timezone.now()) is None


def test_an_agent_neither_passes_the_consent_on_nor_takes_the_money(people: dict[str, Person]) -> None:
    application = applicants.submitted(applicants.signed_in(people["layla"]))
    agent = acting_by(given(people["layla"], applicants.acting(people["agent"]), HOME), people["agent"])
    now, until = timezone.now(), timezone.localdate() + timedelta(days=1)
    with pytest.raises(ConsentRefused, match="consent-not-passed-on"):
        ask(NUMBERS["other"], [HOME], until=until, actor=agent, at=now)
    with pytest.raises(NotPermitted):
        give_account(application, "BH67BMAG00001299123456", actor=agent, at=now)
    assert give_account(
        application, "BH67BMAG00001299123456", actor=applicants.acting(people["layla"]), at=now
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"owner": "12"}, "nine digits"),
        ({"owner": NUMBERS["agent"]}, "your own personal number"),
        ({"services": []}, "Choose at least one service."),
        ({"until": "2020-01-01"}, "Choose a day between today and two years"),
        ({"until": ""}, "Choose the last day."),
    ],
)
def test_a_request_that_cannot_be_made_says_why_and_keeps_what_was_written(
    people: dict[str, Person], changes: dict[str, Any], said: str
) -> None:
    until = (timezone.localdate() + timedelta(days=9)).isoformat()
    form = {"owner": NUMBERS["layla"], "services": [HOME], "until": until} | changes
    answer = applicants.signed_in(people["agent"]).post("/consents/", form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert f'value="{form["owner"]}"' in page
    assert not Consent.objects.exists()


def test_an_unknown_owner_and_a_known_one_look_alike(people: dict[str, Person]) -> None:
    browser = applicants.signed_in(people["agent"])
    until = (timezone.localdate() + timedelta(days=9)).isoformat()
    for number in (NUMBERS["layla"], "111111111"):
        answer = browser.post("/consents/", {"owner": number, "services": [HOME], "until": until})
        assert (answer.status_code, answer["Location"]) == (302, "/consents/")


def test_consents_and_answers_are_written_once(people: dict[str, Person]) -> None:
    consent = given(people["layla"], applicants.acting(people["agent"]), HOME)
    with pytest.raises(ConsentRefused, match="consent-answered"):
        answer(consent, given=False, actor=applicants.acting(people["layla"]), at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(services=[HOME, BAGS])
