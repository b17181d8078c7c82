"""What may only become fewer: each count has a number that is allowed, and the number follows what is found."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rukhsa.project.config import PROJECT
from tests.rules.source import BESIDE, MODULES, dotted, functions, lines_of, prose, tree

DOCS = PROJECT / "docs"
LINES_OF_A_FUNCTION = 40
LINES_OF_A_FILE = 400
LINES_OF_A_FRAGMENT = 30
# File names that mean the same wherever they stand: Django, Python or this house gives each one meaning.
SAME_EVERYWHERE = {"__init__", "__main__", "apps", "errors", "forms", "models", "tasks", "urls"}
# Words that make a reader stop, each with the plain words that take its place.
QUAINT = {
    "afresh": "again",
    "amid": "during, in the middle of",
    "anew": "again",
    "anybody": "anyone, or the person by their role",
    "betimes": "early",
    "everybody": "everyone, all staff, all applicants",
    "for ever": "permanently",
    "forthwith": "at once",
    "hence": "so",
    "hitherto": "until now",
    "lest": "so that … not",
    "nobody": "no one, or the role: no officer",
    "of that of": "of the …",
    "of which": "a sentence of its own, or: whose",
    "of whom": "a sentence of its own, or: whose",
    "somebody": "a person, an officer, another user",
    "therein": "in it",
    "thereof": "of it",
    "upon": "on",
    "whence": "from where",
    "whereof": "of which",
    "whichever": "the one that",
    "whoever": "the officer, the applicant, anyone who",
    "whomever": "the person who",
}


def _quaint(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        yield from (f"{path.relative_to(PROJECT)}: {word}" for word in quaint_words(path.read_text()))


def quaint_words(source: str) -> list[str]:
    """Every quaint word in the docstrings and comments of a module's text."""
    return _quaint_in(" ".join(prose(source)).replace("#", " "))


def _quaint_in(text: str) -> list[str]:
    plain = " ".join(text.split()).lower()
    return [word for word in QUAINT for _ in re.findall(rf"\b{word}\b", plain)]


def _quaint_in_pages() -> Iterator[str]:
    """In the pages of today, without headings and the list of findings: these repeat sentences of the product."""
    history = DOCS / "decisions"
    for path in sorted({*DOCS.rglob("*.md")} - {*history.glob("*.md"), DOCS / "findings" / "README.md"}):
        text = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("#"))
        spoken = re.sub(r"`[^`]*`|\]\([^)]*\)", " ", text)
        yield from (f"{path.relative_to(PROJECT)}: {word}" for word in _quaint_in(spoken))


def _private_functions_named_once() -> Iterator[str]:
    for path in MODULES:
        yield from (f"{path.relative_to(PROJECT)}: {name}" for name in named_once(tree(path)))


def named_once(module: ast.Module) -> list[str]:
    """The private functions that a module names in one place only, apart from where they are defined."""
    named = Counter(
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(module)
        if isinstance(node, ast.Name | ast.Attribute)
    )
    private = {each.name for each in functions(module) if re.match(r"_(?!_)", each.name)}
    return sorted(name for name in private if named[name] == 1)


def _functions() -> int:
    return sum(1 for path in MODULES for _ in functions(tree(path)))


def _fragments() -> Iterator[str]:
    importers = imported_by({dotted(path): tree(path) for path in MODULES})
    for path in MODULES:
        short = len(path.read_text().splitlines()) < LINES_OF_A_FRAGMENT
        if short and path.stem not in SAME_EVERYWHERE and len(importers[dotted(path)]) == 1:
            yield str(path.relative_to(PROJECT))


def imported_by(modules: dict[str, ast.Module]) -> dict[str, set[str]]:
    """The modules that import each module."""
    found: dict[str, set[str]] = defaultdict(set)
    for importer, module in modules.items():
        for node in ast.walk(module):
            names = (
                [each.name for each in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            )
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}", *(f"{node.module}.{name}" for name in names)]
            for name in modules.keys() & set(names):
                found[name].add(importer)
    return found


def _names_of_several_files() -> Iterator[str]:
    # A command's file is named as it is typed.
    paths = [path for path in MODULES if "commands" not in path.parts and path.stem not in SAME_EVERYWHERE]
    names = Counter(path.stem for path in paths)
    return (f"{name}.py: {count} files" for name, count in sorted(names.items()) if count > 1)


def _long_files_beside() -> Iterator[str]:
    for path in BESIDE:
        if (lines := len(path.read_text().splitlines())) > LINES_OF_A_FILE:
            yield f"{path.relative_to(PROJECT)}: {lines} lines"


def _long_functions_beside() -> Iterator[str]:
    for path in BESIDE:
        for each in functions(tree(path)):
            if lines_of(each) > LINES_OF_A_FUNCTION:
                yield f"{path.relative_to(PROJECT)}:{each.name}: {lines_of(each)} lines"


@dataclass(frozen=True, kw_only=True)
class Count:
    """So many are allowed; a number that is further above what is found than `slack` is to be lowered.

    With `among`, so many of each thousand: the house grows, and what grows with it is to grow more slowly.
    """

    found: Callable[[], Iterable[str]]
    allowed: int
    slack: int
    among: Callable[[], int] | None = None


COUNTS = {
    "private functions named once": Count(
        found=_private_functions_named_once, allowed=229, slack=6, among=_functions
    ),
    "files under 30 lines that one other file imports": Count(found=_fragments, allowed=0, slack=0),
    "names of several files": Count(found=_names_of_several_files, allowed=29, slack=2),
    "quaint words in src": Count(found=lambda: _quaint(MODULES), allowed=0, slack=0),
    "quaint words in tests and bench": Count(found=lambda: _quaint(BESIDE), allowed=0, slack=0),
    "quaint words in pages": Count(found=_quaint_in_pages, allowed=0, slack=0),
    "files of tests and bench over 400 lines": Count(found=_long_files_beside, allowed=0, slack=0),
    "functions of tests and bench over 40 lines": Count(found=_long_functions_beside, allowed=6, slack=2),
}


@pytest.mark.parametrize("name", COUNTS)
def test_what_is_counted_only_becomes_fewer(name: str) -> None:
    found, count = list(COUNTS[name].found()), COUNTS[name]
    listed = "\n".join(found)
    many = round(1000 * len(found) / count.among()) if count.among else len(found)
    assert many <= count.allowed, f"{many} {name}, {count.allowed} allowed:\n{listed}"
    assert many >= count.allowed - count.slack, f"Allow {many} {name} from now on."


def test_a_quaint_word_is_found_in_docstrings_and_comments_alone() -> None:
    source = '"""Whoever asks."""\n\n# Sent\n# anew.\nnobody = "somebody"\n'
    assert sorted(quaint_words(source)) == ["anew", "whoever"]


def test_a_quaint_phrase_is_found_across_two_lines() -> None:
    assert quaint_words('"""A list, the rows of\nwhich are old."""\n') == ["of which"]


def test_a_private_function_that_is_named_twice_is_not_counted() -> None:
    source = (
        "def f():\n    _a()\n    _b()\n    _b()\n\ndef _a(): ...\n\ndef _b(): ...\n\ndef __repr__(): ...\n"
    )
    assert named_once(ast.parse(source)) == ["_a"]


def test_each_form_of_an_import_names_the_module() -> None:
    modules = {
        "a.part": ast.parse("x = 1"),
        "one": ast.parse("import a.part"),
        "two": ast.parse("from a import part"),
        "three": ast.parse("def f():\n    from a.part import x\n"),
        "four": ast.parse("from a import other"),
    }
    assert imported_by(modules)["a.part"] == {"one", "two", "three"}
