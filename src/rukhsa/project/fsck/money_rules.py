"""The rules of money, of deposits and of settlements, each as one SQL statement that finds what breaks it.

They read the tables and use no model, so that a fault of the code that writes cannot hide itself. Each statement
selects (subject, detail) and may use `now` and `grace`, the time allowed for work in progress. Its cost grows with
the rows of the tables that it names.
"""

from rukhsa.project.fsck.rule import Rule

# The sum posted for a fact on one account; NULL if nothing was.
_POSTED = """(SELECT sum(entry.amount) FROM payments_posting AS posting
              JOIN payments_entry AS entry ON entry.posting_id = posting.id
              WHERE posting.{fact} AND entry.account {account})"""
# The name of a posting in reports.
_EVENT = """posting.kind || ':' || coalesce(
    (SELECT attempt_id::text FROM payments_receipt WHERE id = posting.receipt_id), posting.refund_id::text,
    (SELECT coalesce(refund_id, release_id)::text FROM payments_payout WHERE id = posting.payout_id),
    posting.movement_id::text, posting.settlement::text)"""
_CLEARING = "= 'clearing'"
_SENT = "NOT IN ('clearing', 'bank')"

MONEY = (
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
        code="joint-payments-add-up",
        holds="a joint payment asks for the sum of its charges, of one applicant and authority, and all end alike",
        query="""
        SELECT lead.reference, coalesce(lead.together, 0) - sum(part.amount)
        FROM payments_attempt AS part JOIN payments_attempt AS lead ON lead.id = coalesce(part.carried_by_id, part.id)
        JOIN payments_charge AS charge ON charge.id = part.charge_id
        JOIN applications_application AS application ON application.id = charge.application_id
        WHERE lead.together IS NOT NULL OR part.carried_by_id IS NOT NULL
        GROUP BY lead.id
        HAVING lead.together IS DISTINCT FROM sum(part.amount) OR count(DISTINCT application.authority_id) > 1
           OR count(DISTINCT coalesce(application.company_id::text, application.applicant_id::text)) > 1
           OR bool_or((lead.gateway, lead.currency) <> (part.gateway, part.currency))
           OR bool_or(lead.state <> part.state AND (lead.state, part.state) <> ('needs-review', 'failed'))
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
)

# For each deposit, what the ledger holds: line, authority, fils.
_HELD = """
    SELECT entry.line_id AS line, min(posting.authority_id) AS authority, -sum(entry.amount) AS held
    FROM payments_entry AS entry JOIN payments_posting AS posting ON posting.id = entry.posting_id
    WHERE entry.account = 'deposits' GROUP BY entry.line_id"""

DEPOSITS = (
    Rule(
        code="held-deposits-are-listed",
        holds="the list of held deposits has each of which the books hold something, at its authority, and no other",
        query=f"""
        SELECT coalesce(listed.line_id, books.line), coalesce(books.held, 0)
        FROM payments_helddeposit AS listed FULL JOIN ({_HELD}) AS books ON books.line = listed.line_id
        WHERE (listed.line_id IS NOT NULL) <> (coalesce(books.held, 0) > 0)
           OR listed.line_id IS NOT NULL AND listed.authority_id <> books.authority
        """,  # noqa: S608 - put together of the words above
    ),
    Rule(
        code="held-or-gone",
        holds="no deposit is both released and held, and each that is listed began with its payment",
        query=f"""
        SELECT listed.line_id, coalesce(books.held, 0) FROM payments_helddeposit AS listed
        LEFT JOIN ({_HELD}) AS books ON books.line = listed.line_id
        WHERE EXISTS (SELECT FROM payments_depositmovement WHERE line_id = listed.line_id AND kind = 'released')
           OR NOT EXISTS (SELECT FROM payments_depositmovement AS movement WHERE movement.line_id = listed.line_id
                          AND movement.kind = 'held' AND movement.at = listed.held_at)
        """,  # noqa: S608 - put together of the words above
    ),
    Rule(
        code="unclaimed-is-held",
        holds="an unclaimed deposit is so since it was held at the earliest; whoever was told owns one; none is free "
        "and held but while somebody is asked to keep a part",
        query="""
        SELECT listed.line_id, listed.reminders FROM payments_helddeposit AS listed
        WHERE listed.unclaimed_since < listed.held_at OR listed.unclaimed_since > %(now)s::timestamptz
           OR listed.unclaimed_since IS NULL AND listed.reminders > 0 OR listed.reminders > 3
           OR listed.freed_iban <> '' AND NOT EXISTS (
              SELECT FROM payments_forfeiture WHERE line_id = listed.line_id AND state = 'proposed')
        """,
    ),
    Rule(
        code="forfeitures-have-two-people",
        holds="what was kept of a deposit was asked for by one and approved by another, with that amount",
        query="""
        SELECT movement.id, coalesce(forfeiture.amount, 0) FROM payments_depositmovement AS movement
        LEFT JOIN payments_forfeiture AS forfeiture ON forfeiture.id = movement.forfeiture_id
        LEFT JOIN payments_posting AS posting ON posting.movement_id = movement.id
        LEFT JOIN payments_entry AS entry ON entry.posting_id = posting.id AND entry.account = 'forfeitures'
        WHERE movement.kind = 'forfeited' AND (
              forfeiture.state IS DISTINCT FROM 'approved' OR forfeiture.proposed_by_id = forfeiture.decided_by_id
              OR forfeiture.decided_by_id IS NULL OR forfeiture.line_id <> movement.line_id
              OR -entry.amount IS DISTINCT FROM forfeiture.amount)
        """,
    ),
)

# For each payment or refund through a gateway that no statement has settled: authority, gateway, fils.
_UNSETTLED = """
    SELECT application.authority_id AS authority, attempt.gateway,
           coalesce(receipt.amount, 0) + coalesce(refund.amount, 0) AS amount
    FROM payments_attempt AS attempt
    JOIN payments_charge AS charge ON charge.id = attempt.charge_id
    JOIN applications_application AS application ON application.id = charge.application_id
    LEFT JOIN payments_attempt AS lead ON lead.id = attempt.carried_by_id
    LEFT JOIN payments_receipt AS receipt ON receipt.attempt_id = attempt.id
    LEFT JOIN payments_refund AS refund ON refund.attempt_id = attempt.id
    WHERE NOT EXISTS (SELECT FROM reconciliation_settledline AS settled WHERE settled.gateway = attempt.gateway
                      AND settled.reference = coalesce(lead.reference, attempt.reference)
                      AND settled.of = 'payment')
    UNION ALL
    SELECT payout.authority_id, payout.channel, -payout.amount
    FROM payments_payout AS payout JOIN payments_refund AS refund ON refund.id = payout.refund_id
    JOIN payments_attempt AS attempt ON attempt.id = refund.attempt_id
    LEFT JOIN payments_attempt AS lead ON lead.id = attempt.carried_by_id
    WHERE payout.state = 'done' AND payout.channel = attempt.gateway
      AND NOT EXISTS (SELECT FROM reconciliation_settledline AS settled WHERE settled.gateway = payout.channel
                      AND settled.reference = coalesce(lead.reference, attempt.reference)
                      AND settled.of = 'return')"""

SETTLEMENTS = (
    Rule(
        code="clearing-is-unsettled",
        holds="at each gateway lies what it took and sent back that no statement has settled, and no fils more",
        query=f"""
        SELECT coalesce(books.authority, open.authority) || ' ' || coalesce(books.gateway, open.gateway),
               coalesce(books.amount, 0) - coalesce(open.amount, 0)
        FROM (SELECT posting.authority_id AS authority, entry.gateway, sum(entry.amount) AS amount
              FROM payments_entry AS entry JOIN payments_posting AS posting ON posting.id = entry.posting_id
              WHERE entry.account = 'clearing' GROUP BY posting.authority_id, entry.gateway) AS books
        FULL JOIN (SELECT authority, gateway, sum(amount) AS amount FROM ({_UNSETTLED}) AS each
                   GROUP BY authority, gateway) AS open
          ON open.authority = books.authority AND open.gateway = books.gateway
        WHERE coalesce(books.amount, 0) <> coalesce(open.amount, 0)
        """,  # noqa: S608 - put together of the words above
    ),
    Rule(
        code="settled-as-stated",
        holds="each settlement brought to the bank what its lines say, and another amount only once it was explained",
        query="""
        SELECT settlement.id, coalesce(lines.stated, 0) - coalesce(books.amount, 0)
        FROM reconciliation_settlement AS settlement
        LEFT JOIN (SELECT settled.settlement_id, sum(line.amount) AS stated, count(*) AS count,
                          bool_and(settled.of = 'commission' OR settled.booked = line.amount OR EXISTS (
                              SELECT FROM reconciliation_difference AS difference
                              JOIN reconciliation_explanation AS explanation
                                ON explanation.difference_id = difference.id AND explanation.closes
                              WHERE difference.kind = 'amount' AND difference.gateway = settled.gateway
                                AND difference.reference = settled.reference AND difference.theirs = line.amount
                          )) AS agreed
                   FROM reconciliation_settledline AS settled
                   JOIN reconciliation_statementline AS line ON line.id = settled.line_id
                   GROUP BY settled.settlement_id) AS lines ON lines.settlement_id = settlement.id
        LEFT JOIN (SELECT posting.settlement, sum(entry.amount) AS amount
                   FROM payments_posting AS posting JOIN payments_entry AS entry
                     ON entry.posting_id = posting.id AND entry.account = 'bank'
                   WHERE posting.settlement IS NOT NULL GROUP BY 1) AS books
          ON books.settlement = settlement.id
        WHERE coalesce(lines.stated, 0) <> coalesce(books.amount, 0) OR lines.stated <> settlement.net
           OR lines.count IS DISTINCT FROM settlement.count OR NOT lines.agreed
        """,
    ),
)
