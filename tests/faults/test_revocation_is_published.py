"""A revocation is in the public list before a worker does anything else: the order of events, as recorded."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from rukhsa.applications.models import Application
from rukhsa.issuance import site
from rukhsa.issuance.instrument import revoke
from rukhsa.issuance.models import Instrument
from rukhsa.jobs import advance_soon
from rukhsa.trust import statuslist
from rukhsa.trust.keys import PublicKey
from tests import public_folder
from tests.faults.test_killed_workers import work
from tests.town import Town

TASK = "issuance.publish_status"


def published_status(instrument: Instrument) -> int:
    """How the instrument stands in the file that is served."""
    from rukhsa.issuance import key_index

    uri = site.status_address(instrument.intent.authority_id, instrument.intent.status_list)
    signers = [PublicKey(jwk=key.jwk) for key in key_index.of(instrument.intent.authority_id, "status")]
    read = statuslist.read(public_folder.path_of(uri).read_bytes(), uri=uri, keys=signers)
    return read.get(instrument.intent.status_index)


def began() -> list[str]:
    """The tasks in the order in which workers began them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name FROM procrastinate_events e JOIN procrastinate_jobs j ON j.id = e.job_id"
            " WHERE e.type = 'started' ORDER BY e.at, e.id"
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.slow
def test_a_revocation_is_published_before_anything_else_that_waits(town_of_many: Town) -> None:
    town_of_many.pace = timedelta(
        0
    )  # workers have the machine's own clock, and no list is published before another
    instrument = town_of_many.issue("proof-of-residence")
    assert published_status(instrument) == statuslist.VALID
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    application = Application.objects.get()
    for _ in range(20):
        with transaction.atomic():
            advance_soon(application.pk)
    revoke(
        instrument,
        reason="Obtained by a forged lease",
        proposed_by=town_of_many.salem.person,
        actor=town_of_many.mariam,
        at=datetime.now(UTC),
    )
    work("")
    order = [name for name in began() if name != "project.take_up_stalled"]
    assert len(order) > 1
    assert order[0] == TASK
    assert published_status(instrument) == statuslist.REVOKED


def test_the_work_of_publishing_is_committed_with_the_revocation_or_not_at_all(town_of_many: Town) -> None:
    instrument = town_of_many.issue("proof-of-residence")

    def waiting() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [TASK])
            return int(cursor.fetchone()[0])

    before = waiting()
    with transaction.atomic():
        revoke(
            instrument,
            reason="forged",
            proposed_by=town_of_many.salem.person,
            actor=town_of_many.mariam,
            at=datetime.now(UTC),
        )
        transaction.set_rollback(True)
    assert waiting() == before
    revoke(
        instrument,
        reason="forged",
        proposed_by=town_of_many.salem.person,
        actor=town_of_many.mariam,
        at=datetime.now(UTC),
    )
    assert waiting() == before + 1
