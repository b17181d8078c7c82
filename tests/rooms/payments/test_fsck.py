"""fsck: nothing is found where all is well, and each rule finds what was broken by hand."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from rukhsa.authorities.actor import Actor
from rukhsa.payments import deposit
from rukhsa.payments.models import Charge, Payout, Refund
from rukhsa.payments.outcome import settle_open
from rukhsa.payments.payout import approve_payout, confirm_payout, propose_payout
from rukhsa.project.fsck.gateway_books import Difference, Moved
from rukhsa.project.fsck.report import RULES, Report, check
from rukhsa_rehearsal.sandbox.serve import Running
from tests.kept import kept
from tests.rooms.payments.conftest import Begin
from tests.rooms.payments.test_deposits import captured
from tests.rooms.payments.test_paying import pay

pytestmark = pytest.mark.django_db(transaction=True)
KEPT = (
    "payments_posting", "payments_entry", "payments_receipt", "payments_refund", "issuance_intent",
    "issuance_instrument", "issuance_signedfile", "issuance_logplace", "review_decision",
)  # fmt: skip
IBAN = "BH67BMAG00001299123456"

_BOOKED = "(SELECT id FROM payments_posting WHERE kind = 'captured')"
_ATTEMPT = """
INSERT INTO payments_attempt (id, charge_id, gateway, reference, gateway_reference, address, return_address, amount,
                              currency, state, result, card, started_at)
SELECT gen_random_uuid(), id, 'national', '{reference}', '', '', '', amount, currency, '{state}', '', '', '{at}'
FROM payments_charge LIMIT 1;
"""
_LISTED = """
    INSERT INTO payments_helddeposit (line_id, authority_id, held_at, reminders, freed_iban)
    SELECT id, 'CAP', now(), 0, '' FROM payments_chargeline WHERE kind = 'deposit'
"""
BROKEN = {
    "trial-balance": "UPDATE payments_entry SET amount = amount + 1 WHERE account = 'clearing'",
    "posting-balance": """
        INSERT INTO payments_refund (attempt_id, amount, currency, reason, due_at)
        SELECT id, 1, 'BHD', 'overpaid', now() FROM payments_attempt LIMIT 1;
        INSERT INTO payments_posting (kind, refund_id, authority_id, at) SELECT 'owed', id, 'CAP', now()
        FROM payments_refund
    """,
    "receipt-is-paid": "UPDATE payments_receipt SET amount = amount - 1",
    "capture-has-a-home": _ATTEMPT.format(reference="T-1", state="captured", at="2026-11-01"),
    "one-payment-a-charge": f"""
        INSERT INTO payments_entry (posting_id, account, gateway, line_id, amount, currency)
        SELECT posting_id, account, gateway, line_id, amount, currency
        FROM payments_entry WHERE posting_id = {_BOOKED}
    """,
    "joint-payments-add-up": "UPDATE payments_attempt SET together = amount + 1",
    "facts-are-posted": f"DELETE FROM payments_entry WHERE posting_id = {_BOOKED}",
    "deposits-add-up": "UPDATE payments_entry SET amount = amount - 1 WHERE account = 'releases'",
    "no-document-without-receipt": """
        INSERT INTO payments_charge (id, application_id, due, number, amount, currency, assessed_at, expires_at)
        SELECT gen_random_uuid(), application_id, 'after-inspection', 1, 1, 'BHD', now(), now() FROM payments_charge
    """,
    "no-payment-without-an-answer": "DELETE FROM issuance_instrument",
    "attempts-end": _ATTEMPT.format(reference="T-2", state="redirected", at="2020-01-01"),
    "needs-review": _ATTEMPT.format(reference="T-3", state="needs-review", at="2026-11-01"),
    "payouts-have-two-people": """
        INSERT INTO payments_refund (attempt_id, amount, currency, reason, due_at)
        SELECT id, 2, 'BHD', 'overpaid', now() FROM payments_attempt LIMIT 1;
        INSERT INTO payments_payout (id, refund_id, authority_id, amount, currency, channel, iban, is_compared, state,
                                     reference, refusal, proposed_at)
        SELECT gen_random_uuid(), id, 'CAP', 1, 'BHD', 'national', '', false, 'refused', '', '', now()
        FROM payments_refund
    """,
    "refund-to-send": """
        INSERT INTO payments_refund (attempt_id, amount, currency, reason, due_at)
        SELECT id, 1, 'BHD', 'overpaid', now() FROM payments_attempt LIMIT 1
    """,
    "release-to-send": "UPDATE payments_payout SET state = 'refused'",
    "held-deposits-are-listed": _LISTED,
    "held-or-gone": _LISTED,
    "unclaimed-is-held": f"{_LISTED}; UPDATE payments_helddeposit SET reminders = 1",
    "forfeitures-have-two-people": """
        INSERT INTO payments_forfeiture (id, line_id, amount, currency, authority_id, reason, photos, state, refusal,
                                         proposed_by_id, proposed_at)
        SELECT gen_random_uuid(), id, 1, 'BHD', 'CAP', 'mine', '[]', 'proposed', '',
               (SELECT proposed_by_id FROM payments_payout), now() FROM payments_chargeline WHERE kind = 'deposit';
        INSERT INTO payments_depositmovement (line_id, kind, reason, iban, photos, forfeiture_id, at)
        SELECT line_id, 'forfeited', reason, '', '[]', id, now() FROM payments_forfeiture
    """,
    "clearing-is-unsettled": "UPDATE payments_entry SET amount = amount - 1 WHERE account = 'clearing'",
    "settled-as-stated": """
        INSERT INTO reconciliation_statement (id, gateway, day, digest, count, net, currency, taken_by_id, taken_at)
        SELECT gen_random_uuid(), 'national', now(), '', 1, 9, 'BHD', proposed_by_id, now() FROM payments_payout;
        INSERT INTO reconciliation_settlement (id, statement_id, authority_id, count, net, person_id, at)
        SELECT gen_random_uuid(), id, 'CAP', 1, 9, taken_by_id, now() FROM reconciliation_statement
    """,
    "document-was-decided": "UPDATE review_decision SET outcome = 'refused', reasons = 'no'",
    "document-after-receipt": "UPDATE payments_receipt SET at = at + interval '1 day'",
    "document-is-sealed-and-signed": "UPDATE issuance_signedfile SET digest = repeat('1', 64)",
    "document-is-in-the-log": "DELETE FROM issuance_logplace WHERE index = 1",
    "ended-holds-nothing": "UPDATE applications_application SET stage = 'lapsed'",
    "lapsed-was-undone": """
        INSERT INTO applications_step (application_id, act, stage_before, stage_after, at, content)
        SELECT id, 'lapse', 'granted', 'lapsed', now(), '{}' FROM applications_application
    """,
}


@pytest.fixture
def paid(transactional_db: None, request: pytest.FixtureRequest) -> Charge:
    """A charge that was paid, its deposit returned and its document released. Made once in a process."""
    kept(
        "paid and paid back",
        lambda: _pay(*map(request.getfixturevalue, ("charge_with_deposit", "huda", "mariam"))),
    )
    return Charge.objects.get()


def _pay(charge_with_deposit: Charge, huda: Actor, mariam: Actor) -> None:
    captured(charge_with_deposit)
    line = charge_with_deposit.lines.get(kind="deposit")
    at = datetime.now(UTC)
    release = deposit.release(line, iban=IBAN, actor=None, at=at)
    payout = propose_payout(release, Payout.TRANSFER, iban=IBAN, actor=huda, at=at)
    confirm_payout(approve_payout(payout, actor=mariam, at=at), "B-1", actor=huda, at=at)
    by_hand(
        """
        INSERT INTO issuance_intent (id, origin, application_id, authority_id, service_version_id, number, version,
            verification_code, status_list, status_index, profile, facts, printed, valid_from, valid_until, at)
        SELECT id, 'application:' || id, id, authority_id, service_version_id, 'N-1', 1, 'c', 9, 1, 1, '{}', '{}',
               now(), now(), now() FROM applications_application;
        INSERT INTO review_decision (application_id, round, outcome, reasons, note, legal_basis, rule, at)
        SELECT id, 1, 'refused', 'no', '', '', 'within-the-plan', now() - interval '1 hour'
        FROM applications_application
        UNION ALL SELECT id, 2, 'granted', '', '', '', 'within-the-plan', now() FROM applications_application;
        INSERT INTO issuance_sealing (intent_id, kid, signature, issued_at)
        SELECT id, 'k', 's', now() FROM issuance_intent;
        INSERT INTO issuance_signedfile (intent_id, digest, at) SELECT id, repeat('0', 64), now() FROM issuance_intent;
        INSERT INTO issuance_logleaf (authority_id, intent_id, kind, entry, at)
        SELECT authority_id, id, unnest(ARRAY['seal', 'file']), '', now() FROM issuance_intent;
        INSERT INTO issuance_logcheckpoint (authority_id, sequence, size, note, at) VALUES ('CAP', 1, 2, '', now());
        INSERT INTO issuance_logplace (leaf_id, authority_id, index, checkpoint_id)
        SELECT id, authority_id, row_number() OVER (ORDER BY id) - 1, (SELECT max(id) FROM issuance_logcheckpoint)
        FROM issuance_logleaf;
        INSERT INTO issuance_instrument (id, intent_id, file_digest, released_at)
        SELECT id, id, repeat('0', 64), now() FROM issuance_intent
        """
    )


def look(outside: Running | None = None) -> Report:
    address = outside.address if outside else ""
    return check(at=datetime.now(UTC) + timedelta(minutes=1), grace=timedelta(0), gateways_at=address)


def by_hand(statement: str) -> None:
    """Write past the triggers that protect the facts, as the owner of the tables can."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in KEPT:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in KEPT:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_nothing_is_found_where_all_is_well(paid: Charge) -> None:
    report = look()
    assert (report.faults, report.waiting) == (0, 0)
    assert sum(amount for *_, amount in report.balances) == 0


def test_every_rule_has_something_that_breaks_it() -> None:
    assert list(BROKEN) == [rule.code for rule in RULES]


@pytest.mark.parametrize("code", BROKEN)
def test_what_was_changed_by_hand_is_found_by_its_rule(paid: Charge, code: str) -> None:
    by_hand(BROKEN[code])
    found = {rule.code: len(findings) for rule, findings in look().rules if findings}
    assert code in found


def test_the_gateways_own_books_agree_with_ours(
    charge_with_deposit: Charge, begin: Begin, outside: Running
) -> None:
    pay(begin(charge_with_deposit))
    settle_open(charge_with_deposit.application, at=datetime.now(UTC))
    ours = set(Charge.objects.values_list("attempts__reference", flat=True))

    def differences() -> list[Difference]:
        # The sandbox of the tests has the payments of other tests too.
        return [one for one in look(outside).differences["national"] if one.reference in ours]

    assert differences() == []
    by_hand("UPDATE payments_entry SET amount = amount - 1 WHERE account = 'clearing'")
    (difference,) = differences()
    assert (difference.ours, difference.theirs) == (Moved(taken=208_999), Moved(taken=209_000))


def test_a_refund_is_compared_with_the_gateways_books(
    charge: Charge, begin: Begin, huda: Actor, mariam: Actor, outside: Running
) -> None:
    pay(begin(charge))
    charge.application.stage = "withdrawn"
    charge.application.save()
    settle_open(charge.application, at=datetime.now(UTC))
    assert look().waiting == 1
    payout = propose_payout(Refund.objects.get(), "national", actor=huda, at=datetime.now(UTC))
    approve_payout(payout, actor=mariam, at=datetime.now(UTC))
    report = look(outside)
    reference = charge.attempts.get().reference
    assert [one for one in report.differences["national"] if one.reference == reference] == []
    assert (report.waiting, sum(len(found) for _, found in report.rules)) == (0, 0)


def test_the_command_tells_people_and_machines(paid: Charge, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        call_command("fsck")
    said = capsys.readouterr().out
    assert end.value.code == 0
    assert said.splitlines()[-1] == f"fsck: {len(RULES)} rules, 0 faults, 0 waiting"
    by_hand(BROKEN["trial-balance"])
    with pytest.raises(SystemExit) as end:
        call_command("fsck", json=True)
    assert end.value.code == 1
    assert json.loads(capsys.readouterr().out)["faults"] >= 1


def test_gateways_that_cannot_be_asked_are_no_agreement(
    paid: Charge, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.core.management.base import CommandError

    with pytest.raises(CommandError, match="sandbox running") as end:
        call_command("fsck", gateways="http://127.0.0.1:9")
    assert end.value.returncode == 2
