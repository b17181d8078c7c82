"""After the erasure of a person's application the log, the money and the verdict on the document stay true."""

from datetime import datetime, timedelta

from django.db import connection

from rukhsa.personal.erasure import erase
from rukhsa.project.fsck.report import RULES
from rukhsa.verification import lookup
from tests.journeys import facts
from tests.town import Town


def faults(at: datetime) -> list[str]:
    """The rules of fsck that are broken."""
    found = []
    with connection.cursor() as cursor:
        for rule in RULES:
            cursor.execute(rule.query, {"now": at, "grace": timedelta(days=1)})
            found += [f"{rule.code}: {row}" for row in cursor.fetchall()]
    return found


def test_the_verdict_on_a_document_is_the_same_after_its_application_was_erased(town: Town) -> None:
    instrument = town.issue("proof-of-residence")
    application = instrument.intent.application
    assert application is not None
    before = [
        facts.verdict_on(instrument, at=town.at).word,
        facts.verdict_on_seal(instrument, at=town.at).word,
    ]
    end = town.at + timedelta(days=3650)
    erase(application, rule="granted", why="over", cause="retention", actor=None, at=end)
    application.refresh_from_db()
    assert (application.answers, application.typed) == ({}, {})
    after = [
        facts.verdict_on(instrument, at=town.at).word,
        facts.verdict_on_seal(instrument, at=town.at).word,
    ]
    assert before == after == ["valid", "valid"]
    by_number = lookup.by_number(instrument.number, instrument.intent.verification_code, at=town.at)
    assert by_number.word == "valid"
    assert faults(town.at) == []
