"""The pages of waivers: proposed on the page of a charge, approved by another; a refused form keeps what was typed."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.payments.models import Charge, Waiver
from tests.rooms.review.works import authority
from tests.web.desk.conftest import SignIn, owed_charge, person

pytestmark = pytest.mark.django_db
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def at(route: str, *arguments: object) -> str:
    return reverse(f"desk:{route}", args=arguments)


def test_an_officer_asks_and_the_supervisor_waives(
    salem: Client, mariam: Client, application: Application, sign_in: SignIn
) -> None:
    charge = owed_charge(application)
    page = salem.get(at("charge", charge.pk)).content.decode()
    assert "100" in page
    assert "for each metre" in page
    typed = {"rule": "works-fee", "amount": "two", "reason": "A family in need."}
    answer = salem.post(at("propose-waiver", charge.pk), typed)
    assert answer.status_code == UNPROCESSABLE
    assert "A family in need." in answer.content.decode()
    assert "Enter an amount of money." in answer.content.decode()
    made = salem.post(at("propose-waiver", charge.pk), typed | {"amount": "2.000"})
    waiver = Waiver.objects.get()
    assert made["Location"] == at("waiver", waiver.pk)
    assert "Another person must approve it" in salem.get(made["Location"]).content.decode()
    assert salem.post(at("act-on-waiver", waiver.pk, "approve")).status_code == HTTPStatus.FORBIDDEN
    assert "A family in need." in mariam.get(at("waivers")).content.decode()
    assert mariam.post(at("act-on-waiver", waiver.pk, "refuse")).status_code == UNPROCESSABLE
    assert mariam.post(at("act-on-waiver", waiver.pk, "approve")).status_code == HTTPStatus.FOUND
    rest = Charge.objects.newest(application, charge.due)
    assert rest
    assert str(rest.money) == "3.000"
    page = mariam.get(at("charge", rest.pk)).content.decode()
    assert "Waived." in page
    assert "Replaced by a later amount" in mariam.get(at("charge", charge.pk)).content.decode()
    elsewhere = sign_in(person("huda", authority("MUH", 2)))
    assert elsewhere.get(at("charge", rest.pk)).status_code == HTTPStatus.NOT_FOUND
    assert "A family in need." not in elsewhere.get(at("waivers")).content.decode()
