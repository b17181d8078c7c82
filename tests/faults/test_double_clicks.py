"""Eight clicks at once, over HTTP: one reference, one attempt, one page to pay on."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from rukhsa.applications.models import Application, Step
from rukhsa.payments.models import Attempt
from tests import town as people
from tests.town import Town
from tests.waiting import LONGEST

CLICKS = 8


@pytest.mark.slow
def test_eight_clicks_on_submit_give_one_reference(town_of_many: Town, live_server: LiveServer) -> None:
    application = town_of_many.draft("proof-of-residence")
    answers = click(live_server, application, "portal:review", {})
    assert {answer.status_code for answer in answers} == {302}
    assert Step.objects.filter(application=application, act="submit").count() == 1
    assert people.fresh(application).reference


@pytest.mark.slow
def test_eight_clicks_on_pay_begin_one_attempt(town_of_many: Town, live_server: LiveServer) -> None:
    application = town_of_many.grant(town_of_many.apply("proof-of-residence"))
    answers = click(live_server, application, "portal:pay", {"gateway": "national"})
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert Attempt.objects.count() == 1


def click(
    server: LiveServer, application: Application, page: str, fields: dict[str, str]
) -> list[httpx.Response]:
    """Post a form eight times at once, as a browser that is signed in."""
    client = Client()
    client.force_login(application.applicant)
    address = server.url + reverse(page, args=[application.pk])
    token = "a" * 32
    cookies = {"rukhsa-session": client.cookies["rukhsa-session"].value, "rukhsa-csrf": token}

    def once(_: int) -> httpx.Response:
        return httpx.post(
            address,
            data=fields | {"csrfmiddlewaretoken": token},
            cookies=cookies,
            headers={"referer": address, "accept": "text/html"},
            timeout=LONGEST,
            trust_env=False,
        )

    with ThreadPoolExecutor(CLICKS) as pool:
        return list(pool.map(once, range(CLICKS)))
