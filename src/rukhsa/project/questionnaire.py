"""The questionnaire for the ministry: what the definitions assume, numbered, with room for answers, as PDF and CSV."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from rukhsa.catalogue.confirmation import KINDS, in_words, unnamed_laws, values_of
from rukhsa.catalogue.definition import Definition, read_definition
from rukhsa.catalogue.territory import Territory, read_territory, service_files
from rukhsa.errors import RukhsaError
from rukhsa.issuance.compose import FONTS
from rukhsa.late import typst

TEMPLATE = Path(__file__).with_name("questionnaire.typ")
COLUMNS = (
    "الرقم", "المجموعة", "الخدمة", "نوع القيمة", "القيمة المفترضة", "سبب الافتراض",
    "الإجابة", "السند القانوني", "اعتمدها",
)  # fmt: skip
LAW = "قانون"
WHYS = {
    "Law 7 of 2022 asks for it of reclamation; no page names the volume": (
        "يطلبها القانون رقم 7 لسنة 2022 للدفان، ولم يُنشر الحجم الذي تلزم عنده"
    ),
    "article 22 names the committee and no days": "تذكر المادة 22 اللجنة دون مهلة",
    "article 22 names the committee and no days; the law on the division of land names 30": (
        "تذكر المادة 22 اللجنة دون مهلة، وهي 30 يومًا في قانون تقسيم الأراضي"
    ),
    "article 8 of the law on sewerage names 30 days; no text was found for an information certificate": (
        "المهلة 30 يومًا في المادة 8 من قانون الصرف الصحي، ولا نص عن شهادة المعلومات"
    ),
    "article 8 of the law on sewerage names 60 days at most; no text names working days": (
        "المدة 60 يومًا على الأكثر في المادة 8 من قانون الصرف الصحي، ولم تُنشر أيام عمل"
    ),
    "article.wn.com of 2008 says that a fee is paid, without its amount": (
        "ذكرت صحيفة عام 2008 أن له رسمًا دون مقداره"
    ),
    "benayat.bh shows a fee and an insurance by the square metre and zone; the amounts could not be read": (
        "تذكر صفحة بنايات رسمًا وتأمينًا بالمتر المربع وبحسب المنطقة، ولم تتيسر قراءة المبالغ"
    ),
    "it is charged; its amount is not published": "يُستوفى، ولم يُنشر مقداره",
    "no page describes this service": "لا صفحة منشورة عن هذه الخدمة",
    "no page lists this document": "لم تذكره صفحة منشورة بين المستندات",
    "no page names the amount": "لم يُنشر المقدار",
    "no page names the days of a grievance": "لم تُنشر مهلة التظلم",
    "no page names the days of the review": "لم تُنشر أيام الدراسة",
    "no page names a committee for violations": "لم تُذكر لجنة للتظلم من المخالفات",
    "no page names this body": "لم تذكر صفحة منشورة هذه الجهة",
    "no page names this step": "لم تذكر صفحة منشورة هذه الخطوة",
    "no page names this term": "لم تُنشر هذه المهلة",
    "no page names this visit": "لم تذكر صفحة منشورة هذه المعاينة",
    "no page names this waiver": "لم يُنشر هذا الإعفاء",
    "no page says how a member of the family is confirmed": "لم يُنشر كيف يُتحقق من سكن أفراد الأسرة",
    "no page says how long it is valid": "لم تُنشر مدة السريان",
    "no page says how many sites a person may have": "لم يُنشر كم موقعًا يُسمح به للشخص",
    "no page says that this is asked": "لم تذكر صفحة منشورة هذا السؤال",
    "no page says when a licence is renewed without a review": "لم يُنشر متى تُجدَّد الرخصة دون دراسة الطلب",
    "no page says within which time the works are done": "لم تُنشر المدة التي تُنفذ فيها الأعمال",
    "pages say that it goes by size and type, without amounts": (
        "تذكر الصفحات أنه بحسب المساحة والنوع دون مقداره"
    ),
    "the fee goes by place and size; the amounts are not published": (
        "الرسم بحسب المكان والمساحة، ولم تُنشر المبالغ"
    ),
    "the law on roads names 30 days, says the press; no text was found for the other services": (
        "المهلة 30 يومًا في قانون إشغال الطرق كما ذكرت الصحافة، ولا نص عن الخدمات الأخرى"
    ),
    "the page says mostly the same day; a visit takes longer": (
        "تذكر الصفحة أنه غالبًا في اليوم نفسه، والمعاينة تستغرق أكثر"
    ),
    "the page says that the deposit goes by the service, without amounts": (
        "تذكر الصفحة أن التأمين بحسب الخدمة دون مقداره"
    ),
    "the page says that the fee goes by type and area, without amounts": (
        "تذكر الصفحة أن الرسم بحسب النوع والمساحة دون مقداره"
    ),
    "the table at mun.gov.bh/fees could not be read": "الجدول منشور في mun.gov.bh/fees ولم تتيسر قراءته",
}  # fmt: skip


WHYS_OF_LAWS = {
    "article 36 is of fees; the order that asks for a deposit was not found": (
        "المادة 36 عن الرسوم، ولم يُعثر على القرار الذي يفرض التأمين"
    ),
    "article 4 leaves the conditions to orders; the one that sets the amount was not found": (
        "تحيل المادة 4 إلى القرارات، ولم يُعثر على القرار الذي يحدد المقدار"
    ),
    "in 2013 the municipalities' fee for towers was still to be set; no later text was found": (
        "كان رسم الأبراج قيد الاعتماد عام 2013، ولم يُعثر على نص بعده"
    ),
    "no law on all grievances was found; roads and municipal fees have committees of their own": (
        "لا قانون عام في التظلمات، وللطرق وللرسوم البلدية لجنة لكل منهما"
    ),
    "no law on copies of municipal documents was found; that on evidence could not be read": (
        "لم يُعثر على قانون في نسخ الوثائق البلدية، ولم تتيسر قراءة قانون الإثبات"
    ),
    "no law or order on guards of buildings was found": "لم يُعثر على قانون أو قرار في حراس العقارات",
    "no law that was read names a committee for violations; the courts decide on fines": (
        "لم يذكر أي قانون قُرئ لجنة للتظلم من المخالفات، والغرامات تحكم بها المحاكم"
    ),
    "no law that was read speaks of merging units or parcels": "لم يذكر أي قانون قُرئ دمج الوحدات أو العقارات",
    "no order on addresses was found": "لم يُعثر على قرار في العناوين",
    "no order on certificates of residence was found": "لم يُعثر على قرار في شهادات السكن",
    "no page says that a copy is charged": "لم تذكر صفحة منشورة رسمًا للنسخة",
    "no page says that a merger is charged": "لم تذكر صفحة منشورة رسمًا للدمج",
    "no page says that the certificate is charged": "لم تذكر صفحة منشورة رسمًا للشهادة",
    "no text names a fee of the municipality for this approval": "لم يُعثر على نص برسم بلدي لهذه الموافقة",
    "no text was found on the renewal of the other yearly licences": (
        "لم يُعثر على نص في تجديد الرخص السنوية الأخرى"
    ),
    "the councils' pages state the conditions and name no order": (
        "تذكر صفحات المجالس البلدية الشروط دون قرار"
    ),
    "the page asks for approvals before and names no article": "تطلب الصفحة موافقات سابقة دون ذكر مادة",
    "the page names the amount and no order": "تذكر الصفحة المقدار دون قرار",
}  # fmt: skip


class CannotWrite(RukhsaError):
    """The questionnaire cannot be set: a font is missing, or the template is broken."""

    code = "cannot-write-questionnaire"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One assumed value, or a law that was not found, as the ministry reads it."""

    number: str
    group: str
    service: str
    kind: str
    value: str
    why: str


def rows_of(folder: Path) -> list[Row]:
    """All that a territory's services assume, numbered by service and place, in the order of its groups."""
    place = read_territory(folder)
    groups = list(place.groups or ())
    definitions = [read_definition(file).value for file in service_files(folder)]
    definitions.sort(key=lambda each: groups.index(each.group) if each.group in groups else len(groups))
    numbered = ((each, list(_assumed(each, place))) for each in definitions)
    asked = [(each, values) for each, values in numbered if values]
    return [
        Row(
            number=f"{service}.{index}",
            group=(place.groups or {})[each.group].in_language("ar") if each.group else "",
            service=each.name.in_language("ar"),
            **value,
        )
        for service, (each, values) in enumerate(asked, 1)
        for index, value in enumerate(values, 1)
    ]


def _assumed(definition: Definition, place: Territory) -> Iterator[dict[str, str]]:
    unbroken = f"\u00a0{place.currency}"
    for value in values_of(definition):
        if value.rank == "assumed":
            yield {
                "kind": KINDS[value.kind].in_language("ar"),
                "value": in_words(value, definition, place)
                .in_language("ar")
                .replace(f" {place.currency}", unbroken),
                "why": WHYS.get(value.why, value.why),
            }
    for words, why in unnamed_laws(definition):
        yield {"kind": LAW, "value": words.in_language("ar"), "why": WHYS_OF_LAWS.get(why, why)}


def as_csv(rows: list[Row]) -> bytes:
    """UTF-8 with a byte order mark, by which spreadsheets open Arabic; the last three columns are to be filled in."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([*asdict(row).values(), "", "", ""] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def as_pdf(rows: list[Row], place: Territory, *, on: date) -> bytes:
    """The document to be filled in. Raises CannotWrite."""
    content = {
        "territory": place.name.in_language("ar"),
        "day": f"{on:%Y-%m-%d}",
        "rows": [asdict(row) for row in rows],
    }
    faces = [FONTS / "400Regular", FONTS / "700Bold"]
    try:
        return bytes(
            typst.compile(
                str(TEMPLATE),
                font_paths=[str(face) for face in faces],
                ignore_system_fonts=True,
                sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
                pdf_standards=["ua-1"],
            )
        )
    except typst.TypstError as error:
        raise CannotWrite(error.message) from error
