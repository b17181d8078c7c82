"""The reasons for both kinds of stalls are kept when their two tables become one, and back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from rukhsa.issuance.models import Stall
from tests.rooms.review import works

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_again")]
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def migrate(name: str) -> Any:
    """The models of issuance as they are after a migration."""
    return MigrationExecutor(connection).migrate([("issuance", name)]).apps


def test_stalls_of_documents_and_of_papers_move_into_one_table_and_back() -> None:
    application = works.submitted(works.publish(works.works()))
    before, key = migrate("0003_signings"), application.pk
    before.get_model("issuance", "Stall").objects.create(application_id=key, code="text-differs", at=AT)
    before.get_model("issuance", "PaperRefusal").objects.create(
        application_id=key, origin="receipt:12", code="text-differs", at=AT + timedelta(hours=1)
    )
    for _ in range(2):
        migrate("0004_one_table_of_stalls")
        assert list(Stall.objects.order_by("at").values_list("origin", "application", "code", "at")) == [
            (f"application:{key}", key, "text-differs", AT),
            ("receipt:12", key, "text-differs", AT + timedelta(hours=1)),
        ]
        with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
            Stall.objects.update(code="other")
        after = migrate("0003_signings")
        kept = [after.get_model("issuance", name).objects for name in ("Stall", "PaperRefusal")]
        assert [list(each.values_list("application", "at")) for each in kept] == [
            [(key, AT)],
            [(key, AT + timedelta(hours=1))],
        ]
    migrate("0004_one_table_of_stalls")
