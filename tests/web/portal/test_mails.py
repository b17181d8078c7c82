"""A mail says what happened, to which service and authority, where to act, until when, and whom to ask."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from rukhsa.applications.models import Application, Term
from rukhsa.delivery.models import Notice
from rukhsa.delivery.notice import send_notice, tell
from tests import applicants

pytestmark = pytest.mark.django_db
MIDNIGHT = datetime(2026, 12, 3, 21, 0, tzinfo=UTC)  # the end of 3 December in Bahrain


@pytest.fixture
def submitted(browser: Client) -> Application:
    return applicants.submitted(browser)


def mailed(application: Application, event: str) -> list[str]:
    """The lines of the mail about an event, without its empty ones."""
    tell(application, event, at=timezone.now(), amount="5.000", currency="BHD")
    send_notice(notice=str(Notice.objects.get(event=event, channel="mail").pk))
    return [line for line in mail.outbox[-1].body.splitlines() if line]


def test_a_mail_names_what_a_person_needs_to_act(submitted: Application) -> None:
    Term.objects.create(application=submitted, kind="pay", since=timezone.now(), ends_at=MIDNIGHT)
    reference = submitted.reference
    lines = mailed(submitted, "payment-due")
    assert lines == [
        f"Application {reference} is approved. Pay BD 5.000 to get your document.",
        "Service: Proof-of-residence certificate",
        "Authority: Capital Secretariat",
        f"Application number: {reference}",
        "Last day: 3 December 2026",
        "To see the details and what to do, sign in:",
        lines[6],
        f"If you have a question, contact Capital Secretariat and quote {reference}.",
    ]
    assert lines[6].endswith(f"/applications/{submitted.pk}/")
    assert mail.outbox[-1].subject == lines[0]


def test_a_mail_that_asks_for_nothing_names_no_day(submitted: Application) -> None:
    Term.objects.create(application=submitted, kind="pay", since=timezone.now(), ends_at=MIDNIGHT)
    assert not [line for line in mailed(submitted, "paid") if line.startswith("Last day")]
