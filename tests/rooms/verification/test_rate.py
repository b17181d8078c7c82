"""Questions that the server answers are counted: people are served, and guessing by the thousand is not."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from rukhsa import reader
from rukhsa.verification import rate
from rukhsa.verification.counting import Counting
from rukhsa.verification.models import AskedCount
from rukhsa.verification.outage import Outage
from rukhsa.verification.rate import TooMany, count
from tests.rooms.reader import bombs

AT = datetime(2026, 11, 24, 9, 0, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads that were asked to begin: one that did would add to the database beside the test's transaction."""
    names: list[str] = []
    monkeypatch.setattr(Counting, "begin", lambda counting: names.append(counting.name))
    monkeypatch.setattr(rate, "_apart", rate._Apart())
    return names


def test_the_twenty_first_question_in_a_minute_is_refused_and_the_next_minute_is_free() -> None:
    for _ in range(rate.A_MINUTE["number"]):
        count("192.0.2.1", "number", at=AT)
    with pytest.raises(TooMany):
        count("192.0.2.1", "number", at=AT)
    count("192.0.2.1", "number", at=AT + timedelta(minutes=1))


def test_a_file_counts_by_what_it_costs_to_read() -> None:
    """One that keeps a processor busy leaves less for the next; the first is answered."""
    with (
        reader.spent_within() as spent,
        suppress(reader.Refused),
        rate.count_cost("192.0.2.1", "file", at=AT),
    ):
        reader.ask("code-in-picture", bombs.eyes(2600, 1))
    assert spent.seconds > 0
    assert AskedCount.objects.get().count == 1 + int(spent.seconds)
    count("192.0.2.1", "file", at=AT, times=rate.A_MINUTE["file"] - 1 - int(spent.seconds))
    with pytest.raises(TooMany), rate.count_cost("192.0.2.1", "file", at=AT):
        pytest.fail("it was read")


def test_another_address_and_another_question_are_counted_apart() -> None:
    for _ in range(rate.A_MINUTE["number"]):
        count("192.0.2.1", "number", at=AT)
    count("192.0.2.2", "number", at=AT)
    count("192.0.2.1", "file", at=AT)


def test_the_address_itself_is_not_kept_and_counts_are_forgotten_after_an_hour() -> None:
    count("192.0.2.1", "number", at=AT)
    assert "192.0.2.1" not in AskedCount.objects.get().address
    later = AT + timedelta(minutes=62)
    count("192.0.2.9", "number", at=later)
    rate.forget(at=later)
    assert AskedCount.objects.count() == 1


def test_a_new_address_reads_no_row_of_another() -> None:
    rows = [AskedCount(address=str(number), what="text", minute=AT) for number in range(5000)]
    AskedCount.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as asked:
        count("192.0.2.1", "number", at=AT)
    (only,) = asked.captured_queries
    assert only["sql"].startswith("INSERT")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE verification_askedcount")
        cursor.execute("EXPLAIN DELETE FROM verification_askedcount WHERE minute < %s", [AT])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "asked_counts_by_age" in plan


def test_the_hosts_of_one_network_of_ipv6_count_together() -> None:
    for host in range(rate.A_MINUTE["number"]):
        count(f"2001:db8:1:2::{host:x}", "number", at=AT)
    with pytest.raises(TooMany):
        count("2001:db8:1:2:ffff::1", "number", at=AT)
    count("2001:db8:1:3::1", "number", at=AT)


def test_while_the_database_is_away_each_process_counts_in_memory_and_no_question_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rate, "outage", Outage())
    tries = []

    def away(*_: object) -> None:
        tries.append(1)
        raise OperationalError("the database is away")

    with connection.execute_wrapper(away):
        for _ in range(rate.A_MINUTE["number"]):
            count("192.0.2.77", "number", at=AT)
        with pytest.raises(TooMany):
            count("192.0.2.77", "number", at=AT)
        count("192.0.2.78", "number", at=AT)
    assert len(tries) == 1
    assert not AskedCount.objects.exists()


def test_in_the_verifier_a_text_waits_for_no_database_and_is_counted_with_those_of_other_processes(
    settings: Settings,
) -> None:
    settings.RUKHSA_COUNTS_APART = True
    processes = [rate._Apart(), rate._Apart()]
    key, most = "someone", rate.A_MINUTE["text"]

    def never(*_: object) -> None:
        raise AssertionError("it asked the database")

    with connection.execute_wrapper(never):
        for _ in range(most // 2):
            assert all(each.count(key, "text", AT) <= most for each in processes)
    for each in (*processes, *processes):
        each.add()  # as the thread does each second; nothing is added twice
    assert AskedCount.objects.get().count == most // 2 * 2
    processes[0].count(key, "text", AT)
    processes[0].add()  # learns what the other one counted
    assert processes[0].count(key, "text", AT) > most
    assert processes[0].count(key, "text", AT + timedelta(minutes=1)) == 1


def test_a_text_of_the_verifier_is_counted_by_its_thread(settings: Settings, begun: list[str]) -> None:
    settings.RUKHSA_COUNTS_APART = True
    count("192.0.2.1", "text", at=AT)
    count("192.0.2.1", "number", at=AT)
    assert len(begun) == 1
    assert AskedCount.objects.get().what == "number"
