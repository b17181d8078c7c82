"""The account for a deposit: its bank is named, and confirmed before the account is recorded."""

from http import HTTPStatus

import pytest
from django.test import Client

from rukhsa.applications.models import Application
from rukhsa.payments.deposit_account import DepositAccount

pytestmark = pytest.mark.django_db


def test_an_account_is_saved_once_its_bank_is_confirmed(browser: Client, draft: Application) -> None:
    browser.cookies["rukhsa-language"] = "ar"
    address = f"/applications/{draft.pk}/deposit-account"
    for typed, said in (
        ("BH67 BMAG 0000 1299 1234 65", "قارن رقم الآيبان بما كتبه البنك"),
        ("BH42 XXXX 0000 1299 1234 56", "XXXX"),
        ("BH67 BMAG 0000 1299 1234 5", "22"),
    ):
        answer = browser.post(address, {"iban": typed})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert said in answer.content.decode()
        assert typed in answer.content.decode()
    asked = browser.post(address, {"iban": "bh30 nbob 0000 0012 3456 78"})
    assert "بنك البحرين الوطني" in asked.content.decode()
    assert not DepositAccount.objects.exists()
    unknown = browser.post(address, {"iban": "KW81 CBKU 0000 0000 0000 1234 5601 01"}).content.decode()
    assert "تعذّر التحقق من بنك هذا الحساب" in unknown
    confirmed = {"iban": "BH30NBOB00000012345678", "confirmed": "BH30NBOB00000012345678"}
    assert browser.post(address, confirmed).status_code == HTTPStatus.FOUND
    assert DepositAccount.objects.get().iban == "BH30NBOB00000012345678"
