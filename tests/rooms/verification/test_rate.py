"""Questions that the server answers are counted: people are served, and guessing by the thousand is not."""

from datetime import UTC, datetime, timedelta

import pytest

from rukhsa.verification import rate
from rukhsa.verification.models import AskedCount
from rukhsa.verification.rate import TooMany, count

AT = datetime(2026, 11, 24, 9, 0, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_the_twenty_first_question_in_a_minute_is_refused_and_the_next_minute_is_free() -> None:
    for _ in range(rate.A_MINUTE["number"]):
        count("192.0.2.1", "number", at=AT)
    with pytest.raises(TooMany):
        count("192.0.2.1", "number", at=AT)
    count("192.0.2.1", "number", at=AT + timedelta(minutes=1))


def test_another_address_and_another_question_are_counted_apart() -> None:
    for _ in range(rate.A_MINUTE["number"]):
        count("192.0.2.1", "number", at=AT)
    count("192.0.2.2", "number", at=AT)
    count("192.0.2.1", "file", at=AT)


def test_the_address_itself_is_not_kept_and_counts_are_forgotten_after_an_hour() -> None:
    count("192.0.2.1", "number", at=AT)
    assert "192.0.2.1" not in AskedCount.objects.get().address
    count("192.0.2.9", "number", at=AT + timedelta(minutes=62))
    assert AskedCount.objects.count() == 1
