"""Accepts an uploaded file, and writes the safe copy that officers see: a PDF without active content, or a JPEG."""

import io
import warnings
from collections.abc import Iterable
from typing import Final

import pi_heif
import pikepdf
from PIL import AvifImagePlugin, Image, UnidentifiedImageError

from rukhsa.files import active, legibility, untrusted_pdf
from rukhsa.files.accepted import BLANK, CARRIES, QUIETENED, REPAIRED, Accepted
from rukhsa.files.errors import Refused
from rukhsa.files.kind import JPEG, LARGEST_FILE, PDF, TIFF, Kind, kind_of, why_not

LARGEST_PICTURE: Final = 50_000_000  # pixels: a scan of A3 at 400 dpi has 31 million
LARGEST_SHOWN: Final = 5000  # pixels a side: A4 at 400 dpi, which any screen and printer shows sharp
_QUALITY: Final = 90
_ORIENTATION: Final = 0x0112
_TURNS: Final = {  # EXIF 2.32 §4.6.4: which row and column of the picture come first
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# A confined process can start no thread.
pi_heif.register_heif_opener(thumbnails=False)
pi_heif.options.DECODE_THREADS = 1
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
Image.init()  # load all formats now: a confined process can open no file later


def accept(content: bytes, words: Iterable[str]) -> Accepted:
    """Accept a file of one of the kinds that `words` name: pdf, image. Raises Refused."""
    if not content:
        raise Refused("file-empty")
    if len(content) > LARGEST_FILE:
        raise Refused("file-too-large")
    kind = kind_of(content)
    if kind is None:
        raise Refused(why_not(content))
    if kind.word not in words:
        raise Refused("file-of-another-kind")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parsers warn of oddities; faults that matter are raised
        return _pdf(content) if kind is PDF else _picture(content, kind)


def _picture(content: bytes, kind: Kind) -> Accepted:
    shown, advice = as_jpeg(content, kind)
    return Accepted(media_type=kind.media_type, shown=shown, shown_media_type=JPEG.media_type, notes=advice)


def _pdf(content: bytes) -> Accepted:
    with untrusted_pdf.opened(content) as document:
        contents = active.examine(document)
        repaired, blank = bool(document.get_warnings()), legibility.is_blank(document)
        active.quieten(document)
        shown = _saved(document)
    notes = (
        (REPAIRED, repaired),
        (QUIETENED, contents.acts),
        (CARRIES, bool(contents.files)),
        (BLANK, blank),
    )
    return Accepted(
        media_type=PDF.media_type,
        shown=shown,
        shown_media_type=PDF.media_type,
        notes=tuple(note for note, is_so in notes if is_so),
        is_sealed=contents.is_sealed,
    )


def _saved(document: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    document.save(
        out,
        encryption=False,
        fix_metadata_version=False,  # it would read a stranger's XML
        object_stream_mode=pikepdf.ObjectStreamMode.preserve,
    )
    return out.getvalue()


def as_jpeg(content: bytes, kind: Kind) -> tuple[bytes, tuple[str, ...]]:
    """The picture as a new JPEG, upright, without position or comments, and what may be wrong with it.

    Raises Refused: picture-too-large, picture-of-several-pages, picture-broken.
    """
    try:
        with Image.open(io.BytesIO(content), formats=[kind.name]) as picture:
            if picture.width * picture.height > LARGEST_PICTURE:
                raise Refused("picture-too-large")
            if kind is TIFF and getattr(picture, "n_frames", 1) > 1:
                raise Refused("picture-of-several-pages")
            if kind is JPEG:
                # decoded at half its size, if that is enough
                picture.draft(None, (LARGEST_SHOWN, LARGEST_SHOWN))
            return _written(picture)
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused("picture-too-large") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise Refused("picture-broken", type(error).__name__) from error


def _written(picture: Image.Image) -> tuple[bytes, tuple[str, ...]]:
    profile = picture.info.get("icc_profile") if picture.mode == "RGB" else None
    shown = _in_colours(picture)
    turned = picture.getexif().get(_ORIENTATION)  # after decoding, which turns some kinds already
    shown.thumbnail((LARGEST_SHOWN, LARGEST_SHOWN))  # first, since every copy costs as much memory again
    shown = (
        shown.copy()
    )  # to save an opened picture, Pillow asks for its path, which a limited process cannot
    if shown.mode == "RGBA":
        shown = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown).convert("RGB")
    if turned in _TURNS:
        shown = shown.transpose(_TURNS[turned])
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=_QUALITY, icc_profile=profile, exif=b"", comment=b"")
    return out.getvalue(), legibility.advice_on(shown)


def _in_colours(picture: Image.Image) -> Image.Image:
    """The picture as L, RGB or RGBA: converted where it has another mode."""
    if picture.mode.startswith("I"):  # 16 bits a pixel; screens show the upper eight
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    wanted = "L" if picture.mode in ("1", "L") else "RGB"
    if picture.has_transparency_data:
        wanted = "RGBA"
    picture.load()
    return picture if picture.mode == wanted else picture.convert(wanted)
