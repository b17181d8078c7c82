"""Pictures of pages are bound behind their heads into a PDF that we composed, and never decoded there."""

from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from rukhsa.files import binder
from rukhsa.files.binder import Binder, Full, NoPicture, shape_of


def composed(pages: int) -> bytes:
    """A PDF of so many empty pages, which says that it is PDF/UA."""
    file = pikepdf.new()
    for _ in range(pages):
        file.add_blank_page(page_size=(595, 842))
    with file.open_metadata() as told:
        told["pdfuaid:part"] = "1"
    out = BytesIO()
    file.save(out)
    return out.getvalue()


def picture(width: int, height: int, colour: str = "red", mode: str = "RGB", **how: bool) -> bytes:
    out = BytesIO()
    Image.new(mode, (width, height), colour).save(out, "JPEG", **how)
    return out.getvalue()


def test_each_picture_stands_after_its_head_upright_or_across() -> None:
    bound = Binder(composed(3), heads=2)
    bound.next_head()
    bound.add(picture(60, 80))
    bound.add(picture(80, 60, progressive=True))
    bound.next_head()
    bound.add(picture(50, 50, "white", "L"))
    file = pypdfium2.PdfDocument(bound.written())
    assert [tuple(map(round, page.get_size())) for page in file] == [
        (595, 842), (595, 842), (595, 842), (842, 595), (595, 842), (595, 842),
    ]  # fmt: skip
    drawn = file[2].render().to_pil().convert("RGB")
    assert drawn.getpixel((297, 421))[0] > 200 > 60 > drawn.getpixel((297, 421))[1]


def test_it_no_longer_says_that_it_is_accessible() -> None:
    with pikepdf.open(BytesIO(Binder(composed(1), heads=1).written())) as file, file.open_metadata() as told:
        assert "pdfuaid:part" not in told


def test_its_pages_and_bytes_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    bound = Binder(composed(1), heads=1)
    monkeypatch.setattr(binder, "MOST_PAGES", 2)
    bound.add(picture(9, 9))
    with pytest.raises(Full):
        bound.add(picture(9, 9))
    monkeypatch.setattr(binder, "MOST_PAGES", 9)
    monkeypatch.setattr(binder, "MOST_BYTES", 10)
    with pytest.raises(Full):
        bound.add(picture(9, 9))


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", b"\xff\xd8\xff", picture(9, 9)[:60], b"\xff\xd8" + b"\xff\xc4\0\0" * 9]
)
def test_what_is_no_jpeg_is_refused(content: bytes) -> None:
    with pytest.raises(NoPicture):
        shape_of(content)
