"""A worker is killed with -9 before and after each step of the cycle; the next one finds its work and ends it once."""

import signal
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.applications.models import Application
from rukhsa.issuance.models import Instrument, Intent, LogLeaf, Sealing, SignedFile
from rukhsa.jobs import advance_soon
from rukhsa.payments.models import Receipt
from tests import children
from tests import town as people
from tests.journeys import facts
from tests.town import Town

STEPS = ("prepare", "seal", "log", "render", "sign", "release")
POINTS = [f"{step}:{side}" for step in STEPS for side in ("before", "after")]


@pytest.mark.slow
def test_a_worker_killed_at_every_step_is_followed_by_one_that_issues_once(town_of_many: Town) -> None:
    application = paid(town_of_many)
    said = work(*POINTS, "")
    assert {each["point"]: each["ended"] for each in said} == dict.fromkeys(POINTS, -signal.SIGKILL) | {"": 0}
    assert_issued_once(application, town_of_many)


@pytest.mark.slow
def test_without_waking_what_stalled_nothing_more_would_be_done(town_of_many: Town) -> None:
    application = paid(town_of_many)
    work("seal:before")
    with transaction.atomic():
        advance_soon(application.pk)
    # The negative control: the job of the dead worker holds the application's lock.
    states = ProcrastinateJob.objects.filter(task_name="journey.advance").values_list("status", flat=True)
    assert {"doing", "todo"} <= set(states)
    assert not Instrument.objects.exists()
    work("")
    assert_issued_once(application, town_of_many)


def paid(town: Town) -> Application:
    """An application whose bill was paid and whose next thing is queued."""
    application = town.grant(town.apply("proof-of-residence"))
    people.pay_at_kiosk(town.begin_payment(application))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE 'delivery.%'")
    with transaction.atomic():
        advance_soon(application.pk)
    return application


def work(*points: str) -> list[dict[str, Any]]:
    """Workers, one after another; each dies at its point, and "" lets one live."""
    return children.run("tests.faults.worker", settings, die_at=points, sms_url=settings.CONFIG.sms_url)


def assert_issued_once(application: Application, town: Town) -> None:
    """One of everything, one notice for each channel, and genuine."""
    counts = [model.objects.count() for model in (Receipt, Intent, Sealing, SignedFile, Instrument)]
    assert counts == [1, 1, 1, 1, 1]
    instrument = people.instrument_of(application)
    kinds = LogLeaf.objects.filter(intent=instrument.intent).values_list("kind", flat=True)
    assert sorted(kinds) == ["file", "seal"]
    told = facts.notices(application)
    assert len(told) == len(set(told))
    assert {"issued/sms", "issued/mail"} <= set(told)
    assert facts.verdict_on(instrument, at=datetime.now(UTC)).word == "valid"
