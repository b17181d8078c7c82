"""What came and went: the acts on applications, and the documents that were released."""

from rukhsa.figures.figure import Figure, selected
from rukhsa.values.names import Text

_WHOLE = Text(ar="عدد كامل", en="a whole number")

APPLICATIONS = Figure(
    id="applications",
    name=Text(ar="الطلبات", en="Applications"),
    counts=Text(
        ar="كل إجراء على طلب مقدَّم: التقديم والإعادة والتقديم من جديد والقبول والرفض والسحب والانتهاء"
        " التلقائي وإعادة الفتح. المسودات لا تُحسب.",
        en="Each act on an application: submitted, returned, submitted again, granted, refused, withdrawn, lapsed"
        " and reopened. Drafts are not counted.",
    ),
    unit=Text(ar="إجراء", en="acts"),
    span=Text(ar="يوم الإجراء", en="the day of the act"),
    rounding=_WHOLE,
    facts=("applications_step",),
    keys=Text(ar="الإجراء", en="the act"),
    rows=selected(
        "applications",
        """
        SELECT (step.at AT TIME ZONE %(zone)s)::date, application.authority_id, version.service, step.act,
               count(*), 0
        FROM applications_step AS step
        JOIN applications_application AS application ON application.id = step.application_id
        JOIN catalogue_serviceversion AS version ON version.id = application.service_version_id
        WHERE step.at >= %(begin)s AND step.at < %(end)s AND application.authority_id IS NOT NULL
              AND NOT (step.act = 'withdraw' AND step.stage_before = 'draft')
        GROUP BY 1, 2, 3, 4
        """,
    ),
)

DOCUMENTS = Figure(
    id="documents",
    name=Text(ar="الوثائق الصادرة", en="Documents issued"),
    counts=Text(
        ar="كل وثيقة أُفرج عنها: الأولى لطلبها، أو نسخة لاحقة منها بعد تعديل أو إعادة إصدار.",
        en="Each document that was released: the first of its application, or a later version of one, after an"
        " amendment or for a paper document.",
    ),
    unit=Text(ar="وثيقة", en="documents"),
    span=Text(ar="يوم الإفراج عنها", en="the day of the release"),
    rounding=_WHOLE,
    facts=("issuance_instrument", "issuance_intent"),
    keys=Text(ar="أولى أو لاحقة", en="first or later"),
    rows=selected(
        "documents",
        """
        SELECT (instrument.released_at AT TIME ZONE %(zone)s)::date, intent.authority_id, version.service,
               CASE WHEN intent.application_id IS NULL THEN 'later' ELSE 'first' END, count(*), 0
        FROM issuance_instrument AS instrument
        JOIN issuance_intent AS intent ON intent.id = instrument.intent_id
        JOIN catalogue_serviceversion AS version ON version.id = intent.service_version_id
        WHERE instrument.released_at >= %(begin)s AND instrument.released_at < %(end)s
        GROUP BY 1, 2, 3, 4
        """,
    ),
)
