"""A certified copy stands as its original does, on the desk as in the verdict."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.issuance.models import Instrument, Revocation, Status, Suspension
from rukhsa.mandates.models import Mandate
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def copy(instrument: Instrument) -> Instrument:
    """A certified copy of the instrument."""
    original = Instrument.objects.get(pk=instrument.pk)
    intent = instrument.intent
    intent.pk, intent.origin, intent.application, intent.copies = uuid4(), "legacy:9", None, original
    intent.number, intent.verification_code = "CAP-CC-2026-000001-1", "CODE-9"
    intent.status_index += 9
    intent._state.adding = True
    intent.save()
    return Instrument.objects.create(intent=intent, file_digest="1" * 64, released_at=SUNDAY)


def test_a_copy_of_a_revoked_permit_is_revoked_on_the_desk(mariam: Client, copy: Instrument) -> None:
    original = copy.intent.copies
    assert original
    assert states(mariam) == ["valid", "valid"]
    Revocation.objects.create(instrument=original, reason="x", at=SUNDAY)
    assert states(mariam) == ["revoked", "revoked"]
    page = mariam.get(reverse("desk:instrument", args=[copy.pk])).content.decode()
    assert "Revoked" in page
    assert reverse("desk:change-instrument", args=[copy.pk, "suspend"]) not in page
    assert Instrument.objects.get(pk=copy.pk).standing is Status.REVOKED


def test_a_copy_that_is_suspended_itself_says_nothing_of_its_original(
    mariam: Client, copy: Instrument
) -> None:
    mariam_herself = person("mariam", works.authority())
    Suspension.objects.create(
        instrument=copy,
        reason="x",
        confirm_by=SUNDAY + timedelta(days=1),
        mandate=Mandate.objects.get(post__person=mariam_herself),
        actor=mariam_herself,
        at=SUNDAY,
    )
    assert sorted(states(mariam)) == ["suspended", "valid"]


def states(browser: Client) -> list[str]:
    return [state for *_, (state, _) in browser.get(reverse("desk:instruments")).context["lines"]]
