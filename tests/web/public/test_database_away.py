"""The verifier without its database: texts and files are answered as before, and nothing waits for it."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from rukhsa.verification import check_count, outage, rate
from rukhsa.verification.models import CheckCount
from rukhsa.verification.outage import Outage
from rukhsa.web.public import page, verdicts
from tests.web.public.conftest import PublicSite


@pytest.fixture
def own_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process knows of the database, for one test."""
    known = Outage()
    for module in (rate, check_count, page, verdicts):
        monkeypatch.setattr(module, "outage", known)


@pytest.mark.django_db
def test_texts_are_answered_and_numbers_are_not_until_the_database_is_back(
    client: Client, public_site: PublicSite, own_outage: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"text": public_site.texts["valid"]}
    number = {"number": "CAP-PR-2026-000001-X", "code": "0" * 16}
    with connection.execute_wrapper(gone):
        told = client.post("/verdict", asked, content_type="application/json")
        refused = client.post("/verdict", number, content_type="application/json")
        shown = client.post("/en/number", number)
    assert (told.status_code, told.json()["word"]) == (200, "valid")
    assert (refused.status_code, refused["Retry-After"]) == (503, "60")
    assert refused.json()["type"] == "urn:rukhsa:problem:database-away"
    assert shown.status_code == 503
    assert "Numbers cannot be checked right now." in shown.text
    assert not CheckCount.objects.exists()

    monkeypatch.setattr(outage, "SECONDS_LEFT_ALONE", 0.0)
    known = Outage()
    for module in (rate, check_count, page, verdicts):
        monkeypatch.setattr(module, "outage", known)
    client.post("/verdict", asked, content_type="application/json")
    assert [each.count for each in CheckCount.objects.all()] == [2]  # with the one that waited in memory
    assert client.post("/verdict", number, content_type="application/json").status_code == 404


def gone(*_: object) -> None:
    raise OperationalError("the database is away")
