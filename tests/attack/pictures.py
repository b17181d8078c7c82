"""Pictures: full of eyes, of noise, of too many dots, sent one by one and all at once."""

import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from PIL import Image

from tests.attack.ground import Ground
from tests.attack.tries import Tries, Try, answered, kind
from tests.rooms.reader import bombs
from tests.web.inputs.nasty import gif, png_bomb

AT_ONCE = 8


def png_of(code: Any) -> bytes:
    """A code drawn as a PNG."""
    out = io.BytesIO()
    code.save(out, kind="png", scale=6, border=4)
    return out.getvalue()


def noise(side: int = 1500) -> bytes:
    """A PNG of random dots."""
    return _saved(Image.frombytes("L", (side, side), os.urandom(side * side)))


def _saved(picture: Image.Image, form: str = "PNG", **how: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def _many_frames() -> bytes:
    frames = [Image.new("RGB", (900, 900), (n, n, n)) for n in range(40)]
    return _saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])


def _long_text() -> bytes:
    """A PNG whose remark unpacks to more than it may."""
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("x", "A" * 40_000_000, zip=True)
    return _saved(Image.new("L", (9, 9)), pnginfo=told)


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "eyes of 2,600 dots a side": ("image/png", bombs.eyes),
    "larger eyes": ("image/png", lambda: bombs.eyes(2600, 2)),
    "noise": ("image/png", noise),
    "24 million dots of one colour": ("image/png", bombs.colours),
    "3,600 million dots": ("image/png", png_bomb),
    "a line of 60,000 dots": ("image/png", lambda: _saved(Image.new("L", (60_000, 1)))),
    "a column of 60,000 dots": ("image/png", lambda: _saved(Image.new("L", (1, 60_000)))),
    "one dot": ("image/png", lambda: _saved(Image.new("L", (1, 1)))),
    "forty pictures in one": ("image/webp", _many_frames),
    "a remark of 40 MB": ("image/png", _long_text),
    "half a photograph": ("image/jpeg", lambda: _saved(Image.new("RGB", (999, 999), 9), "JPEG")[:400]),
    "a GIF": ("image/gif", gif),
    "a TIFF that says it is huge": (
        "image/tiff",
        lambda: b"II*\0\x08\0\0\0\x02\0\0\1\4\0\1\0\0\0\xff\xff\xff\x7f" * 9,
    ),
    "SVG": (
        "image/svg+xml",
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    ),
    "an XBM": (
        "image/x-xbitmap",
        lambda: b"#define x_width 99999\n#define x_height 99999\nstatic char x[]={0};",
    ),
    "noise named a JPEG": ("image/jpeg", lambda: b"\xff\xd8\xff\xe0" + os.urandom(90_000)),
    "HEIC of noise": ("image/heic", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + os.urandom(9_000)),
    "AVIF of noise": ("image/avif", lambda: b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + os.urandom(9_000)),
    "nothing": ("image/png", lambda: b""),
    "16 MB of zeros": ("image/png", lambda: b"\x89PNG\r\n\x1a\n" + bytes(15_900_000)),
}


@kind(
    tried="pictures that cost more than they weigh, to the verifier's interface and to its page",
    must="a verdict that is not valid, or a refusal; the verifier goes on answering",
    tries=40, controls=1, since="security 2, inputs 2",
)  # fmt: skip
def pictures(ground: Ground) -> Tries:
    import segno

    genuine = ground.ask_file(png_of(segno.make(ground.text, error="m")), "image/png")
    holds = genuine.status_code == 200 and genuine.json()["word"] == "valid"
    yield answered("a picture of the genuine code", genuine, must="valid", holds=holds, control=True)
    for name, (media, make) in HOSTILE.items():
        content = make()
        yield _no_verdict(name, ground.ask_file(content, media))
        browser = ground.asker()
        ending = media.partition("/")[2].partition("+")[0]
        page = browser.client.post("/file", files={"file": (f"x.{ending}", content, media)})
        yield _no_verdict(f"{name}, by the page", page)


@kind(
    tried=f"{AT_ONCE} of the costliest pictures at once, four times",
    must="a refusal or a verdict that is not valid; the verifier goes on answering",
    tries=4 * AT_ONCE, controls=0, since="security 2",
)  # fmt: skip
def pictures_at_once(ground: Ground) -> Tries:
    for name in list(HOSTILE)[:4]:
        content = HOSTILE[name][1]()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            sent = [pool.submit(ground.ask_file, content, "image/png") for _ in range(AT_ONCE)]
            for each in sent:
                yield _no_verdict(f"{name}, with {AT_ONCE - 1} more", each.result())


def _no_verdict(name: str, answer: httpx.Response) -> Try:
    told = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
    valid = told.get("word") == "valid" or 'data-word="valid"' in answer.text
    return answered(name, answer, must="not valid", holds=not valid)
