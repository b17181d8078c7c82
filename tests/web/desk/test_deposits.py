"""The pages of deposits: a part is kept once, with pictures, and unclaimed deposits are listed with their age."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa import journey
from rukhsa.applications.models import Application
from rukhsa.delivery.models import Notice
from rukhsa.payments import deposit
from rukhsa.payments.models import Forfeiture, HeldDeposit
from tests.web.desk.conftest import paid_deposit, picture

pytestmark = pytest.mark.django_db
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def at(route: str, *arguments: object) -> str:
    return reverse(f"desk:{route}", args=arguments)


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("kerb.png", picture(), content_type="image/png")


def test_a_part_is_kept_by_two_with_its_pictures_and_the_owner_is_told(
    mariam: Client, salem: Client, application: Application
) -> None:
    application.applicant.phone = "+97336000001"
    application.applicant.save()
    line = paid_deposit(application, 1)
    page, act = at("deposit", line.pk), at("forfeit", line.pk)
    assert "50.000" in salem.get(page).content.decode()
    typed = {"amount": "20.000", "reason": "The kerb is broken.", "seen": "1-0"}
    assert "Add at least one picture" in salem.post(act, typed).content.decode()
    answer = salem.post(act, typed | {"amount": "a lot", "photos": photo()})
    assert answer.status_code == UNPROCESSABLE
    assert "One photo is here already." in answer.content.decode()
    kept = answer.context["kept"]
    assert salem.post(act, typed | {"kept": kept}).status_code == HTTPStatus.FOUND
    assert salem.post(act, typed | {"kept": kept}).status_code == UNPROCESSABLE
    asked = Forfeiture.objects.get()
    approve = at("act-on-forfeiture", asked.pk, "approve")
    assert salem.post(approve).status_code == HTTPStatus.FORBIDDEN
    assert "20.000" in mariam.get(at("deposits")).content.decode()
    assert "Request to keep" in mariam.get(page).content.decode()
    assert str(deposit.held(line)) == "50.000"
    picture_of = mariam.get(at("deposit-photo", line.pk, asked.photos[0]))
    assert picture_of["Content-Type"] == "image/jpeg"
    assert mariam.get(at("deposit-photo", line.pk, "0" * 64)).status_code == HTTPStatus.NOT_FOUND
    assert mariam.post(approve).status_code == HTTPStatus.FOUND
    assert mariam.post(approve).status_code == UNPROCESSABLE
    assert str(deposit.held(line)) == "30.000"
    shown = salem.get(page).content.decode()
    assert "The kerb is broken." in shown
    assert "approved by" in shown
    assert "It can be claimed since" in shown, "gave no IBAN"
    journey.advance(application.pk, at=timezone.now())
    assert Notice.objects.filter(application=application, event__startswith="deposit-forfeited").exists()


def test_what_is_not_kept_says_why(mariam: Client, salem: Client, application: Application) -> None:
    line = paid_deposit(application, 1)
    typed = {"amount": "20.000", "reason": "The kerb is broken.", "seen": "1-0", "photos": photo()}
    salem.post(at("forfeit", line.pk), typed)
    refuse = at("act-on-forfeiture", Forfeiture.objects.get().pk, "refuse")
    assert mariam.post(refuse, {"reason": " "}).status_code == UNPROCESSABLE
    assert mariam.post(refuse, {"reason": "It was broken before."}).status_code == HTTPStatus.FOUND
    assert "It was broken before." in salem.get(at("deposit", line.pk)).content.decode()
    assert str(deposit.held(line)) == "50.000"


def test_what_nobody_claims_is_listed_with_its_age(mariam: Client, application: Application) -> None:
    assert "No deposits are waiting to be claimed." in mariam.get(at("deposits")).content.decode()
    line = paid_deposit(application, 1)
    HeldDeposit.objects.filter(line=line).update(
        unclaimed_since=timezone.now() - timedelta(days=41), reminders=2
    )
    page = mariam.get(at("deposits")).content.decode()
    assert "50.000" in page
    assert "41 days" in page
    assert "2 of 3 times" in page
