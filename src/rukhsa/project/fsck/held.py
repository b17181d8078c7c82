"""The rules of deposits: the list of what is held against the books and the movements, each as one statement."""

from rukhsa.project.fsck.rule import Rule

# What the books hold of each deposit: line, authority, fils.
_HELD = """
    SELECT entry.line_id AS line, min(posting.authority_id) AS authority, -sum(entry.amount) AS held
    FROM payments_entry AS entry JOIN payments_posting AS posting ON posting.id = entry.posting_id
    WHERE entry.account = 'deposits' GROUP BY entry.line_id"""

HELD = (
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
