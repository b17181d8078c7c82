"""What runs every few seconds, and what every page asks, is found by an index: no plan reads the whole register.

Tables of the tests are small, and a small table is read as a whole: so reading one as a whole is made dear here.
"""

import re
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from rukhsa.accounts.models import Person
from rukhsa.issuance.models import Instrument
from rukhsa.payments.outcome import settle_overdue
from rukhsa.personal.person_erasure import people_over
from rukhsa.personal.retention_rule import rules
from rukhsa.review.queue import QueueEntry
from rukhsa.sweeps import unfinished

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("untouched")]


def plan_of(statement: str) -> str:
    """The plan of a statement, where reading a whole table is the last resort.

    Of a table that was never counted PostgreSQL takes it that it has some rows; one that was seen to be empty is read
    in any way at all, and autovacuum sees it when it comes by.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_clear_relation_stats(schemaname, tablename) FROM pg_tables"
            " WHERE schemaname = current_schema() AND tableowner = current_user"
        )
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_the_sweep_of_payments_reads_what_is_open_or_ended_unpaid() -> None:
    with CaptureQueriesContext(connection) as asked:
        settle_overdue(at=datetime.now(UTC))
    [overdue] = [each["sql"] for each in asked if 'FROM "payments_attempt"' in each["sql"]]
    plan = plan_of(overdue)
    assert "attempts_without_an_end" in plan
    assert "attempts_that_ended_unpaid" in plan
    assert "Seq Scan on payments_attempt" not in plan


def test_whether_a_few_documents_hold_is_asked_of_these_documents() -> None:
    few = Instrument.objects.filter(pk__in=[uuid.uuid4() for _ in range(20)]).holding()
    with CaptureQueriesContext(connection) as asked:
        assert not few.exists()
    plan = plan_of(asked.captured_queries[0]["sql"])
    assert "SubPlan" not in plan  # a list of all that hold, made for twenty
    assert "issuance_instrument_pkey" in plan


def test_the_sweep_looks_for_an_unpaid_charge_by_its_application() -> None:
    """As `Exists` within an OR it was a list of all that is unpaid, from every charge and receipt, each minute."""
    with CaptureQueriesContext(connection) as asked:
        assert unfinished() == []
    about_charges = [each["sql"] for each in asked if "payments_charge" in each["sql"]]
    assert len(about_charges) == 2
    for statement in about_charges:
        # A small table gives the plan of a large one to neither form; what tells them apart is the statement.
        assert not re.search(r"EXISTS\(SELECT 1 AS \"a\" FROM \"payments_charge\" \"\w+\" LEFT", statement)
        assert "one_charge_a_moment on payments_charge" in plan_of(statement)


def test_people_whom_the_rule_of_retention_names_are_found_by_when_they_were_seen_last() -> None:
    rule = rules()["persons"]
    assert "people_by_last_sight" in plan_of_rows(people_over(rule, at=datetime.now(UTC)))


def test_what_an_officer_has_in_hand_is_found_by_the_officer() -> None:
    person = Person.objects.create(email="huda@town.example", kind="staff")
    plan = plan_of_rows(QueueEntry.objects.in_hand_of(person, at=datetime.now(UTC)).order_by())
    assert "queue_mine" in plan
    assert "Filter: ((officer_id" not in plan


def plan_of_rows(rows: QuerySet[Any]) -> str:
    with CaptureQueriesContext(connection) as asked:
        list(rows)
    return plan_of(asked.captured_queries[0]["sql"])
