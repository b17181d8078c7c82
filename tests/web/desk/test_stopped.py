"""A stop of issuing is shown on every page of the desk, and the journal names who made it."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.audit.journal import record_about
from rukhsa.issuance.issuing_stop import start_issuing, stop_issuing
from rukhsa.issuance.key_creation import KIND

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
WHY = "<b>a key</b> may be lost"


@pytest.mark.parametrize(
    ("language", "said"), [("ar", "الإصدار متوقف منذ"), ("en", "Issuing has been stopped since")]
)
def test_every_page_of_the_desk_says_that_issuing_is_stopped(
    mariam: Client, language: str, said: str
) -> None:
    mariam.cookies["rukhsa-language"] = language
    pages = [reverse(f"desk:{name}") for name in ("queue", "instruments", "journal", "keys")]
    assert [page for page in pages if said in mariam.get(page).text] == []
    stop_issuing(reason=WHY, operator="root", at=NOW)
    for page in pages:
        shown = mariam.get(page).text
        assert said in shown
        assert 'role="status"' in shown
        assert "&lt;b&gt;a key&lt;/b&gt; may be lost" in shown
        assert WHY not in shown
    start_issuing(reason="found", operator="root", at=NOW)
    assert [page for page in pages if said in mariam.get(page).text] == []


def test_the_journal_tells_what_was_done_to_keys_and_issuing_and_by_whom(mariam: Client) -> None:
    mariam.cookies["rukhsa-language"] = "en"
    stop_issuing(reason=WHY, operator="operator-of-the-night", at=NOW)
    record_about("create-key", KIND, "CAP-seal-f9453b93925cf568", at=NOW, operator="root")
    shown = mariam.get(reverse("desk:journal")).text
    for words in ("Stopped issuing", "operator-of-the-night", "Created a key", "CAP-seal-f9453b93925cf568"):
        assert words in shown
