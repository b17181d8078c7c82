"""Reads a YAML text as a shape: every mistake of form is reported with its line and what to write instead."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from rukhsa.catalogue.problems import DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.shape import Misread, Shape
from rukhsa.catalogue.source import PathInFile, Source
from rukhsa.catalogue.wrong_form import AMOUNT, IN_QUOTES, invisible, known_form
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest

MOST_UNKNOWN = 20
"""The most unknown words that are reported in one place; with more, something else was pasted."""

LANGUAGES = ("ar", "en")
"""The words of a text."""


@dataclass(frozen=True, kw_only=True)
class Reading[S: Shape]:
    """A value with the text that it was read from."""

    value: S
    source: Source


def shaped[S: Shape](source: Source, shape: type[S]) -> Reading[S]:
    """Read a source as a shape. Raises DefinitionRefused, which lists every mistake of form."""
    try:
        return Reading(value=shape.model_validate(source.data), source=source)
    except ValidationError as error:
        raise DefinitionRefused(_problems(error, source)) from None


def require_once(reading: Reading[Any], listed: str, word: str) -> None:
    """Raise DefinitionRefused if two items of a list have the same value for a word."""
    values = [getattr(each, word) for each in getattr(reading.value, listed)]
    for index, value in enumerate(values):
        if value in values[:index]:
            what = Text(en=f'the {word} "{value}" is given twice.', ar=f'"{value}" مكرر في {word}.')
            raise DefinitionRefused([reading.source.problem((listed, index, word), what, code="id-twice")])


def _problems(error: ValidationError, source: Source) -> Iterator[DefinitionProblem]:
    for detail in error.errors(include_url=False):
        if detail["type"] == "too_short" and detail["input"]:
            continue  # its items are wrong, and are reported one by one
        path = _path_in_file(detail["loc"], source.data)
        if detail["type"] == "unknown_words":
            yield from _unknown_words(detail["ctx"]["words"], detail["ctx"]["allowed"], path, source)
        elif detail["type"] == "unexpected_keyword_argument":  # of a text: {ar: …, en: …}
            yield from _unknown_words([str(detail["loc"][-1])], LANGUAGES, path[:-1], source)
        else:
            if detail["type"] == "missing":
                path = (*path, str(detail["loc"][-1]))
            elif detail["type"] == "union_tag_invalid" and "discriminator" in detail["ctx"]:
                path = (*path, detail["ctx"]["discriminator"].strip("'"))
            code, what, remedy = _explained(detail)
            yield source.problem(path, what, remedy, code=code)


def _path_in_file(loc: tuple[str | int, ...], data: Any) -> PathInFile:
    """The part of pydantic's location that exists in the file, without the names of alternatives."""
    if not loc:
        return ()
    found: list[PathInFile] = [_path_in_file(loc[1:], data)]
    inside = isinstance(data, dict) or (
        isinstance(data, list) and isinstance(loc[0], int) and loc[0] < len(data)
    )
    if inside and (loc[0] in data if isinstance(data, dict) else True):
        found.append((loc[0], *_path_in_file(loc[1:], data[loc[0]])))
    return max(found, key=len)


def _unknown_words(
    words: Sequence[str], allowed: Sequence[str], path: PathInFile, source: Source
) -> Iterator[DefinitionProblem]:
    for word in words[:MOST_UNKNOWN]:
        at = (*_holder(path, word, source.data), word)
        if not source.has_colon(at):  # {amount: 12,5} is an amount of 12 and a word 5
            what = Text(en=f'"{word}" stands alone behind a comma.', ar=f'"{word}" منفردة بعد فاصلة.')
            remedy = AMOUNT if word.replace(".", "").isdigit() else IN_QUOTES
            yield source.problem(at, what, remedy, code="wrong-form", on_word=True)
        elif unseen := invisible(word):
            yield source.problem(at, *unseen, code="unknown-word", on_word=True)
        else:
            what = Text(
                en=f'"{word}" is not a word that is used here.', ar=f'"{word}" ليست من كلمات هذا الموضع.'
            )
            yield source.problem(at, what, nearest(word, allowed), code="unknown-word", on_word=True)


def _holder(path: PathInFile, word: str, data: Any) -> PathInFile:
    """The mapping that contains the word: the name of an alternative may be a word of the same mapping (`decide`)."""
    holders = [data]
    for part in path:
        holders.append(holders[-1][part])
    ends = (
        end for end in range(len(path), -1, -1) if isinstance(holders[end], dict) and word in holders[end]
    )
    return path[: next(ends, len(path))]


def _explained(detail: ErrorDetails) -> tuple[str, Text, Text]:
    """The code of the finding, what is wrong and what to write instead."""
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "missing":
        word = detail["loc"][-1]
        what = Text(en=f'"{word}" is missing.', ar=f'"{word}" ناقصة.')
        return "missing-word", what, Text(en=f"Add it: {word}: …", ar=f"أضف: {word}: …")
    if isinstance(given, str) and (unseen := invisible(given)):
        return "wrong-form", *unseen
    if isinstance(context.get("error"), Misread):
        return "misread", context["error"].text, Text()
    if expected := context.get("expected_tags") or (
        kind in ("literal_error", "enum") and context.get("expected")
    ):
        given = context.get("tag", given)
        if unseen := invisible(str(given)):
            return "unknown-value", *unseen
        allowed = re.findall(r"'([^']*)'", expected)
        what = Text(
            en=f'"{given}" is not a value that is used here.', ar=f'"{given}" ليست من قيم هذا الموضع.'
        )
        return "unknown-value", what, nearest(str(given), allowed)
    allowed_words = str(detail["msg"]).partition(": ")[2]  # "a step begins with one of: check, refer"
    ar = (
        f"القيمة ليست بالصيغة المطلوبة: {allowed_words}."
        if allowed_words
        else "القيمة ليست بالصيغة المطلوبة."
    )
    what, remedy = known_form(kind, given, context) or (Text(en=f"{detail['msg']}.", ar=ar), Text())
    return "wrong-form", what, remedy
