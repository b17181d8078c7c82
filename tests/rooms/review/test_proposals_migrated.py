"""What two officers decided before proposals were agreements is kept when the database is migrated, and back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from rukhsa.authorities.actor import Actor
from rukhsa.review.proposal import Proposal
from tests.database import drafted_in, migrate_to
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY

LATER = SUNDAY + timedelta(hours=1)


@pytest.mark.usefixtures("unmigrated")
def test_disagreements_and_confirmations_move_into_the_proposals_and_back() -> None:
    before = migrate_to("review", "0001_initial")
    application = drafted_in(before, SUNDAY)
    submission = application.steps.create(
        stage_before="draft", act="submit", stage_after="submitted", at=SUNDAY
    )
    people = before.get_model("accounts", "Person").objects
    salem, mariam = (people.create(email=f"{each}@mun.example", kind="staff") for each in ("s", "m"))
    before.get_model("review", "Decision").objects.create(
        application=application, outcome="granted", officer=mariam, proposed_by=salem, at=LATER
    )
    proposed = [
        before.get_model("review", "Proposal").objects.create(
            application_id=application.pk, submission_id=submission.pk, outcome="granted", reasons=f"{number}",
            officer_id=salem.pk, at=SUNDAY,
        )
        for number in range(2)
    ]  # fmt: skip
    reasons = "Too narrow. " * 100
    before.get_model("review", "Disagreement").objects.create(
        proposal=proposed[0], reasons=reasons, officer_id=mariam.pk, at=SUNDAY
    )
    for _ in range(2):
        proposals = migrate_to("review", "0002_approved_by_two").get_model("review", "Proposal").objects
        columns = ("proposed_by", "proposed_at", "state", "decided_by", "decided_at", "refusal")
        assert list(proposals.order_by("pk").values_list(*columns)) == [
            (salem.pk, SUNDAY, "refused", mariam.pk, SUNDAY, reasons),
            (salem.pk, SUNDAY, "approved", mariam.pk, LATER, ""),
        ]
        with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
            proposals.filter(state="approved").update(reasons="Others.")
        after = migrate_to("review", "0001_initial")
        disagreements = after.get_model("review", "Disagreement").objects
        assert list(disagreements.values_list("proposal", "reasons", "officer", "at")) == [
            (proposed[0].pk, reasons, mariam.pk, SUNDAY)
        ]
    migrate_to("review", "0002_approved_by_two")


@pytest.mark.django_db
def test_the_database_keeps_the_two_officers_apart(salem: Actor) -> None:
    application = works.submitted(works.publish(works.works({"decide": "two officers"})))
    proposal = Proposal.objects.create(
        application=application, submission=application.steps.get(), outcome="granted", reasons="In order.",
        proposed_by=salem.person, proposed_at=SUNDAY,
    )  # fmt: skip
    proposal.state, proposal.decided_by, proposal.decided_at = "approved", salem.person, LATER
    with pytest.raises(IntegrityError, match="proposal_approved_by_another"), transaction.atomic():
        proposal.save()
