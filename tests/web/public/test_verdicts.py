"""Verdicts for other systems: the whole truth table through the API, and malformed questions."""

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from rukhsa.issuance import publishing
from rukhsa.issuance.models import Closure
from rukhsa.trust import duties
from rukhsa.trust.__main__ import main
from rukhsa.verification import rate
from tests.rooms.verification.conftest import Sealed, city, sealed
from tests.trust import world
from tests.trust.vectors import make
from tests.web.public.conftest import PublicSite, living

__all__ = ["city", "sealed"]

TABLE: dict[str, Any] = json.loads(make.PATH.read_text("utf-8"))


@pytest.fixture
def client(db: None, public_site: PublicSite) -> Client:
    return Client(raise_request_exception=True)


def ask(client: Client, **asked: Any) -> Any:
    return client.post("/verdict", asked, content_type="application/json")


def outcome(client: Client, folder: Path, case: dict[str, Any], patch: pytest.MonkeyPatch) -> tuple[Any, ...]:
    """The API's answer to a row, with the row's files published and at its moment."""
    for address, name in case["files"].items():
        path = folder / address.removeprefix(world.SITE)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(TABLE["files"][name]))
    (folder / "trust-list.jws").write_text(TABLE["trust_lists"][case["trust_list"]])
    (folder / "root.jwk").write_text(json.dumps(TABLE["root"]))
    patch.setattr(timezone, "now", lambda: datetime.fromisoformat(case["at"]))
    names = ("text", "proof", "policy", "purpose", "minimum_version")
    asked = {name: case[name] for name in names if name in case}
    told = ask(client, **asked).json()
    failed = [duty["number"] for duty in told["duties"] if duty["outcome"] == "failed"]
    assert all(told["languages"][language]["status_known"] for language in ("ar", "en"))
    return told["word"], told["reason"], failed[0] if failed else None


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
@pytest.mark.django_db
def test_a_row_of_the_truth_table_comes_out_of_the_api_as_written(
    verifier_process: None, tmp_path: Path, case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = outcome(Client(), tmp_path / "public", case, monkeypatch)
    assert found == (case["word"], case["reason"], case["failed_duty"])


@pytest.mark.django_db
def test_an_api_that_skips_a_duty_would_be_found_out_by_the_table(
    verifier_process: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: each duty left out changes the outcome of some row."""
    last = {case["failed_duty"]: case for case in TABLE["cases"] if case["failed_duty"] is not None}
    assert sorted(last) == list(range(8))
    for number, name in (
        (3, "check_profile"),
        (4, "check_log"),
        (5, "check_status"),
        (6, "check_dates"),
        (7, "check_acceptance"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(duties.Duties, name, lambda *_: None)
            assert outcome(Client(), tmp_path / "public", last[number], patch)[2] != number


def test_a_code_is_answered_with_everything_in_both_languages(
    client: Client, public_site: PublicSite
) -> None:
    told = ask(client, text=public_site.texts["valid"])
    assert (told.status_code, told.headers["Cache-Control"]) == (200, "no-store")
    answer = told.json()
    assert (answer["word"], answer["languages"]["ar"]["name"]) == ("valid", "سارية")
    assert set(answer["languages"]["en"]["next"]) == {"public", "inspector", "agency"}


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "not-json"),
        (b"[" * 60_000, "application/json", 400, "not-json"),
        (b"[]", "application/json", 400, "bad-question"),
        (b"{}", "application/json", 400, "bad-question"),
        (b'{"text": 1}', "application/json", 400, "bad-question"),
        (b'{"text": "x", "number": "y"}', "application/json", 400, "bad-question"),
        (b'{"text": "x", "at": "2020-01-01T00:00:00Z"}', "application/json", 400, "bad-question"),
        (b'{"text": "x", "policy": {"rules": [1]}}', "application/json", 400, "bad-policy"),
        (b'{"text": "x", "policy": []}', "application/json", 400, "bad-policy"),
        (b'{"number": "CAP-RW-2026-004217-7"}', "application/json", 404, "no-such-document"),
        (b" " * 70_000, "application/json", 413, "too-large"),
        (b"\x89PNG\r\n\x1a\n", "image/png", 422, "nothing-to-verify"),
        (b"<a/>", "application/xml", 415, "unknown-media-type"),
    ],
)
def test_a_question_that_cannot_be_asked_so_is_a_problem_with_a_code(
    client: Client, body: bytes, kind: str, status: int, code: str
) -> None:
    told = client.post("/verdict", body, content_type=kind)
    assert (told.status_code, told.json()["type"]) == (status, f"urn:rukhsa:problem:{code}")
    assert told.headers["Content-Type"] == "application/problem+json"


def test_a_file_of_a_stranger_is_not_one_of_ours(client: Client) -> None:
    told = client.post("/verdict", b"%PDF-1.7 nothing", content_type="application/pdf")
    assert (told.status_code, told.json()["word"], told.json()["reason"]) == (200, "not-ours", "other-file")


def test_a_question_is_posted_and_a_system_that_asks_without_end_is_told_to_wait(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/verdict").status_code == 405
    this_minute = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: this_minute)
    monkeypatch.setitem(rate.A_MINUTE, "text", 1)
    assert [ask(client, text="x").status_code for _ in range(2)] == [200, 429]


def test_where_nothing_is_published_the_answer_is_a_problem(client: Client, public_site: PublicSite) -> None:
    (public_site.folder / "trust-list.jws").unlink()
    assert ask(client, text="x").status_code == 503


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_number_brings_the_seal_itself_for_whoever_verifies_on_their_own(
    verifier_process: None, sealed: Sealed
) -> None:
    told = ask(Client(), number=sealed.number, code=sealed.code).json()
    assert told["word"] == "valid"
    assert ask(Client(), text=told["text"]).json()["instrument"] == sealed.number
    assert "text" not in ask(Client(), number=sealed.number, code="0" * 16).json()
    assert told["successor"] is None
    assert_told_what_closed_it(sealed)


def assert_told_what_closed_it(sealed: Sealed) -> None:
    """A reader with number and code learns it, in JSON and on the page, beside the status list's word."""
    typed, now = {"number": sealed.number, "code": sealed.code}, timezone.now()
    Closure.objects.create(instrument=sealed.instrument, by=sealed.instrument, at=now)
    publishing.everything(at=now)
    told = ask(Client(), **typed).json()
    assert (told["word"], told["successor"]["number"]) == ("superseded", sealed.number)
    assert (told["successor"]["closes"], told["successor"]["version"]) == (True, 1)
    assert told["successor"]["on"] == timezone.localdate(now).isoformat()
    for address, sentence in (("/number", "أُغلقت في"), ("/en/number", "Closed on")):
        page = Client().post(address, typed).text
        assert 'data-word="superseded"' in page
        assert sentence in page


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_command_asks_the_site_for_a_number_and_verifies_the_seal_on_its_own(
    verifier_process: None, sealed: Sealed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = ["--root", str(tmp_path / "public/root.jwk"), "--no-memory", "--kept", str(tmp_path / "kept")]
    with living() as address:
        for code, wanted in ((sealed.code, 0), ("0" * 16, 2)):
            arguments = ["verify", sealed.number, "--code", code, "--public", address, *root]
            assert main(arguments) == wanted
    told = capsys.readouterr()
    assert told.out.startswith(f"valid: {sealed.number} (in-force)")
    assert "no document has this number with this code" in told.err
    # Without a site there is no register, and a number alone proves nothing.
    assert main(["verify", sealed.number, "--public", str(tmp_path / "public"), *root]) == 2
    assert "a number says nothing on its own" in capsys.readouterr().err
