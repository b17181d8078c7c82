"""Why applications come back and why they are refused."""

from rukhsa.figures.figure import Figure, selected
from rukhsa.values.names import Text

_WHOLE = Text(ar="عدد كامل", en="a whole number")

RETURNS = Figure(
    id="returns",
    name=Text(ar="أسباب الإعادة", en="Returns and why"),
    counts=Text(
        ar="كل ملاحظة أُعيد بها طلب، بالسؤال أو المستند الذي تخصه. لا يُقرأ نص الملاحظة.",
        en="Each finding with which an application was returned, by the question or the document it is about. The"
        " text of a finding is not read.",
    ),
    unit=Text(ar="ملاحظة", en="findings"),
    span=Text(ar="يوم الإعادة", en="the day of the return"),
    rounding=_WHOLE,
    facts=("review_finding", "applications_step"),
    keys=Text(ar="معرّف السؤال أو المستند؛ فارغ: الطلب كله", en="the question or document; empty: the whole"),
    rows=selected(
        "returns",
        """
        SELECT (step.at AT TIME ZONE %(zone)s)::date, application.authority_id, version.service, finding.about,
               count(*), 0
        FROM applications_step AS step
        JOIN review_finding AS finding ON finding.returned_by_id = step.id
        JOIN applications_application AS application ON application.id = step.application_id
        JOIN catalogue_serviceversion AS version ON version.id = application.service_version_id
        WHERE step.act = 'return' AND step.at >= %(begin)s AND step.at < %(end)s
        GROUP BY 1, 2, 3, 4
        """,
    ),
)

RETURN_REASONS = Figure(
    id="return-reasons",
    name=Text(ar="أسباب الإعادة بالملاحظات المعيارية", en="Returns by standard finding"),
    counts=Text(
        ar="كل ملاحظة أُعيد بها طلب، بالملاحظة المعيارية التي اختارها الموظف؛ وما كتبه بلفظه وحده معًا. لا يُقرأ النص.",
        en="Each finding with which an application was returned, by the standard finding that the officer chose; those"
        " in the officer's own words alone, together. No text is read.",
    ),
    unit=Text(ar="ملاحظة", en="findings"),
    span=Text(ar="يوم الإعادة", en="the day of the return"),
    rounding=_WHOLE,
    facts=("review_finding", "applications_step"),
    keys=Text(
        ar="الملاحظة المعيارية؛ own-words: بلفظ الموظف",
        en="the standard finding; own-words: the officer's own",
    ),
    rows=selected(
        "return-reasons",
        """
        SELECT (step.at AT TIME ZONE %(zone)s)::date, application.authority_id, version.service,
               coalesce(reason.code, 'own-words'), count(*), 0
        FROM applications_step AS step
        JOIN review_finding AS finding ON finding.returned_by_id = step.id
        LEFT JOIN catalogue_reason AS reason ON reason.id = finding.reason_id
        JOIN applications_application AS application ON application.id = step.application_id
        JOIN catalogue_serviceversion AS version ON version.id = application.service_version_id
        WHERE step.act = 'return' AND step.at >= %(begin)s AND step.at < %(end)s
        GROUP BY 1, 2, 3, 4
        """,
    ),
)

REFUSALS = Figure(
    id="refusals",
    name=Text(ar="أسباب الرفض", en="Refusals by reason"),
    counts=Text(
        ar="كل قرار رفض، بأسبابه المرمزة، ولكل منها مرة. وما لا سبب مرمزًا له فبمن قرره: قاعدة في تعريف الخدمة، أو لجنة،"
        " أو موظف. لا يُقرأ النص.",
        en="Each decision that refuses, once for each of its coded reasons; one without any, by what decided it: a rule"
        " of the definition, a committee, or an officer. No text is read.",
    ),
    unit=Text(ar="قرار", en="decisions"),
    span=Text(ar="يوم القرار", en="the day of the decision"),
    rounding=_WHOLE,
    facts=("review_decision", "review_decision_coded", "applications_step"),
    keys=Text(ar="السبب", en="the reason"),
    rows=selected(
        "refusals",
        """
        SELECT (step.at AT TIME ZONE %(zone)s)::date, application.authority_id, version.service,
               coalesce(reason.code, CASE WHEN decision.rule <> '' THEN 'rule'
                                          WHEN decision.sitting_id IS NOT NULL THEN 'committee'
                                          ELSE 'officer' END), count(*), 0
        FROM applications_step AS step
        JOIN review_decision AS decision ON decision.application_id = step.application_id AND decision.at = step.at
        LEFT JOIN review_decision_coded AS coded ON coded.decision_id = decision.id
        LEFT JOIN catalogue_reason AS reason ON reason.id = coded.reason_id
        JOIN applications_application AS application ON application.id = step.application_id
        JOIN catalogue_serviceversion AS version ON version.id = application.service_version_id
        WHERE step.act = 'refuse' AND step.at >= %(begin)s AND step.at < %(end)s
        GROUP BY 1, 2, 3, 4
        """,
    ),
)
