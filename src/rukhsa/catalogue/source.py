"""Reads the text of a definition: YAML 1.2 in which every value is text and keeps its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from rukhsa import reader
from rukhsa.catalogue.not_yaml import explained
from rukhsa.catalogue.problems import NOTHING, DefinitionProblem, DefinitionRefused
from rukhsa.reader import yaml_events
from rukhsa.reader.yaml_events import Event, NotYaml
from rukhsa.values.names import Text

LARGEST = 128 * 1024  # bytes; the longest definition of the catalogue has a tenth of it
DEEPEST = 40
PathInFile = tuple[str | int, ...]
_NODES = ("Scalar", "Alias", "SequenceStart", "MappingStart")
_TOO_DEEP = Text(en="the file is nested too deep.", ar="تداخل الملف أعمق من المسموح.")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file that was read: its text, its data (mappings, lists, text), and the line and column of each part."""

    file: str
    text: str
    data: Any
    places: dict[PathInFile, tuple[int, int]]
    words: dict[PathInFile, tuple[int, int]]

    def has_colon(self, path: PathInFile) -> bool:
        """Whether a colon follows the word at a path: `{en: Men, women}` has none behind "women"."""
        line, column = self.words.get(path, (1, 1))
        behind = self.text.split("\n")[line - 1][column - 1 :].lstrip("\"'")
        return behind.removeprefix(str(path[-1])).lstrip("\"' ").startswith(":")

    def problem(
        self,
        path: PathInFile,
        what: Text,
        write_instead: Text = NOTHING,
        *,
        code: str,
        on_word: bool = False,
    ) -> DefinitionProblem:
        """A problem at a path, or at the nearest path above it that exists in the file."""
        places = self.words if on_word else self.places
        known = next((path[:end] for end in range(len(path), -1, -1) if path[:end] in places), ())
        line, column = places.get(known, (1, 1))
        field = ".".join(str(part) for part in path) or "file"
        return DefinitionProblem(
            code=code,
            file=self.file,
            line=line,
            column=column,
            field=field,
            what=what,
            write_instead=write_instead,
        )


def load(path: Path, *, shown_as: str = "") -> Source:
    """Read a file. Raises DefinitionRefused for YAML that a definition may not use."""
    file = shown_as or path.name
    _refuse_large(path.stat().st_size, file)
    content = path.read_bytes()
    try:
        return loads(content.decode("utf-8"), file=file)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        _refuse("not-utf8", file, (line, 1), Text(
            en="the file is not UTF-8.", ar="الملف ليس بترميز UTF-8."
        ), Text(en="Save it as UTF-8.", ar="احفظه بترميز UTF-8."))  # fmt: skip


def loads(text: str, *, file: str) -> Source:
    """Read a trusted text. Raises DefinitionRefused for YAML that a definition may not use."""
    return _read(text, file, yaml_events.events)


def loads_beside(text: str, *, file: str) -> Source:
    """As `loads`, for a text sent to a page: it is parsed in the reader's process. Raises Unread too."""
    return _read(text, file, lambda text: yaml_events.events_of(reader.ask("read-yaml", text.encode())))


def _read(text: str, file: str, events: Callable[[str], Iterator[Event]]) -> Source:
    _refuse_large(len(text.encode()), file)
    _refuse_tabs(text, file)
    walk = _Walk(file, events(text))
    try:
        data = walk.document()
    except NotYaml as error:
        _refuse_yaml(file, error, text)
    return Source(file=file, text=text, data=data, places=walk.places, words=walk.words)


class _Walk:
    """Builds data from the events of the parser, so that nothing is guessed: `no`, 5.000 and 2020-09-15 stay text.

    It stops at the first thing that is not allowed, before it reads further.
    """

    def __init__(self, file: str, events: Iterator[Event]) -> None:
        self.file = file
        self.events = events
        self.places: dict[PathInFile, tuple[int, int]] = {}
        self.words: dict[PathInFile, tuple[int, int]] = {}

    def document(self) -> Any:
        """The one document of the text."""
        started = self._expect("StreamStart", "DocumentStart")
        event = next(self.events) if started else None
        if event is None or event.kind not in _NODES:
            _refuse("empty-file", self.file, (1, 1), Text(en="the file is empty.", ar="الملف فارغ."))
        data = self._value(event, ())
        if not self._expect("DocumentEnd", "StreamEnd"):
            self._refuse(
                "not-yaml",
                self.last,
                "this is not YAML: a second document begins. Keep one.",
                "هذا النص ليس YAML صحيحًا: نص ثانٍ يبدأ هنا. أبقِ واحدًا.",
            )
        return data

    def _expect(self, *kinds: str) -> bool:
        for kind in kinds:
            event = next(self.events)
            self.last = event
            if event.kind != kind:
                return False
        return True

    def _value(self, event: Event, path: PathInFile) -> Any:
        self.places[path] = _place(event)
        self._refuse_sharing(event)
        if event.kind == "Scalar":
            return None if event.plain and event.value in ("", "~", "null") else event.value
        if len(path) >= DEEPEST:
            _refuse("too-deep", self.file, _place(event), _TOO_DEEP)
        if event.kind == "SequenceStart":
            return [self._value(item, (*path, index)) for index, item in enumerate(self._items())]
        assert event.kind == "MappingStart", "YAML has three kinds of nodes"
        return dict(self._pairs(path))

    def _items(self) -> Iterator[Event]:
        while (event := next(self.events)).kind not in ("SequenceEnd", "MappingEnd"):
            yield event

    def _pairs(self, path: PathInFile) -> Iterator[tuple[str, Any]]:
        for key in self._items():
            self._refuse_sharing(key)
            if key.kind != "Scalar":
                self._refuse(
                    "not-a-word", key, "a word is expected before the colon.", "يجب أن تسبق النقطتين كلمة."
                )
            word = key.value
            if (*path, word) in self.words:
                self._refuse(
                    "written-twice",
                    key,
                    f'"{word}" is written twice; keep one.',
                    f'"{word}" مكررة؛ أبقِ واحدة.',
                )
            self.words[(*path, word)] = _place(key)
            yield word, self._value(next(self.events), (*path, word))

    def _refuse_sharing(self, event: Event) -> None:
        if event.shared:
            self._refuse(
                "anchor",
                event,
                "anchors (&) and aliases (*) are not used here. Write it out again.",
                "لا تُستخدم هنا العلامتان & و *. اكتب النص مرة أخرى.",
            )
        if event.tag not in ("", "!"):
            self._refuse(
                "anchor",
                event,
                "tags (!) are not used here. Leave it out.",
                "لا تُستخدم هنا العلامة !. احذفها.",
            )

    def _refuse(self, code: str, event: Event, en: str, ar: str) -> NoReturn:
        _refuse(code, self.file, _place(event), Text(en=en, ar=ar))


def _refuse_large(size: int, file: str) -> None:
    if size > LARGEST:
        _refuse("too-large", file, (1, 1), Text(
            en=f"the file has {size:,} bytes, and at most {LARGEST:,} are read.",
            ar=f"حجم الملف {size:,} بايت، والحد الأقصى {LARGEST:,}.",
        ), Text(en="Shorten it.", ar="اختصره."))  # fmt: skip


def _refuse_tabs(text: str, file: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if found := re.match(r" *\t", line):
            _refuse("tab", file, (number, found.end()), Text(
                en="a tab stands at the start of the line. Indent with spaces.",
                ar="السطر يبدأ بعلامة جدولة. استخدم المسافات.",
            ))  # fmt: skip


def _refuse_yaml(file: str, error: NotYaml, text: str) -> NoReturn:
    if "nesting depth" in error.problem:  # libyaml has a limit of its own
        _refuse("too-deep", file, (error.line, error.column), _TOO_DEEP)
    meant = explained(error, text)
    _refuse("not-yaml", file, (meant.line, meant.column), meant.what, meant.instead)


def _place(event: Event) -> tuple[int, int]:
    return event.line, event.column


def _refuse(code: str, file: str, place: tuple[int, int], what: Text, instead: Text = NOTHING) -> NoReturn:
    problem = DefinitionProblem(
        code=code, file=file, line=place[0], column=place[1], field="file", what=what, write_instead=instead
    )
    raise DefinitionRefused([problem])
