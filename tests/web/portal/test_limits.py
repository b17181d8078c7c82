"""Places and quotas as the applicant meets them: on the page of the service, in the form, and when submitting."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from rukhsa import applying
from rukhsa.applications.models import Application
from rukhsa.catalogue.territory import season
from rukhsa.places.seat import take
from rukhsa.values.writing import date_in_words
from tests import applicants

pytestmark = pytest.mark.django_db
BAGS = {
    "home.building": "1024", "home.road": "1705", "home.block": "317", "home.flat": "",
    "account": "٢٠٢٠١٢٣٤٥٦", "size": "large", "own-use": "yes",
}  # fmt: skip


def test_the_list_of_places_says_how_many_are_left_and_takes_none_that_is_full(browser: Client) -> None:
    page = browser.get("/services/camping-registration").content.decode()
    assert "Places left: 1822" in page
    assert "At most 1 in a season" in page
    assert "At most 1 in a month" in browser.get("/services/refuse-bags").content.decode()
    winter = season("camping", near=timezone.localdate())
    for seat in ("A", "B"):
        take("camp-sites", "accessible", capacity=2, period=winter, reference=seat)
    form = begin(browser, "camping-registration", "camp")
    page = browser.get(form).content.decode()
    assert '<option value="accessible" disabled>' in page
    assert "400 left" in page
    answer = browser.post(form, {"site": "no-such-place", "tents": "2", "generator": "no"})
    assert answer.status_code == 422
    assert "Choose one option from the list" in answer.content.decode()


def test_who_was_served_this_month_is_told_from_when_it_is_possible_again(browser: Client) -> None:
    first = begin(browser, "refuse-bags", "home")
    browser.post(first, BAGS)
    application = Application.objects.get()
    applying.submit(application, actor=applicants.acting(applicants.layla()), at=timezone.now())
    browser.post(begin(browser, "refuse-bags", "home"), BAGS | {"account": "2020123456"})
    again = Application.objects.exclude(pk=application.pk).get()
    page = browser.get(f"/applications/{again.pk}/review").content.decode()
    today = timezone.localdate()
    next_month = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    assert f"You can apply again from {date_in_words(next_month, 'en')}." in page
    answer = browser.post(f"/applications/{again.pk}/review")
    assert answer.status_code == 422
    assert "You can apply again from" in answer.content.decode()


def begin(browser: Client, service: str, section: str) -> str:
    """The address of a section of a new application."""
    browser.post(f"/services/{service}/start")
    newest = Application.objects.order_by("-created_at")[0]
    return f"/applications/{newest.pk}/questions/{section}"
