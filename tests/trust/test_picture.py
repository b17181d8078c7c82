"""The code in a picture: looked for three times, and for QR codes only."""

import io
import re

import pytest
import zxingcpp
from PIL import Image

from bench import worn
from rukhsa.project.config import PROJECT
from rukhsa.trust import picture
from rukhsa.trust.errors import BadPicture
from tests.rooms.issuance.sheets import QR_TEXT


def as_png(seen: Image.Image) -> bytes:
    file = io.BytesIO()
    seen.save(file, "PNG", compress_level=1)
    return file.getvalue()


@pytest.mark.parametrize("wear", ["coarse, 1.2 dots a module", "stained, takes 60% of the light"])
def test_what_one_look_misses_is_read_by_another(wear: str) -> None:
    seen = dict(worn.worn())[wear]()
    assert not [each.text for each in zxingcpp.read_barcodes(seen, formats=zxingcpp.BarcodeFormat.QRCode)]
    assert picture.code_in(as_png(seen)) == QR_TEXT


def test_a_code_in_the_corner_of_a_picture_of_many_megapixels_is_found() -> None:
    page, _ = worn.photographed_page()
    table = Image.new("L", (5600, 4200), 120)
    table.paste(page, (200, 1900))
    assert picture.code_in(as_png(table)) == QR_TEXT


def test_codes_of_other_kinds_are_not_looked_for() -> None:
    code = zxingcpp.create_barcode(QR_TEXT[:60], zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=6)
    seen = Image.frombytes("L", (code.shape[1], code.shape[0]), bytes(code))
    assert zxingcpp.read_barcodes(seen)
    with pytest.raises(BadPicture) as refused:
        picture.code_in(as_png(seen))
    assert refused.value.code == "no-code"


def test_one_of_ours_is_told_where_a_larger_one_of_others_is_beside_it() -> None:
    page, _ = worn.photographed_page()
    other = zxingcpp.create_barcode("https://shop.example/offer", zxingcpp.BarcodeFormat.QRCode).to_image(
        scale=9
    )
    page.paste(Image.frombytes("L", (other.shape[1], other.shape[0]), bytes(other)), (20, 20))
    assert picture.code_in(as_png(page)) == QR_TEXT


def test_the_table_of_worn_pictures_has_each_of_them_and_adds_up() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \| ([✓–]) \|", (PROJECT / "docs/verifying.md").read_text("utf-8"), re.MULTILINE
    )
    assert [name for name, _ in rows] == [name for name, _ in worn.worn()]
    read = sum(mark == "✓" for _, mark in rows)
    assert f"| **of {len(rows)}** | **{read}** |" in (PROJECT / "docs/verifying.md").read_text("utf-8")
    assert read >= worn.WANTED
