"""The drill "all servers are dead": the command and a printed page still give a verdict, with its age."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rukhsa.trust.__main__ import main
from rukhsa_rehearsal.specimens.overlay import picture_of
from tests.trust import files, world
from tests.web.public.conftest import PublicSite, living, public_site, verifier_process

__all__ = ["public_site", "verifier_process"]

pytestmark = pytest.mark.slow

type Say = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def page(public_site: PublicSite, tmp_path: Path) -> Path:
    """A printed page, photographed."""
    printed = files.compose({}, printed="CAP-RW-2026-000000-7", qr_text=public_site.texts["valid"])
    (tmp_path / "page.png").write_bytes(picture_of(printed))
    return tmp_path / "page.png"


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """The command with its root pinned and its copy in a folder of the test: exit code and verdict."""
    (tmp_path / "root.jwk").write_text(world.root_file())
    where = ["--root", str(tmp_path / "root.jwk"), "--kept", str(tmp_path / "kept")]

    def run(act: str, *arguments: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = main([act, *arguments, *where, *(["--json"] if act == "verify" else [])])
        said = capsys.readouterr().out
        return code, json.loads(said) if act == "verify" and said else {}

    return run


def test_the_command_and_a_printed_page_still_give_a_verdict_with_its_age(say: Say, page: Path) -> None:
    with living() as address:
        assert say("keep", "--public", address)[0] == 0
    later = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    for told in (
        say("verify", str(page), "--offline", "--at", later),
        say("verify", str(page), "--public", address, "--at", later),
    ):
        code, answer = told
        assert (code, answer["word"], answer["instrument"]) == (0, "valid", "CAP-RW-2026-000000-7")
        assert answer["languages"]["en"]["status_known"] == "Its status is known as of 3 hours ago."
        assert answer["languages"]["ar"]["status_known"] == "حالتها معروفة كما كانت قبل 3 ساعات."


def test_what_was_revoked_before_they_died_stays_revoked(
    say: Say, public_site: PublicSite, page: Path
) -> None:
    with living() as address:
        say("keep", "--public", address)
    code, answer = say("verify", public_site.texts["revoked"], "--offline")
    assert (code, answer["word"]) == (1, "revoked")


def test_after_a_day_the_answer_is_cannot_tell_with_all_that_is_known(say: Say, page: Path) -> None:
    with living() as address:
        say("keep", "--public", address)
    later = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    code, answer = say("verify", str(page), "--offline", "--at", later)
    assert (code, answer["word"], answer["reason"]) == (3, "cannot-tell", "status-expired")
    assert [duty["outcome"] for duty in answer["duties"][:5]] == ["met"] * 5
    assert ["Holder", world.FACTS[2]] in answer["languages"]["en"]["facts"]
    assert answer["languages"]["en"]["status_known"] == "Its status is known as of 3 days ago."


def test_without_a_copy_nothing_could_be_told(say: Say, page: Path) -> None:
    """The negative control."""
    with living() as address:
        assert say("verify", str(page), "--public", address)[0] == 0
    assert say("verify", str(page), "--public", address)[0] == 2
    assert say("verify", str(page), "--offline")[0] == 2


def test_an_older_copy_never_takes_the_place_of_a_newer_one(
    say: Say, public_site: PublicSite, page: Path
) -> None:
    with living() as address:
        assert say("keep", "--public", address)[0] == 0
        file = public_site.folder / world.STATUS_URI.removeprefix(world.SITE)
        file.write_bytes(world.status_token(at=datetime.now(UTC) - timedelta(hours=5)))
        assert say("keep", "--public", address)[0] == 2
    code, answer = say("verify", str(page), "--offline")
    assert (code, answer["word"]) == (0, "valid")
