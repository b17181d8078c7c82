"""What may happen on the way: refused, advanced twice and at once, another person, and a document fetched twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from rukhsa import applying, journey, sweeps
from rukhsa.applications.models import Application
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import NotPermitted, actor_for
from rukhsa.delivery.models import Delivery
from rukhsa.issuance import time_stamp
from rukhsa.issuance.models import Instrument
from rukhsa.payments.models import Attempt, Charge, Receipt
from rukhsa.review.referral import Referral
from tests import town as people
from tests.journeys import facts
from tests.town import Town


def test_a_refused_application_is_never_charged(town: Town) -> None:
    refused = town.refuse(town.apply("proof-of-residence"))
    granted = town.grant(town.apply("proof-of-residence"))
    town.later(days=2)
    for application in (refused, granted):
        town.advance(application)
    sweeps.sweep(timestamp=0)
    facts.work()
    assert not Charge.objects.filter(application=refused).exists()
    assert not Instrument.objects.exists()
    assert Charge.objects.filter(application=granted).count() == 1
    told = ["refused/mail", "refused/sms", "submitted/mail", "submitted/sms"]
    assert sorted(facts.notices(refused)) == told


def test_advancing_any_number_of_times_changes_nothing(town: Town) -> None:
    application = town.apply("road-works-licence")
    for step in (lambda: None, lambda: town.grant(application), lambda: town.pay(application)):
        step()
        once = state_of(application)
        for _ in range(5):
            town.advance(application)
        assert state_of(application) == once


@pytest.mark.slow
def test_four_workers_at_once_issue_one_document(town_of_many: Town) -> None:
    town = town_of_many
    application = town.grant(town.apply("proof-of-residence"))
    people.pay_at_kiosk(town.begin_payment(application))
    town.later(minutes=1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: advance_and_close(application, town.at), range(4)))
    assert (Instrument.objects.count(), Receipt.objects.count()) == (1, 1)
    told = facts.notices(application)
    assert len(told) == len(set(told))
    assert {"issued/sms", "issued/mail"} <= set(told)
    assert facts.verdict_on(people.instrument_of(application), at=town.at).word == "valid"


def advance_and_close(application: Application, at: datetime) -> None:
    """Advance in a thread, on a connection of its own."""
    try:
        journey.advance(application.pk, at=at)
    finally:
        connection.close()


def test_somebody_else_cannot_submit_or_withdraw_ones_application(town: Town) -> None:
    own = town.apply("proof-of-residence")
    other = actor_for(people.layla(), at=town.at, company=people.contractor())
    assert Application.objects.of_applicant(town.layla).filter(pk=own.pk).exists()
    assert not Application.objects.of_applicant(other).filter(pk=own.pk).exists()
    for act in (applying.submit, applying.withdraw):
        with pytest.raises(NotPermitted):
            act(own, actor=other, at=town.at)


def state_of(application: Application) -> list[object]:
    """Everything that advancing could do twice."""
    return [
        people.fresh(application).stage,
        Charge.objects.count(),
        Receipt.objects.count(),
        Instrument.objects.count(),
        Attempt.objects.count(),
        Referral.objects.count(),
        sorted(facts.notices(application)),
        application.steps.count(),
        application.inspections.count(),
    ]


def test_each_fetching_of_a_document_is_a_delivery_and_a_damaged_one_is_not_handed_out(
    town: Town, client: Client, settings: Settings
) -> None:
    instrument = town.issue("proof-of-residence")
    application = instrument.intent.application
    client.force_login(town.layla.person)
    client.raise_request_exception = False
    address = reverse("portal:download", args=[application.pk])
    for _ in range(2):
        assert b"".join(client.get(address)) == time_stamp.handed_out(instrument)  # type: ignore[arg-type]
    handed = Delivery.objects.filter(application=application, person=town.layla.person, channel="portal")
    assert handed.count() == 2
    assert JournalEntry.objects.filter(act="deliver", subject=str(application.pk)).count() == 2
    (stored,) = Path(settings.MEDIA_ROOT).rglob(instrument.file_digest)
    stored.write_bytes(stored.read_bytes() + b" ")
    assert client.get(address).status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert handed.count() == 2
