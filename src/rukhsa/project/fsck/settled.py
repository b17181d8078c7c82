"""The rules of settlements: what came to the bank against the gateways' statements, each as one statement."""

from rukhsa.project.fsck.rule import Rule

# Of each payment that a gateway took, or sent back, and no statement has settled: authority, gateway, fils.
_UNSETTLED = """
    SELECT application.authority_id AS authority, attempt.gateway,
           coalesce(receipt.amount, 0) + coalesce(refund.amount, 0) AS amount
    FROM payments_attempt AS attempt
    JOIN payments_charge AS charge ON charge.id = attempt.charge_id
    JOIN applications_application AS application ON application.id = charge.application_id
    LEFT JOIN payments_receipt AS receipt ON receipt.attempt_id = attempt.id
    LEFT JOIN payments_refund AS refund ON refund.attempt_id = attempt.id
    WHERE NOT EXISTS (SELECT FROM reconciliation_settledline AS settled WHERE settled.gateway = attempt.gateway
                      AND settled.reference = attempt.reference AND settled.of = 'payment')
    UNION ALL
    SELECT payout.authority_id, payout.channel, -payout.amount
    FROM payments_payout AS payout JOIN payments_refund AS refund ON refund.id = payout.refund_id
    JOIN payments_attempt AS attempt ON attempt.id = refund.attempt_id
    WHERE payout.state = 'done' AND payout.channel = attempt.gateway
      AND NOT EXISTS (SELECT FROM reconciliation_settledline AS settled WHERE settled.gateway = payout.channel
                      AND settled.reference = attempt.reference AND settled.of = 'return')"""

SETTLED = (
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
