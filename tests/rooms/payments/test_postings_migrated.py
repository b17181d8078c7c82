"""Postings of every kind find their facts when the database is migrated, and get their texts back."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from rukhsa.authorities.actor import Actor
from rukhsa.payments import deposit
from rukhsa.payments.ledger import POSTINGS, credit, debit, post
from rukhsa.payments.models import Account, Charge, DepositMovement, Payout, Posting, Refund
from rukhsa.payments.payout import approve_payout, confirm_payout, propose_payout
from rukhsa.payments.refund import owe
from rukhsa.reconciliation.models import Settlement, Statement
from rukhsa.values.money import Money
from tests.rooms.payments.test_deposits import IBAN, captured, kept
from tests.rooms.payments.test_fsck import by_hand

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_again")]
ONE = Money(minor=1, currency="BHD")
FACTS = ("pk", "kind", "receipt", "refund", "payout", "movement", "settlement", "authority", "at")


def now() -> datetime:
    return datetime.now(UTC)


def migrate_back() -> Any:
    """The model of a posting as it was when a text named its fact."""
    before = [("reconciliation", "0001_initial"), ("payments", "0002_notice_count")]
    return MigrationExecutor(connection).migrate(before).apps.get_model("payments", "Posting")


def migrate() -> None:
    """Let each posting name its fact; what came later rests on other tables."""
    MigrationExecutor(connection).migrate([("payments", "0003_postings_name_their_fact")])
    MigrationExecutor(connection).migrate([("reconciliation", "0002_settlements_are_posted")])


def migrate_all() -> None:
    """Every migration there is."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def sent(owed: Refund | DepositMovement, by: Actor, with_: Actor) -> Payout:
    """A payout that was sent at the second try, after a refused one."""
    refused = propose_payout(owed, Payout.TRANSFER, iban=IBAN, actor=by, at=now())
    Payout.objects.filter(pk=refused.pk).update(state=Payout.State.REFUSED)
    payout = propose_payout(owed, Payout.TRANSFER, iban=IBAN, actor=by, at=now())
    return confirm_payout(approve_payout(payout, actor=with_, at=now()), "B-1", actor=by, at=now())


def settled(actor: Actor) -> Settlement:
    """A settlement with one posting for each of its three kinds."""
    statement = Statement.objects.create(
        gateway="national", day=now().date(), count=3, net=1, currency="BHD", taken_by=actor.person, taken_at=now()
    )  # fmt: skip
    made = Settlement.objects.create(
        statement=statement, authority_id="CAP", count=3, net=1, person=actor.person, at=now()
    )
    bank, clearing = Account.BANK, Account.CLEARING
    for kind, entries in {
        Posting.Kind.SETTLED: [debit(bank, ONE), credit(clearing, ONE, gateway="national")],
        Posting.Kind.NETTED: [debit(clearing, ONE, gateway="national"), credit(bank, ONE)],
        Posting.Kind.KEPT: [debit(Account.COMMISSIONS, ONE), credit(bank, ONE)],
    }.items():
        post(kind, "CAP", entries, at=now(), settlement=made.pk)
    return made


def test_postings_of_every_kind_name_their_facts_as_their_texts_did(
    charge_with_deposit: Charge, salem: Actor, mariam: Actor, huda: Actor
) -> None:
    attempt = captured(charge_with_deposit).attempts.get()
    line = charge_with_deposit.lines.get(kind="deposit")
    part = kept(line, "4.000", by=salem, with_=mariam)
    release = deposit.release(line, iban=IBAN, actor=None, at=now())
    refund = owe(attempt, ONE, Refund.Reason.OVERPAID, at=now())
    sent(release, huda, mariam)
    sent(refund, huda, mariam)
    settlement = settled(huda)
    facts = list(Posting.objects.order_by("pk").values_list(*FACTS))
    assert {kind for _, kind, *_ in facts} == set(POSTINGS)
    for _ in range(2):
        before = migrate_back()
        assert set(before.objects.values_list("event", flat=True)) == {
            f"captured:{attempt.pk}",
            f"forfeited:{part.pk}",
            f"released:{release.pk}",
            f"owed:{refund.pk}",
            f"returned:{release.pk}",
            f"refunded:{refund.pk}",
            *(f"{kind}:{settlement.pk}" for kind in ("settled", "netted", "kept")),
        }
        with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
            before.objects.update(event=None)
        migrate()
        assert list(Posting.objects.order_by("pk").values_list(*FACTS)) == facts
        with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
            Posting.objects.update(kind="owed")
    migrate_all()
    assert list(Posting.objects.order_by("pk").values_list(*FACTS)) == facts
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_posting_whose_fact_is_not_found_is_named_and_nothing_is_changed(
    charge_with_deposit: Charge,
) -> None:
    attempt = captured(charge_with_deposit).attempts.get()
    before, nothing = migrate_back(), f"captured:{UUID(int=0)}"
    by_hand(f"UPDATE payments_posting SET event = '{nothing}'")
    try:
        with pytest.raises(IntegrityError, match=f"no fact is found for these postings: {nothing}"):
            migrate()
        assert before.objects.get().event == nothing
    finally:
        by_hand(f"UPDATE payments_posting SET event = 'captured:{attempt.pk}'")
        migrate()
    assert Posting.objects.get().receipt_id == charge_with_deposit.receipt.pk
