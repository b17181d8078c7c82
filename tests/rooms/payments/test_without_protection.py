"""Negative controls: with a protection switched off, what it prevents happens."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection

from rukhsa.payments import collection, gateway_notice, outcome
from rukhsa.payments.models import Attempt, Charge, Receipt
from rukhsa.payments.outcome import record
from rukhsa.values.money import Money
from tests.rooms.payments.conftest import Begin
from tests.rooms.payments.merchant import Merchant
from tests.rooms.payments.test_outcome import report
from tests.rooms.payments.test_paying import pay
from tests.together import at_once, meeting

pytestmark = pytest.mark.django_db(transaction=True)


def test_without_remembering_notices_each_duplicate_is_work(
    charge: Charge, begin: Begin, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_notice, "_keep", lambda *given, **how: True)
    pay(begin(charge), fault="duplicate", copies=5)
    assert len(merchant.queued.applications) == 5


def test_without_equality_one_fils_pays_for_all(
    charge: Charge, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcome, "differences", lambda *given, **how: [])
    begin(charge)
    attempt = charge.attempts.get()
    record(attempt.pk, report(attempt, money=Money(minor=1, currency="BHD")), at=datetime.now(UTC))
    assert Receipt.objects.get().amount == 25_500


def test_without_the_constraint_two_clicks_make_two_attempts(
    charge: Charge, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def click() -> str:
        return begin(Charge.objects.get(pk=charge.pk))

    # Both have seen that nothing is under way.
    with _without_one_open_attempt(), meeting(monkeypatch, collection, "_intend", of=2):
        at_once([click] * 2)
        assert charge.attempts.count() == 2
        Attempt.objects.update(state=Attempt.State.FAILED)


@contextlib.contextmanager
def _without_one_open_attempt() -> Iterator[None]:
    constraint = next(one for one in Attempt._meta.constraints if one.name == "one_open_attempt")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Attempt, constraint)
    yield
    with connection.schema_editor() as editor:
        editor.add_constraint(Attempt, constraint)
