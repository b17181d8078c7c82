"""Notices that could not be sent are tried for three days, found by the index of what is unsent."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.delivery.models import Notice
from rukhsa.delivery.notice import queue_unsent, send_again
from tests.rooms.issuance.conftest import RESIDENCE, build_town, granted_application

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def notice(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> Notice:
    """Word to Layla that was not sent, an hour old."""
    monkeypatch.setattr(settings, "RUKHSA_KEYS", f"{tmp_path}/keys")
    monkeypatch.setattr(settings, "RUKHSA_PUBLIC", f"{tmp_path}/public")
    build_town()
    application = granted_application("proof-of-residence", RESIDENCE)
    return Notice.objects.create(
        application=application,
        person=application.applicant,
        event="submitted",
        channel="sms",
        language="ar",
        created_at=NOW - HOUR,
    )


def queued() -> int:
    return ProcrastinateJob.objects.filter(task_name="delivery.send_again").count()


def test_an_unsent_notice_is_queued_once_after_its_own_tries_and_for_three_days(notice: Notice) -> None:
    ProcrastinateJob.objects.all()._raw_delete(using="default")
    assert queue_unsent(at=NOW - HOUR + timedelta(minutes=14)) == 0  # its own tries go on
    assert queue_unsent(at=NOW) == 1
    assert queue_unsent(at=NOW) == 0
    ProcrastinateJob.objects.all()._raw_delete(using="default")
    assert queue_unsent(at=NOW - HOUR + timedelta(days=2, hours=23)) == 1
    ProcrastinateJob.objects.all()._raw_delete(using="default")
    assert queue_unsent(at=NOW - HOUR + timedelta(days=3)) == 0
    Notice.objects.update(sent_at=NOW)
    assert (queue_unsent(at=NOW), queued()) == (0, 0)


def test_a_provider_that_is_away_leaves_no_failed_job_and_the_notice_as_it_was(
    notice: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = dataclasses.replace(settings.CONFIG, sms_url="http://127.0.0.1:9/sms")
    monkeypatch.setattr(settings, "CONFIG", away)
    send_again(notice=str(notice.pk))
    notice.refresh_from_db()
    assert (notice.sent_at, notice.failures, notice.last_failure) == (None, 1, "ConnectError")


def test_the_unsent_are_found_by_their_index(notice: Notice) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM delivery_notice WHERE sent_at IS NULL AND created_at > %s AND created_at < %s"
            " ORDER BY created_at LIMIT 9",
            [NOW - HOUR, NOW],
        )
        assert "notices_to_send" in "\n".join(line for (line,) in cursor.fetchall())
