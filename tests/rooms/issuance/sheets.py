"""Pages for the tests of the document: ordinary, long, English only."""

from datetime import date
from pathlib import Path

from rukhsa.issuance.printed_page import Attachment, Page, PlacePrinted, Row, in_hijri_words, in_words
from rukhsa.values.names import Text

CREST = (Path(__file__).parents[3] / "territories/bahrain/crests/capital.svg").read_text()
QR_TEXT = "https://v.mun.example/#" + "".join(str((7 * n * n + 3 * n) % 10) for n in range(663))
LONG_NAME = "عبدالرحمن بن محمد بن عبداللطيف بن سلمان آل خليفة المناعي البوعينين"
ROWS = (
    Row(
        label=Text(ar="صاحب الرخصة", en="Holder"),
        value=Text(ar="شركة الخليج للمقاولات ذ.م.م", en="Gulf Contracting Company W.L.L."),
        first=True,
    ),
    Row(label=Text(ar="السجل التجاري", en="Commercial registration"), value="12345-1", direction="ltr"),
    Row(
        label=Text(ar="الأشغال", en="Works"),
        value=Text(
            ar="حفر خندق بطول 84 متراً وعرض 1.2 متر، مع إغلاق حارة واحدة",
            en="Trench of 84 m by 1.2 m, with one lane closed",
        ),
    ),
    Row(
        label=Text(ar="الموقع", en="Place"),
        value=Text(
            ar="مبنى 12، طريق 1705، مجمع 317، المنامة", en="Building 12, Road 1705, Block 317, Manama"
        ),
    ),
    Row(label=Text(ar="سارية من", en="In force from"), value=in_words(date(2026, 12, 1))),
    Row(label=Text(ar="سارية إلى", en="Valid until"), value=in_words(date(2026, 12, 30))),
    Row(
        label=Text(ar="الرسوم", en="Fee"),
        value=Text(ar="25.500 دينار بحريني، إيصال R-2026-118240", en="BHD 25.500, receipt R-2026-118240"),
    ),
)
CONDITIONS = (
    Text(
        ar="يعاد الطريق إلى حالته خلال سبعة أيام عمل من انتهاء الأشغال.",
        en="The road is reinstated within seven working days of the end of the works.",
    ),
    Text(
        ar="لا يجوز العمل ليلاً بين الساعة 22:00 والساعة 05:00.",
        en="No work at night between 22:00 and 05:00.",
    ),
    Text(
        ar="توضع اللوحات التحذيرية وفق مخطط المرور المعتمد.",
        en="Warning signs are placed by the approved traffic plan.",
    ),
)
ATTACHMENTS = (
    Attachment(name="seal.cwt", content=bytes(range(256)), media_type="application/cwt", description="Seal"),
    Attachment(
        name="facts.json",
        content=b'{"holder": "x"}',
        media_type="application/json",
        description="Facts",
    ),
    Attachment(
        name="seal.tlog-proof",
        content=b"c2sp.org/tlog-proof@v1\n",
        media_type="text/plain",
        description="Proof",
    ),
)


def road_works(**changes: object) -> Page:
    """The road works licence of the Gulf contracting company."""
    page: dict[str, object] = {
        "languages": ("ar", "en"),
        "authority": Text(ar="أمانة العاصمة", en="Capital Secretariat"),
        "country": Text(ar="مملكة البحرين", en="Kingdom of Bahrain"),
        "colour": "#0b3a53",
        "crest": CREST,
        "title": Text(ar="رخصة أشغال طريق", en="Road works licence"),
        "rows": ROWS,
        "conditions": CONDITIONS,
        "number": "CAP-RW-2026-004217-7",
        "version": 1,
        "verification_code": "K7QM-2XW9-4TRD-8HNP",
        "qr_text": QR_TEXT,
        "verifier": "v.mun.example",
        "issued": date(2026, 11, 24),
        "issued_hijri": in_hijri_words(date(2026, 11, 24)),
        "specimen": False,
        "attachments": ATTACHMENTS,
    }
    return Page(**(page | changes))  # type: ignore[arg-type]


def overflowing() -> Page:
    """A specimen with a name of more than 60 letters and conditions for two pages."""
    usual = road_works()
    holder = Row(label=usual.rows[0].label, value=LONG_NAME, first=True)
    condition = Text(
        ar="توضع الحواجز والإنارة الليلية على مسافة لا تقل عن 25 متراً من بداية الأشغال.",
        en="Barriers and night lights stand at least 25 m before the beginning of the works.",
    )
    return road_works(rows=(holder, *usual.rows[1:]), conditions=(condition,) * 24, specimen=True)


def mapped() -> Page:
    """The same licence with a map as `places.place_picture` draws it: see-through colours, halos and both scripts."""
    svg = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 260" role="img" aria-label="84 م" lang="ar"
          direction="rtl" font-family="Amiri" font-size="20"><title>84 م</title>
          <rect width="420" height="260" fill="#f5f2ec"/>
          <path fill="none" stroke="#fff" stroke-width="12" stroke-linecap="round" d="M51 146l289 0"/>
          <path class="drawn" fill="#a31621" fill-opacity=".25" stroke="#a31621" d="M80 60l44-58 16 70z"/>
          <g text-anchor="middle" fill="#4a4033" stroke="#fff" stroke-width="4" paint-order="stroke">
            <text x="196" y="153">شارع النخيل</text><text x="96" y="222">50 م</text></g>
          <text x="408" y="248" font-size="15" text-anchor="end" direction="ltr">© Survey bureau</text></svg>"""
    size = Text(ar="84 م", en="84 m")
    return road_works(place=PlacePrinted(svg=" ".join(svg.split()), size=size))


def english_only() -> Page:
    """A building permit of a city that has one language."""
    return road_works(
        languages=("en",),
        authority=Text(en="City of Spearfish"),
        country=Text(en="South Dakota, United States"),
        colour="#5b3a1a",
        title=Text(en="Building permit"),
        verifier="verify.spearfish.example",
        rows=(
            Row(label=Text(en="Holder"), value="Layla Hasan", first=True),
            Row(label=Text(en="Place"), value=Text(en="625 North Fifth Street")),
            Row(label=Text(en="Valid until"), value=in_words(date(2027, 11, 24))),
            Row(label=Text(en="Fee"), value=Text(en="USD 125.00")),
        ),
        conditions=(Text(en="Work is inspected before it is covered."),),
    )
