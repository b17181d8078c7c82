"""A type of question is one module: no other one names it, and it says all that pages and walks ask of it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.questions.registry import TYPES
from rukhsa.project.config import PROJECT
from tests.rules.source import MODULES, SOURCE, tree

TEMPLATES = SOURCE / "web" / "templates"
QUESTIONS = SOURCE / "catalogue" / "questions"
# Names of types that are the names of other things too, such as `text`, are found where a question is told by them.
ONLY_TYPES = {"long-text", "personal-number", "slot"}
# The types of facts have names of their own; several are also names of question types.
OF_FACTS = {
    SOURCE / "catalogue" / "profile.py",
    SOURCE / "trust" / "profiles.py",
    SOURCE / "trust" / "extent.py",
}


def test_no_other_module_tells_questions_by_the_name_of_their_type() -> None:
    others = [path for path in MODULES if path.parent != QUESTIONS and path not in OF_FACTS]
    assert {str(path): found for path in others if (found := names_of_types(tree(path)))} == {}


def test_a_module_of_a_type_names_no_other_type_to_tell_questions() -> None:
    modules = {path: told_by(tree(path)) for path in QUESTIONS.glob("*.py")}
    assert {path: found for path, found in modules.items() if found} == {}


def test_no_template_tells_questions_by_the_name_of_their_type() -> None:
    pages = {path: path.read_text() for path in TEMPLATES.rglob("*.html")}
    assert [path for path, text in pages.items() if tells_in_page(text)] == []


@pytest.mark.parametrize("name", TYPES)
def test_a_type_says_how_it_is_asked_read_and_walked(name: str) -> None:
    kind = TYPES[name]
    assert (TEMPLATES / "portal" / "fields" / f"{kind.template}.html").exists()
    for method in ("read", "plausible"):
        assert getattr(kind, method) is not getattr(Question, method)


@pytest.mark.parametrize("name", TYPES)
def test_a_type_says_what_to_do_where_nothing_was_answered(name: str) -> None:
    """The general sentence is gone: a type without one of its own has none at all."""
    assert not hasattr(Question, "missing")
    with translation.override("en"):
        told = str(TYPES[name].missing)
    assert told.split()[0] in {"Choose", "Draw", "Enter", "Tick"}


@pytest.mark.parametrize("page", ["glossary.md", "formats/service.md"])
def test_every_type_stands_on_the_page(page: str) -> None:
    text = (PROJECT / "docs" / page).read_text(encoding="utf-8")
    assert [name for name in TYPES if f"`{name}`" not in text] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('if question.type == "parcel": pass', ["parcel"]),
        ('if each.type in ("line", "area"): pass', ["line", "area"]),
        ('match asked.type:\n    case "money": pass', ["money"]),
        ('SHOWN = {"address": 1, "company": 2}', ["address", "company"]),
        ('PRIVATE = frozenset({"iban", "phone"})', ["iban", "phone"]),
        ('kind = "personal-number"', ["personal-number"]),
        ('if fact.type == "money": pass', []),
        ('Name(path=("instrument", "address"))', []),
        ('words = {"text": text, "title": title}', []),
    ],
)
def test_a_name_of_a_type_is_found(source: str, found: list[str]) -> None:
    assert names_of_types(ast.parse(source)) == found


@pytest.mark.parametrize(
    ("page", "found"),
    [("{% if question.type == 'decimal' %}", True), ('data-shape="{{ question.type }}"', False)],
)
def test_a_page_that_tells_questions_by_their_type_is_found(page: str, found: bool) -> None:
    assert tells_in_page(page) is found


def names_of_types(module: ast.Module) -> list[str]:
    """Names of types by which questions are told, that are keys or members together, or that mean nothing else."""
    paths = [node.value for node in ast.walk(module) if isinstance(node, ast.keyword) and node.arg == "path"]
    nodes = (node for node in ast.walk(module) if node not in paths)
    together = [names for node in nodes if len(names := list(members_of(node))) > 1]
    alone = [
        node.value for node in ast.walk(module) if isinstance(node, ast.Constant) and node.value in ONLY_TYPES
    ]
    return list(dict.fromkeys([*told_by(module), *(name for names in together for name in names), *alone]))


def told_by(module: ast.Module) -> list[str]:
    """Names of types with which the type of a question is compared."""
    compared = [node for node in ast.walk(module) if isinstance(node, ast.Compare) and of_question(node.left)]
    matched = [node for node in ast.walk(module) if isinstance(node, ast.Match) and of_question(node.subject)]
    inside = (part for node in (*compared, *matched) for part in ast.walk(node))
    return [part.value for part in inside if isinstance(part, ast.Constant) and part.value in TYPES]


def of_question(node: ast.expr) -> bool:
    """Whether it is the `type` of something that is no fact and no field of a profile."""
    owner = node.value if isinstance(node, ast.Attribute) and node.attr == "type" else None
    name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
    return owner is not None and name not in ("fact", "field", "rule")


def members_of(node: ast.AST) -> Iterator[str]:
    """The names of types among the keys of a dictionary, or among the members of a set, list or tuple, all of them."""
    parts = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", [])
    names = [part.value for part in parts if isinstance(part, ast.Constant) and part.value in TYPES]
    if names and len(names) == len(parts):
        yield from names


def tells_in_page(text: str) -> bool:
    """Whether a template compares the type of a question."""
    return re.search(r"question\.type\s*(==|!=|in\b|not in\b)", text) is not None


def test_the_types_are_those_of_the_modules() -> None:
    shared = {"__init__", "drawing", "number", "question", "registry", "typed", "walking", "pieces"}
    modules = {path.stem for path in Path(QUESTIONS).glob("*.py")} - shared
    assert {name.replace("-", "_") for name in TYPES} == modules
