"""The rules of ends: what an application that came to nothing may still hold, and why it may have lapsed."""

from rukhsa.project.fsck.rule import Rule

ENDS = (
    Rule(
        code="ended-holds-nothing",
        holds="what was refused, withdrawn or lapsed has no document, and holds no place, seat, quota or renewal",
        query="""
        SELECT application.reference, 0 FROM applications_application AS application
        WHERE application.stage IN ('refused', 'withdrawn', 'lapsed') AND (
            EXISTS (SELECT FROM issuance_intent AS intent
                    JOIN issuance_instrument AS instrument ON instrument.intent_id = intent.id
                    WHERE intent.application_id = application.id)
            OR EXISTS (SELECT FROM places_occupation AS occupation
                       JOIN places_occupiedcell AS cell ON cell.occupation_id = occupation.id
                       WHERE occupation.reference = application.reference)
            OR EXISTS (SELECT FROM places_taking WHERE reference = application.reference)
            OR EXISTS (SELECT FROM applications_quotause WHERE application_id = application.id)
            OR EXISTS (SELECT FROM applications_renewing WHERE application_id = application.id)
        )
        """,
    ),
    Rule(
        code="lapsed-was-undone",
        holds="an application that lapsed after its grant had a charge then, and the newest has no receipt",
        query="""
        SELECT application.reference, count(receipt.id) FROM applications_application AS application
        JOIN applications_step AS step ON step.application_id = application.id
          AND step.act = 'lapse' AND step.stage_before = 'granted'
        LEFT JOIN LATERAL (
            SELECT charge.id FROM payments_charge AS charge
            WHERE charge.application_id = application.id AND charge.due = 'after-decision'
            ORDER BY charge.number DESC LIMIT 1
        ) AS newest ON true
        LEFT JOIN payments_receipt AS receipt ON receipt.charge_id = newest.id
        GROUP BY application.id, application.reference
        HAVING count(receipt.id) > 0 OR count(newest.id) = 0
        """,
    ),
)
