"""The form in which a value is written: what does not fit, and what to write instead, in words, not as a pattern."""

import re
import unicodedata
from typing import Any, Final

from rukhsa.values.names import Text

AMOUNT: Final = Text(
    en="Write an amount in Latin digits with a point: 12.500.", ar="اكتب المبلغ بأرقام لاتينية ونقطة: 12.500."
)
IN_QUOTES: Final = Text(
    en='Put a text with a comma in it in quotes: "Men, women".',
    ar='ضع النص الذي فيه فاصلة بين علامتي تنصيص: "Men, women".',
)
_FINE: Final = Text(
    en="Write at most three digits after the point: 12.500.",
    ar="اكتب ثلاثة أرقام بعد النقطة على الأكثر: 12.500.",
)
_DATE: Final = Text(en="Write year-month-day: 2020-09-15.", ar="اكتب السنة-الشهر-اليوم: 2020-09-15.")
_WHOLE: Final = Text(en="Write a whole number in Latin digits: 30.", ar="اكتب عددًا صحيحًا بأرقام لاتينية: 30.")
_NUMBER: Final = Text(en="Write a number in Latin digits: 2.5.", ar="اكتب عددًا بأرقام لاتينية: 2.5.")
_MAPPING: Final = Text(en="Write words with values: {ar: …, en: …}.", ar="اكتب كلمات وقيمها: {ar: …, en: …}.")
_LIST: Final = Text(
    en="Write a list: [one, two], or lines that begin with a dash.",
    ar="اكتب قائمة: [واحد، اثنان] أو أسطرًا تبدأ بشرطة.",
)
_YES_NO: Final = Text(en="Write yes or no.", ar="اكتب yes أو no.")
_TEXT: Final = Text(en="Write a text.", ar="اكتب نصًا.")
_TIME: Final = Text(en="Write hours and minutes: 07:30.", ar="اكتب الساعة والدقيقة: 07:30.")
_BY_KIND: Final = (
    ("date", _DATE), ("yes_no", _YES_NO), ("int", _WHOLE),
    ("decimal", _NUMBER), ("model", _MAPPING), ("dict", _MAPPING),
    ("dataclass", _MAPPING), ("tuple", _LIST), ("list", _LIST), ("string_type", _TEXT),
)  # fmt: skip
# Every pattern of a word of the language, in words: tests/rooms/catalogue/test_reading.py finds one that is missing.
BY_PATTERN: Final = {
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$": Text(
        en="Write small Latin letters, digits and dashes: closes-lane.",
        ar="اكتب حروفًا لاتينية صغيرة وأرقامًا وشرطات: closes-lane.",
    ),
    r"^[0-9]{1,9}(\.[0-9]{1,3})?$": AMOUNT,
    r"^[A-Z]{2}$": Text(en="Write two capital Latin letters: KP.", ar="اكتب حرفين لاتينيين كبيرين: KP."),
    r"^[A-Z][A-Z0-9]{1,3}$": Text(
        en="Write two to four capital Latin letters or digits, a letter first: CAP.",
        ar="اكتب حرفين لاتينيين كبيرين إلى أربعة حروف أو أرقام، أولها حرف: CAP.",
    ),
    r"^[A-Z0-9]{2,12}$": Text(
        en="Write 2 to 12 capital Latin letters or digits: NBOB.",
        ar="اكتب من 2 إلى 12 حرفًا لاتينيًا كبيرًا أو رقمًا: NBOB.",
    ),
    r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}$": Text(
        en="Write an IBAN without spaces: BH67BMAG00001299123456.",
        ar="اكتب رقم الآيبان بلا مسافات: BH67BMAG00001299123456.",
    ),
    r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$": Text(
        en="Write month-day: 09-15.", ar="اكتب الشهر-اليوم: 09-15."
    ),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": _TIME,
    r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$": _TIME,
    r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$": Text(
        en="Write two times with a dash: 05:00-22:00.", ar="اكتب وقتين بينهما شرطة: 05:00-22:00."
    ),
    r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$": Text(
        en="Write a host name in small Latin letters: v.mun.example.",
        ar="اكتب اسم المضيف بحروف لاتينية صغيرة: v.mun.example.",
    ),
    r"^[0-9]{1,4}$": Text(en="Write one to four digits: 317.", ar="اكتب من رقم واحد إلى أربعة أرقام: 317."),
    r"^[1-9][0-9]{0,2}$": Text(
        en="Write the country's calling code in digits: 973.", ar="اكتب رمز الاتصال بالدولة بالأرقام: 973."
    ),
    r"^\+?[0-9 ]{3,20}$": Text(
        en="Write a telephone number in Latin digits: +973 17 000000.",
        ar="اكتب رقم الهاتف بأرقام لاتينية: +973 17 000000.",
    ),
    r"^[^@\s]+@[^@\s]+$": Text(
        en="Write an e-mail address: help@mun.example.", ar="اكتب عنوان بريد إلكتروني: help@mun.example."
    ),
    r"^https://\S+$": Text(
        en="Write an address that begins with https://.", ar="اكتب عنوانًا يبدأ بـ https://."
    ),
    r"^#[0-9a-f]{6}$": Text(
        en="Write # and six digits or letters a to f: #1a4f8b.",
        ar="اكتب # وستة أرقام أو حروف من a إلى f: #1a4f8b.",
    ),
}


def known_form(kind: str, given: Any, context: dict[str, Any]) -> tuple[Text, Text] | None:
    """What does not fit and what to write instead, for a kind of pydantic's errors; None for one that is not known."""
    if kind.startswith("date") and isinstance(given, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", given):
        return Text(en=f'there is no day "{given}".', ar=f'لا يوجد يوم "{given}".'), _DATE
    what = _does_not_fit(given)
    if kind == "string_pattern_mismatch":
        pattern = context["pattern"]
        remedy = BY_PATTERN.get(pattern, Text(en=f"The form is {pattern}.", ar=f"الصيغة هي {pattern}."))
        is_fine = remedy is AMOUNT and re.fullmatch(r"[0-9]{1,9}\.[0-9]{4,}", given)
        return what, _FINE if is_fine else remedy
    if bound := _bound(kind, context):
        return what, bound
    return next(((what, remedy) for beginning, remedy in _BY_KIND if kind.startswith(beginning)), None)


def invisible(given: str) -> tuple[Text, Text] | None:
    """What to say of a word or value with a character that cannot be seen, such as a mark of direction."""
    code = next(
        (f"U+{ord(one):04X}" for one in given if unicodedata.category(one) == "Cf" or one == "\u00a0"), ""
    )
    if not code:
        return None
    what = Text(
        en=f'"{given}" has an invisible character ({code}).', ar=f'في "{given}" رمز غير مرئي ({code}).'
    )
    return what, Text(en="Delete the whole word and type it again.", ar="احذف الكلمة كلها واكتبها من جديد.")


def _does_not_fit(given: Any) -> Text:
    if given is None:
        return Text(en="there is no value here.", ar="لا قيمة في هذا الموضع.")
    if isinstance(given, str):
        return Text(en=f'"{given}" does not fit here.', ar=f'"{given}" لا تصح في هذا الموضع.')
    return Text(en="this does not fit here.", ar="القيمة لا تصح في هذا الموضع.")


def _bound(kind: str, context: dict[str, Any]) -> Text | None:
    """The remedy for what is too long, too short, too much or too little."""
    match kind:
        case "string_too_long":
            most = context["max_length"]
            return Text(en=f"Characters at most: {most}.", ar=f"الحد الأقصى للأحرف: {most}.")
        case "too_long":
            most = context["max_length"]
            return Text(en=f"Items at most: {most}.", ar=f"الحد الأقصى للعناصر: {most}.")
        case "greater_than_equal" | "greater_than":
            least = context.get("ge", context.get("gt"))
            return Text(en=f"The least is {least}.", ar=f"الحد الأدنى {least}.")
        case "less_than_equal" | "less_than":
            most = context.get("le", context.get("lt"))
            return Text(en=f"The most is {most}.", ar=f"الحد الأقصى {most}.")
    return None
