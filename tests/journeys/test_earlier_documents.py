"""Applications that meet an earlier one: works at the same place, and documents that name another."""

from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language

from rukhsa import applying
from rukhsa.applications.stages import Stage
from rukhsa.applications.submission import NotComplete
from rukhsa.issuance import instrument, parent
from rukhsa.issuance.models import Closure, Instrument, Intent, Stall
from rukhsa.issuance.parent import ParentEnded
from rukhsa.review.decision import PlaceTaken, decide
from rukhsa.values.writing import date_in_words
from tests import applicants, proved
from tests import town as people
from tests.town import LEGAL_BASIS, Town


def test_the_second_works_at_a_place_and_time_are_refused_at_submission(town: Town) -> None:
    first = town.issue("road-works-licence")
    second = town.draft("road-works-licence")
    with pytest.raises(NotComplete) as refused:
        applying.submit(second, actor=town.layla, at=town.at)
    (problem,) = refused.value.problems
    assert (problem.about, problem.code) == ("route", "already-occupied")
    start = datetime.fromisoformat(people.answers_to("road-works-licence")["start"])
    last = (start + timedelta(days=29)).date()
    assert date_in_words(last, get_language() or "ar") in str(problem.text)
    assert first.number in str(problem.text)


def test_of_two_works_submitted_together_the_second_is_refused_at_its_decision(town: Town) -> None:
    first, second = town.apply("road-works-licence"), town.apply("road-works-licence")
    elsewhere = town.apply("road-works-licence", route="26.24350, 50.57560\n26.24368, 50.57610")
    for application in (first, elsewhere):
        assert town.grant(application).stage == Stage.GRANTED
    town.examine(second)
    with pytest.raises(PlaceTaken):
        decide(second, "granted", "", LEGAL_BASIS, actor=town.mariam, at=town.at)
    assert people.fresh(second).stage == Stage.SUBMITTED
    assert town.refuse(second).stage == Stage.REFUSED


@pytest.mark.parametrize("service", ["drawings-amendment", "building-completion"])
def test_an_earlier_instrument_of_somebody_else_is_unknown(town: Town, service: str) -> None:
    theirs = town.issue("small-building-permit", actor=town.company)
    own = town.issue("small-building-permit")
    for number, codes in ((theirs.number, ["instrument-unknown"]), (own.number, [])):
        problems = applying.problems(town.draft(service, permit=number), at=town.at)
        assert [problem.code for problem in problems] == codes


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "This document was revoked. Enter the number of one in force, or apply for a new one."),
        ("ar", "أُلغيت هذه الوثيقة. أدخل رقم وثيقة سارية، أو قدّم طلب وثيقة جديدة."),
    ],
)
def test_what_became_of_ones_own_document_is_told_where_its_number_is_typed(
    town: Town, language: str, told: str
) -> None:
    permit, theirs = (town.issue("small-building-permit", actor=each) for each in (town.layla, town.company))
    draft = town.draft("building-completion", permit=permit.number)
    address = reverse("portal:section", args=[draft.pk, "permit"])
    client = applicants.signed_in(town.layla.person, language=language)
    form = {"permit": permit.number.lower().replace("-", " "), "place.building": "1024", "place.road": "1705"}
    form |= {"place.block": "317"}
    assert client.post(address, form).status_code == HTTPStatus.FOUND
    instrument.revoke(
        permit, reason="خارج حدود العقار", proposed_by=town.salem.person, actor=town.mariam, at=town.at
    )
    refused = client.post(address, form)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert told in refused.text
    # Another person's document and one that does not exist look alike.
    unknown = client.post(address, form | {"permit": theirs.number})
    assert unknown.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert told not in unknown.text


def test_a_document_that_has_ended_is_told_with_its_last_day(town: Town) -> None:
    permit = town.issue("small-building-permit")
    town.later(days=800)
    (problem,) = applying.problems(town.draft("building-completion", permit=permit.number), at=town.at)
    assert (problem.about, problem.code) == ("permit", "instrument-not-in-force")
    assert permit.period.end
    with translation.override("en"):
        assert f"ended on {date_in_words(permit.period.end, 'en')}." in str(problem.text)


def test_an_earlier_instrument_of_another_municipality_cannot_be_closed_here(town: Town) -> None:
    permit = town.issue("small-building-permit")
    elsewhere = {"building": "88", "road": "1132", "block": "202"}
    for service in ("drawings-amendment", "building-completion"):
        problems = applying.problems(town.draft(service, permit=permit.number, place=elsewhere), at=town.at)
        assert [problem.code for problem in problems] == ["instrument-of-another-authority"]


def test_an_earlier_document_is_looked_up_for_the_page_that_asks_for_it_alone(town: Town) -> None:
    completion = town.draft("building-completion")
    completion.answers |= {"permit": "CAP-SB-2020-000000-0"}
    (problem,) = applying.problems_of_earlier(completion, at=town.at, about={"permit"})
    assert (problem.about, problem.code) == ("permit", "instrument-unknown")
    with CaptureQueriesContext(connection) as asked:
        assert applying.problems_of_earlier(completion, at=town.at, about={"completed"}) == ()
    assert not asked.captured_queries


def test_of_two_completions_of_one_permit_the_second_is_refused_at_the_decision(town: Town) -> None:
    permit = town.issue("small-building-permit")
    first, second = (town.apply("building-completion", permit=permit.number) for _ in range(2))
    town.examine(second)
    assert not parent.problems(second, at=town.at)
    town.grant(first)
    page = _mariam(town).post(
        reverse("desk:decide", args=[second.pk]),
        {"outcome": "granted", "reasons": "", "legal_basis": LEGAL_BASIS},
    )
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The earlier document in this application is no longer in force" in page.content.decode()
    assert town.refuse(second).stage == Stage.REFUSED
    assert Closure.objects.get().by.intent.application == first


def test_of_two_completions_granted_at_once_one_is_issued_and_the_other_waits_with_its_reason(
    town: Town,
) -> None:
    permit = town.issue("small-building-permit")
    first, second = (town.apply("building-completion", permit=permit.number) for _ in range(2))
    for application in (first, second):
        town.examine(application)
        decide(application, "granted", "", LEGAL_BASIS, actor=town.mariam, at=town.at)
    town.advance(first)
    for _ in range(2):
        with pytest.raises(ParentEnded):
            town.advance(second)
    assert Instrument.objects.filter(intent__application__in=[first, second]).count() == 1
    assert not Intent.objects.filter(application=second).exists()
    assert Closure.objects.get().by.intent.application == first
    assert [(stall.application_id, stall.code) for stall in Stall.objects.open()] == [
        (second.pk, "parent-ended")
    ]
    assert (
        "closed or revoked during this application"
        in _mariam(town).get(reverse("desk:stalled")).content.decode()
    )


def _mariam(town: Town) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.cookies["rukhsa-language"] = "en"
    proved.sign_in(client, town.mariam.person)
    return client
