"""What the public does and says: checks of documents, forged ones seen, and satisfaction."""

from rukhsa.figures.figure import Figure, selected
from rukhsa.values.names import Text

CHECKS = Figure(
    id="verifications",
    name=Text(ar="عمليات التحقق", en="Verifications"),
    counts=Text(
        ar="كل سؤال أجاب عنه الخادم بنتيجة: برقم ورمز، أو ملف، أو نص رمز، أو رابط مشاركة. «altered» وثيقة مزورة رُئيت."
        " ما يتحقق منه متصفح دون الخادم لا يُرى ولا يُحسب.",
        en="Each question that the server answered with a verdict: by number and code, file, text of a code, or share."
        " “altered” is a forged document that was seen. What a browser checks without the server is not counted.",
    ),
    unit=Text(ar="تحقق", en="checks"),
    span=Text(ar="يوم السؤال", en="the day of the question"),
    rounding=Text(ar="عدد كامل", en="a whole number"),
    facts=("verification_checkcount",),
    keys=Text(ar="نتيجة التحقق", en="the verdict"),
    rows=selected(
        "verifications",
        """
        SELECT day, authority.code, '', word, sum(count), 0
        FROM verification_checkcount AS checked
        LEFT JOIN authorities_authority AS authority ON authority.code = checked.authority
        WHERE day BETWEEN %(first)s AND %(last)s
        GROUP BY 1, 2, 4
        """,
    ),
)

SATISFACTION = Figure(
    id="satisfaction",
    name=Text(ar="رضا المستفيدين", en="Satisfaction"),
    counts=Text(
        ar="كل تقييم من 1 إلى 5 بعد خطوة من الطلب أو بعد التسلّم. والمتوسط مجموع التقييمات على عددها.",
        en="Each rating from 1 to 5, after a step of an application or the receipt."
        " The mean is their sum by their number.",
    ),
    unit=Text(ar="تقييم", en="ratings"),
    span=Text(ar="يوم التقييم", en="the day of the rating"),
    rounding=Text(ar="المتوسط برقم واحد بعد النقطة", en="the mean with one digit after the point"),
    facts=("feedback_feedback",),
    keys=Text(ar="التقييم", en="the rating"),
    rows=selected(
        "satisfaction",
        """
        SELECT (at AT TIME ZONE %(zone)s)::date, authority_id, service, rating::text, count(*), sum(rating)
        FROM feedback_feedback
        WHERE rating IS NOT NULL AND at >= %(begin)s AND at < %(end)s
        GROUP BY 1, 2, 3, 4
        """,
    ),
)
