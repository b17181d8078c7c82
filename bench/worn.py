"""Which worn pictures of a page are read: ours as it was and as it is, plain zxing, zbar; the table of verifying.md.

`python -m bench.worn` writes the table. One page is photographed from a little away: four megapixels, 2.4 dots a module
of its code. Each wear gives the same picture in every run.
"""

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from bench.figure import Figure
from rukhsa.issuance.compose import compose
from rukhsa.issuance.gate import wear
from rukhsa.trust import picture
from rukhsa.trust.errors import BadPicture
from tests.rooms.issuance.sheets import QR_TEXT, road_works

type Picture = Image.Image
type Make = Callable[[Picture], Picture]

FRAME: Final = (2000, 2000)
DOTS_A_MODULE: Final = 2.4
DPI: Final = DOTS_A_MODULE / 0.40 * 25.4  # modules of our documents are 0.40 mm (docs/formats/gate.md)
WANTED: Final = 54


def figures() -> Iterator[Figure]:
    """How many of the worn pictures are read, beside the reader that looks once."""
    read = [_told(make(), ("ours", "zxing")) for _, make in worn()]
    ours, once = sum("ours" in each for each in read), sum("zxing" in each for each in read)
    yield Figure(
        name=f"worn pictures read, of {len(read)}", ours=ours, peer=once, wanted=1, unit="pictures", digits=0,
        other="plain zxing",
    )  # fmt: skip
    yield Figure(
        name=f"worn pictures read, of {len(read)}", ours=ours, peer=WANTED, wanted=1, unit="pictures", digits=0,
        other="wanted",
    )  # fmt: skip


def worn() -> list[tuple[str, Callable[[], Picture]]]:
    """Each wear's name, and how its picture is made."""
    page, code = photographed_page()
    families: tuple[tuple[str, str, tuple[float, ...], Callable[[Picture, float], Picture]], ...] = (
        ("turned", "{:g}°", (3, 7, 15, 30, 45, 90, 180), _turned),
        ("from the side", "one edge {:.0%} shorter", (0.05, 0.1, 0.15, 0.2, 0.25), _from_the_side),
        ("coarse", "{:g} dots a module", (2.0, 1.8, 1.6, 1.4, 1.2), _coarse),
        ("JPEG", "quality {:g}", (40, 20, 10, 5), lambda seen, quality: wear.jpeg(seen, int(quality))),
        ("pale", "contrast {:.0%}", (0.5, 0.3, 0.2, 0.1, 0.05), _pale),
        ("blurred", "by {:g} dots", (0.5, 0.8, 1.0, 1.2, 1.5, 2.0), _blurred),
        ("noise", "{:.0%}", (0.05, 0.1, 0.15, 0.2, 0.3), lambda seen, share: wear.grainy(seen, share)),
        ("hidden", "{:.0%} in the middle", (0.02, 0.05, 0.08, 0.1, 0.15), lambda p, s: _hidden(p, code, s)),
        ("scratched", "{:g} lines of 0.4 mm", (1, 2, 3, 5), lambda p, s: _scratched(p, code, int(s))),
        ("folded above", "crack of {:g} mm", (0.4, 0.8, 1.0, 2.0), lambda p, s: _folded(p, code, 0.3, s)),
        (
            "folded in the middle",
            "crack of {:g} mm",
            (0.4, 0.8, 1.0, 2.0),
            lambda p, s: _folded(p, code, 0.5, s),
        ),
        ("half in shadow", "{:.0%} of the light", (0.5, 0.3, 0.15, 0.08), lambda p, s: _shadow(p, code, s)),
        ("stained", "takes {:.0%} of the light", (0.4, 0.6, 0.8), lambda p, s: _stained(p, code, s)),
        ("fax", "threshold {:.0%}", (0.4, 0.5, 0.6), _fax),
    )
    several: tuple[tuple[str, Make], ...] = (
        ("as it is", lambda seen: seen),
        ("dark mode", ImageOps.invert),
        ("one eye covered", lambda seen: _covered(seen, code)),
        ("copied once", lambda seen: _copied(seen, 1)),
        ("copied twice", lambda seen: _copied(seen, 2)),
        (
            "photograph: 6°, side 10 %, blur 0.6, noise 4 %, JPEG 60",
            lambda seen: _photograph(seen, 6, 0.1, 0.6),
        ),
        (
            "photograph: 17°, side 20 %, blur 0.8, noise 4 %, JPEG 60",
            lambda seen: _photograph(seen, 17, 0.2, 0.8),
        ),
    )
    named = [
        (f"{family}, {text.format(strength)}", lambda make=make, strength=strength: make(page, strength))
        for family, text, strengths, make in families
        for strength in strengths
    ]
    return named + [(name, lambda make=make: make(page)) for name, make in several]


def photographed_page() -> tuple[Picture, tuple[int, int, int, int]]:
    """The frame with the page in it, and where its code stands."""
    document = pypdfium2.PdfDocument(compose(road_works()))
    sheet = document[0].render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
    document.close()
    frame = Image.new("L", FRAME, 120)
    frame.paste(
        wear.inked(sheet, ink=0.08, paper=0.92),
        ((FRAME[0] - sheet.width) // 2, (FRAME[1] - sheet.height) // 2),
    )
    found = zxingcpp.read_barcodes(frame, formats=zxingcpp.BarcodeFormat.QRCode)[0].position
    corners = (found.top_left, found.top_right, found.bottom_left, found.bottom_right)
    across, down = [each.x for each in corners], [each.y for each in corners]
    return frame, (min(across), min(down), max(across), max(down))


def readers() -> dict[str, Callable[[bytes], str]]:
    """What each makes of a picture's bytes: a text, or nothing. zbarimg is there where the system has it."""
    found = {"ours": _ours, "as it was": _as_it_was, "zxing": _zxing, "zbarimg": _zbarimg}
    return {name: read for name, read in found.items() if name != "zbarimg" or shutil.which(name)}


def _told(seen: Picture, names: Iterable[str]) -> set[str]:
    """Who of these reads it."""
    kept = io.BytesIO()
    seen.save(kept, "PNG", compress_level=1)
    return {name for name in names if readers()[name](kept.getvalue()) == QR_TEXT}


def _ours(data: bytes) -> str:
    try:
        return picture.code_in(data)
    except BadPicture:
        return ""


def _as_it_was(data: bytes) -> str:
    """Once, in full size, for codes of all kinds."""
    return next((each.text for each in zxingcpp.read_barcodes(Image.open(io.BytesIO(data)).convert("L"))), "")


def _zxing(data: bytes) -> str:
    seen = Image.open(io.BytesIO(data)).convert("L")
    return next(
        (each.text for each in zxingcpp.read_barcodes(seen, formats=zxingcpp.BarcodeFormat.QRCode)), ""
    )


def _zbarimg(data: bytes) -> str:
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(data)
        file.flush()
        command = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file.name]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _turned(seen: Picture, degrees: float) -> Picture:
    return seen.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=120)


def _from_the_side(seen: Picture, share: float) -> Picture:
    (width, height), aside = seen.size, share / 2
    corners = (-aside * width, 0, 0, height, width, height, width + aside * width, 0)
    return seen.transform(seen.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=120)


def _coarse(seen: Picture, dots: float) -> Picture:
    share = dots / DOTS_A_MODULE
    return seen.resize((round(seen.width * share), round(seen.height * share)), Image.Resampling.BOX)


def _pale(seen: Picture, contrast: float) -> Picture:
    return wear.grainy(wear.toned(seen, lambda values: 0.6 + (values - 0.6) * np.float32(contrast)), 0.01)


def _blurred(seen: Picture, dots: float) -> Picture:
    return wear.grainy(seen.filter(ImageFilter.GaussianBlur(dots)), 0.01)


def _hidden(seen: Picture, code: tuple[int, int, int, int], share: float) -> Picture:
    left, top, right, bottom = code
    half = (share * (right - left) * (bottom - top)) ** 0.5 / 2
    x, y = (left + right) / 2, (top + bottom) / 2
    hidden = seen.copy()
    ImageDraw.Draw(hidden).rectangle((x - half, y - half, x + half, y + half), fill=200)
    return hidden


def _scratched(seen: Picture, code: tuple[int, int, int, int], lines: int) -> Picture:
    left, top, right, bottom = code
    hurt, chance = seen.copy(), np.random.default_rng(lines)
    for _ in range(lines):
        first, last = (float(each) for each in chance.uniform(top, bottom, 2))
        ImageDraw.Draw(hurt).line((left - 10, first, right + 10, last), fill=235, width=round(DOTS_A_MODULE))
    return hurt


def _folded(seen: Picture, code: tuple[int, int, int, int], share: float, crack: float) -> Picture:
    at, wide = round(code[1] + (code[3] - code[1]) * share), max(1, round(crack / 25.4 * DPI))
    values = wear.shades(seen).copy()
    values[at:] = np.roll(values[at:], 1, axis=1) * np.float32(0.8)
    values[at - wide // 2 : at + wide - wide // 2] = 0.97
    return wear.grainy(wear.picture(values), 0.02)


def _shadow(seen: Picture, code: tuple[int, int, int, int], share: float) -> Picture:
    values = wear.shades(seen)
    across = np.arange(values.shape[1], dtype=np.float32) - (code[0] + code[2]) / 2
    light = share + (1 - share) / (1 + np.exp(np.clip(-across / 6, -50, 50)))
    return wear.grainy(wear.picture(values * light.astype(np.float32)), 0.02)


def _stained(seen: Picture, code: tuple[int, int, int, int], takes: float) -> Picture:
    left, top, right, bottom = code
    x, y, radius = left + (right - left) * 0.6, top + (bottom - top) * 0.6, (right - left) * 0.35
    wet = Image.new("L", seen.size, 255)
    shade = round(255 * (1 - takes))
    draw = ImageDraw.Draw(wet)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=shade, width=16)
    draw.ellipse((x - 14, y - 14, x + 14, y + 14), fill=shade)
    return wear.grainy(
        wear.picture(wear.shades(seen) * wear.shades(wet.filter(ImageFilter.GaussianBlur(2)))), 0.02
    )


def _fax(seen: Picture, threshold: float) -> Picture:
    return wear.grainy(seen, 0.03).point(lambda shade: 255 * (shade > 255 * threshold)).convert("L")


def _covered(seen: Picture, code: tuple[int, int, int, int]) -> Picture:
    covered = seen.copy()
    side = round(8 * DOTS_A_MODULE)
    covered.paste(120, (code[0] - 4, code[1] - 4, code[0] + side, code[1] + side))
    return covered


def _copied(seen: Picture, times: int) -> Picture:
    for number in range(times):
        askew = wear.grainy(seen.rotate(0.8 - 2 * number, Image.Resampling.BICUBIC, fillcolor=120), 0.03)
        seen = wear.toned(askew, lambda values: 0.5 + (values - 0.5) * 1.6)
    return seen


def _photograph(seen: Picture, degrees: float, share: float, blur: float) -> Picture:
    lit = wear.shades(_turned(_from_the_side(_blurred(seen, blur), share), degrees))
    light = np.linspace(0.55, 1, lit.shape[1], dtype=np.float32)
    return wear.jpeg(wear.grainy(wear.picture(lit * light), 0.04), 60)


def table() -> Iterator[str]:
    """The table of docs/verifying.md, a line each."""
    names = tuple(readers())
    told = {name: _told(make(), names) for name, make in worn()}
    yield f"| wear | {' | '.join(names)} |"
    yield "|---|" + "---|" * len(names)
    for name, read in told.items():
        yield f"| {name} | " + " | ".join("✓" if each in read else "–" for each in names) + " |"
    counts = [sum(each in read for read in told.values()) for each in names]
    yield f"| **of {len(told)}** | " + " | ".join(f"**{each}**" for each in counts) + " |"


def main() -> None:
    """Print the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rukhsa.project.settings")
    for line in table():
        print(line, flush=True)


if __name__ == "__main__":
    main()
