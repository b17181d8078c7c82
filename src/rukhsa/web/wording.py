"""Finds every sentence of the pages that must exist in each language, without the tools of gettext."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

from rukhsa.errors import RukhsaError

SOURCE = Path(__file__).resolve().parents[1]

# Functions of the modules that translate, with the places of singular and plural among their arguments.
MODULES = {"django.utils.translation", "rukhsa.catalogue.sentence"}
FUNCTIONS = {
    "gettext": (0,),
    "gettext_lazy": (0,),
    "gettext_noop": (0,),
    "ngettext": (0, 1),
    "ngettext_lazy": (0, 1),
    "Sentence": (0,),
    "Counted": (0, 1),
}
_LITERAL = r"""(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_SINGULAR = re.compile(rf"\b(?:_|gettext)\(\s*(?:u)?({_LITERAL})\s*\)")
_PLURAL = re.compile(rf"\bngettext\(\s*(?:u)?({_LITERAL})\s*,\s*(?:u)?({_LITERAL})")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


@dataclass(frozen=True, order=True, kw_only=True)
class Sentence:
    """A sentence in English, with its plural where it counts something."""

    singular: str
    plural: str = ""


class NotLiteral(RukhsaError):
    """A sentence that is put together while the program runs cannot be translated."""

    code = "sentence-not-literal"


def sentences(source: Path = SOURCE) -> set[Sentence]:
    """Every sentence in the templates and in the Python files under a folder."""
    found: set[Sentence] = set()
    for file in sorted(source.rglob("*.py")):
        found.update(_in_python(file))
    for folder in source.rglob("templates"):
        for file in sorted(path for path in folder.rglob("*") if path.suffix in {".html", ".txt"}):
            found.update(_in_template(file))
    return found


def placeholders(text: str) -> set[str]:
    """The names in a sentence that stand for something else, such as %(count)s and {reference}."""
    return set(_PLACEHOLDER.findall(text))


def _in_python(file: Path) -> Iterator[Sentence]:
    tree = ast.parse(file.read_text())
    names = _names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            places = FUNCTIONS[names[node.func.id]]
            yield _sentence([_literal(node.args[place], file) for place in places])


def _names(tree: ast.Module) -> dict[str, str]:
    """Under which names a file knows the functions."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in MODULES
        for alias in node.names
        if alias.name in FUNCTIONS
    }


def _literal(node: ast.expr, file: Path) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise NotLiteral(f"{file}:{node.lineno}")


def _in_template(file: Path) -> Iterator[Sentence]:
    calls = templatize(file.read_text(), origin=str(file))
    for found in _SINGULAR.finditer(calls):
        yield _sentence([ast.literal_eval(found[1])])
    for found in _PLURAL.finditer(calls):
        yield _sentence([ast.literal_eval(found[1]), ast.literal_eval(found[2])])


def _sentence(texts: list[str]) -> Sentence:
    return Sentence(singular=texts[0], plural=texts[1] if len(texts) > 1 else "")
