"""The command, against a folder and against a site on loopback."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from rukhsa.trust import words
from rukhsa.trust.__main__ import main
from rukhsa.trust.errors import Unavailable
from rukhsa.trust.sources import FolderSource, HttpSource
from tests.trust import files, world

AT = "2020-11-15T09:00:00Z"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public files, a root key, and documents: good, altered, a code, a seal."""
    folder = tmp_path_factory.mktemp("public")
    site = world.town_hall()
    sealed = site.issue()
    for address, data in site.files.items():
        path = folder / address.removeprefix(world.SITE)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "trust-list.jws").write_text(world.signed_trust_list())
    (folder / "root.jwk").write_text(json.dumps(dict(world.ROOT.jwk)))
    documents = folder / "documents"
    documents.mkdir()
    good = files.released(site, sealed)
    (documents / "good.pdf").write_bytes(good)
    (documents / "seal.cwt").write_bytes(sealed)
    (folder / "altered.pdf").write_bytes(good[:-1] + b" ")
    (folder / "code.txt").write_text(world.text_of(sealed) + "\n")
    return folder


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    """The same files served over HTTP."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/trust-list.jws")
            self.end_headers()
            return
        super().do_GET()


def run(folder: Path, *names: str, public: str = "") -> int:
    options = ["--public", public or str(folder), "--root", str(folder / "root.jwk"), "--at", AT]
    return main(["verify", *names, *options])


def test_a_valid_file_gives_zero_and_says_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, str(folder / "documents/good.pdf")) == 0
    said = capsys.readouterr().out
    assert said.startswith("valid: ")
    for told in (
        "Capital Secretariat: Road works licence",
        "Until: 9 December 2020",
        "✓ 4. Public log",
        "– 7.",
    ):
        assert told in said


def test_the_answer_is_given_in_arabic_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, str(folder / "documents/good.pdf"), "--language", "ar") == 0
    assert "أمانة العاصمة: رخصة أشغال طريق" in capsys.readouterr().out


def test_every_kind_of_document_is_told_apart(folder: Path) -> None:
    code = (folder / "code.txt").read_text().strip()
    for name in (code, str(folder / "code.txt"), str(folder / "documents/seal.cwt")):
        assert run(folder, name) == 0


def test_many_give_one_line_each_and_a_sum(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, str(folder / "documents"), str(folder / "altered.pdf")) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines[:3]] == ["valid", "valid", "altered"]
    assert lines[3:] == ["3 documents, 2 valid, 1 not valid"]


def test_quiet_says_only_what_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, str(folder / "documents"), "--quiet") == 0
    assert capsys.readouterr().out == "2 documents, 2 valid, 0 not valid\n"


def test_json_gives_an_object_a_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, str(folder / "documents"), "--json") == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["word"] for answer in answers] == ["valid", "valid"]


def test_a_site_is_asked_over_http(folder: Path, site: str) -> None:
    assert run(folder, str(folder / "documents/seal.cwt"), public=site) == 0
    for place in (f"{site}trust-list.jws", str(folder / "trust-list.jws")):
        assert run(folder, str(folder / "documents/seal.cwt"), "--trust-list", place) == 0


def test_what_cannot_be_asked_gives_two(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, str(folder / "absent.pdf")) == 2
    assert run(folder, str(folder / "documents/seal.cwt"), public="http://127.0.0.1:1/") == 2
    (folder / "other.jwk").write_text(json.dumps(dict(world.STRANGER.jwk)))
    options = ["--public", str(folder), "--root", str(folder / "other.jwk")]
    assert main(["verify", str(folder / "documents/seal.cwt"), *options]) == 2
    assert "no known key signed it" in capsys.readouterr().err


def test_inspect_shows_a_seal_and_does_not_believe_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [
        str(folder / name) for name in ("documents/good.pdf", "documents/seal.cwt", "code.txt", "altered.pdf")
    ]
    assert main(["inspect", "--json", *names]) == 0
    said = capsys.readouterr().out
    assert said.count("not verified:") == 4
    assert said.count('"instrument": "RW-2020-000123-K"') == 4
    assert main(["inspect", *names]) == 0
    assert capsys.readouterr().out.count("# cti: RW-2020-000123-K/1") == 4
    assert main(["inspect", str(folder / "root.jwk")]) == 2


def test_inspect_shows_every_byte_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(folder / "documents/seal.cwt")]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if "  # " in line]
    sealed = (folder / "documents/seal.cwt").read_bytes()
    assert b"".join(bytes.fromhex(line[1]) for line in lines) == sealed
    at = 0
    for place, shown, *_ in lines:
        assert int(place) == at
        at += len(bytes.fromhex(shown))


def test_a_picture_is_read_for_its_code(folder: Path, tmp_path: Path) -> None:
    import segno

    segno.make((folder / "code.txt").read_text().strip(), error="M").save(str(tmp_path / "code.png"), scale=4)
    assert run(folder, str(tmp_path / "code.png")) == 0


@pytest.mark.parametrize(("data", "code"), [(b"\x89PNG\r\n\x1a\nxx", "broken-picture"), (None, "no-code")])
def test_a_picture_that_cannot_be_read_is_an_error_with_a_code_and_the_others_are_still_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes | None, code: str
) -> None:
    picture = tmp_path / "picture.png"
    if data is None:
        Image.new("L", (300, 300), 255).save(picture)
    else:
        picture.write_bytes(data)
    assert run(folder, str(picture), str(folder / "documents/seal.cwt")) == 2
    told = capsys.readouterr()
    assert f"{code}: " in told.err
    assert "valid: " in told.out


def test_the_next_step_is_that_of_the_audience_in_the_language(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for language, audience, step in (
        ("en", "inspector", "record the visit"),
        ("ar", "agency", "يمكن اعتماد الوثيقة"),
        ("ar", "public", "حالتها معروفة كما كانت قبل"),
    ):
        run(folder, str(folder / "documents/seal.cwt"), "--lang", language, "--audience", audience)
        assert step in capsys.readouterr().out


def test_a_policy_is_asked_as_the_last_duty(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = [{"kind": "sealed", "since": "2020-01-01", "purpose": "bank"}]
    (folder / "policy.json").write_text(json.dumps({"rules": rules}))
    document, options = str(folder / "documents/seal.cwt"), ("--policy", str(folder / "policy.json"))
    assert run(folder, document, *options, "--purpose", "bank") == 0
    assert run(folder, document, *options, "--purpose", "court") == 1
    assert "not-accepted-by-policy" in capsys.readouterr().out


def test_what_cannot_be_told_has_an_exit_code_of_its_own(folder: Path) -> None:
    late = ["--public", str(folder), "--root", str(folder / "root.jwk"), "--at", "2020-11-18T09:00:00Z"]
    assert main(["verify", str(folder / "documents/seal.cwt"), *late]) == 3
    assert main(["verify", str(folder / "documents/seal.cwt"), str(folder / "altered.pdf"), *late]) == 1


@pytest.mark.parametrize("code", [*words.every_word(), *words.every_reason()])
def test_every_word_and_every_reason_is_explained(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    for language in ("ar", "en"):
        assert main(["explain", code, "--lang", language]) == 0
    assert capsys.readouterr().out.count(f"{code}: ") >= 2


def test_explain_alone_lists_them_and_a_code_that_is_none_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == len(words.every_word()) + len(words.every_reason())
    assert main(["explain", "no-such-code"]) == 2
    assert "no such word or reason" in capsys.readouterr().err


def test_no_redirect_and_no_foreign_address_is_followed(site: str) -> None:
    source = HttpSource(stands_for=world.SITE, base=site)
    assert source.fetch(f"{world.SITE}trust-list.jws")
    for address in ("moved", "absent", "../root.jwk"):
        with pytest.raises(Unavailable):
            source.fetch(world.SITE + address)
    with pytest.raises(Unavailable, match="foreign-address"):
        source.fetch("https://elsewhere.example/trust-list.jws")


def test_a_folder_gives_nothing_from_outside(folder: Path) -> None:
    source = FolderSource(folder=folder / "documents", stands_for=world.SITE)
    assert source.fetch(f"{world.SITE}seal.cwt")
    for address in ("../root.jwk", "/etc/passwd", "absent", ""):
        with pytest.raises(Unavailable):
            source.fetch(world.SITE + address)


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "list").write_bytes(bytes(100))
    monkeypatch.setattr("rukhsa.trust.sources.MAXIMUM_SIZE", 99)
    with pytest.raises(Unavailable, match="too-large"):
        FolderSource(folder=tmp_path, stands_for=world.SITE).fetch(f"{world.SITE}list")


def test_the_help_teaches_by_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["verify", "--help"])
    assert "python -m rukhsa.trust verify licence.pdf" in capsys.readouterr().out


def test_verifying_imports_no_django_and_no_database() -> None:
    program = "import sys, rukhsa.trust.__main__; print({name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "'cryptography'" in done.stdout
    assert not [
        name for name in ("django", "psycopg", "httpx", "pikepdf", "PIL") if f"'{name}'" in done.stdout
    ]


def older(folder: Path, tmp_path: Path) -> Path:
    """The site of yesterday: another copy of the files, under a trust list of a lower version."""
    copy = tmp_path / "yesterday"
    shutil.copytree(folder, copy)
    before = replace(world.TRUST_LIST, version=world.TRUST_LIST.version - 1)
    (copy / "trust-list.jws").write_text(world.signed_trust_list(before))
    return copy


def test_a_trust_list_older_than_one_seen_before_is_not_believed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    yesterday, seal = older(folder, tmp_path), str(folder / "documents/seal.cwt")
    assert run(yesterday, seal) == 0
    assert run(folder, seal) == 0
    capsys.readouterr()
    assert run(yesterday, seal) == 3
    assert "cannot-tell" in (said := capsys.readouterr().out)
    assert "(trust-list-rolled-back)" in said
    assert run(folder, seal) == 0


def test_without_a_memory_the_older_list_would_be_believed(folder: Path, tmp_path: Path) -> None:
    """The negative control."""
    yesterday, seal = older(folder, tmp_path), str(folder / "documents/seal.cwt")
    options = ["--public", str(yesterday), "--root", str(folder / "root.jwk"), "--at", AT]
    assert run(folder, seal) == 0
    assert main(["verify", seal, *options]) == 3
    assert main(["verify", seal, *options, "--no-memory"]) == 0
    assert main(["verify", seal, *options, "--memory", str(tmp_path / "another.json")]) == 0


def test_status_lists_and_logs_older_than_those_seen_are_not_believed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal, before = str(folder / "documents/seal.cwt"), tmp_path / "before"
    shutil.copytree(folder, before)
    early = world.status_token(at=world.NOON - timedelta(minutes=30))
    (before / world.STATUS_URI.removeprefix(world.SITE)).write_bytes(early)
    assert run(before, seal) == 0
    assert run(folder, seal) == 0
    capsys.readouterr()
    assert run(before, seal) == 3
    assert "(status-rolled-back)" in capsys.readouterr().out
    shorter = world.town_hall()
    for address, data in shorter.files.items():
        (before / address.removeprefix(world.SITE)).write_bytes(data)
    assert run(before, seal) == 3
    assert "(log-rolled-back)" in capsys.readouterr().out


def test_a_damaged_memory_is_told_and_nothing_is_verified(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, seal = tmp_path / "memory.json", str(folder / "documents/seal.cwt")
    options = ["--public", str(folder), "--root", str(folder / "root.jwk"), "--at", AT, "--memory", str(file)]
    for damaged in ("", "{}", '{"format": "rukhsa-memory-1", "roots": {"00": {"version": -1}}}', "\x00"):
        file.write_text(damaged)
        assert main(["verify", seal, *options]) == 2
        assert f"{file} is damaged" in capsys.readouterr().err
        assert file.read_text() == damaged
    file.unlink()
    assert main(["verify", seal, *options]) == 0
    assert json.loads(file.read_text())["roots"].keys() == {world.ROOT.kid.hex()}


def test_what_cannot_be_remembered_is_told_and_the_answer_stands(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    options = ["--public", str(folder), "--root", str(folder / "root.jwk"), "--at", AT]
    nowhere = ["--memory", str(tmp_path / "file" / "memory.json")]
    assert main(["verify", str(folder / "documents/seal.cwt"), *options, *nowhere]) == 0
    assert "will not be remembered" in capsys.readouterr().err


def test_the_memory_holds_nothing_about_a_document(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "memory.json"
    options = ["--public", str(folder), "--root", str(folder / "root.jwk"), "--at", AT, "--memory", str(file)]
    assert main(["verify", str(folder / "documents/good.pdf"), *options]) == 0
    assert "RW-2020" not in file.read_text()


def test_what_is_not_ours_is_told_without_a_status_and_ends_with_1(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "leaflet.pdf").write_bytes(b"%PDF-1.7\n")
    options = ["--public", str(folder), "--root", str(folder / "root.jwk"), "--at", AT, "--no-memory"]
    for document, reason in (
        (str(tmp_path / "leaflet.pdf"), "other-file"),
        ("https://www.town.example/", "other-code"),
    ):
        assert main(["verify", document, *options]) == 1
        told = capsys.readouterr().out
        assert told.startswith(f"not-ours: {document} ({reason})")
        assert "Not one of ours. This is not a document of this register." in told
        assert "suspended" not in told


@pytest.mark.parametrize("text", ["BEGIN:VCARD", "x" * 5000, "http://www.town.example/menu", "just words"])
def test_a_text_that_is_no_file_is_taken_as_the_text_of_a_code_and_it_is_said(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, text) == 1
    told, said = capsys.readouterr()
    assert "(other-code)" in told
    assert ("taken as the text of a code" in said) is not text.startswith("http")
    assert main(["inspect", text]) == 2


@pytest.mark.parametrize("name", ["absent.pdf", "./absent", "released/", "/absent", "photo.JPG"])
def test_a_path_of_no_file_is_missing_and_no_text(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, name) == 2
    assert "No such file" in capsys.readouterr().err


def test_a_file_is_read_though_its_name_looks_like_a_text(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(folder / "documents/good.pdf", tmp_path / "just words")
    monkeypatch.chdir(tmp_path)
    assert run(folder, "just words") == 0
    assert "taken as" not in capsys.readouterr().err
