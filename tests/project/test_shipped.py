"""What we ship: a bill of materials that says all of it, and a wheel that is the same to the byte on every machine."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from rukhsa.project.config import PROJECT
from tools import audit
from tools.bom import bill_of_materials

AT = datetime(2020, 1, 1, tzinfo=UTC)
# The folder of each distribution's pyproject.toml in the checkout.
PRODUCT, REHEARSAL = ".", "rehearsal"


def test_the_bill_of_materials_meets_the_schema_of_cyclonedx() -> None:
    # Its grammars take half a second, and every worker reads this file.
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = bill_of_materials(PROJECT, at=AT)
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"library"', '"cookery book"')) is not None  # the control


def test_the_bill_names_every_package_of_both_locks_with_its_version_and_digest() -> None:
    components = json.loads(bill_of_materials(PROJECT, at=AT))["components"]
    named = {each["purl"].partition("/")[2].replace("%40", "@") for each in components}
    python = re.findall(r"^([a-z0-9._-]+)==(\S+)", (PROJECT / "requirements.lock").read_text(), re.MULTILINE)
    node = json.loads((PROJECT / "package-lock.json").read_text())["packages"]
    locked = {f"{name}@{version}" for name, version in python} | {
        f"{place.rpartition('node_modules/')[2]}@{package['version']}"
        for place, package in node.items()
        if place
    }
    assert named == locked
    assert all(each.get("hashes") or each.get("properties") for each in components)


def test_the_bill_tells_what_is_shipped_from_what_only_builds_and_tests() -> None:
    scopes = {
        each["name"]: each["scope"] for each in json.loads(bill_of_materials(PROJECT, at=AT))["components"]
    }
    assert {
        scopes[name] for name in ("django", "cryptography", "pikepdf", "maplibre-gl", "psycopg-pool")
    } == {"required"}
    assert {
        scopes[name] for name in ("pytest", "mypy", "axe-core", "weasyprint", "cyclonedx-python-lib")
    } == {"excluded"}
    assert {scopes[name] for name in ("pyhanko", "starlette", "aiosmtpd", "cssselect")} == {
        "excluded"
    }  # the rehearsal's


def test_the_bill_is_the_same_every_time_and_holds_no_address() -> None:
    text = bill_of_materials(PROJECT, at=AT)
    assert text == bill_of_materials(PROJECT, at=AT)
    addresses = set(re.findall(r"https?://[^\"]+", text))
    assert addresses <= {"http://cyclonedx.org/schema/bom-1.6.schema.json"}


@pytest.mark.slow
@pytest.mark.parametrize("project", [PRODUCT, REHEARSAL])
def test_a_wheel_that_is_built_elsewhere_is_the_same_to_the_byte(project: str, tmp_path: Path) -> None:
    one = _built(tmp_path / "one", project, umask="022", language="C.UTF-8")
    other = _built(tmp_path / "a longer name" / "other", project, umask="077", language="C")
    assert one.name == other.name
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("project", "file"),
    [(PRODUCT, "src/rukhsa/__init__.py"), (REHEARSAL, "rehearsal/rukhsa_rehearsal/__init__.py")],
)
def test_a_wheel_of_other_contents_is_another(project: str, file: str, tmp_path: Path) -> None:
    """The control: one letter of one file is seen."""
    one = _built(tmp_path / "one", project, umask="022", language="C.UTF-8")
    other = _built(tmp_path / "other", project, umask="022", language="C.UTF-8", touched=file)
    assert one.read_bytes() != other.read_bytes()


@pytest.mark.slow
def test_the_wheel_of_the_product_holds_nothing_of_the_rehearsal(tmp_path: Path) -> None:
    product = _built(tmp_path / "one", PRODUCT, umask="022", language="C.UTF-8")
    rehearsal = _built(tmp_path / "two", REHEARSAL, umask="022", language="C.UTF-8")
    assert _rehearsed(_names_in(product)) == []
    assert _packages_in(product) == {"rukhsa"}
    assert _packages_in(rehearsal) == {"rukhsa_rehearsal"}
    assert "rukhsa/journey.py" in _names_in(product)
    assert len(_rehearsed(_names_in(rehearsal))) > 50  # the control: what is looked for is found where it is
    assert "rukhsa.apps" in _text_in(rehearsal, "entry_points.txt")
    assert "rukhsa.apps" not in _text_in(product, "entry_points.txt")


@pytest.mark.slow
def test_what_a_server_needs_asks_for_nothing_of_the_rehearsal(tmp_path: Path) -> None:
    told = _text_in(_built(tmp_path, PRODUCT, umask="022", language="C.UTF-8"), "METADATA")
    asked = re.findall(r"^Requires-Dist: ([\w.-]+).*extra == '(\w+)'", told, re.MULTILINE)
    assert {name for name, extra in asked if extra == "server"} & {
        "pyhanko",
        "starlette",
        "rukhsa-rehearsal",
    } == set()
    assert ("rukhsa-rehearsal", "rehearsal") in asked


def test_an_audit_that_hears_nothing_says_so_and_where_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_json", lambda command: None)
    for opinion in (audit.python(), audit.node()):
        assert (opinion.heard, opinion.found) == (0, ())
        assert "not heard" in str(opinion)
        assert opinion.otherwise in str(opinion)
    assert audit.main() == 0


def test_a_known_vulnerability_is_named_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flaw = {"id": "GHSA-0000", "fix_versions": ["2.0"]}
    python = {
        "dependencies": [
            {"name": "old", "version": "1.0", "vulns": [flaw]},
            {"name": "unknown", "skip_reason": ""},
        ]
    }
    node = {
        "metadata": {"dependencies": {"total": 54}},
        "vulnerabilities": {"htmx.org": {"range": "<5", "severity": "high"}},
    }
    monkeypatch.setattr(audit, "_json", lambda command: node if "audit" in command else python)
    assert audit.main() == 1
    said = capsys.readouterr().out
    assert (
        "requirements.lock: 1 known vulnerabilities in 1 of 2 packages\n  old 1.0: GHSA-0000, mended in 2.0"
        in said
    )
    assert "package-lock.json: 1 known vulnerabilities in 54 of 54 packages\n  htmx.org <5: high" in said


def _built(folder: Path, project: str, *, umask: str, language: str, touched: str = "") -> Path:
    """The wheel of a distribution in a copy of this checkout, with what git would give and nothing else."""
    unwanted = shutil.ignore_patterns("__pycache__", "*.mo")
    for name in ("src", "rehearsal"):
        shutil.copytree(PROJECT / name, folder / name, ignore=unwanted, symlinks=True)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(PROJECT / name, folder / name)
    for path in folder.rglob("*"):
        path.chmod(path.stat().st_mode & ~int(umask, 8))
    if touched:
        (folder / touched).write_text((folder / touched).read_text() + "\n# another letter\n")
    command = f'umask {umask}; exec "$0" -m hatchling build -t wheel -d "$1"'
    subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, str(folder / "dist")],
        cwd=folder / project,
        check=True,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": language, "SOURCE_DATE_EPOCH": "1577836800"},
    )
    return next((folder / "dist").glob("*.whl"))


def _names_in(wheel: Path) -> list[str]:
    return ZipFile(wheel).namelist()


def _packages_in(wheel: Path) -> set[str]:
    return {name.partition("/")[0] for name in _names_in(wheel)} - {_information(wheel)}


def _rehearsed(names: Iterable[str]) -> list[str]:
    return [name for name in names if {"sandbox", "story", "walks", "specimens"} & set(Path(name).parts)]


def _text_in(wheel: Path, name: str) -> str:
    return ZipFile(wheel).read(f"{_information(wheel)}/{name}").decode()


def _information(wheel: Path) -> str:
    return next(name for name in _names_in(wheel) if name.endswith("/METADATA")).partition("/")[0]
