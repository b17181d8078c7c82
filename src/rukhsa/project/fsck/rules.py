"""The rules of money, each as one statement that finds what breaks it.

They read the tables as they lie and know no model: a fault of the code that writes does not hide itself here. Each
statement gives (subject, detail) and may name `now` and `grace`, the time that work under way is given. Its cost
grows with the rows of the tables that it names.
"""

from rukhsa.project.fsck.documents import DOCUMENTS
from rukhsa.project.fsck.ends import ENDS
from rukhsa.project.fsck.held import HELD
from rukhsa.project.fsck.rule import Rule
from rukhsa.project.fsck.settled import SETTLED

# What was posted for a fact, on one account: NULL where nothing was.
_POSTED = """(SELECT sum(entry.amount) FROM payments_posting AS posting
              JOIN payments_entry AS entry ON entry.posting_id = posting.id
              WHERE posting.{fact} AND entry.account {account})"""
# What reports call a posting.
_EVENT = """posting.kind || ':' || coalesce(
    (SELECT attempt_id::text FROM payments_receipt WHERE id = posting.receipt_id), posting.refund_id::text,
    (SELECT coalesce(refund_id, release_id)::text FROM payments_payout WHERE id = posting.payout_id),
    posting.movement_id::text, posting.settlement::text)"""
_CLEARING = "= 'clearing'"
_SENT = "NOT IN ('clearing', 'bank')"

RULES = (
    Rule(
        code="trial-balance",
        holds="all that was posted adds up to nothing, in each currency",
        query="SELECT currency, sum(amount) FROM payments_entry GROUP BY currency HAVING sum(amount) <> 0",
    ),
    Rule(
        code="posting-balance",
        holds="each posting adds up to nothing",
        query=f"""
        SELECT {_EVENT}, coalesce(sum(entry.amount), 0)
        FROM payments_posting AS posting LEFT JOIN payments_entry AS entry ON entry.posting_id = posting.id
        GROUP BY posting.id, entry.currency
        HAVING coalesce(sum(entry.amount), 0) <> 0 OR count(entry.id) = 0
        """,  # noqa: S608 - put together of the words above
    ),
    Rule(
        code="receipt-is-paid",
        holds="each receipt is of its charge's amount, and of a captured attempt equal to it",
        query="""
        SELECT receipt.number, charge.amount - receipt.amount
        FROM payments_receipt AS receipt
        JOIN payments_charge AS charge ON charge.id = receipt.charge_id
        LEFT JOIN payments_attempt AS attempt ON attempt.id = receipt.attempt_id
        WHERE (receipt.amount, receipt.currency) <> (charge.amount, charge.currency)
           OR charge.amount > 0 AND (attempt.charge_id, attempt.amount, attempt.currency, attempt.state)
              IS DISTINCT FROM (charge.id, charge.amount, charge.currency, 'captured'::varchar)
        """,
    ),
    Rule(
        code="capture-has-a-home",
        holds="each captured attempt has a receipt, or its money is owed back",
        query="""
        SELECT attempt.reference, attempt.amount FROM payments_attempt AS attempt
        WHERE attempt.state = 'captured'
          AND NOT EXISTS (SELECT FROM payments_receipt WHERE attempt_id = attempt.id)
          AND NOT EXISTS (SELECT FROM payments_refund WHERE attempt_id = attempt.id)
        """,
    ),
    Rule(
        code="one-payment-a-charge",
        holds="no charge keeps more than it claims, and none has two attempts under way",
        query="""
        SELECT charge.id, sum(-entry.amount) - charge.amount
        FROM payments_charge AS charge JOIN payments_chargeline AS line ON line.charge_id = charge.id
        JOIN payments_entry AS entry ON entry.line_id = line.id
        JOIN payments_posting AS posting ON posting.id = entry.posting_id AND posting.kind = 'captured'
        GROUP BY charge.id, charge.amount HAVING sum(-entry.amount) <> charge.amount
        UNION ALL
        SELECT charge_id, count(*) FROM payments_attempt WHERE state IN ('initiated', 'redirected')
        GROUP BY charge_id HAVING count(*) > 1
        """,
    ),
    Rule(
        code="facts-are-posted",
        holds="each receipt, refund, payout and movement of a deposit is in the books as what it is, with its amount",
        query=f"""
        SELECT event, amount FROM (
            SELECT 'captured:' || attempt_id AS event, amount, amount AS due,
                   {_POSTED.format(fact="receipt_id = payments_receipt.id", account=_CLEARING)} AS posted
            FROM payments_receipt WHERE attempt_id IS NOT NULL
            UNION ALL
            SELECT 'owed:' || id, amount, amount,
                   {_POSTED.format(fact="refund_id = payments_refund.id", account=_CLEARING)}
            FROM payments_refund
            UNION ALL
            SELECT CASE WHEN refund_id IS NULL THEN 'returned:' || release_id ELSE 'refunded:' || refund_id END,
                   amount, CASE state WHEN 'done' THEN amount END,
                   {_POSTED.format(fact="payout_id = payments_payout.id", account=_SENT)}
            FROM payments_payout
        ) AS facts WHERE posted IS DISTINCT FROM due
        UNION ALL
        SELECT movement.kind || ':' || movement.id, line.amount FROM payments_depositmovement AS movement
        JOIN payments_chargeline AS line ON line.id = movement.line_id
        WHERE movement.kind IS DISTINCT FROM coalesce(
            (SELECT kind FROM payments_posting WHERE movement_id = movement.id), 'held')
        """,  # noqa: S608 - put together of the words above
    ),
    Rule(
        code="deposits-add-up",
        holds="what is held of a deposit, was forfeited and went back is what was paid, and never less than nothing",
        query="""
        SELECT line.id, line.amount + coalesce(sum(entry.amount), 0)
        FROM payments_chargeline AS line JOIN payments_receipt AS receipt ON receipt.charge_id = line.charge_id
        LEFT JOIN payments_entry AS entry ON entry.line_id = line.id
             AND entry.account IN ('deposits', 'forfeitures', 'releases', 'bank')
        WHERE line.kind = 'deposit' AND receipt.attempt_id IS NOT NULL
        GROUP BY line.id, line.amount
        HAVING coalesce(sum(entry.amount), 0) <> -line.amount
            OR coalesce(sum(entry.amount) FILTER (WHERE entry.account = 'deposits'), 0) > 0
        """,
    ),
    Rule(
        code="no-document-without-receipt",
        holds="no document exists whose application owes a charge",
        query="""
        SELECT intent.number, charge.amount FROM issuance_instrument AS instrument
        JOIN issuance_intent AS intent ON intent.id = instrument.intent_id
        JOIN payments_charge AS charge ON charge.application_id = intent.application_id
        WHERE charge.amount > 0
          AND NOT EXISTS (SELECT FROM payments_receipt WHERE charge_id = charge.id)
          AND NOT EXISTS (SELECT FROM payments_charge AS newer WHERE newer.application_id = charge.application_id
                          AND newer.due = charge.due AND newer.number > charge.number)
        """,
    ),
    Rule(
        code="no-payment-without-an-answer",
        holds="whoever paid after the grant has the document",
        query="""
        SELECT application.reference, receipt.amount FROM payments_receipt AS receipt
        JOIN payments_charge AS charge ON charge.id = receipt.charge_id AND charge.due = 'after-decision'
        JOIN applications_application AS application ON application.id = charge.application_id
        WHERE application.stage = 'granted' AND receipt.at < %(now)s::timestamptz - %(grace)s::interval
          AND NOT EXISTS (SELECT FROM issuance_instrument AS instrument
                          JOIN issuance_intent AS intent ON intent.id = instrument.intent_id
                          WHERE intent.application_id = application.id)
        """,
    ),
    Rule(
        code="attempts-end",
        holds="no attempt is without an end after a week",
        query="""
        SELECT reference, amount FROM payments_attempt
        WHERE state IN ('initiated', 'redirected') AND started_at < %(now)s::timestamptz - interval '7 days'
        """,
    ),
    Rule(
        code="needs-review",
        holds="no payment waits for a person to look at it",
        is_waiting=True,
        query="""
        SELECT reference, amount FROM payments_attempt WHERE state = 'needs-review'
          AND NOT EXISTS (SELECT FROM payments_refund WHERE attempt_id = payments_attempt.id)
        """,
    ),
    Rule(
        code="payouts-have-two-people",
        holds="nothing was sent back that one person alone asked for and approved, or of another amount than was owed",
        query="""
        SELECT payout.id, payout.amount FROM payments_payout AS payout
        LEFT JOIN payments_refund AS refund ON refund.id = payout.refund_id
        WHERE payout.state IN ('sent', 'done')
              AND (payout.decided_by_id IS NULL OR payout.proposed_by_id = payout.decided_by_id)
           OR (refund.amount, refund.currency) <> (payout.amount, payout.currency)
        """,
    ),
    Rule(
        code="refund-to-send",
        holds="no refund waits to be sent, or to be confirmed",
        is_waiting=True,
        query="""
        SELECT attempt.reference, refund.amount FROM payments_refund AS refund
        JOIN payments_attempt AS attempt ON attempt.id = refund.attempt_id
        WHERE NOT EXISTS (SELECT FROM payments_payout WHERE refund_id = refund.id AND state = 'done')
        """,
    ),
    Rule(
        code="release-to-send",
        holds="no released deposit waits to be sent, or to be confirmed",
        is_waiting=True,
        query="""
        SELECT 'released:' || movement.id, line.amount FROM payments_depositmovement AS movement
        JOIN payments_chargeline AS line ON line.id = movement.line_id
        WHERE movement.kind = 'released'
          AND NOT EXISTS (SELECT FROM payments_payout WHERE release_id = movement.id AND state = 'done')
        """,
    ),
    *HELD,
    *SETTLED,
    *DOCUMENTS,
    *ENDS,
)
