"""The rest of an application's rows, as the product writes them: its terms, notices, seals, files, payment and log.

With these and those of `crowd` an application has as many rows and bytes as one that a person sent.
"""

ROWS = (
    # Made without triggers, which would hold each row against its mandate: so what one of them adds is added here.
    "INSERT INTO issuance_awaiteddocument (application_id, since) SELECT id, at FROM crowd WHERE kind = 9",
    """
    INSERT INTO applications_term (application_id, kind, since, ends_at, remind_at)
    SELECT id, CASE kind WHEN 9 THEN 'pay' ELSE 'complete' END, at + interval '2 days',
           %(at)s::timestamptz + interval '20 days', NULL
    FROM crowd WHERE kind IN (6, 7, 9)
    """,
    """
    INSERT INTO delivery_notice (id, application_id, person_id, event, channel, language, facts, created_at, sent_at,
                                 failures, last_failure)
    SELECT gen_random_uuid(), id, md5('person' || person)::uuid,
           event || CASE event WHEN 'payment-due' THEN ':' || md5('charge' || n)::uuid ELSE '' END, channel, 'ar',
           CASE event WHEN 'payment-due' THEN '{"amount": "2.000", "currency": "BHD"}' ELSE '{"day": "2026-12-03"}'
           END::jsonb, at, at, 0, ''
    FROM crowd, unnest(ARRAY['submitted', 'payment-due', 'issued']) AS event, unnest(ARRAY['sms', 'mail']) AS channel
    WHERE kind > 0 AND (event = 'submitted' OR kind > 8) AND (event <> 'issued' OR kind > 9)
    """,
    """
    INSERT INTO issuance_sealing (intent_id, kid, signature, issued_at)
    SELECT md5('intent' || n)::uuid, repeat('0', 16), repeat(md5(n::text), 4), at + interval '3 days'
    FROM crowd WHERE kind > 9
    """,
    """
    INSERT INTO issuance_signedfile (intent_id, digest, at)
    SELECT md5('intent' || n)::uuid, repeat(md5(n::text), 2), at + interval '3 days' FROM crowd WHERE kind > 9
    """,
    """
    INSERT INTO issuance_logcheckpoint (authority_id, sequence, size, note, at)
    SELECT authority, %(last)s, 2 * %(last)s, '', %(at)s FROM crowd GROUP BY authority
    """,
    """
    INSERT INTO issuance_logleaf (authority_id, intent_id, kind, entry, at)
    SELECT authority, md5('intent' || n)::uuid, kinds.kind,
           decode('82647365616c5820' || repeat(md5(n::text), 2), 'hex'), at + interval '3 days'
    FROM crowd, unnest(ARRAY['seal', 'file']) AS kinds (kind) WHERE crowd.kind > 9
    """,
    """
    INSERT INTO issuance_logplace (leaf_id, authority_id, index, checkpoint_id)
    SELECT leaf.id, leaf.authority_id, 10 + 2 * crowd.n + CASE leaf.kind WHEN 'seal' THEN 0 ELSE 1 END, made.id
    FROM crowd JOIN issuance_logleaf AS leaf ON leaf.intent_id = md5('intent' || n)::uuid
    JOIN issuance_logcheckpoint AS made ON made.authority_id = leaf.authority_id AND made.sequence = %(last)s
    WHERE crowd.kind > 9
    """,
    # Every hundredth document was closed.
    """
    INSERT INTO issuance_closure (instrument_id, by_id, at)
    SELECT md5('instrument' || n)::uuid, md5('instrument' || n)::uuid, at FROM crowd WHERE kind > 9 AND n %% 100 = 0
    """,
    """
    INSERT INTO applications_attachment (id, application_id, document, name, digest, media_type, size, shown_digest,
                                         shown_media_type, notes, is_sealed, added_by_id, added_at)
    SELECT md5('file' || n || document)::uuid, id, document, 'document.pdf', repeat(md5(n || document), 2),
           'application/pdf', 40000, repeat(md5(document || n), 2), 'application/pdf', '[]', false,
           md5('person' || person)::uuid, at
    FROM crowd, unnest(ARRAY['deed', 'lease', 'lease-registration']) AS document
    """,
    "INSERT INTO applications_statuscode (application_id, code) SELECT id, '7K2M-9QX4' FROM crowd WHERE kind > 0",
    """
    INSERT INTO review_check (application_id, step, submission_id, officer_id, at)
    SELECT crowd.id, 'papers', step.id, %(salem)s, step.at + interval '1 day'
    FROM crowd JOIN applications_step AS step ON step.application_id = crowd.id AND step.act = 'submit'
    WHERE kind > 7
    """,
    """
    INSERT INTO payments_attempt (id, charge_id, gateway, reference, gateway_reference, address, return_address, amount,
                                  currency, state, result, card, started_by_id, started_at, asked_at, ended_at)
    SELECT md5('attempt' || n)::uuid, md5('charge' || n)::uuid, 'sadad', '26120' || lpad(n::text, 10, '0'),
           'SDD' || lpad(n::text, 12, '0'), 'https://gateway.example/sadad/pay/SDD' || lpad(n::text, 12, '0'),
           'https://portal.example/applications/' || id || '/pay/back', 2000, 'BHD', 'captured', 'PAID', '',
           md5('person' || person)::uuid, at + interval '3 days', at + interval '3 days', at + interval '3 days'
    FROM crowd WHERE kind > 9
    """,
    """
    INSERT INTO payments_posting (kind, receipt_id, authority_id, at)
    SELECT 'captured', receipt.id, authority, receipt.at
    FROM crowd JOIN payments_receipt AS receipt ON receipt.charge_id = md5('charge' || n)::uuid WHERE kind > 9
    """,
    """
    INSERT INTO payments_entry (posting_id, account, gateway, line_id, amount, currency)
    SELECT posting.id, side.account, CASE side.account WHEN 'clearing' THEN 'sadad' ELSE '' END,
           CASE side.account WHEN 'fees' THEN line.id END, side.amount, 'BHD'
    FROM payments_posting AS posting JOIN payments_receipt AS receipt ON receipt.id = posting.receipt_id
    JOIN payments_chargeline AS line ON line.charge_id = receipt.charge_id,
    (VALUES ('clearing', 2000), ('fees', -2000)) AS side (account, amount)
    """,
    """
    INSERT INTO issuance_signing (authority_id, purpose, count, at)
    SELECT authority, purpose, 1, at + interval '3 days' FROM crowd, unnest(ARRAY['seal', 'pdf']) AS purpose
    WHERE kind > 9
    """,
)
