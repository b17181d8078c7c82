"""An index costs bytes and time at every row: none is kept that another one begins with, in the tables that grow."""

import pytest
from django.db import connection

# The tables that have a row or more for each application.
GROWING = (
    "applications_application",
    "applications_attachment",
    "applications_step",
    "audit_journalentry",
    "delivery_notice",
    "issuance_instrument",
    "issuance_intent",
    "issuance_logleaf",
    "issuance_logplace",
    "issuance_sealing",
    "issuance_signedfile",
    "issuance_signing",
    "payments_attempt",
    "payments_charge",
    "payments_chargeline",
    "payments_posting",
    "payments_receipt",
    "review_assignment",
    "review_check",
    "review_decision",
    "review_inspection",
    "review_opinion",
    "review_referral",
)
REPEATED = """
    SELECT one.indexrelid::regclass::text
    FROM pg_index AS one JOIN pg_index AS other ON other.indrelid = one.indrelid AND other.indexrelid <> one.indexrelid
    WHERE one.indrelid = ANY (%s::regclass[]) AND NOT one.indisunique AND one.indpred IS NULL
    AND other.indpred IS NULL AND one.indexprs IS NULL AND other.indexprs IS NULL
    AND one.indclass[0] = other.indclass[0] AND other.indkey::text LIKE one.indkey::text || ' %%'
"""

# A reference that most rows are without: in a whole index each of these rows has its bytes and is never found.
OF_NOTHING = """
    SELECT indexrelid::regclass::text
    FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
    JOIN pg_constraint ON conrelid = indrelid AND contype = 'f' AND conkey = ARRAY[attnum]
    WHERE indrelid = ANY (%s::regclass[]) AND NOT indisunique AND indpred IS NULL AND indnkeyatts = 1
    AND NOT attnotnull AND indexprs IS NULL
"""


@pytest.mark.django_db
def test_no_index_of_a_table_that_grows_is_the_beginning_of_another() -> None:
    assert repeated() == []


@pytest.mark.django_db
def test_an_index_that_is_the_beginning_of_another_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX needless ON issuance_logleaf (intent_id)")
    assert repeated() == ["needless"]


@pytest.mark.django_db
def test_no_index_of_a_table_that_grows_keeps_the_rows_without_what_it_is_of() -> None:
    assert found(OF_NOTHING) == []
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX of_nothing ON issuance_intent (copies_id)")
    assert found(OF_NOTHING) == ["of_nothing"]


def repeated() -> list[str]:
    return found(REPEATED)


def found(question: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(question, [list(GROWING)])
        return [name for (name,) in cursor.fetchall()]
