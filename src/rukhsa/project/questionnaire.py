"""The questionnaire for the ministry: what the definitions assume, numbered, with room for answers, as PDF and CSV."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import typst

from rukhsa.catalogue.confirmation import KINDS, in_words, values_of
from rukhsa.catalogue.definition import Definition, read_definition
from rukhsa.catalogue.territory import Territory, read_territory, service_files
from rukhsa.errors import RukhsaError
from rukhsa.issuance.compose import FONTS

TEMPLATE = Path(__file__).with_name("questionnaire.typ")
COLUMNS = (
    "الرقم", "المجموعة", "الخدمة", "نوع القيمة", "القيمة المفترضة", "سبب الافتراض",
    "الإجابة", "السند القانوني", "اعتمدها",
)  # fmt: skip
WHYS = {
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


class CannotWrite(RukhsaError):
    """The questionnaire cannot be set: a font is missing, or the template is broken."""

    code = "cannot-write-questionnaire"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One assumed value, as the ministry reads it."""

    number: str
    group: str
    service: str
    kind: str
    value: str
    why: str


def rows_of(folder: Path) -> list[Row]:
    """Every assumed value of a territory's services, numbered by service and place, in the order of its groups."""
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
