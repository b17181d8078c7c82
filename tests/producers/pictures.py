"""Pictures of telephones, scanners and chats."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw

from tests.producers.programs import WORDS, run


def page() -> Image.Image:
    """A scanned page of our own words."""
    picture = Image.new("L", (826, 400), "white")
    ImageDraw.Draw(picture).text((60, 60), f"LEASE\n\n{WORDS}", fill="black", font_size=18)
    return picture


def photograph() -> Image.Image:
    """A photograph of the page on a table."""
    picture = Image.new("RGB", (960, 540), "#c9b79c")
    picture.paste(page(), (60, 60))
    return picture


def exif(turned: int = 6) -> Image.Exif:
    """Of a telephone held on its side, with the place where it was."""
    found = Image.Exif()
    found[0x010F], found[0x0112] = "A telephone", turned
    found.get_ifd(0x8825).update({1: "N", 2: (26.0, 13.0, 24.0), 3: "E", 4: (50.0, 35.0, 15.0)})
    return found


def saved(form: str, picture: Callable[[], Image.Image] = photograph, **how: Any) -> Callable[[Path], bytes]:
    def make(_folder: Path) -> bytes:
        with io.BytesIO() as out:
            picture().save(out, form, **how)
            return out.getvalue()

    return make


def by_program(target: str, *command: str) -> Callable[[Path], bytes]:
    def make(folder: Path) -> bytes:
        photograph().save(folder / "in.png")
        photograph().save(folder / "in.jpg", quality=60, exif=exif())
        run(*command)
        return (folder / target).read_bytes()

    return make


def _of(mode: str) -> Callable[[], Image.Image]:
    return lambda: photograph().convert(mode)


ROWS: Final = [
    (
        "phone.jpg",
        "Pillow",
        "JPEG of a telephone, turned by EXIF, with its place",
        saved("JPEG", quality=60, exif=exif()),
    ),
    ("progressive.jpg", "Pillow", "progressive JPEG", saved("JPEG", quality=60, progressive=True)),
    ("grey.jpg", "Pillow", "grey JPEG", saved("JPEG", _of("L"), quality=60)),
    ("cmyk.jpg", "Pillow", "JPEG of four inks", saved("JPEG", _of("CMYK"), quality=60)),
    (
        "two-pictures.mpo",
        "Pillow",
        "MPO: a telephone's two pictures in one",
        saved("MPO", save_all=True, append_images=[photograph()], quality=50),
    ),
    (
        "phone.heic",
        "libheif",
        "HEIC of a telephone, with EXIF",
        by_program("out.heic", "heif-enc", "-q", "40", "in.jpg", "-o", "out.heic"),
    ),
    (
        "chat.webp",
        "libwebp",
        "WebP of a chat",
        by_program("out.webp", "cwebp", "-q", "50", "in.png", "-o", "out.webp"),
    ),
    (
        "phone.avif",
        "libavif",
        "AVIF",
        by_program("out.avif", "avifenc", "-q", "50", "-s", "8", "in.jpg", "out.avif"),
    ),
    (
        "scanner-g4.tif",
        "Pillow",
        "TIFF G4 of a scanner",
        saved("TIFF", lambda: page().convert("1"), compression="group4"),
    ),
    ("scanner-lzw.tif", "Pillow", "TIFF LZW of a scanner", saved("TIFF", page, compression="tiff_lzw")),
    (
        "scanner-pages.tif",
        "Pillow",
        "TIFF of two pages",
        saved(
            "TIFF",
            lambda: page().convert("1"),
            compression="group4",
            save_all=True,
            append_images=[page().convert("1")],
        ),
    ),
    ("screen.png", "Pillow", "PNG", saved("PNG", page, optimize=True)),
    ("palette.png", "Pillow", "PNG with a palette", saved("PNG", _of("P"))),
    (
        "sixteen-bits.png",
        "ImageMagick",
        "PNG of 16 bits",
        by_program("out.png", "magick", "in.png", "-resize", "25%", "-depth", "16", "PNG48:out.png"),
    ),
    (
        "interlaced.png",
        "ImageMagick",
        "interlaced PNG",
        by_program("out.png", "magick", "in.png", "-resize", "50%", "-interlace", "PNG", "out.png"),
    ),
    (
        "moving.png",
        "Pillow",
        "PNG that moves",
        saved("PNG", page, save_all=True, append_images=[page().rotate(180)]),
    ),
    ("old.gif", "Pillow", "GIF", saved("GIF", page)),
    ("old.bmp", "Pillow", "BMP", saved("BMP", lambda: page().convert("1"))),
]
