"""Decompression bombs and huge files at the verifier: an answer with a code, in both languages, and never "valid"."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from rukhsa import reader
from tests.rooms.reader import bombs
from tests.trust import world
from tests.trust.test_bad_input import bomb, png, zeros
from tests.trust.test_mutations import asked, site_and_seals
from tests.web.public.conftest import PublicSite
from tests.web.public.test_modules import run

PDF = b"%PDF-1.7\n" + b"<<" * (5 << 20)


@pytest.fixture
def client(db: None, public_site: PublicSite) -> Client:
    return Client()


@pytest.mark.parametrize("size", ["giant", "small"])
def test_a_picture_that_is_a_bomb_is_refused_with_a_code(client: Client, size: str) -> None:
    giant = size == "giant"
    picture = png(20_000, 20_000, 1, 0, zeros(50 << 20)) if giant else png(40, 40, 8, 0, bomb())
    answer = client.post("/verdict", data=picture, content_type="image/png")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:rukhsa:problem:nothing-to-verify")
    for address, words in (("/file", "رمز"), ("/en/file", "code")):
        page = client.post(address, {"file": SimpleUploadedFile("a.png", picture)})
        assert page.status_code in (400, 422)
        assert words in page.text
        assert 'data-word="valid"' not in page.text


@pytest.mark.django_db(transaction=True)
def test_four_pictures_full_of_eyes_leave_the_verifier_answering(public_site: PublicSite) -> None:
    """A worker has four threads; when it reports health, it has finished none of the four pictures."""
    reader.start()
    with ThreadPoolExecutor(4) as threads:
        pictures = [threads.submit(_ask, "/verdict", bombs.eyes()) for _ in range(4)]
        assert threads.submit(_ask, "/healthz").result() == 200
        answered = [each.result() for each in pictures if each.done()]
    assert answered
    assert set(answered) == {503}
    assert {each.result() for each in pictures} <= {422, 503}


def _ask(address: str, picture: bytes = b"") -> int:
    client = Client()
    try:
        if picture:
            return client.post(address, data=picture, content_type="image/png").status_code
        return client.get(address).status_code
    finally:
        connections.close_all()


def test_a_pdf_that_is_a_bomb_is_not_one_of_ours(client: Client) -> None:
    answer = client.post("/verdict", data=PDF, content_type="application/pdf")
    assert (answer.json()["word"], answer.json()["reason"]) == ("not-ours", "other-file")
    assert all(answer.json()["languages"][language]["because"] for language in ("ar", "en"))


def test_a_question_of_ten_megabytes_is_not_read(client: Client) -> None:
    question = json.dumps({"text": "https://v.mun.example/#" + "0" * (10 << 20)})
    answer = client.post("/verdict", data=question, content_type="application/json")
    assert (answer.status_code, answer.json()["type"][:19]) == (413, "urn:rukhsa:problem:")


def test_the_page_s_modules_refuse_long_texts_and_strange_seals_as_python_does(tmp_path: Path) -> None:
    site, _ = site_and_seals()
    link = f"https://{world.HOST}/#"
    texts = [link + "0" * (10 << 20), link + "9" * 2500, "رخصة" * (1 << 20), "[" * (10 << 20), ""]
    seals = [
        b"\xd2\x9b" + b"\xff" * 8,
        b"\xd2\x5b\x7f" + b"\xff" * 7,
        b"\xd2" + b"\x81" * 1000,
        b"\xd2" * 1024,
    ]
    cases = [{"text": each} for each in texts] + [{"seal": each.hex()} for each in seals]
    verdicts = [site.verifier.verify_text(each, at=world.NOON) for each in texts]
    verdicts += [site.verifier.verify_seal(each, at=world.NOON) for each in seals]
    question = tmp_path / "question.json"
    question.write_text(json.dumps(asked(site, cases)), "utf-8")
    expected = [{"word": each.word, "reason": each.reason} for each in verdicts]
    assert run("mutations.mjs", str(question)) == expected
    assert {each["word"] for each in expected} == {"altered", "not-ours"}
