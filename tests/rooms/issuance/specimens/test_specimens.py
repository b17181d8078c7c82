"""The forgery lab: each document gets the verdict that its index says, and none means anything to a real verifier."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from rukhsa.catalogue.territory import territory
from rukhsa.trust import picture, policy, trustlist, words
from rukhsa.trust.__main__ import main
from rukhsa.trust.document import open_document
from rukhsa.trust.errors import BadPicture
from rukhsa.trust.keys import MemorySigner
from rukhsa.trust.policy import PAPER
from rukhsa.trust.sources import FolderSource
from rukhsa.trust.verdict import Verdict
from rukhsa.trust.verifier import Verifier
from rukhsa_rehearsal.specimens import folder, training
from rukhsa_rehearsal.specimens.forgeries import _MAKERS
from rukhsa_rehearsal.specimens.training import Training
from tests.trust import world

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("specimens")]
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
# What a real verifier says of what is genuine but for its keys, and of what a forger broke besides.
STRANGE = {"unknown-key", "pdf-unknown-key"}


@dataclass(frozen=True, kw_only=True)
class Set:
    """The set as it lies in a folder."""

    folder: Path
    index: dict[str, Any]

    def verifier(self, *, real: bool = False) -> Verifier:
        """Under the training's root; or under the root and the trust list of a real country at the same address."""
        source = FolderSource(folder=self.folder / "public", stands_for=f"https://{self.index['verifier']}/")
        listed = (self.folder / "public/trust-list.jws").read_text()
        root = json.loads((self.folder / "public/root.jwk").read_text())
        trust_list = trustlist.from_document(REAL) if real else trustlist.read(listed, root)
        return Verifier(trust_list=trust_list, status=source, log=source)

    def code(self, entry: dict[str, Any], verifier: Verifier) -> Verdict:
        """The verdict on the code that is read from the picture."""
        text = picture.code_in((self.folder / entry["picture"]).read_bytes())
        return verifier.verify_text(text, at=AT)

    def file(self, entry: dict[str, Any], verifier: Verifier) -> Verdict:
        return verifier.verify_pdf((self.folder / entry["file"]).read_bytes(), at=AT)


REAL = trustlist.to_document(world.TRUST_LIST) | {
    "expires": "2027-01-01T00:00:00Z",
    "verifiers": [territory().verifier],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Set:
    to = tmp_path_factory.mktemp("specimens")
    folder.write(Training(territory=territory(), at=AT), to)
    return Set(folder=to, index=json.loads((to / "index.json").read_text("utf-8")))


@pytest.mark.parametrize("name", _MAKERS)
def test_each_gets_the_verdict_that_is_due(made: Set, name: str) -> None:
    entry = next(each for each in made.index["documents"] if each["name"] == name)
    expected, verifier = entry["expected"], made.verifier()
    found = made.file(entry, verifier)
    assert (found.word, found.reason) == (expected["file"]["word"], expected["file"]["reason"])
    if expected["code"] is None:
        with pytest.raises(BadPicture, match="no-code"):
            made.code(entry, verifier)
        return
    found = made.code(entry, verifier)
    assert (found.word, found.reason) == (expected["code"]["word"], expected["code"]["reason"])


@pytest.mark.parametrize("name", _MAKERS)
def test_a_real_verifier_knows_none_of_them(made: Set, name: str) -> None:
    entry = next(each for each in made.index["documents"] if each["name"] == name)
    expected, verifier = entry["expected"], made.verifier(real=True)
    found = made.file(entry, verifier)
    # The real register knows no key and no list of the training: its files are a stranger's.
    assert (found.word, found.reason) in (("not-ours", "other-signature"), ("not-ours", "other-file"))
    if expected["code"] is not None:
        found = made.code(entry, verifier)
        assert found.word in ("altered", "specimen")
        if found.word == "altered" and expected["code"]["reason"] not in ("foreign-host", "bad-text"):
            assert found.reason in STRANGE


def test_the_pages_show_what_the_code_does_not_say(made: Set) -> None:
    """Where the code of a forgery is valid, its facts are another's: that is what is to be compared."""
    verifier = made.verifier()
    by_name = {each["name"]: each for each in made.index["documents"]}
    for name, printed in (("anothers-code", "سامي بن علي المناعي"), ("edited-text", "1200 م")):
        facts = [fact.value for fact in made.code(by_name[name], verifier).facts("ar")]
        assert printed not in facts


def test_paper_is_taken_by_the_policy_of_the_set_and_by_nothing_else(made: Set) -> None:
    paper = next(each for each in made.index["documents"] if each["name"] == "paper")
    assert paper["expected"]["number"]["word"] == words.word_of("paper-accepted") == "paper"
    rules = policy.from_json(json.loads((made.folder / "policy.json").read_text()))
    assert rules.accept(PAPER, profile=None, purpose=None, on=AT.date()).circular == "0/0000"
    with pytest.raises(policy.NotAccepted):
        rules.accept(PAPER, profile=None, purpose=None, on=date(2029, 1, 1))


def test_every_kind_of_word_that_a_document_can_get_is_in_the_set(made: Set) -> None:
    found = {
        answer["word"] for each in made.index["documents"] for answer in each["expected"].values() if answer
    }
    assert set(words.every_word()) - found == {"cannot-tell", "not-accepted"}


def test_the_command_of_the_index_says_valid(made: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made.folder)
    arguments = made.index["command"].removeprefix("python -m rukhsa.trust ").split()
    assert main([*arguments, "--at", AT.isoformat()]) == 0


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_index_tells_every_document_in_both_languages(made: Set, language: str) -> None:
    page = (made.folder / folder.PAGES[language]).read_text("utf-8")
    for entry in made.index["documents"]:
        for part in ("title", "how", "look"):
            assert entry[part][language].replace("'", "&#x27;") in page
        for name in (entry["file"], entry["picture"]):
            assert f'"{name}"' in page
            assert (made.folder / name).stat().st_size > 1000
    assert f'lang="{language}"' in page
    assert not re.search(r"https?://(?!v\.)", page)


def test_no_key_of_the_set_is_one_that_is_made_for_an_authority() -> None:
    keys = [value for value in vars(training).values() if isinstance(value, MemorySigner)]
    assert len(keys) == 8
    real = {bytes.fromhex(key["kid"]) for authority in REAL["authorities"] for key in authority["keys"]}
    assert not real & {key.kid for key in keys}


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CommandError, match="is not empty"):
        call_command("specimen", "--to", str(tmp_path))


def test_a_seal_of_the_set_can_be_looked_into(made: Set) -> None:
    assert open_document(str(made.folder / "pictures/01-genuine.png")).text
