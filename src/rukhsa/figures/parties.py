"""Days by party: with whom an application was, from its submission to its end, together and one by one."""

from typing import Final

from rukhsa.figures.figure import Figure, selected
from rukhsa.values.names import Text

GATEWAY, APPLICANT, AGENCY, OFFICER = "gateway", "applicant", "agency", "officer"
PARTIES = (OFFICER, AGENCY, APPLICANT, GATEWAY)

# Each moment is counted once: what a gateway has is taken out of what an applicant has, and so on downward.
_HAD: Final = """
WITH ended AS (
    SELECT intent.application_id AS id, instrument.released_at AS at
    FROM issuance_instrument AS instrument
    JOIN issuance_intent AS intent ON intent.id = instrument.intent_id
    WHERE intent.application_id IS NOT NULL
          AND instrument.released_at >= %(begin)s AND instrument.released_at < %(end)s
    UNION ALL
    SELECT application_id, at FROM applications_step
    WHERE act IN ('refuse', 'withdraw', 'lapse') AND stage_before <> 'draft' AND at >= %(begin)s AND at < %(end)s
), life AS (
    SELECT ended.id, ended.at, application.authority_id, version.service,
           tstzmultirange(tstzrange(begun.at, ended.at)) AS whole
    FROM ended
    JOIN applications_application AS application ON application.id = ended.id
    JOIN catalogue_serviceversion AS version ON version.id = application.service_version_id
    CROSS JOIN LATERAL (
        SELECT max(step.at) AS at FROM applications_step AS step
        WHERE step.application_id = ended.id AND step.act IN ('submit', 'reopen') AND step.at <= ended.at
    ) AS begun
), had AS (
    SELECT life.*,
           coalesce(gateway.had, '{}') * whole AS gateway,
           (coalesce(unpaid.had, '{}') + coalesce(returned.had, '{}')) * whole AS applicant,
           coalesce(asked.had, '{}') * whole AS agency
    FROM life
    CROSS JOIN LATERAL (
        SELECT range_agg(tstzrange(attempt.started_at, greatest(attempt.started_at, least(
                   coalesce(attempt.ended_at, life.at), coalesce(receipt.at, life.at))))) AS had
        FROM payments_charge AS charge
        JOIN payments_attempt AS attempt ON attempt.charge_id = charge.id
        LEFT JOIN payments_receipt AS receipt ON receipt.charge_id = charge.id
        WHERE charge.application_id = life.id
    ) AS gateway
    CROSS JOIN LATERAL (
        SELECT range_agg(tstzrange(since, greatest(since, coalesce(paid, life.at)))) AS had FROM (
            SELECT min(charge.assessed_at) AS since, max(receipt.at) AS paid
            FROM payments_charge AS charge LEFT JOIN payments_receipt AS receipt ON receipt.charge_id = charge.id
            WHERE charge.application_id = life.id GROUP BY charge.due
        ) AS moment
    ) AS unpaid
    CROSS JOIN LATERAL (
        SELECT range_agg(tstzrange(at, coalesce(next, life.at))) AS had FROM (
            SELECT act, at, lead(at) OVER (ORDER BY id) AS next FROM applications_step WHERE application_id = life.id
        ) AS step
        WHERE act = 'return' AND at <= coalesce(next, life.at)
    ) AS returned
    CROSS JOIN LATERAL (
        SELECT range_agg(tstzrange(referral.asked_at, greatest(referral.asked_at,
                   coalesce(opinion.at, dropped.at, life.at)))) AS had
        FROM review_referral AS referral
        LEFT JOIN review_opinion AS opinion ON opinion.referral_id = referral.id
        LEFT JOIN review_dropped AS dropped ON dropped.referral_id = referral.id
        WHERE referral.application_id = life.id
    ) AS asked
)
"""
_TOGETHER: Final = (
    _HAD  # noqa: S608 - both parts stand in this file
    + """
SELECT (had.at AT TIME ZONE %(zone)s)::date, authority_id, service, party.name, count(*), sum(coalesce((
           SELECT round(sum(extract(epoch FROM upper(piece) - lower(piece)))) FROM unnest(party.part) AS piece), 0))
FROM had
CROSS JOIN LATERAL (VALUES
    ('gateway', gateway),
    ('applicant', applicant - gateway),
    ('agency', agency - applicant - gateway),
    ('officer', whole - agency - applicant - gateway)
) AS party (name, part)
WHERE authority_id IS NOT NULL
GROUP BY 1, 2, 3, 4
"""
)
# A row for each number of days: from these the middle and 9 of 10 of a month, or of several, are worked out.
_ONE_BY_ONE: Final = (
    _HAD  # noqa: S608 - both parts stand in this file
    + """
SELECT (had.at AT TIME ZONE %(zone)s)::date, authority_id, service, party.name || ':' || spent.days, count(*),
       sum(spent.days)
FROM had
CROSS JOIN LATERAL (
    SELECT 'applicant' AS name, applicant - gateway AS part
    UNION ALL SELECT 'officer', whole - agency - applicant - gateway
    UNION ALL
    SELECT 'agency/' || referral.agency_id, range_agg(tstzrange(referral.asked_at, greatest(referral.asked_at,
               coalesce(opinion.at, dropped.at, had.at)))) * whole - applicant - gateway
    FROM review_referral AS referral
    LEFT JOIN review_opinion AS opinion ON opinion.referral_id = referral.id
    LEFT JOIN review_dropped AS dropped ON dropped.referral_id = referral.id
    WHERE referral.application_id = had.id GROUP BY referral.agency_id
) AS party
CROSS JOIN LATERAL (
    SELECT ceil(sum(extract(epoch FROM upper(piece) - lower(piece))) / 86400)::int AS days
    FROM unnest(party.part) AS piece
) AS spent
WHERE authority_id IS NOT NULL AND spent.days > 0
GROUP BY 1, 2, 3, 4
"""
)
_FACTS: Final = (
    "applications_step",
    "payments_charge",
    "payments_receipt",
    "payments_attempt",
    "review_referral",
    "review_opinion",
    "issuance_instrument",
)

DAYS_BY_PARTY = Figure(
    id="days-by-party",
    name=Text(ar="أين تمضي الأيام", en="Days by party"),
    counts=Text(
        ar="من التقديم (أو إعادة الفتح) إلى النهاية: صدور الوثيقة أو الرفض أو السحب أو الانتهاء التلقائي. كل لحظة لجهة"
        " واحدة: بوابة الدفع ما دامت محاولة جارية، ثم مقدم الطلب ما دام الطلب معادًا أو عليه مبلغ، ثم الجهة المحال"
        " إليها ما لم تُجب، ثم الموظف.",
        en="From submission (or reopening) to the end: the document's release, a refusal, a withdrawal or a lapse."
        " Each moment belongs to one party: the gateway while an attempt is under way; otherwise the applicant while"
        " it is returned or unpaid; otherwise an agency that was asked and has not answered; otherwise the officer.",
    ),
    unit=Text(ar="ثوانٍ، تُعرض أيامًا من 24 ساعة", en="seconds, shown as days of 24 hours"),
    span=Text(ar="يوم نهاية الطلب", en="the day on which the application ended"),
    rounding=Text(
        ar="رقم واحد بعد النقطة؛ والحصص بالمئة كاملة",
        en="one digit after the point; shares in whole per cent",
    ),
    facts=_FACTS,
    keys=Text(ar="من كان لديه", en="who had it"),
    rows=selected("days-by-party", _TOGETHER),
)
PARTY_DAYS = Figure(
    id="party-days",
    name=Text(ar="أيام كل طرف: الوسيط و«9 من كل 10»", en="Days of each party: median and 9 of 10"),
    counts=Text(
        ar="لكل طلب انتهى، الأيام التي كان فيها لدى مقدمه، ولدى الموظف، ولدى كل جهة أُحيل إليها، كما في «أين تمضي"
        " الأيام»؛ ويُحسب الطرف الذي كان الطلب لديه فقط. والجهتان اللتان سُئلتا معًا تُحسب اللحظة لكلتيهما. الوسيط أقل"
        " عدد من الأيام كفى نصف الطلبات على الأقل؛ و«9 من كل 10» أقل عدد كفى 90 بالمئة منها.",
        en="For each application that ended, the days that it was with the applicant, with the officer and with each"
        " agency that was asked, as in Days by party; a party counts where it had the application at all. Of two"
        " agencies asked side by side, each has the moment. The median is the least number of days that was enough"
        " for at least half of the applications; 9 of 10, the least that was enough for 90 per cent.",
    ),
    unit=Text(ar="أيام من 24 ساعة", en="days of 24 hours"),
    span=Text(ar="يوم نهاية الطلب", en="the day on which the application ended"),
    rounding=Text(ar="أيام كاملة، واليوم الذي بدأ يُحسب", en="whole days, a begun one counted"),
    facts=_FACTS,
    keys=Text(ar="الطرف أو الجهة، وعدد الأيام", en="the party or the agency, and the number of days"),
    rows=selected("party-days", _ONE_BY_ONE),
)
