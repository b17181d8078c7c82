"""What the linter, the types and rules over the source prove of security, each tried on a fault to be found."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from rukhsa.project.config import PROJECT
from tests.rules.source import MODULES, SOURCE, functions, name, tree

FAULTS = {
    "S102": "exec(text)",
    "S301": "import pickle\npickle.loads(text)",
    "S307": "eval(text)",
    "S311": "import random\nrandom.random()",
    "S324": "import hashlib\nhashlib.md5(text)",
    "S501": "import httpx\nhttpx.get(text, verify=False)",
    "S506": "import yaml\nyaml.load(text)",
    "S602": "import subprocess\nsubprocess.run(text, shell=True)",
    "S605": "import os\nos.system(text)",
    "S608": "query = 'SELECT * FROM person WHERE name = ' + text\ncursor.execute(query)",
}
_EXCUSED = re.compile(r"# noqa: S\d+(, S\d+)*(?P<reason>.*)")
# Where a function is handed a pattern: what it is handed stands in our own code, or in the mapping of a register of
# paper, which an operator writes and a command reads.
_PATTERNS = {
    "places/address.py",
    "issuance/signature.py",
    "issuance/legacy/row.py",
    "issuance/legacy/mapping.py",
}
_TEMPLATES = {"catalogue/new_territory.py", "specimens/folder.py"}  # files of ours, in commands
_OTHER_CRYPTOGRAPHY = {
    "Crypto", "Cryptodome", "nacl", "rsa", "ecdsa", "ed25519", "gnupg", "jose", "M2Crypto", "pyDes", "tink", "crypt",
}  # fmt: skip
_LOOKS = {"sub", "subn", "split", "search", "findall", "finditer", "compile"}
_BEGINS_WITH_A_RUN = re.compile(r"(\(\?:)*(\\[sS]| |\[[^]]*(\\s| )[^]]*\]|\.)[*+]")
# Matched from the start of a script of a PDF, in a child with a limit; from a day in a register that a command reads.
_ENDS_IN_THE_READER = {"files/active.py", "issuance/legacy/recorded_day.py"}
HASHES = {"sha256", "sha384", "sha512", "SHA256", "SHA384", "SHA512", "HashAlgorithm", "file_digest"}
_FOREIGN_PLUGINS = re.compile(
    r"<(applet|embed|bgsound|keygen|isindex)\b|vbscript:|ActiveXObject", re.IGNORECASE
)
_PROTOTYPES = re.compile(r"__proto__|__defineGetter__|setPrototypeOf|\.prototype\[|constructor\[")


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_the_linter_refuses_in_the_product(code: str) -> None:
    """Shells, text that is run, pickles, weak hashes and randomness, and connections that are not verified."""
    text = f"def act(text, cursor):\n    {FAULTS[code].replace(chr(10), chr(10) + '    ')}\n"
    ruff = [sys.executable, "-m", "ruff", "check", "--output-format", "json"]
    asked = [*ruff, "--stdin-filename", str(SOURCE / "payments" / "invented.py"), "-"]
    told = subprocess.run(asked, input=text, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert code in {each["code"] for each in json.loads(told.stdout)}


def test_the_linter_is_excused_line_by_line_and_each_time_with_a_reason() -> None:
    files = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"][
        "per-file-ignores"
    ]
    assert [each for each, codes in files.items() if each.startswith("src/") and "S" in "".join(codes)] == []
    bare = [
        f"{name(path)}:{number}"
        for path in MODULES
        if path.is_relative_to(SOURCE)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (found := _EXCUSED.search(line)) and len(found["reason"].strip(" -#.()")) < 5
    ]
    assert bare == []


def test_the_types_are_strict_and_over_everything_that_runs() -> None:
    told = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["mypy"]
    assert told["strict"] is True
    assert set(told["packages"]) == {"rukhsa", "rukhsa_rehearsal", "tools"}
    assert told["exclude"] == ["migrations/"]
    loose = [each for each in told["overrides"] if set(each) - {"module", "ignore_missing_imports"}]
    assert loose == []


def test_no_pattern_is_made_of_what_came_from_outside() -> None:
    found = {
        name(path) for path in MODULES if path.is_relative_to(SOURCE) and any(_loose_patterns(tree(path)))
    }
    assert found == _PATTERNS


def test_no_pattern_that_is_looked_for_begins_with_a_run() -> None:
    """It would begin once more at each letter of a long run of spaces: thirty thousand of them took 9 s."""
    found = {name(path) for path in MODULES if path.is_relative_to(SOURCE) and any(_runs(tree(path)))}
    assert found == _ENDS_IN_THE_READER


def test_no_template_is_made_of_what_came_from_outside() -> None:
    found = {name(path) for path in MODULES if any(_templates(tree(path)))}
    assert found == _TEMPLATES


def test_every_hash_is_of_the_second_family_of_sha() -> None:
    found = {
        (name(path), used) for path in MODULES if path.is_relative_to(SOURCE) for used in _hashes(tree(path))
    }
    assert {used for _, used in found} >= {"sha256", "SHA256"}
    assert {path for path, used in found if used not in HASHES} == {"trust/stamp.py"}  # by its table _HASHES


def test_cryptography_comes_from_libraries_that_others_examined() -> None:
    imported = {root for path in MODULES for root in _imported(tree(path))}
    assert {"cryptography", "hmac", "secrets", "pkcs11"} <= imported
    assert imported & _OTHER_CRYPTOGRAPHY == set()


def test_pages_use_only_what_browsers_still_have() -> None:
    pages = list((SOURCE / "web").rglob("*.html"))
    assert len(pages) > 100
    assert {str(page) for page in pages if _FOREIGN_PLUGINS.search(page.read_text("utf-8"))} == set()


def test_no_script_of_ours_reaches_into_a_prototype() -> None:
    scripts = [*(SOURCE / "web").rglob("*.js"), *(SOURCE / "web").rglob("*.mjs")]
    ours = [each for each in scripts if not {"vendor", "node_modules", "assets"} & set(each.parts)]
    assert len(ours) > 20
    assert {str(each) for each in ours if _PROTOTYPES.search(each.read_text("utf-8"))} == set()


@pytest.mark.parametrize(
    ("rule", "text", "is_found"),
    [
        ("pattern", "def f(typed):\n    re.search(typed, text)", True),
        ("pattern", "def f(typed):\n    re.search(rf'{typed}x', text)", True),
        ("pattern", "def f(typed):\n    re.search(rf'{re.escape(typed)}x', text)", False),
        ("run", "re.split(r'\\s*,', text)", True),
        ("run", "re.compile(' +x')", True),
        ("run", "re.compile('x *, *y')", False),
        ("run", "re.sub(r'\\s+', ' ', text)", False),
        ("template", "from django.template import Template\nTemplate(typed)", True),
        ("template", "engine.from_string(typed)", True),
        ("hash", "import hashlib\nhashlib.sha1(text)", True),
        ("hash", "import hashlib\nhashlib.new('md5')", True),
    ],
)
def test_the_rules_see_a_fault(rule: str, text: str, is_found: bool) -> None:
    module = ast.parse(text)
    found = {
        "run": lambda: list(_runs(module)),
        "pattern": lambda: list(_loose_patterns(module)),
        "template": lambda: list(_templates(module)),
        "hash": lambda: [used for used in _hashes(module) if used not in HASHES],
    }
    assert bool(found[rule]()) is is_found


def _calls(module: ast.AST) -> Iterator[tuple[str, str, ast.Call]]:
    """Each call with what it is called on and its name."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute):
                on = called.value.id if isinstance(called.value, ast.Name) else ""
                yield on, called.attr, node
            elif isinstance(called, ast.Name):
                yield "", called.id, node


def _loose_patterns(module: ast.Module) -> Iterator[int]:
    """Lines of functions that make a pattern of something else than our words, constants and what is escaped."""
    inside = (call for function in functions(module) for call in _calls(function))
    for on, called, node in inside:
        if on == "re" and called not in ("escape", "error") and node.args and not _is_ours(node.args[0]):
            yield node.lineno


def _runs(module: ast.Module) -> Iterator[int]:
    """Lines that look for a pattern which begins with spaces any number of times and goes on after them."""
    for on, called, node in _calls(module):
        if (
            on == "re"
            and called in _LOOKS
            and node.args
            and (begin := _BEGINS_WITH_A_RUN.match(_text(node.args[0])))
        ):
            yield from [node.lineno] if begin.end() < len(_text(node.args[0])) else []


def _text(pattern: ast.expr) -> str:
    if isinstance(pattern, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "x" for part in pattern.values)
    text = pattern.value if isinstance(pattern, ast.Constant) else ""
    return text.decode("latin1") if isinstance(text, bytes) else str(text)


def _is_ours(pattern: ast.expr) -> bool:
    match pattern:
        case ast.Constant():
            return True
        case ast.Name(id=constant):
            return constant.isupper()
        case ast.JoinedStr(values=parts) | ast.Tuple(elts=parts):
            return all(_is_ours(part) for part in parts)
        case ast.FormattedValue(value=value):
            return _is_ours(value) or _is_a_length(value)
        case ast.BinOp(left=left, right=right):
            return _is_ours(left) and (isinstance(right, ast.Name) or _is_ours(right))
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr="escape")):
            return True
        case ast.Call(func=ast.Attribute(value=separator, attr="join"), args=[ast.Call(args=[escape, *_])]):
            return _is_ours(separator) and ast.unparse(escape) == "re.escape"
    return False


def _is_a_length(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id == "length"


def _templates(module: ast.Module) -> Iterator[int]:
    for _, called, node in _calls(module):
        if called in ("Template", "from_string") and not isinstance(node.args[0], ast.Constant):
            yield node.lineno


def _hashes(module: ast.Module) -> Iterator[str]:
    """The hashes that a module names, by `hashlib` or by `cryptography`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and _is_a_hash(ast.unparse(node.value), node.attr):
            yield node.attr
        if isinstance(node, ast.ImportFrom) and node.module == "hashlib":
            yield from (each.name for each in node.names)
    for on, called, node in _calls(module):
        if (on, called) == ("hashlib", "new"):
            yield node.args[0].value if isinstance(node.args[0], ast.Constant) else ast.unparse(node.args[0])


def _is_a_hash(module: str, named: str) -> bool:
    return (module == "hashlib" and named != "new") or (module == "hashes" and named[0].isupper())


def _imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


def test_the_source_is_where_these_rules_look() -> None:
    assert len([path for path in MODULES if path.is_relative_to(SOURCE)]) > 500
    assert isinstance(SOURCE, Path)
