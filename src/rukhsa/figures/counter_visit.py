"""What an application spares and takes: visits to the counter that were not needed, and the minutes of officers."""

from rukhsa.figures.figure import Figure, selected
from rukhsa.values.names import Text

VISITS = Figure(
    id="visits-avoided",
    name=Text(ar="زيارات تجنبها الناس", en="Visits to the counter avoided"),
    counts=Text(
        ar="زيارة واحدة لكل ما كان يُعمل في القاعة: تقديم طلب، وإكمال طلب أُعيد، ودفع عبر بوابة، وتسلّم وثيقة. مفترض:"
        " كان كل منها زيارة.",
        en="One visit for each thing that was done at the counter: handing in an application, bringing what was"
        " missing, paying (through a gateway now), and collecting a document. Assumed: each of them took one visit.",
    ),
    unit=Text(ar="زيارة", en="visits"),
    span=Text(ar="يوم ما وقع", en="the day on which it happened"),
    rounding=Text(ar="عدد كامل", en="a whole number"),
    facts=("applications_step", "payments_receipt", "issuance_instrument"),
    keys=Text(ar="ما كانت الزيارة له", en="what the visit was for"),
    rows=selected(
        "visits-avoided",
        """
        WITH spared AS (
            SELECT at, application_id, CASE act WHEN 'submit' THEN 'hand-in' ELSE 'complete' END AS key
            FROM applications_step
            WHERE act IN ('submit', 'resubmit') AND at >= %(begin)s AND at < %(end)s
            UNION ALL
            SELECT receipt.at, charge.application_id, 'pay'
            FROM payments_receipt AS receipt JOIN payments_charge AS charge ON charge.id = receipt.charge_id
            WHERE receipt.attempt_id IS NOT NULL AND receipt.at >= %(begin)s AND receipt.at < %(end)s
            UNION ALL
            SELECT instrument.released_at, intent.application_id, 'collect'
            FROM issuance_instrument AS instrument JOIN issuance_intent AS intent ON intent.id = instrument.intent_id
            WHERE intent.application_id IS NOT NULL
                  AND instrument.released_at >= %(begin)s AND instrument.released_at < %(end)s
        )
        SELECT (spared.at AT TIME ZONE %(zone)s)::date, application.authority_id, version.service, key, count(*), 0
        FROM spared
        JOIN applications_application AS application ON application.id = spared.application_id
        JOIN catalogue_serviceversion AS version ON version.id = application.service_version_id
        WHERE application.authority_id IS NOT NULL
        GROUP BY 1, 2, 3, 4
        """,
    ),
)

MINUTES = Figure(
    id="officer-minutes",
    name=Text(ar="دقائق الموظفين", en="Minutes of officers"),
    counts=Text(
        ar="لكل موظف تُرتب قيود السجل في اليوم. الوقت من قيد على طلب إلى القيد التالي له يُحسب لهذا الطلب إن لم يزد على"
        " 15 دقيقة؛ وإلا حُسبت دقيقة واحدة. ما يُعمل بعيدًا عن الشاشة لا يُرى.",
        en="The journal's entries of each member of staff in a day are put in order. The time from an entry about an"
        " application to that person's next entry is counted for the application if it is at most 15 minutes;"
        " otherwise one minute is counted. Work away from the screen is not seen.",
    ),
    unit=Text(ar="ثوانٍ، تُعرض دقائق", en="seconds, shown as minutes"),
    span=Text(ar="يوم القيد", en="the day of the entry"),
    rounding=Text(
        ar="دقيقة كاملة؛ وللوثيقة رقم واحد بعد النقطة", en="whole minutes; for one document one digit more"
    ),
    facts=("audit_journalentry", "accounts_person"),
    keys=Text(ar="بلا", en="none"),
    rows=selected(
        "officer-minutes",
        """
        WITH entry AS (
            SELECT (entry.at AT TIME ZONE %(zone)s)::date AS day, entry.subject_kind, entry.subject,
                   extract(epoch FROM lead(entry.at) OVER (
                       PARTITION BY entry.actor, (entry.at AT TIME ZONE %(zone)s)::date ORDER BY entry.at, entry.id
                   ) - entry.at) AS seconds
            FROM audit_journalentry AS entry
            JOIN accounts_person AS person ON person.id = entry.actor AND person.kind = 'staff'
            WHERE entry.at >= %(begin)s AND entry.at < %(end)s
        ), worked AS (
            SELECT day, subject::uuid AS application,
                   CASE WHEN seconds <= 900 THEN round(seconds) ELSE 60 END AS seconds
            FROM entry WHERE subject_kind = 'applications.application'
        )
        SELECT day, application.authority_id, version.service, '', count(*), sum(seconds)
        FROM worked
        JOIN applications_application AS application ON application.id = worked.application
        JOIN catalogue_serviceversion AS version ON version.id = application.service_version_id
        WHERE application.authority_id IS NOT NULL
        GROUP BY 1, 2, 3
        """,
    ),
)
