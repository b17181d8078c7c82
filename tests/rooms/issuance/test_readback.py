"""Reading back: what does not say what was sealed is not released."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest

from rukhsa.issuance.compose import compose
from rukhsa.issuance.errors import ReleaseRefused
from rukhsa.issuance.gate import examine, legible
from rukhsa.issuance.gate.wears import WEARS
from rukhsa.issuance.printed_page import Page, Row
from rukhsa.issuance.readback import read_back
from rukhsa.values.names import Text
from tests.rooms.issuance.sheets import QR_TEXT, english_only, overflowing, road_works

ENGLISH_FIRST = road_works(
    languages=("en", "ar"), statement=Text(ar="يعمل صاحبها ليلاً.", en="Its holder works.")
)


@pytest.mark.parametrize(
    "page",
    [road_works(), overflowing(), english_only(), ENGLISH_FIRST],
    ids=["one", "two", "english", "english-first"],
)
def test_a_document_reads_back_as_it_was_meant(page: Page) -> None:
    read_back(compose(page), page)


def refused(file: bytes, page: Page) -> str:
    with pytest.raises(ReleaseRefused) as refusal:
        read_back(file, page)
    return refusal.value.code


def test_the_qr_of_another_document_is_refused() -> None:
    page = road_works()
    other = dataclasses.replace(page, qr_text=QR_TEXT[:-1] + ("1" if QR_TEXT[-1] != "1" else "2"))
    assert refused(compose(other), page) == "qr-differs"


def test_another_holder_number_condition_or_fact_beside_the_seal_is_refused() -> None:
    contractor = Row(label=Text(ar="المقاول", en="Contractor"), value="شركة البحر للإنشاء")
    page = road_works(beside=(contractor,))
    read_back(compose(page), page)
    holder = dataclasses.replace(page.rows[0], value=Text(ar="ليلى حسن", en="Layla Hasan"))
    for other in (
        dataclasses.replace(page, rows=(holder, *page.rows[1:])),
        dataclasses.replace(page, number="CAP-RW-2026-004218-5"),
        dataclasses.replace(page, conditions=page.conditions[:-1]),
        dataclasses.replace(page, beside=()),
    ):
        assert refused(compose(other), page) == "text-differs"


@pytest.mark.parametrize("digits", [850, 1250, 1700, 2200])
def test_a_code_of_any_size_keeps_its_white_when_it_is_cut_out(digits: int) -> None:
    page = road_works(qr_text=f"https://v.mun.example/#{'0123456789' * (digits // 10)}")
    read_back(compose(page), page)


def test_another_attachment_is_refused() -> None:
    page = road_works()
    seal = dataclasses.replace(page.attachments[0], content=b"another")
    assert refused(compose(dataclasses.replace(page, attachments=(seal,))), page) == "attachments-differ"


def test_a_file_without_a_qr_and_a_file_that_is_none_are_refused() -> None:
    page = road_works()
    hidden = compose(dataclasses.replace(page, qr_text="https://v.mun.example/"))
    assert refused(hidden, page) == "qr-differs"
    assert refused(b"no PDF", page) == "unreadable"


def test_of_a_code_that_is_missed_in_the_tired_copy_every_wear_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = road_works()
    file = compose(page)
    monkeypatch.setattr(legible, "tired", lambda picture: picture.resize((60, 60)))
    read_back(file, page)
    # Negative control: with a wear that no code lives through.
    torn = next(wear for wear in WEARS if wear.id == "torn")
    monkeypatch.setattr(examine, "WEARS", (dataclasses.replace(torn, must=True),))
    assert refused(file, page) == "qr-not-legible"


def test_many_threads_read_back_at_once() -> None:
    # pdfium is not made for threads: without the lock this ends the process.
    page = road_works()
    pdf = compose(page)
    with ThreadPoolExecutor(8) as pool:
        readings = list(pool.map(lambda _: read_back(pdf, page), range(80)))
    assert len({reading.text for reading in readings}) == 1
