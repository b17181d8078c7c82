"""A shared document on the verifier's page: the link itself uses nothing up, the button does."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from rukhsa.accounts.models import Person
from rukhsa.verification.models import Share
from rukhsa.verification.share import LASTS
from tests.rooms.verification.conftest import Sealed


@pytest.mark.slow
def test_a_link_shows_the_verdict_once(sealed: Sealed, settings: Settings) -> None:
    settings.ROOT_URLCONF = "rukhsa.project.urls_public"
    holder = Person.objects.create_user("layla@people.example", kind="citizen")
    at = timezone.now()
    link = Share.objects.create(
        instrument=sealed.instrument, times="once", made_by=holder, made_at=at,
        expires_at=at + LASTS,
    )  # fmt: skip
    browser = Client()
    address = f"/shared/{link.pk}"
    for _ in range(2):
        asked = browser.get(address)
        assert "no-store" in asked["Cache-Control"]
        assert sealed.number not in asked.content.decode()
    shown = browser.post(address)
    assert sealed.number in shown.content.decode()
    assert browser.post(address).status_code == 404
