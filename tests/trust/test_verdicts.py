"""The truth table: the same rows that the page's JavaScript and the API pass."""

import base64
import json
from datetime import datetime
from typing import Any

import pytest

from rukhsa.trust import policy, trustlist, words
from rukhsa.trust.memory import Memory
from rukhsa.trust.sources import MemorySource
from rukhsa.trust.verifier import Verifier
from tests.trust.vectors import make

TABLE: dict[str, Any] = json.loads(make.PATH.read_text("utf-8"))
CASES = {case["name"]: case for case in TABLE["cases"]}


@pytest.mark.parametrize("name", CASES)
def test_a_row_of_the_truth_table_comes_out_as_written(name: str) -> None:
    case = CASES[name]
    files = {address: base64.b64decode(TABLE["files"][file]) for address, file in case["files"].items()}
    source = MemorySource(files=files)
    verifier = Verifier(
        trust_list=trustlist.read(TABLE["trust_lists"][case["trust_list"]], TABLE["root"]),
        status=source,
        log=source,
        policy=policy.from_json(case["policy"]) if "policy" in case else None,
        memory=Memory(version=case.get("minimum_version", 0)),
    )
    at, purpose = datetime.fromisoformat(case["at"]), case.get("purpose")
    if "proof" in case:
        verdict = verifier.verify_seal(seal_of(case), at=at, purpose=purpose, proof=case["proof"])
    else:
        verdict = verifier.verify_text(case["text"], at=at, purpose=purpose)
    found = (verdict.word, verdict.reason, verdict.failed_duty)
    assert found == (case["word"], case["reason"], case["failed_duty"]), verdict.detail
    assert verdict.witnessed == case.get("witnessed")
    assert verdict.valid == (case["word"] == "valid")


def seal_of(case: dict[str, Any]) -> bytes:
    from rukhsa.trust import qr

    return qr.read_qr_text(case["text"]).seal_bytes


def test_the_table_is_what_its_script_makes() -> None:
    assert make.PATH.read_text("utf-8") == make.text()


def test_the_table_holds_every_word_and_every_reason_of_a_seal() -> None:
    # A paper document has no seal: its word is the room verification's.
    assert {case["word"] for case in CASES.values()} == set(words.every_word()) - {"paper"}
    # Those of files, of a verifier with a memory, and of a broken verifier have tests of their own.
    elsewhere = {"status-rolled-back", "fault", "not-a-pdf", "bad-pdf", "paper-accepted"}
    elsewhere |= {"other-seal", "other-signature", "other-file"}
    seals = {code for code in words.every_reason() if not code.startswith("pdf-")} - elsewhere
    assert {case["reason"] for case in CASES.values()} == seals


def test_without_the_count_of_witnesses_its_cases_would_be_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a verifier to which every checkpoint looks cosigned."""
    monkeypatch.setattr(
        "rukhsa.trust.evidence.LogView._read_witnessed", lambda view, authority: view.state.size
    )
    for case in [each for each in CASES.values() if each["reason"] == "not-witnessed"]:
        with pytest.raises(AssertionError):
            test_a_row_of_the_truth_table_comes_out_as_written(case["name"])


@pytest.mark.parametrize(
    ("broken", "stands_for"),
    [
        ("rukhsa.trust.keys.PublicKey.verify", 2),
        ("rukhsa.trust.duties.Duties.check_profile", 3),
        ("rukhsa.trust.duties.Duties.check_log", 4),
        ("rukhsa.trust.duties.Duties.check_status", 5),
        ("rukhsa.trust.duties.Duties.check_dates", 6),
        ("rukhsa.trust.duties.Duties.check_acceptance", 7),
        ("rukhsa.trust.statuslist.check_fresh", 5),
        ("rukhsa.trust.seal_text.check", 0),
    ],
)
def test_an_implementation_that_leaves_a_duty_out_is_found_out_by_its_rows(
    broken: str, stands_for: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the table itself."""
    monkeypatch.setattr(broken, lambda *_, **__: None)
    rows = [case for case in CASES.values() if case["failed_duty"] == stands_for]
    otherwise = 0
    for case in rows:
        try:
            test_a_row_of_the_truth_table_comes_out_as_written(case["name"])
        except AssertionError:
            otherwise += 1
    assert otherwise


def test_the_table_names_the_duties_in_their_order() -> None:
    assert [duty["number"] for duty in TABLE["duties"]] == list(range(8))
    for case in CASES.values():
        if case["failed_duty"] is not None:
            assert case["reason"] in TABLE["duties"][case["failed_duty"]]["reasons"]
