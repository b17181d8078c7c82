"""The second decoder: zbar as the WebAssembly of @undecaf/zbar-wasm, run by wasmtime."""

import threading
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import wasmtime
from PIL import Image

from rukhsa.errors import RukhsaError
from rukhsa.shipped import NODE_MODULES

# Of the C interface of zbar 0.23: zbar.h, and the layout of `zbar_symbol_t` on 32 bits.
QRCODE: Final = 64
ENABLE, TEST_INVERTED, X_DENSITY, Y_DENSITY = 0, 129, 256, 257
GREY: Final = int.from_bytes(b"Y800", "little")
LENGTH_AT, DATA_AT, NEXT_AT, FIRST_AT = 16, 20, 44, 8

PAGE: Final = 65_536
_MODULE: Final = NODE_MODULES / "@undecaf/zbar-wasm/dist/zbar.wasm"
_INVALID_SEEK: Final = 70
_OF_THIS_THREAD = threading.local()


class ZbarMissing(RukhsaError, RuntimeError):
    """The package is missing, or is another build than the one whose short names are used below."""

    code = "zbar-missing"


def read(picture: Image.Image, *, inverted: bool = True) -> list[str]:
    """The texts of all QR codes in a picture, whatever its mode. Safe for threads: each has a scanner of its own.

    With `inverted` it looks for light codes on dark ground too, which takes half as long again. It looks along every
    other line first, which finds what is sound in a fraction of the time, and then along each. Where it finds none it
    looks once more, half as large again: of codes with three dots a module it misses one in a hundred as they are.
    """
    scanner: _Scanner | None = getattr(_OF_THIS_THREAD, "scanner", None)
    if scanner is None:
        scanner = _OF_THIS_THREAD.scanner = _Scanner()
    for lines in (2, 1):
        scanner.look(inverted=inverted, lines=lines)
        if found := scanner.read(picture):
            return found
    return scanner.read(half_as_large_again(picture.convert("L")))


def half_as_large_again(picture: Image.Image) -> Image.Image:
    """The second look of both decoders."""
    return picture.resize((picture.width * 3 // 2, picture.height * 3 // 2), Image.Resampling.BICUBIC)


@cache
def _compiled() -> tuple[wasmtime.Engine, wasmtime.Module]:
    if not _MODULE.is_file():
        raise ZbarMissing("zbar is missing: run `npm ci --ignore-scripts`")
    engine = wasmtime.Engine()
    return engine, wasmtime.Module.from_file(engine, str(_MODULE))


class _Scanner:
    """One instance of the module with one scanner: 16 MiB of address space, touched as pictures need it.

    The build shortens all names; package-lock.json holds its exact version, and the constructor fails for another.
    """

    def __init__(self) -> None:
        engine, module = _compiled()
        self.store = wasmtime.Store(engine)
        exports = wasmtime.Instance(self.store, module, self._outside(module)).exports(self.store)
        try:
            self.memory: Any = exports["g"]
            self.configure, self.scan = self._of(exports, "k"), self._of(exports, "o")
            self.image, self.symbols = self._of(exports, "p"), self._of(exports, "r")
            self.forget, self.room = self._of(exports, "q"), self._of(exports, "u")
            self._of(exports, "h")()
            self.scanner = self._of(exports, "i")()
        except (KeyError, TypeError, wasmtime.WasmtimeError) as error:
            raise ZbarMissing("@undecaf/zbar-wasm is another build than the locked one") from error
        for kind, setting, value in ((0, ENABLE, 0), (QRCODE, ENABLE, 1)):
            self.configure(self.scanner, kind, setting, value)
        self._looks: dict[int, int] = {}
        self._kept: tuple[tuple[int, int], int, int] | None = None

    def look(self, *, inverted: bool, lines: int) -> None:
        """Look for light codes too, and along each line or every other; what is so already is not said again."""
        # A call costs as much as a hundredth of the whole look.
        for setting, value in ((TEST_INVERTED, int(inverted)), (X_DENSITY, lines), (Y_DENSITY, lines)):
            if self._looks.get(setting) != value:
                self.configure(self.scanner, 0, setting, value)
                self._looks[setting] = value

    def read(self, picture: Image.Image) -> list[str]:
        grey = picture.convert("L")
        image, at = self._image_of(grey.size)
        self.memory.write(self.store, grey.tobytes(), at)
        return list(self._found(image)) if self.scan(self.scanner, image) > 0 else []

    def _image_of(self, size: tuple[int, int]) -> tuple[int, int]:
        """An image of this size and where its pixels lie: the last one, if it has the size, for each call costs."""
        if self._kept is None or self._kept[0] != size:
            if self._kept:
                self.forget(self._kept[1])  # and its pixels with it
            count = size[0] * size[1]
            at = self.room(count)
            # The last argument is that of a file in a list: its number.
            self._kept = size, self.image(*size, GREY, at, count, 1), at
        return self._kept[1:]

    def _found(self, image: int) -> Iterator[str]:
        symbol = self._number(self.symbols(image) + FIRST_AT)
        while symbol:
            begin = self._number(symbol + DATA_AT)
            end = begin + self._number(symbol + LENGTH_AT)
            yield bytes(self.memory.read(self.store, begin, end)).decode("utf-8", "replace")
            symbol = self._number(symbol + NEXT_AT)

    def _number(self, at: int) -> int:
        return int.from_bytes(self.memory.read(self.store, at, at + 4), "little")

    def _of(self, exports: Any, name: str) -> Callable[..., int]:
        function = exports[name]
        return lambda *arguments: function(self.store, *arguments)

    def _outside(self, module: Any) -> list[wasmtime.Func]:
        """What the module may ask of us: more memory and the time, and nothing of the system."""
        answers: dict[str, Callable[..., Any]] = {
            "a": lambda *_: 0,  # writing to standard error: nothing is written
            "b": lambda *_: _INVALID_SEEK,
            "c": self._grow,
            "d": lambda: 1,
            "e": lambda: 0.0,  # the time in milliseconds: no cache between pictures rests on it
            "f": lambda *_: 0,
        }
        try:
            return [wasmtime.Func(self.store, each.type, answers[str(each.name)]) for each in module.imports]
        except (KeyError, TypeError, wasmtime.WasmtimeError) as error:
            raise ZbarMissing("@undecaf/zbar-wasm is another build than the locked one") from error

    def _grow(self, size: int) -> int:
        missing = -(-size // PAGE) - self.memory.size(self.store)
        try:
            self.memory.grow(self.store, missing)
        except wasmtime.WasmtimeError:
            return 0
        return 1
