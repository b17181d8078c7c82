"""A draft that expired is started again, and dates that contradict each other are corrected across pages."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from rukhsa.applications.application import DRAFT_LASTS
from rukhsa.applications.models import Application
from rukhsa.catalogue.models import ServiceVersion
from tests import applicants
from tests import town as people

pytestmark = pytest.mark.django_db


def test_an_expired_draft_says_so_and_offers_to_begin_anew(browser: Client, draft: Application) -> None:
    long_ago = timezone.now() - DRAFT_LASTS - timedelta(days=1)
    Application.objects.filter(pk=draft.pk).update(saved_at=long_ago)
    assert "This draft has expired" in browser.get(f"/applications/{draft.pk}/").content.decode()
    answer = browser.post(f"/applications/{draft.pk}/questions/use", {"purpose": "bank"})
    assert answer.status_code == 409
    assert "has expired" in answer.content.decode()
    assert '<input type="hidden" name="purpose" value="bank">' in answer.content.decode()
    for page in ("questions/home", "documents", "review"):
        assert browser.get(f"/applications/{draft.pk}/{page}")["Location"] == f"/applications/{draft.pk}/"


def test_an_expired_draft_is_begun_anew_with_its_answers_and_files_by_the_rules_of_today(
    browser: Client, complete: Application
) -> None:
    long_ago = timezone.now() - DRAFT_LASTS - timedelta(days=1)
    still_good = browser.post(f"/applications/{complete.pk}/anew")
    assert still_good["Location"] == f"/applications/{complete.pk}/", "what still holds is not begun anew"
    Application.objects.filter(pk=complete.pk).update(saved_at=long_ago)
    answers = [browser.post(f"/applications/{complete.pk}/anew", {"purpose": "school"}) for _ in range(2)]
    new = Application.objects.get(stage="draft")
    assert {answer["Location"] for answer in answers} == {f"/applications/{new.pk}/?from={complete.pk}"}
    assert new.answers == people.fresh(complete).answers | {"purpose": "school"}
    assert new.attachments.get().digest == complete.attachments.get().digest
    assert people.fresh(complete).stage == "withdrawn"
    page = browser.get(answers[0]["Location"]).content.decode()
    assert "We copied your answers and files" in page
    assert "did not copy them" not in page
    stranger = applicants.signed_in(applicants.neighbour())
    assert stranger.post(f"/applications/{new.pk}/anew").status_code == 404

    offer(another_form)
    Application.objects.filter(pk=new.pk).update(saved_at=long_ago)
    page = browser.post(f"/applications/{new.pk}/anew", follow=True).content.decode()
    newest = Application.objects.get(stage="draft")
    assert newest.service_version != new.service_version
    assert "living-since" not in newest.typed
    assert not newest.attachments.exists()
    assert "We no longer ask these" in page
    assert "We no longer need these files" in page


def test_dates_the_wrong_way_round_are_told_and_the_later_one_is_asked_again(
    browser: Client,
) -> None:
    offer(two_pages_of_a_lease)
    browser.post("/services/proof-of-residence/start")
    draft = Application.objects.get()
    pages, right = f"/applications/{draft.pk}", applicants.Answers()
    lease = {"tenure": "tenant", "lease-number": "2026-1", "living-since": "2026-01-01", "on": "1"}
    browser.post(f"{pages}/questions/home", right.home | lease)
    answer = browser.post(f"{pages}/questions/use", right.use | {"lease-end": "2025-12-31", "on": "1"})
    assert answer.status_code == 422
    assert "Choose 2 January 2026 or a later day." in answer.content.decode()
    assert 'value="2025-12-31"' in answer.content.decode(), "what was typed is kept"
    answer = browser.post(f"{pages}/questions/use", right.use | {"lease-end": "2026-01-31", "on": "1"})
    assert answer["Location"] == f"{pages}/documents"
    # The first day is changed afterwards, on the earlier page.
    browser.post(f"{pages}/questions/home", right.home | lease | {"living-since": "2026-02-01"})
    assert "lease-end" not in people.fresh(draft).answers
    assert people.fresh(draft).typed["lease-end"] == "2026-01-31"
    review = browser.post(f"{pages}/review")
    assert review.status_code == 422
    assert "You answered 1 February 2026 to" in review.content.decode()
    assert review.content.decode().count("Change this answer") == 1


def two_pages_of_a_lease(meaning: dict[str, Any]) -> None:
    """Ask the last day of the lease on the second page: a day after the residence began, at the earliest."""
    ask = {"ar": "ما آخر يوم في عقد الإيجار؟", "en": "What is the last day of the lease?"}
    last = {"id": "lease-end", "type": "date", "earliest": "1 day after living-since", "ask": ask}
    meaning["sections"][1]["questions"].append(last)


def another_form(meaning: dict[str, Any]) -> None:
    """Ask for the start of the residence in words, and accept the identity card as a PDF only."""
    (since,) = (
        each for part in meaning["sections"] for each in part["questions"] if each["id"] == "living-since"
    )
    del since["latest"]
    since["type"] = "text"
    meaning["instrument"]["facts"] = [
        fact for fact in meaning["instrument"]["facts"] if fact.get("question") != "living-since"
    ]
    meaning["documents"][0]["accept"] = ["pdf"]


def offer(change: Callable[[dict[str, Any]], None]) -> None:
    """A changed version of the certificate of residence."""
    now = people.version_of("proof-of-residence")
    meaning = json.loads(json.dumps(now.meaning))
    change(meaning)
    ServiceVersion.objects.create(
        service=now.service, number=now.number + 1, source_text="", meaning=meaning,
        digest=uuid4().hex, published_at=now.published_at,
    )  # fmt: skip
