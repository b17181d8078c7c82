"""The rules of documents and of ended applications, each as one SQL statement that finds what breaks it.

They say whether a document may exist; the verifier checks what it says and whether its signatures hold."""

from rukhsa.project.fsck.rule import Rule

DOCUMENTS = (
    Rule(
        code="document-was-decided",
        holds="each document of an application was granted first: of several decisions the newest counts",
        query="""
        SELECT intent.number, 0 FROM issuance_instrument AS instrument
        JOIN issuance_intent AS intent ON intent.id = instrument.intent_id
        WHERE intent.application_id IS NOT NULL AND (
            SELECT outcome FROM review_decision AS decision
            WHERE decision.application_id = intent.application_id AND decision.at <= instrument.released_at
            ORDER BY decision.round DESC LIMIT 1
        ) IS DISTINCT FROM 'granted'
        """,
    ),
    Rule(
        code="document-after-receipt",
        holds="no document was released before the receipt of what was owed for it then",
        query="""
        SELECT intent.number, receipt.amount FROM issuance_instrument AS instrument
        JOIN issuance_intent AS intent ON intent.id = instrument.intent_id
        JOIN payments_charge AS charge ON charge.application_id = intent.application_id
        JOIN payments_receipt AS receipt ON receipt.charge_id = charge.id
        WHERE charge.assessed_at <= instrument.released_at AND receipt.at > instrument.released_at
        """,
    ),
    Rule(
        code="document-is-sealed-and-signed",
        holds="each document has its seal, and the file that was signed is the file that was released",
        query="""
        SELECT intent.number, 0 FROM issuance_instrument AS instrument
        JOIN issuance_intent AS intent ON intent.id = instrument.intent_id
        LEFT JOIN issuance_sealing AS sealing ON sealing.intent_id = intent.id
        LEFT JOIN issuance_signedfile AS file ON file.intent_id = intent.id
        WHERE sealing.id IS NULL OR file.digest IS DISTINCT FROM instrument.file_digest
        """,
    ),
    Rule(
        code="document-is-in-the-log",
        holds="the seal and the file of each document have a place in the log",
        query="""
        SELECT intent.number, count(place.id) FROM issuance_instrument AS instrument
        JOIN issuance_intent AS intent ON intent.id = instrument.intent_id
        LEFT JOIN issuance_logleaf AS leaf ON leaf.intent_id = intent.id AND leaf.kind IN ('seal', 'file')
        LEFT JOIN issuance_logplace AS place ON place.leaf_id = leaf.id
        GROUP BY intent.id, intent.number HAVING count(place.id) <> 2
        """,
    ),
)

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
