"""A stranger's picture as an officer sees it: a JPEG written here, upright, without position or remarks."""

import io
from typing import Final

import pi_heif
from PIL import AvifImagePlugin, Image, UnidentifiedImageError

from rukhsa.files.kind import JPEG, TIFF, Kind
from rukhsa.files.refused import Refused

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


def as_jpeg(content: bytes, kind: Kind) -> bytes:
    """The picture as JPEG. Raises Refused: picture-too-large, picture-of-several-pages, picture-broken."""
    try:
        with Image.open(io.BytesIO(content), formats=[kind.name]) as picture:
            if picture.width * picture.height > LARGEST_PICTURE:
                raise Refused("picture-too-large")
            if kind is TIFF and getattr(picture, "n_frames", 1) > 1:
                raise Refused("picture-of-several-pages")
            if kind is JPEG:
                picture.draft(
                    None, (LARGEST_SHOWN, LARGEST_SHOWN)
                )  # unpacked at half its size, if that is enough
            return _written(picture)
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused("picture-too-large") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise Refused("picture-broken", type(error).__name__) from error


def _written(picture: Image.Image) -> bytes:
    profile = picture.info.get("icc_profile") if picture.mode == "RGB" else None
    shown = _in_colours(picture)
    turned = picture.getexif().get(_ORIENTATION)  # after unpacking: some kinds are turned by that already
    shown.thumbnail(
        (LARGEST_SHOWN, LARGEST_SHOWN)
    )  # first of all, since every copy costs as much memory again
    shown = (
        shown.copy()
    )  # to save a picture that was opened, Pillow asks where it is, which a limited process cannot
    if shown.mode == "RGBA":
        shown = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown).convert("RGB")
    if turned in _TURNS:
        shown = shown.transpose(_TURNS[turned])
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=_QUALITY, icc_profile=profile, exif=b"", comment=b"")
    return out.getvalue()


def _in_colours(picture: Image.Image) -> Image.Image:
    """Grey, of three colours, or of three and how transparent; the picture itself where it is so already."""
    if picture.mode.startswith("I"):  # 16 bits a pixel: the upper eight are what a screen shows
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    wanted = "L" if picture.mode in ("1", "L") else "RGB"
    if picture.has_transparency_data:
        wanted = "RGBA"
    picture.load()
    return picture if picture.mode == wanted else picture.convert(wanted)
