import io

import pytest
import segno
import zxingcpp
from PIL import Image

from rukhsa.trust import qr
from rukhsa.trust.errors import BadText
from rukhsa.trust.printed import CODE_FORMAT
from tests.trust import world


def test_another_reader_reads_the_picture() -> None:
    text = world.text_of(world.make_seal())
    rows = qr.matrix(text)
    side = len(rows) + 8
    picture = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            picture.putpixel((x + 4, y + 4), 0 if dark else 255)
    read = zxingcpp.read_barcodes(picture.resize((side * 4, side * 4), Image.Resampling.NEAREST))
    assert [each.text for each in read] == [text]
    assert qr.read_qr_text(read[0].text).seal_bytes == world.make_seal()


def test_a_micro_qr_on_the_page_is_not_taken_for_a_code_of_ours() -> None:
    """In one page of the real register the decoder saw one where none was, and the genuine file was refused."""
    symbol, page = io.BytesIO(), Image.new("L", (200, 200), 255)
    segno.make_micro("408263").save(symbol, kind="png", scale=4, border=4)
    page.paste(Image.open(symbol).convert("L"), (20, 20))
    assert zxingcpp.read_barcodes(page, formats=CODE_FORMAT) == []
    seen = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
    assert [each.text for each in seen] == ["408263"], "the negative control: the family holds it"


def test_the_picture_is_one_path_of_unit_modules() -> None:
    svg = qr.svg(world.text_of(world.make_seal()))
    assert svg.count("<path") == 1
    assert io.StringIO(svg).read(4) == "<svg"


def test_digits_are_a_numeric_segment() -> None:
    text = world.text_of(world.make_seal())
    assert "".join(part for part, _ in qr.segments(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://v.mun.example/",
        "https://v.mun.example/#",
        "https://v.mun.example#012",
        "HTTPS://v.mun.example/#012",
        "https://V.mun.example/#012",
        "https://v.mun.example:443/#012",
        "https://user@v.mun.example/#012",
        "https://v.mun.example/?a#012",
        "https://v.mun.example/#012#012",
        "https://v.mun.example/#012\n",
        " https://v.mun.example/#012",
        "https://localhost/#012",
        "https://v.mun.example/#" + "0" * 2600,
    ],
)
def test_a_text_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(BadText):
        qr.read_qr_text(text)


def test_the_text_of_the_form_is_read() -> None:
    assert qr.read_qr_text("https://v.mun.example/#012") == qr.QrText(
        host="v.mun.example", seal_bytes=b"\x0c"
    )
