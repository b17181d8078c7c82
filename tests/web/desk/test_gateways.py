"""The page of the payment gateways: it names what is missing, and shows what a gateway answered."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.project.config import PROJECT
from tests.rooms.review.works import authority
from tests.web.desk.conftest import SignIn, person

pytestmark = pytest.mark.django_db


def test_finance_sees_what_each_gateway_lacks_and_asks_one(sign_in: SignIn, settings: Any) -> None:
    settings.RUKHSA_TERRITORY = PROJECT / "territories" / "bahrain"
    away = {
        code: options | {"url": "http://127.0.0.1:9"} for code, options in settings.PAYMENT_GATEWAYS.items()
    }
    settings.PAYMENT_GATEWAYS = away | {"cards": away["cards"] | {"secret": ""}}
    huda: Client = sign_in(person("huda", authority()))
    page = huda.get(reverse("desk:gateways")).content.decode()
    assert [code in page for code in ('id="national"', 'id="sadad"', 'id="cards"')] == [True] * 3
    assert "secret" in page[page.index('id="cards"') :]
    assert "within 14 days" in page

    said = [
        huda.post(reverse("desk:ask-gateway", args=[code]), follow=True).content.decode()
        for code in ("national", "cards")
    ]
    assert "cannot be reached now" in said[0]
    assert "is not set up. Missing: secret" in said[1]
    assert huda.post(reverse("desk:ask-gateway", args=["nobody"])).status_code == HTTPStatus.NOT_FOUND
