"""What a telephone's camera sees of a real document, as a film: held in the hand, at an angle, in bad light."""

import dataclasses
import io
from pathlib import Path

import numpy
import pypdfium2
from PIL import Image, ImageFilter

from rukhsa.issuance.compose import compose
from tests.rooms.issuance.sheets import road_works

DOTS_PER_INCH = 300
FRAME = (1280, 720)  # pixels of the camera
FRAMES = 20
# The corners of the page's visible part in the frame: the page leans back and is turned a little.
CORNERS = ((210, 40), (1010, 90), (1120, 690), (130, 640))
SEEN = (0.36, 0.725, 0.64, 0.885)  # the part of the page before the camera, with the code in it


def page_with(text: str) -> Image.Image:
    """A released document as an image, with this text in its code."""
    pdf = compose(dataclasses.replace(road_works(), qr_text=text))
    return pypdfium2.PdfDocument(pdf)[0].render(scale=DOTS_PER_INCH / 72).to_pil().convert("L")


def held(page: Image.Image) -> "numpy.ndarray[tuple[int, int], numpy.dtype[numpy.float64]]":
    """A frame of the held document: perspective, a little out of focus, a shadow from the left."""
    left, top, right, bottom = (round(part * side) for part, side in zip(SEEN, page.size * 2, strict=True))
    source = ((left, top), (right, top), (right, bottom), (left, bottom))
    frame = page.transform(
        FRAME, Image.Transform.PERSPECTIVE, _coefficients(source), Image.Resampling.BICUBIC, fillcolor=90
    ).filter(ImageFilter.GaussianBlur(0.8))
    light = numpy.linspace(0.55, 1.0, FRAME[0])[None, :]
    return numpy.asarray(frame, dtype=float) * light


def write(film: Path, page: Image.Image) -> Path:
    """Write the film that Chromium shows instead of a camera: JPEG frames, each with a sensor's noise."""
    still = held(page)
    with film.open("wb") as out:
        for number in range(FRAMES):
            noise = numpy.random.default_rng(number).normal(0, 7, (FRAME[1], FRAME[0]))
            frame = io.BytesIO()
            seen = Image.fromarray((still + noise).clip(0, 255).astype("uint8"))
            seen.convert("RGB").save(frame, "JPEG", quality=80)
            out.write(frame.getvalue())
    return film


def _coefficients(source: tuple[tuple[int, int], ...]) -> list[float]:
    """The eight coefficients of Pillow's perspective transform, from frame to page."""
    rows, wanted = [], []
    for (x, y), (u, v) in zip(CORNERS, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    return [float(number) for number in numpy.linalg.solve(numpy.array(rows), numpy.array(wanted))]
