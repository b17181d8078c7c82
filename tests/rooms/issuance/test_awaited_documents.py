"""The sweep for lost work looks at the awaited documents: the database notes each, and none that is finished stays."""

from datetime import datetime

import pytest
from django.db import connection

from rukhsa import sweeps
from rukhsa.delivery.models import Notice
from rukhsa.issuance import cycle, site, time_stamp
from rukhsa.issuance.models import AwaitedDocument
from rukhsa.issuance.time_stamp import ProofMissing
from rukhsa.web.sentences import status_of
from tests.rooms.issuance.conftest import Grant


def test_a_granted_application_is_awaited_until_its_document_is_issued_and_told_of(
    granted: Grant, town: datetime
) -> None:
    application = granted()
    assert AwaitedDocument.objects.filter(application=application).exists()
    assert sweeps.unfinished() == [application]
    cycle.issue(application, at=town)
    assert (sweeps.forget_awaited(), sweeps.unfinished()) == (0, [application])  # no one was told
    told = {"application": application, "person": application.applicant, "language": "ar", "created_at": town}
    Notice.objects.create(event="issued", channel="sms", **told)
    assert sweeps.unfinished() == []
    assert (sweeps.forget_awaited(), AwaitedDocument.objects.count()) == (1, 0)


def test_without_the_trigger_lost_work_would_not_be_found(granted: Grant) -> None:
    """The negative control."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE applications_application DISABLE TRIGGER issuance_await_document")
    granted()
    assert sweeps.unfinished() == []


def test_a_document_whose_proof_cannot_be_read_here_is_refused_plainly(
    granted: Grant, town: datetime, settings: object, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    instrument = cycle.issue(granted(), at=town)
    assert time_stamp.handed_out(instrument)
    monkeypatch.setattr(settings, "RUKHSA_PUBLIC", f"{tmp_path}/elsewhere")
    assert list(site.files().names()) == []
    with pytest.raises(ProofMissing) as refused:
        time_stamp.handed_out(instrument)
    assert status_of(refused.value.code) == 503
