"""Money: what was earned, held, waived and given back, and by which way it was paid."""

from rukhsa.figures.figure import Figure, selected
from rukhsa.values.names import Text

_MINOR = Text(ar="الوحدة الصغرى من العملة", en="minor units of the currency")
_EXACT = Text(ar="لا تقريب", en="none")

MONEY = Figure(
    id="money",
    name=Text(ar="المال", en="Money"),
    counts=Text(
        ar="من دفتر الأستاذ: رسوم وغرامات قُبضت، وتأمينات احتُجزت وفُكّت وأُعيدت وصودرت، ومبالغ مستحقة الرد ومردودة؛ ومن"
        " الإعفاءات: ما اعتُمد منها.",
        en="From the ledger: fees and fines taken; deposits held, released, given back and forfeited; money owed back"
        " and refunded. From the waivers: what was approved.",
    ),
    unit=_MINOR,
    span=Text(ar="يوم القيد في الدفتر، أو الاعتماد", en="the day of the posting, or of the approval"),
    rounding=_EXACT,
    facts=("payments_posting", "payments_entry", "payments_waiver"),
    keys=Text(ar="نوع المبلغ", en="the kind of amount"),
    rows=selected(
        "money",
        """
        WITH moved AS (
            SELECT posting.at, posting.authority_id, entry.amount,
                   CASE posting.kind || ' ' || entry.account
                       WHEN 'captured fees' THEN 'fees' WHEN 'captured fines' THEN 'fines'
                       WHEN 'captured deposits' THEN 'held' WHEN 'forfeited forfeitures' THEN 'forfeited'
                       WHEN 'released releases' THEN 'released'
                       WHEN 'owed overpayments' THEN 'owed' WHEN 'owed underpayments' THEN 'owed'
                       WHEN 'owed refunds' THEN 'owed' WHEN 'refunded overpayments' THEN 'refunded'
                       WHEN 'refunded underpayments' THEN 'refunded' WHEN 'refunded refunds' THEN 'refunded'
                       WHEN 'returned releases' THEN 'given-back' END AS key,
                   coalesce(line.charge_id, attempt.charge_id) AS charge_id
            FROM payments_posting AS posting
            JOIN payments_entry AS entry ON entry.posting_id = posting.id
            LEFT JOIN payments_depositmovement AS movement ON movement.id = posting.movement_id
            LEFT JOIN payments_payout AS payout ON payout.id = posting.payout_id
            LEFT JOIN payments_chargeline AS line ON line.id = coalesce(entry.line_id, movement.line_id)
            LEFT JOIN payments_refund AS refund ON refund.id = coalesce(posting.refund_id, payout.refund_id)
            LEFT JOIN payments_attempt AS attempt ON attempt.id = refund.attempt_id
            WHERE posting.authority_id = ANY(%(authorities)s) AND posting.at >= %(begin)s AND posting.at < %(end)s
            UNION ALL
            SELECT decided_at, authority_id, amount, 'waived', charge_id
            FROM payments_waiver WHERE state = 'approved' AND decided_at >= %(begin)s AND decided_at < %(end)s
        )
        SELECT (moved.at AT TIME ZONE %(zone)s)::date, moved.authority_id, version.service, key, count(*),
               sum(abs(moved.amount))
        FROM moved
        LEFT JOIN payments_charge AS charge ON charge.id = moved.charge_id
        LEFT JOIN applications_application AS application ON application.id = charge.application_id
        LEFT JOIN catalogue_serviceversion AS version ON version.id = application.service_version_id
        WHERE key IS NOT NULL
        GROUP BY 1, 2, 3, 4
        """,
    ),
)

CHANNELS = Figure(
    id="channels",
    name=Text(ar="طرق الدفع", en="Channels"),
    counts=Text(
        ar="كل محاولة دفع قُبضت، ببوابتها؛ وما دفعه شخص آخر برابط يُحسب للرابط.",
        en="Each attempt that was captured, by its gateway; what another person paid by a link is counted for the"
        " link.",
    ),
    unit=Text(ar="دفعة، ومبلغها بالوحدة الصغرى", en="payments, and their amount in minor units"),
    span=Text(ar="يوم القبض", en="the day of the capture"),
    rounding=_EXACT,
    facts=("payments_attempt",),
    keys=Text(ar="البوابة، أو الرابط", en="the gateway, or the link"),
    rows=selected(
        "channels",
        """
        SELECT (attempt.ended_at AT TIME ZONE %(zone)s)::date, application.authority_id, version.service,
               CASE WHEN attempt.link_id IS NULL THEN attempt.gateway ELSE 'link' END, count(*), sum(attempt.amount)
        FROM payments_attempt AS attempt
        JOIN payments_charge AS charge ON charge.id = attempt.charge_id
        JOIN applications_application AS application ON application.id = charge.application_id
        JOIN catalogue_serviceversion AS version ON version.id = application.service_version_id
        WHERE attempt.state = 'captured' AND attempt.ended_at >= %(begin)s AND attempt.ended_at < %(end)s
        GROUP BY 1, 2, 3, 4
        """,
    ),
)
