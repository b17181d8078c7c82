"""What two people decided before proposals were agreements is kept when the database is migrated, and back."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from tests.database import migrate_to

pytestmark = pytest.mark.usefixtures("unmigrated")
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_decisions_on_proposed_texts_move_into_the_proposals_and_back() -> None:
    before = migrate_to("catalogue", "0001_initial")
    people = before.get_model("accounts", "Person").objects
    salem, mariam = (people.create(email=f"{each}@mun.example", kind="staff") for each in ("s", "m"))
    version = before.get_model("catalogue", "ServiceVersion").objects.create(
        service="a", number=1, meaning={}, digest="0" * 64, published_at=AT
    )
    proposed = [
        before.get_model("catalogue", "ServiceProposal").objects.create(
            service="a", source_text=f"text {number}", text_digest="0" * 64, effective_on=AT.date(),
            proposed_by_id=salem.pk, proposed_at=AT,
        )
        for number in range(3)
    ]  # fmt: skip
    before.get_model("catalogue", "Approval").objects.create(
        proposal=proposed[0], version_id=version.pk, proposed_by_id=salem.pk, approved_by_id=mariam.pk, at=AT
    )
    before.get_model("catalogue", "ProposalRefusal").objects.create(
        proposal=proposed[1], reason="no", refused_by_id=salem.pk, at=AT
    )
    for _ in range(2):
        models = migrate_to("catalogue", "0002_approved_by_two")
        proposals = models.get_model("catalogue", "ServiceProposal").objects
        told = ("source_text", "state", "decided_by", "decided_at", "version", "refusal")
        assert list(proposals.order_by("source_text").values_list(*told)) == [
            ("text 0", "approved", mariam.pk, AT, version.pk, ""),
            ("text 1", "refused", salem.pk, AT, None, "no"),
            ("text 2", "proposed", None, None, None, ""),
        ]
        with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
            proposals.filter(state="proposed").update(source_text="another text")
        with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
            proposals.filter(state="refused").update(state="proposed")
        with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
            proposals.all().delete()
        after = migrate_to("catalogue", "0001_initial")
        decided = (
            after.get_model("catalogue", "Approval").objects.values_list("proposal", "approved_by", "at"),
            after.get_model("catalogue", "ProposalRefusal").objects.values_list("proposal", "reason"),
        )
        assert [list(each) for each in decided] == [
            [(proposed[0].pk, mariam.pk, AT)],
            [(proposed[1].pk, "no")],
        ]
    migrate_to("catalogue", "0002_approved_by_two")
