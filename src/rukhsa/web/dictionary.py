"""The sentences of the pages and their Arabic: finding them, checking the catalogue, updating and compiling it."""

import ast
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from rukhsa.errors import RukhsaError

SOURCE = Path(__file__).resolve().parents[1]
# The functions that translate, with the positions of singular and plural among their arguments; those whose name
# begins with CONTEXT take the context first.
MODULES = {"django.utils.translation", "rukhsa.catalogue.sentence"}
FUNCTIONS = {
    "gettext": (0,),
    "gettext_lazy": (0,),
    "gettext_noop": (0,),
    "ngettext": (0, 1),
    "ngettext_lazy": (0, 1),
    "pgettext": (1,),
    "pgettext_lazy": (1,),
    "npgettext": (1, 2),
    "npgettext_lazy": (1, 2),
    "Sentence": (0,),
    "Counted": (0, 1),
}
CONTEXT = ("pgettext", "npgettext")
_LITERAL = r"""(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_SINGULAR = re.compile(rf"\b(?:_|gettext)\(\s*(?:u)?({_LITERAL})\s*\)")
_PLURAL = re.compile(rf"\bngettext\(\s*(?:u)?({_LITERAL})\s*,\s*(?:u)?({_LITERAL})")
# With a context, which comes first: pgettext(context, one) and npgettext(context, one, many, count).
_IN_CONTEXT = re.compile(
    rf"\bn?pgettext\(\s*u?({_LITERAL})\s*,\s*u?({_LITERAL})(?:\s*,\s*u?({_LITERAL}))?\s*[,)]"
)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


@dataclass(frozen=True, order=True, kw_only=True)
class Sentence:
    """A sentence in English, with its plural if it counts something, and a context where one word is two in Arabic."""

    singular: str
    plural: str = ""
    context: str = ""

    @property
    def id(self) -> str | tuple[str, str]:
        """The sentence as a catalogue names it."""
        return (self.singular, self.plural) if self.plural else self.singular


type _Key = tuple[str | tuple[str, str] | list[str] | tuple[str, ...], str]


class NotLiteral(RukhsaError):
    """A sentence that is composed at run time cannot be translated."""

    code = "sentence-not-literal"


ARABIC = Path(__file__).with_name("locale") / "ar" / "LC_MESSAGES" / "django.po"
WIDEST_LINE = 110
# No dates or names: they would conflict in every merge. The plural forms are CLDR's, in gettext's order.
HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: ar\\n"
"Plural-Forms: nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
"n%100>=11 && n%100<=99 ? 4 : 5;\\n"

"""


def read(path: Path = ARABIC) -> Catalog:
    """The catalogue in a file, or an empty Arabic one."""
    if not path.exists():
        return Catalog(locale="ar", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="ar")


def faults(catalogue: Catalog, wanted: Iterable[Sentence]) -> list[str]:
    """A line for each sentence that is missing, fuzzy, untranslated, unused, or has other placeholders."""
    known = {_key(message): message for message in catalogue if message.id}
    keys = {_key(sentence) for sentence in wanted}
    found = [f"missing: {_shown(key)}" for key in keys - known.keys()]
    found += [f"no longer used: {_shown(key)}" for key in known.keys() - keys]
    found += [f"{fault}: {_shown(key)}" for key in keys & known.keys() if (fault := _fault(known[key]))]
    return sorted(found)


def update(catalogue: Catalog, wanted: Iterable[Sentence]) -> int:
    """Add the missing sentences, untranslated, and remove unused ones; return how many were added."""
    keys = {_key(sentence) for sentence in wanted}
    known = {_key(message) for message in catalogue if message.id}
    for id, context in known - keys:
        catalogue.delete(id, context or None)
    for id, context in keys - known:
        catalogue.add(id, context=context or None)
    return len(keys - known)


def write(catalogue: Catalog, path: Path = ARABIC) -> None:
    """Write the catalogue sorted by sentence, to avoid merge conflicts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEADER.encode())
        write_po(file, catalogue, width=WIDEST_LINE, no_location=True, omit_header=True, sort_output=True)


def compile_catalogue(source: Path) -> bool:
    """Write the .mo beside a .po; return False if it is up to date."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return False
    with source.open("rb") as messages:
        catalogue = read_po(messages)
    scratch = target.with_suffix(f".{os.getpid()}")
    with scratch.open("wb") as file:
        write_mo(file, catalogue)
    scratch.replace(target)
    return True


def _fault(message: Message) -> str:
    texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if message.fuzzy:
        return "unconfirmed"
    if not texts or not all(texts):
        return "not translated"
    wanted = placeholders(message.id if isinstance(message.id, str) else message.id[1])
    # The forms for one and two may write the number in words; no form may use an unknown placeholder.
    if any(placeholders(text) - wanted for text in texts) or placeholders(texts[-1]) != wanted:
        return "other placeholders"
    return ""


def _key(named: Message | Sentence) -> _Key:
    return named.id, named.context or ""


def _shown(key: _Key) -> str:
    id, context = key
    sentence = id if isinstance(id, str) else id[0]
    return f"{sentence} ({context})" if context else sentence


def sentences(source: Path = SOURCE) -> set[Sentence]:
    """Every sentence in the templates and Python files under a folder."""
    found: set[Sentence] = set()
    for file in sorted(source.rglob("*.py")):
        found.update(_in_python(file))
    for folder in source.rglob("templates"):
        for file in sorted(path for path in folder.rglob("*") if path.suffix in {".html", ".txt"}):
            found.update(_in_template(file))
    return found


def placeholders(text: str) -> set[str]:
    """The placeholders of a sentence, such as %(count)s and {reference}."""
    return set(_PLACEHOLDER.findall(text))


def _in_python(file: Path) -> Iterator[Sentence]:
    tree = ast.parse(file.read_text())
    names = _names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            name = names[node.func.id]
            context = _literal(node.args[0], file) if name.startswith(CONTEXT) else ""
            yield _sentence([_literal(node.args[place], file) for place in FUNCTIONS[name]], context)


def _names(tree: ast.Module) -> dict[str, str]:
    """The local names under which a file imports the functions."""
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
    for found in _IN_CONTEXT.finditer(calls):
        context, *texts = (ast.literal_eval(each) for each in found.groups() if each)
        yield _sentence(texts, context)


def _sentence(texts: list[str], context: str = "") -> Sentence:
    return Sentence(singular=texts[0], plural=texts[1] if len(texts) > 1 else "", context=context)
