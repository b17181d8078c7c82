"""Who can apply stands on the page of a service for everyone, and not to those alone who are turned away."""

import pytest
from django.test import Client
from django.utils import timezone

from rukhsa.catalogue.models import ServiceVersion
from tests import applicants

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger(open_town: None) -> Client:
    browser = Client()
    browser.cookies["rukhsa-language"] = "en"
    return browser


def told(browser: Client, service: str) -> str:
    """What the page of a service says under "Who can apply"."""
    page = browser.get(f"/services/{service}").text
    return page.partition("Who can apply</dt>")[2].partition("</div>")[0]


def test_who_can_apply_is_told_before_anyone_signs_in(stranger: Client) -> None:
    audience = told(stranger, "proof-of-residence")
    assert "People who need to prove where they live" in audience
    assert "Open to: citizens, citizens of other GCC states, residents." in audience


def test_no_refusal_is_told_as_an_audience(stranger: Client) -> None:
    """Also of a version that was published before a service said for whom it is."""
    version = next(each for each in ServiceVersion.objects.offered() if each.definition.eligible)
    meaning = version.meaning | {"for-whom": []}
    ServiceVersion.objects.create(
        service=version.service,
        number=version.number + 1,
        source_text=version.source_text,
        meaning=meaning,
        digest="0" * 64,
        published_at=timezone.now(),
    )
    audience = told(stranger, version.service)
    assert "Open to:" in audience
    assert [rule for rule in version.definition.eligible if rule.otherwise.en in audience] == []


def test_who_is_turned_away_reads_why_and_can_change_for_whom_they_act(open_town: None) -> None:
    investor = applicants.signed_in(applicants.layla(kind="investor"))
    page = investor.get("/services/proof-of-residence").text
    assert "You cannot apply as the person or company that you act for now." in page
    assert 'href="/capacity"' in page
    assert 'action="/services/proof-of-residence/start"' not in page
