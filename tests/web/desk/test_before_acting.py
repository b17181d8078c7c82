"""What a person sees before an act: the fee and the document, whose case it is, and whose document is revoked."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.catalogue.definition import Definition
from rukhsa.issuance.models import Instrument, Intent, Revocation
from rukhsa.payments.models import Charge
from rukhsa.review import assignment
from rukhsa.review.check import check
from rukhsa.review.models import Decision
from rukhsa.review.queue import QueueEntry
from tests.rooms.payments.definition import fee
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, SUNDAY
from tests.web.desk.conftest import SignIn, person

pytestmark = pytest.mark.django_db
RETURN = {"about": "", "text": "The plan is missing.", "confirmed": "yes"}
IN_HAND = "has this application in hand"


def at(route: str, *arguments: object) -> str:
    return reverse(f"desk:{route}", args=arguments)


@pytest.fixture
def checked(db: None) -> Application:
    """Road works with a fee of 5.250 dinars, examined by Salem."""
    meaning = works.works(CHECK, BY_OFFICER).model_dump(mode="json", exclude_none=True)
    version = works.publish(Definition.model_validate(meaning | {"charges": [fee({"amount": "5.250"})]}))
    made = works.submitted(version)
    works.asked(made)
    check(made, "completeness", actor=works.act_as(person("salem", works.authority())), at=SUNDAY)
    return made


def test_a_grant_shows_the_fee_and_the_document_before_it_is_confirmed(
    mariam: Client, checked: Application
) -> None:
    page = mariam.post(at("decide", checked.pk), {"outcome": "granted"}).content.decode()
    assert "5.250" in page
    document = page.partition("document-foreseen")[2]
    for told in ("Road works licence", "Building 12, Road 1805, Block 318", "Layla"):
        assert told in document or checked.applicant.name_ar in document
    assert "Days" in document
    for kept in (Decision, Charge, Intent):
        assert not kept.objects.exists()
    refusal = mariam.post(at("decide", checked.pk), {"outcome": "refused", "reasons": "The route is taken."})
    assert "document-foreseen" not in refusal.content.decode()


def test_who_acts_on_a_case_of_another_is_warned(mariam: Client, salem: Client, checked: Application) -> None:
    fatima = works.staff("fatima@town.example", "فاطمة", "Fatima", "officer", at=works.authority())  # type: ignore[arg-type]
    case, decide = at("application", checked.pk), at("decide", checked.pk)
    for page in (mariam.get(case), mariam.post(decide, {"outcome": "granted"})):
        assert IN_HAND not in page.content.decode()
    assignment.assign(checked, works.act_as(fatima), SUNDAY)
    mariam.post(at("purpose", checked.pk), {"kind": "supervision", "words": "She is ill today, I stand in."})
    for page in (mariam.get(case), mariam.post(decide, {"outcome": "granted"})):
        assert f"Fatima {IN_HAND}" in page.content.decode()
    assignment.assign(checked, works.act_as(person("mariam", works.authority())), SUNDAY)
    for page in (mariam.get(case), mariam.post(decide, {"outcome": "granted"})):
        assert IN_HAND not in page.content.decode()


def test_who_returns_what_no_officer_has_is_the_one_to_whom_the_answer_comes_back(
    salem: Client, mariam: Client, application: Application
) -> None:
    assert not application.assignments.exists()
    assert salem.post(at("return", application.pk), RETURN).status_code == HTTPStatus.FOUND
    officer = person("salem", works.authority())
    assert QueueEntry.objects.get(pk=application.pk).officer == officer
    works.resubmit(application, at=SUNDAY)
    works.asked(application)
    assert QueueEntry.objects.get(pk=application.pk).officer == officer


def test_what_another_officer_has_stays_with_them_when_it_is_returned(
    mariam: Client, application: Application
) -> None:
    officer = person("salem", works.authority())
    assignment.assign(application, works.act_as(officer), SUNDAY)
    mariam.post(
        at("purpose", application.pk), {"kind": "supervision", "words": "He is ill today, I stand in."}
    )
    assert mariam.post(at("return", application.pk), RETURN).status_code == HTTPStatus.FOUND
    assert QueueEntry.objects.get(pk=application.pk).officer == officer
    assert application.assignments.count() == 1


def test_a_document_leads_an_inspector_to_its_application_only_where_a_visit_opens_it(
    salem: Client, yusuf: Client, instrument: Instrument
) -> None:
    application = instrument.intent.application
    assert application is not None
    its_page, leads_to = at("instrument", instrument.pk), at("application", application.pk)
    page = yusuf.get(its_page).content.decode()
    assert application.reference in page
    assert (leads_to in page, yusuf.get(leads_to).status_code) == (False, 404)
    assert leads_to in salem.get(its_page).content.decode()


def test_list_page_and_revocation_name_the_holder_and_show_the_document(
    salem: Client, mariam: Client, instrument: Instrument, sign_in: SignIn
) -> None:
    application = instrument.intent.application
    assert application is not None
    holder, file = application.applicant.name_en, at("instrument-file", instrument.pk)
    assert holder in mariam.get(at("instruments")).content.decode()
    page = mariam.get(at("instrument", instrument.pk)).content.decode()
    assert holder in page
    assert file in page
    assert b"".join(mariam.get(file).streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    proposed = {"reason": "Outside the route.", "confirmed": "yes"}
    salem.post(at("change-instrument", instrument.pk, "revoke"), proposed)
    assert not Revocation.objects.exists(), "one person revokes nothing"
    page = mariam.get(at("instrument", instrument.pk)).content.decode()
    assert "Compare the holder and the document before you approve." in page
    assert holder in page
    assert file in page
