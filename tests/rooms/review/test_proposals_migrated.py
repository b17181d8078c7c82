"""What two officers decided before proposals were agreements is kept when the database is migrated, and back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from rukhsa.authorities.actor import Actor
from rukhsa.mandates.models import Mandate
from rukhsa.review.decision import Decision
from rukhsa.review.proposal import Proposal
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_again")]
LATER = SUNDAY + timedelta(hours=1)


def migrate(name: str) -> Any:
    """The models of the review as they are after a migration."""
    return MigrationExecutor(connection).migrate([("review", name)]).apps


def test_disagreements_and_confirmations_move_into_the_proposals_and_back(
    salem: Actor, mariam: Actor
) -> None:
    application = works.submitted(works.publish(works.works({"decide": "two officers"})))
    submission = application.steps.get()
    by_two = {"officer": mariam.person, "proposed_by": salem.person}
    mandate = Mandate.objects.get(post__person=mariam.person)
    Decision.objects.create(application=application, outcome="granted", mandate=mandate, at=LATER, **by_two)
    before = migrate("0001_initial")
    proposed = [
        before.get_model("review", "Proposal").objects.create(
            application_id=application.pk, submission_id=submission.pk, outcome="granted", reasons=f"{number}",
            officer_id=salem.person.pk, at=SUNDAY,
        )
        for number in range(2)
    ]  # fmt: skip
    reasons = "Too narrow. " * 100
    before.get_model("review", "Disagreement").objects.create(
        proposal=proposed[0], reasons=reasons, officer_id=mariam.person.pk, at=SUNDAY
    )
    for _ in range(2):
        migrate("0002_approved_by_two")
        columns = ("proposed_by", "proposed_at", "state", "decided_by", "decided_at", "refusal")
        assert list(Proposal.objects.order_by("pk").values_list(*columns)) == [
            (salem.person.pk, SUNDAY, "refused", mariam.person.pk, SUNDAY, reasons),
            (salem.person.pk, SUNDAY, "approved", mariam.person.pk, LATER, ""),
        ]
        with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
            Proposal.objects.filter(state="approved").update(reasons="Others.")
        after = migrate("0001_initial")
        disagreements = after.get_model("review", "Disagreement").objects
        assert list(disagreements.values_list("proposal", "reasons", "officer", "at")) == [
            (proposed[0].pk, reasons, mariam.person.pk, SUNDAY)
        ]
    migrate("0002_approved_by_two")


def test_the_database_keeps_the_two_officers_apart(salem: Actor) -> None:
    application = works.submitted(works.publish(works.works({"decide": "two officers"})))
    proposal = Proposal.objects.create(
        application=application, submission=application.steps.get(), outcome="granted", reasons="In order.",
        proposed_by=salem.person, proposed_at=SUNDAY,
    )  # fmt: skip
    proposal.state, proposal.decided_by, proposal.decided_at = "approved", salem.person, LATER
    with pytest.raises(IntegrityError, match="proposal_approved_by_another"):
        proposal.save()
