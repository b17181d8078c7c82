"""A change of fees without YAML: other amounts of a charge from a day on, written into the text of its service."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from rukhsa.catalogue.problems import CatalogueError
from rukhsa.catalogue.source import PathInFile, Source
from rukhsa.values.writing import latin_digits

_AMOUNTS: Final = frozenset({"amount", "at-least", "at-most", "rate"})
_OTHERWISE: Final = frozenset({"when", "phrase", "reason", "source", "authorities", "per"})  # hold no amounts
_NUMBER: Final = re.compile(r"\d{1,9}(\.\d{1,3})?")


class FeesUnchanged(CatalogueError):
    """No amount differs from the one that is written."""

    code = "fees-unchanged"


class FeeUnreadable(CatalogueError):
    """An amount that is no number."""

    code = "fee-unreadable"


class FeeWrittenOtherwise(CatalogueError):
    """A charge that is not written over several lines, so that only its text can be changed."""

    code = "fee-written-otherwise"


class FeeNamedElsewhere(CatalogueError):
    """A charge on which others count, so that a second one beside it would not be counted."""

    code = "fee-named-elsewhere"


@dataclass(frozen=True, kw_only=True)
class AmountWritten:
    """An amount in a text: its path, and as it is written there."""

    path: PathInFile
    written: str

    @property
    def key(self) -> str:
        """Its name in a form."""
        return ".".join(map(str, self.path))

    @property
    def word(self) -> str:
        """What it is called: `amount`, `at-least`, `at-most`, `rate`, `to`, or an option of the answer."""
        return str(self.path[-1])


def amounts_in(source: Source, charge: int) -> list[AmountWritten]:
    """The amounts in the rows of one charge, counted from 0, in the order of the text."""
    return list(_amounts(source.data["charges"][charge]["rows"], ("charges", charge, "rows")))


def _amounts(data: Any, path: PathInFile) -> Iterator[AmountWritten]:
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in pairs:
        if isinstance(value, str):
            is_amount = name in _AMOUNTS or path[-1] == "amounts" or (path[-1], name) == ("fill-up", "to")
            if is_amount:
                yield AmountWritten(path=(*path, name), written=value)
        elif name not in _OTHERWISE:
            yield from _amounts(value, (*path, name))


def with_amounts(source: Source, typed: Mapping[str, str], *, since: date) -> str:
    """The text in which the typed amounts, by their keys, hold from a day on; what holds before that day stays.

    Raises FeesUnchanged, FeeUnreadable, FeeWrittenOtherwise, FeeNamedElsewhere.
    """
    lines = source.text.splitlines(keepends=True)
    before = list(lines)
    for charge in reversed(
        range(len(source.data["charges"]))
    ):  # from the end, so that earlier lines keep their place
        new = {
            each: number
            for each in amounts_in(source, charge)
            if (number := _number(typed.get(each.key, each.written))) != each.written
        }
        if new:
            begin, end = _block(source, lines, charge)
            lines[begin:end] = _from_a_day_on(source, lines[begin:end], begin, charge, new, since)
    if lines == before:
        raise FeesUnchanged
    return "".join(lines)


def _number(typed: str) -> str:
    number = latin_digits(typed).strip().replace("٫", ".")
    if not _NUMBER.fullmatch(number):
        raise FeeUnreadable(typed)
    return number


def _block(source: Source, lines: list[str], charge: int) -> tuple[int, int]:
    """Where the lines of a charge begin and end."""
    begin = source.places["charges", charge][0] - 1
    dash = len(lines[begin]) - len(lines[begin].lstrip())
    if not re.match(r"- \w", lines[begin].lstrip()):
        raise FeeWrittenOtherwise(str(charge))
    end = begin + 1
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith(" " * (dash + 1))):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return begin, end


def _from_a_day_on(
    source: Source,
    block: list[str],
    begin: int,
    charge: int,
    new: Mapping[AmountWritten, str],
    since: date,
) -> list[str]:
    """The charge until the day before, and again with the new amounts; one that begins later is changed alone."""
    written: dict[str, str] = source.data["charges"][charge]
    amounts = {each.path: (each.written, number) for each, number in new.items()}
    if date.fromisoformat(written["from"]) >= since:
        return _replaced(source, block, begin, amounts)
    if written["id"] in _named(source.data):
        raise FeeNamedElsewhere(written["id"])
    follows = re.sub(r"-\d{8}$", "", written["id"]) + f"-{since:%Y%m%d}"
    after = _replaced(source, block, begin, {**amounts, ("charges", charge, "id"): (written["id"], follows)})
    ended = _dated(block, "until", since - timedelta(days=1))
    return [*ended, *_dated(after, "from", since)]


def _replaced(
    source: Source, block: list[str], begin: int, new: Mapping[PathInFile, tuple[str, str]]
) -> list[str]:
    """The lines with other values at these paths, each given with what stands there."""
    lines = list(block)
    for path in sorted(new, key=lambda path: source.places[path], reverse=True):
        line, column = source.places[path]
        text, start = lines[line - 1 - begin], column - 1
        start += text[start] in "\"'"
        lines[line - 1 - begin] = text[:start] + new[path][1] + text[start + len(new[path][0]) :]
    return lines


def _named(data: Any, within: object = None) -> Iterator[str]:
    """The charges that others count on, such as a tax, or that a later document gives back."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _named(value, name)
    elif isinstance(data, list):
        for value in data:
            if isinstance(value, str) and within in {"of", "releases"}:
                yield value
            yield from _named(value)


def _dated(block: list[str], word: str, day: date) -> list[str]:
    """The lines of a charge with this first or last day."""
    indent = " " * (len(block[0]) - len(block[0].lstrip()) + 2)
    written = f"{indent}{word}: {day.isoformat()}\n"
    for wanted, kept in ((word, 0), ("from", 1)):  # in place of its own line, or below that of the first day
        for number, line in enumerate(block):
            if line.startswith(f"{indent}{wanted}: "):
                return [*block[: number + kept], written, *block[number + 1 :]]
    raise FeeWrittenOtherwise(word)
