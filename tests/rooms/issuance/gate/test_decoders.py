"""Two decoders that share no code read the same QR."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import wasmtime
import zxingcpp
from PIL import Image, ImageOps

from rukhsa.issuance.gate import zbar
from rukhsa.issuance.gate.decoders import DECODERS
from tests.rooms.issuance.sheets import QR_TEXT

type Decoder = Callable[[Image.Image], list[str]]


def symbol(text: str = QR_TEXT) -> Image.Image:
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    return Image.fromarray(barcode.to_image(scale=4, add_quiet_zones=True))


@pytest.mark.parametrize("decoder", DECODERS.values(), ids=list(DECODERS))
def test_a_decoder_reads_a_clean_code_an_inverted_one_and_one_in_colours(decoder: Decoder) -> None:
    clean = symbol()
    assert decoder(clean) == [QR_TEXT]
    assert decoder(ImageOps.invert(clean)) == [QR_TEXT]
    assert decoder(clean.convert("RGB")) == [QR_TEXT]
    assert decoder(clean.convert("1")) == [QR_TEXT]


@pytest.mark.parametrize("decoder", DECODERS.values(), ids=list(DECODERS))
def test_a_decoder_finds_nothing_where_nothing_is_and_both_where_two_are(decoder: Decoder) -> None:
    assert decoder(Image.new("L", (300, 200), 255)) == []
    one, other = symbol("https://v.mun.example/#1"), symbol("https://v.mun.example/#2")
    both = Image.new("L", (one.width * 2 + 40, one.height), 255)
    both.paste(one, (0, 0))
    both.paste(other, (one.width + 40, 0))
    assert sorted(decoder(both)) == ["https://v.mun.example/#1", "https://v.mun.example/#2"]


@pytest.mark.parametrize("decoder", DECODERS.values(), ids=list(DECODERS))
def test_a_decoder_does_not_read_a_code_without_one_of_its_eyes(decoder: Decoder) -> None:
    torn = symbol()
    torn.paste(255, (0, 0, torn.width // 4, torn.height // 4))
    assert decoder(torn) == []


def test_a_large_picture_makes_zbar_ask_for_more_memory_and_it_gives_it_back() -> None:
    large = Image.new("L", (5000, 5000), 255)
    large.paste(symbol().resize((1200, 1200)), (200, 300))
    sizes = []
    for _ in range(4):
        assert zbar.read(large) == [QR_TEXT]
        scanner = zbar._OF_THIS_THREAD.scanner
        sizes.append(scanner.memory.size(scanner.store))
    assert sizes[1:] == sizes[:1] * 3


def test_threads_read_side_by_side() -> None:
    texts = [f"https://v.mun.example/#{number:04}" for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: zbar.read(symbol(text)), texts)) == [[text] for text in texts]


def test_another_build_is_refused_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "zbar.wasm"
    other.write_bytes(bytes(wasmtime.wat2wasm('(module (func (export "i")))')))
    for path, words in ((tmp_path / "absent.wasm", "npm ci"), (other, "another build")):
        monkeypatch.setattr(zbar, "_MODULE", path)
        zbar._compiled.cache_clear()
        with pytest.raises(zbar.ZbarMissing, match=words):
            zbar._Scanner()
    monkeypatch.undo()
    zbar._compiled.cache_clear()
    assert zbar._Scanner().read(symbol()) == [QR_TEXT]
