"""How many grants were drawn to be looked at again, and what was found of them."""

from rukhsa.figures.figure import Figure, selected
from rukhsa.values.names import Text

SECOND_LOOKS = Figure(
    id="second-looks",
    name=Text(ar="إعادة النظر في الموافقات", en="Second looks at approvals"),
    counts=Text(
        ar="كل موافقة سُحبت عشوائيًا ليعيد شخص آخر النظر فيها، ثم النتيجة: صحيحة، أو ما كانت تنبغي.",
        en="Each approval that was drawn at random to be looked at again by another person, and the result of each"
        " second look: right, or not to be approved.",
    ),
    unit=Text(ar="موافقة", en="approvals"),
    span=Text(ar="يوم السحب، ويوم إعادة النظر", en="the day of the draw, and the day of the second look"),
    rounding=Text(ar="عدد كامل", en="a whole number"),
    facts=("review_drawngrant", "review_draw", "review_secondlook"),
    keys=Text(ar="drawn أو agrees أو differs", en="drawn, agrees or differs"),
    rows=selected(
        "second-looks",
        """
        SELECT (told.at AT TIME ZONE %(zone)s)::date, drawn.authority_id, version.service, told.key, count(*), 0
        FROM (
            SELECT drawn.id, draw.at, 'drawn' AS key
            FROM review_draw AS draw JOIN review_drawngrant AS drawn ON drawn.draw_id = draw.id
            UNION ALL
            SELECT grant_id, at, CASE WHEN agrees THEN 'agrees' ELSE 'differs' END FROM review_secondlook
        ) AS told
        JOIN review_drawngrant AS drawn ON drawn.id = told.id
        JOIN review_decision AS decision ON decision.id = drawn.decision_id
        JOIN applications_application AS application ON application.id = decision.application_id
        JOIN catalogue_serviceversion AS version ON version.id = application.service_version_id
        WHERE told.at >= %(begin)s AND told.at < %(end)s
        GROUP BY 1, 2, 3, 4
        """,
    ),
)
