"""A stranger's picture as an officer sees it: a JPEG written here, upright, without position or remarks."""

import io
from typing import Final

import pi_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from rukhsa.files.kind import JPEG, TIFF, Kind
from rukhsa.files.refused import Refused

LARGEST_PICTURE: Final = 50_000_000  # pixels: a scan of A3 at 400 dpi has 31 million
LARGEST_SHOWN: Final = 5000  # pixels a side: A4 at 400 dpi, which any screen and printer shows sharp
_QUALITY: Final = 90

pi_heif.register_heif_opener(thumbnails=False)
Image.init()  # all formats now: in a limited process no file can be opened later


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
        raise Refused("picture-broken") from error


def _written(picture: Image.Image) -> bytes:
    picture.load()
    profile = picture.info.get("icc_profile") if picture.mode == "RGB" else None
    shown = _on_white(ImageOps.exif_transpose(picture))
    shown.thumbnail((LARGEST_SHOWN, LARGEST_SHOWN))
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=_QUALITY, icc_profile=profile, exif=b"", comment=b"")
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """Grey or of three colours, with white behind what is transparent."""
    if picture.mode.startswith("I"):  # 16 bits a pixel: the upper eight are what a screen shows
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")
