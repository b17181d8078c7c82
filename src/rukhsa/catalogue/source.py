"""The text of a definition: YAML 1.2 in which every value is text and keeps its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from rukhsa.catalogue.problems import NOTHING, DefinitionProblem, DefinitionRefused
from rukhsa.values.names import Text

LARGEST = 128 * 1024  # bytes; the longest definition of the catalogue has a tenth of it
DEEPEST = 40
PathInFile = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file that was read: its text, its data (mappings, lists, text) and the place of all in it."""

    file: str
    text: str
    data: Any
    places: dict[PathInFile, tuple[int, int]]
    words: dict[PathInFile, tuple[int, int]]

    def problem(
        self, path: PathInFile, what: Text, write_instead: Text = NOTHING, *, on_word: bool = False
    ) -> DefinitionProblem:
        """A problem at a path, or at the nearest path above it that is in the file."""
        places = self.words if on_word else self.places
        known = next((path[:end] for end in range(len(path), -1, -1) if path[:end] in places), ())
        line, column = places.get(known, (1, 1))
        field = ".".join(str(part) for part in path) or "file"
        return DefinitionProblem(
            file=self.file, line=line, column=column, field=field, what=what, write_instead=write_instead
        )


def load(path: Path, *, shown_as: str = "") -> Source:
    """Read a file; DefinitionRefused when it is not YAML that a definition may use."""
    file = shown_as or path.name
    content = path.read_bytes()
    _refuse_large(content, file)
    try:
        return loads(content.decode("utf-8"), file=file)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        _refuse(file, (line, 1), Text(en="the file is not UTF-8.", ar="الملف ليس بترميز UTF-8."))


def loads(text: str, *, file: str) -> Source:
    """Read a text; DefinitionRefused when it is not YAML that a definition may use."""
    _refuse_large(text.encode(), file)
    _refuse_tabs(text, file)
    _refuse_depth(text, file)
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        _refuse(file, place, Text(en=f"this is not YAML: {error.problem}.", ar="هذا النص ليس YAML صحيحًا."))
    except RecursionError:
        _refuse(file, (1, 1), Text(en="the file is nested too deep.", ar="تداخل الملف أعمق من المسموح."))
    except YAMLError as error:
        _refuse(file, (1, 1), Text(en=f"this is not YAML: {error}.", ar="هذا النص ليس YAML صحيحًا."))
    if node is None:
        _refuse(file, (1, 1), Text(en="the file is empty.", ar="الملف فارغ."))
    reader = _Reader(file)
    data = reader.value(node, ())
    return Source(file=file, text=text, data=data, places=reader.places, words=reader.words)


class _Reader:
    """Walks the composed nodes, so that nothing is guessed: `no`, 5.000 and 2020-09-15 stay text."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[PathInFile, tuple[int, int]] = {}
        self.words: dict[PathInFile, tuple[int, int]] = {}
        self.seen: set[int] = set()

    def value(self, node: Node, path: PathInFile) -> Any:
        self.places[path] = _place(node)
        self._refuse_alias(node)
        if isinstance(node, ScalarNode):
            return None if node.style is None and node.value in ("", "~", "null") else str(node.value)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, MappingNode), "YAML has three kinds of nodes"
        return dict(self._pairs(node, path))

    def _pairs(self, node: MappingNode, path: PathInFile) -> Iterator[tuple[str, Any]]:
        for key, value in node.value:
            word = str(key.value)
            if not isinstance(key, ScalarNode):
                self._refuse(key, "a word is expected before the colon.", "يجب أن تسبق النقطتين كلمة.")
            if (*path, word) in self.words:
                self._refuse(key, f'"{word}" is written twice; keep one.', f'"{word}" مكررة؛ أبقِ واحدة.')
            self.words[(*path, word)] = _place(key)
            yield word, self.value(value, (*path, word))

    def _refuse_alias(self, node: Node) -> None:
        if node.anchor or id(node) in self.seen:
            self._refuse(
                node, "anchors (&) and aliases (*) are not used here.", "لا تُستخدم هنا العلامتان & و *."
            )
        self.seen.add(id(node))

    def _refuse(self, node: Node, en: str, ar: str) -> None:
        _refuse(self.file, _place(node), Text(en=en, ar=ar))


def _refuse_large(content: bytes, file: str) -> None:
    if len(content) > LARGEST:
        _refuse(file, (1, 1), Text(
            en=f"the file has {len(content):,} bytes, and at most {LARGEST:,} are read.",
            ar=f"حجم الملف {len(content):,} بايت، والحد الأقصى {LARGEST:,}.",
        ))  # fmt: skip


def _refuse_depth(text: str, file: str) -> None:
    """Refuse what would take the parser minutes before it gives up."""
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        depth = max(
            0, depth + sum(line.count(open) for open in "[{") - sum(line.count(close) for close in "]}")
        )
        if depth > DEEPEST or re.match(rf"(?: |[-?] ){{{4 * DEEPEST},}}", line):
            _refuse(
                file, (number, 1), Text(en="the file is nested too deep.", ar="تداخل الملف أعمق من المسموح.")
            )


def _refuse_tabs(text: str, file: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if found := re.match(r" *\t", line):
            _refuse(file, (number, found.end()), Text(
                en="a tab stands at the start of the line. Indent with spaces.",
                ar="السطر يبدأ بعلامة جدولة. استخدم المسافات.",
            ))  # fmt: skip


def _place(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _refuse(file: str, place: tuple[int, int], what: Text) -> NoReturn:
    problem = DefinitionProblem(file=file, line=place[0], column=place[1], field="file", what=what)
    raise DefinitionRefused([problem])
