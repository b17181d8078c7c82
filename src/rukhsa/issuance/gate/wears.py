"""The list of wears, how strong each is, and which of them a released code must survive."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PIL import Image

from rukhsa.issuance.gate import wear
from rukhsa.values.names import Text


@dataclass(frozen=True, kw_only=True)
class Wear:
    """One wear; `strength` is in millimetres on paper, degrees and dots an inch.

    If `must`, both decoders have to read the code after it; the others show where the limit is.
    """

    id: str
    name: Text
    strength: str
    must: bool = True
    apply: Callable[[Image.Image], Image.Image]


WEARS: Final = (
    Wear(
        id="clean",
        name=Text(en="As released", ar="كما صدرت"),
        strength="200 dpi",
        apply=lambda sheet: wear.sampled(sheet, wear.SCAN_DPI),
    ),
    Wear(
        id="scan",
        name=Text(en="Print and scan", ar="طباعة ومسح ضوئي"),
        strength="toner spreads 0.02 mm; scanned at 200 dpi, noise 3 %",
        apply=wear.scanned,
    ),
    Wear(
        id="copy-of-copy",
        name=Text(en="Copy of a copy", ar="نسخة عن نسخة"),
        strength="copied twice at 300 dpi, turned 0.8° and -1.4°, contrast +60 %, toner 0.01 mm; then scanned",
        apply=wear.copy_of_copy,
    ),
    Wear(
        id="fax",
        name=Text(en="Fax, fine", ar="فاكس بدقة عالية"),
        strength="204 x 196 dpi, one bit a dot",
        apply=wear.fine_fax,
    ),
    Wear(
        id="blur",
        name=Text(en="Out of focus", ar="خارج البؤرة"),
        strength="normal blur of 0.10 mm; 200 dpi",
        apply=wear.out_of_focus,
    ),
    Wear(
        id="noise",
        name=Text(en="Noise", ar="تشويش"),
        strength="normal noise of 6 % of the range; 200 dpi",
        apply=wear.noisy,
    ),
    Wear(
        id="askew",
        name=Text(en="Sheared and turned", ar="إمالة وتدوير"),
        strength="sheared 5°, turned 12°; 200 dpi",
        apply=wear.askew,
    ),
    Wear(
        id="fold",
        name=Text(en="Fold", ar="طيّة"),
        strength="above the middle: crack of 0.4 mm, one half moved 0.1 mm and 20 % darker",
        apply=wear.fold,
    ),
    Wear(
        id="stain",
        name=Text(en="Stain", ar="بقعة"),
        strength="ring of 32 mm, 3 mm wide, takes 41 % of the light; drop of 4 mm takes 76 %",
        apply=wear.stained,
    ),
    Wear(
        id="dark-mode",
        name=Text(en="Dark mode", ar="الوضع الداكن"),
        strength="light and dark turned around, 7 % and 88 %, on a screen of 163 dpi",
        apply=wear.dark_mode,
    ),
    Wear(
        id="low-contrast",
        name=Text(en="Low contrast", ar="تباين منخفض"),
        strength="ink 50 %, paper 75 % bright; noise 2 %; 200 dpi",
        apply=wear.pale,
    ),
    Wear(
        id="jpeg",
        name=Text(en="JPEG", ar="ضغط JPEG"),
        strength="the scan, kept at quality 20",
        apply=wear.squeezed,
    ),
    Wear(
        id="half-shadow",
        name=Text(en="Half a shadow", ar="ظل على النصف"),
        strength="half at 30 % of the light, edge of 3 mm; 200 dpi",
        apply=wear.half_shadow,
    ),
    Wear(
        id="photograph",
        name=Text(en="Photograph from the side", ar="صورة من الجانب"),
        strength="one edge 7 % shorter, turned 6°, light 55 to 100 %, blur 0.06 mm, noise 4 %, JPEG 60; 250 dpi",
        apply=wear.photographed,
    ),
    Wear(
        id="coarse-fax",
        name=Text(en="Fax, standard", ar="فاكس بدقة عادية"),
        strength="204 x 98 dpi, one bit a dot",
        must=False,
        apply=wear.standard_fax,
    ),
    Wear(
        id="middle-fold",
        name=Text(en="Fold through the middle", ar="طيّة في الوسط"),
        strength="the same through the row of alignment patterns",
        must=False,
        apply=wear.middle_fold,
    ),
    Wear(
        id="bad-copies",
        name=Text(en="Fourth copy of a bad machine", ar="النسخة الرابعة من آلة رديئة"),
        strength="copied four times, toner 0.02 mm; then scanned",
        must=False,
        apply=wear.bad_copies,
    ),
    Wear(
        id="torn",
        name=Text(en="Corner torn off", ar="زاوية ممزقة"),
        strength="one of the three eyes is gone",
        must=False,
        apply=wear.torn,
    ),
)
