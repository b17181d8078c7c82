"""An index costs bytes and time at every row: none is kept that another one begins with, in the tables that grow."""

import pytest
from django.db import connection

# The tables that have a row or more for each application.
GROWING = (
    "applications_application",
    "applications_step",
    "audit_journalentry",
    "delivery_notice",
    "issuance_instrument",
    "issuance_intent",
    "issuance_logleaf",
    "issuance_logplace",
    "issuance_sealing",
    "issuance_signedfile",
    "payments_charge",
    "payments_chargeline",
    "payments_posting",
    "payments_receipt",
    "review_check",
    "review_decision",
    "review_inspection",
    "review_referral",
)
REPEATED = """
    SELECT one.indexrelid::regclass::text
    FROM pg_index AS one JOIN pg_index AS other ON other.indrelid = one.indrelid AND other.indexrelid <> one.indexrelid
    WHERE one.indrelid = ANY (%s::regclass[]) AND NOT one.indisunique AND one.indpred IS NULL
    AND other.indpred IS NULL AND one.indexprs IS NULL AND other.indexprs IS NULL
    AND one.indclass[0] = other.indclass[0] AND other.indkey::text LIKE one.indkey::text || ' %%'
"""


@pytest.mark.django_db
def test_no_index_of_a_table_that_grows_is_the_beginning_of_another() -> None:
    assert repeated() == []


@pytest.mark.django_db
def test_an_index_that_is_the_beginning_of_another_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX needless ON issuance_logleaf (intent_id)")
    assert repeated() == ["needless"]


def repeated() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(REPEATED, [list(GROWING)])
        return [name for (name,) in cursor.fetchall()]
