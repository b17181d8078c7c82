"""The reasons for both kinds of stalls are kept when their two tables become one, and back."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.database import drafted_in, migrate_to

pytestmark = pytest.mark.usefixtures("unmigrated")
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_stalls_of_documents_and_of_papers_move_into_one_table_and_back() -> None:
    before = migrate_to("issuance", "0003_signings")
    key = drafted_in(before, AT).pk
    before.get_model("issuance", "Stall").objects.create(application_id=key, code="text-differs", at=AT)
    before.get_model("issuance", "PaperRefusal").objects.create(
        application_id=key, origin="receipt:12", code="text-differs", at=AT + timedelta(hours=1)
    )
    for _ in range(2):
        models = migrate_to("issuance", "0004_one_table_of_stalls")
        stalls = models.get_model("issuance", "Stall").objects
        assert list(stalls.order_by("at").values_list("origin", "application", "code", "at")) == [
            (f"application:{key}", key, "text-differs", AT),
            ("receipt:12", key, "text-differs", AT + timedelta(hours=1)),
        ]
        with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
            stalls.update(code="other")
        after = migrate_to("issuance", "0003_signings")
        kept = [after.get_model("issuance", name).objects for name in ("Stall", "PaperRefusal")]
        assert [list(each.values_list("application", "at")) for each in kept] == [
            [(key, AT)],
            [(key, AT + timedelta(hours=1))],
        ]
    migrate_to("issuance", "0004_one_table_of_stalls")
