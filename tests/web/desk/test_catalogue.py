"""Writing the text of a service on the desk: its findings, its preview, and publishing it by two."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.catalogue.models import ServiceProposal, ServiceVersion
from rukhsa.catalogue.service_proposal import approve
from rukhsa.catalogue.service_version import publish
from rukhsa.catalogue.territory import service_files, territory_folder
from rukhsa.web.desk import catalogue
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY, authority
from tests.web.desk.conftest import SignIn, person, proposed_text

pytestmark = pytest.mark.django_db
SERVICE = "road-works-licence"
WHY = {"reason": "Decision 12 of the council"}
VIEWS = ("definition-form", "definition-cost", "definition-picture", "definition-changes")


def at(route: str, *arguments: object) -> str:
    return reverse(f"desk:{route}", args=arguments)


@pytest.fixture
def text() -> str:
    return next(file for file in service_files(territory_folder()) if file.stem == SERVICE).read_text("utf-8")


def test_what_is_wrong_is_told_with_line_and_remedy(salem: Client, text: str) -> None:
    assert salem.post(at("check-definition"), {"__text": text}).json() == {"problems": []}
    wrong = text.replace("mandate: roads", "mandat: roads")
    (found,) = salem.post(at("check-definition"), {"__text": wrong}).json()["problems"]
    assert (found["code"], found["line"]) == ("unknown-word", 1 + wrong[: wrong.index("mandat:")].count("\n"))
    assert found["remedy"]["en"] == 'Write "mandate".'
    assert salem.post(at("check-definition"), {"__text": "x" * 140_000}).status_code == HTTPStatus.NOT_FOUND
    assert salem.get(at("definition-schema")).json()["properties"]["sections"]


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_is_a_page_a_part_and_says_where_something_is_wrong(
    salem: Client, text: str, view: str
) -> None:
    page = salem.post(at(view), {"__text": text}).content.decode()
    part = salem.post(at(view), {"__text": text}, headers={"HX-Request": "true"}).content.decode()
    assert "<!doctype html>" in page
    assert "<!doctype html>" not in part
    wrong = salem.post(at(view), {"__text": "service: [", "kind": "paving"})
    assert wrong.status_code == HTTPStatus.OK
    assert "There is a problem" in wrong.content.decode()


def test_the_sources_of_a_published_service_are_counted_by_rank(salem: Client) -> None:
    page = salem.get(at("definition", SERVICE)).content.decode()
    assert "Where its values come from" not in page  # it was never published
    file = next(file for file in service_files(territory_folder()) if file.stem == SERVICE)
    publish(file, actor=None, at=SUNDAY)
    page = salem.get(at("definition", SERVICE)).content.decode()
    assert "Where its values come from" in page
    assert "charges › 1" in page


def test_the_form_is_shown_in_both_languages_and_the_fees_follow_tried_answers(
    salem: Client, text: str
) -> None:
    form = salem.post(at("definition-form"), {"__text": text}).content.decode()
    assert "ما نوع الأشغال؟" in form
    assert "What kind of works are they?" in form
    typed = {"__text": text, "on-behalf": "no", "route": "26.2235, 50.5876\n26.2245, 50.5876"}
    cost = salem.post(at("definition-cost"), typed).content.decode()
    assert "27.750" in cost, "111 started metres at a quarter of a dinar"
    assert "222.000" in cost
    assert "depends on other facts" in salem.post(at("definition-cost"), {"__text": text}).content.decode()


def test_a_text_is_proposed_by_one_and_published_by_another(
    salem: Client, mariam: Client, text: str, sign_in: SignIn
) -> None:
    assert "not published" in salem.get(at("catalogue")).content.decode()
    assert "recouvrement" not in salem.get(at("definition", SERVICE)).content.decode()
    assert salem.get(at("definition", "no-such-service")).status_code == HTTPStatus.NOT_FOUND
    refused = salem.post(at("definition", SERVICE), {"__text": text.replace("code: RW", "code: rw"), **WHY})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "code: rw" in refused.content.decode()
    made = salem.post(
        at("definition", SERVICE), {"__text": text.replace("\n", "\r\n"), "day": "2199-01-01", **WHY}
    )
    proposal = ServiceProposal.objects.get()
    assert made["Location"] == at("service-proposal", proposal.pk)
    assert proposal.source_text == text
    own = salem.get(at("service-proposal", proposal.pk)).content.decode()
    assert WHY["reason"] in own
    assert "You proposed this. Another person must approve it." in own
    assert (
        salem.post(at("act-on-service-proposal", proposal.pk, "approve")).status_code == HTTPStatus.FORBIDDEN
    )
    assert "A new text is waiting for approval" in mariam.get(at("catalogue")).content.decode()
    assert mariam.post(at("act-on-service-proposal", proposal.pk, "refuse")).status_code == 422
    mariam.post(at("act-on-service-proposal", proposal.pk, "approve"))
    assert ServiceVersion.objects.get(service=SERVICE).effective_on.year == 2199
    assert "Published" in salem.get(at("service-proposal", proposal.pk)).content.decode()


def test_a_new_text_says_what_it_changes(salem: Client, text: str) -> None:
    mariam = works.act_as(person("mariam", authority()))
    approve(proposed_text(), actor=mariam, at=SUNDAY)
    new = {"__text": text.replace("amount: 0.250", "amount: 0.300")}
    assert "0.300" in salem.post(at("definition-changes"), new).content.decode()
    told = {"en": "A metre costs 0.300."}
    waiting = proposed_text(based_on=ServiceVersion.objects.get(service=SERVICE), difference=told)
    assert told["en"] in salem.get(at("service-proposal", waiting.pk)).content.decode()
    unexplained = salem.post(at("definition", SERVICE), new)
    assert "Enter the reason." in unexplained.text
    again = salem.post(at("definition", SERVICE), {"__text": text, **WHY})
    assert "This text changes nothing. Change it before you propose it." in again.content.decode()


def test_the_approver_sees_the_two_texts_compared_line_by_line() -> None:
    before, after = "fee: 5\nname: x\n", "fee: 7\nname: x\n"
    lines = catalogue.compared(before, after)
    assert ("del", "-fee: 5") in lines
    assert ("ins", "+fee: 7") in lines
    assert ("span", " name: x") in lines
    assert catalogue.compared("", after) == []


def test_fees_change_from_a_day_on_by_a_form_and_a_second_person_sees_for_whom(
    salem: Client, mariam: Client, text: str
) -> None:
    approve(proposed_text(), actor=works.act_as(person("mariam", authority())), at=SUNDAY)
    page, row = at("fees-of-service", SERVICE), "charges.0.rows.1"
    shown = salem.get(page).text
    assert "for all other works · Amount · for each metre" in shown
    typed = {f"{row}.amount": "0.250", f"{row}.at-least": "5.000", "since": "2199-01-01"}
    assert "Enter the reason." in salem.post(page, typed).text
    assert "No amount differs" in salem.post(page, typed | WHY).text
    wrong = salem.post(page, typed | WHY | {f"{row}.amount": "much"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="much"' in wrong.text
    made = salem.post(page, typed | WHY | {f"{row}.amount": "٠٫٣٠٠"})
    assert "ds-alert" not in made.text
    proposal = ServiceProposal.objects.get(state="proposed")
    assert made["Location"] == at("service-proposal", proposal.pk)
    read = mariam.get(made["Location"]).text
    for said in (WHY["reason"], "+        amount: 0.300", "+    until: 2198-12-31", "instead of"):
        assert said in read
