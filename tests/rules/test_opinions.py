"""What others say of our work is asked for in one way, and its absence is told."""

import ast
import re

import pytest

from rukhsa.project.config import PROJECT
from tests import opinions


def test_an_absent_program_leaves_a_line_and_fails_where_all_opinions_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPINIONS", "")
    with pytest.raises(pytest.skip.Exception) as skipped:
        opinions.program("no-such-program", package="nothing")
    monkeypatch.setenv("OPINIONS", "all")
    with pytest.raises(pytest.fail.Exception):
        opinions.program("no-such-program", package="nothing")
    with pytest.raises(pytest.skip.Exception) as beside:
        opinions.beside("no-such-file")
    assert opinions.lines(
        [str(skipped.value), str(skipped.value), str(beside.value), "for another reason"]
    ) == [
        "opinion not heard: no-such-program (Debian's nothing): asked for by 2 tests",
        "opinions not heard: 1, asked for by 2 tests",
        "not beside the project: no-such-file: asked for by 1 tests",
        "not beside the project: 1, asked for by 1 tests",
    ]


def test_a_program_that_a_machine_may_lack_is_asked_for() -> None:
    """Called by its bare name it would be an error where it is absent, and no line at the end of the run."""
    installed = re.findall(r"\[([\w-]+)\]=", (PROJECT / ".ci/run").read_text("utf-8"))
    names = {*installed, "openssl", "ps"} - {"make", "git", "pip3"}  # these make the checkout
    assert {"nginx", "etcd", "qpdf"} < names
    bare = [
        f"{file.relative_to(PROJECT)}:{each.lineno}"
        for file in (PROJECT / "tests").rglob("test_*.py")
        for each in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(each, ast.List | ast.Tuple) and len(each.elts) > 1
        if isinstance(first := each.elts[0], ast.Constant) and first.value in names
        if isinstance(second := each.elts[1], ast.Constant) and second.value not in names
    ]
    assert bare == []


def test_no_test_is_skipped_in_another_way() -> None:
    skips = [
        str(file.relative_to(PROJECT))
        for file in (PROJECT / "tests").rglob("*.py")
        if "pytest.skip(" in (text := file.read_text("utf-8"))
        or "mark.skip" in text
        or "importorskip" in text
    ]
    assert sorted(skips) == ["tests/opinions.py", "tests/rules/test_opinions.py"]
