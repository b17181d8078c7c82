"""Every text exists in every language of the territory."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.source import PathInFile, Source
from rukhsa.catalogue.territory import Territory
from rukhsa.values.names import Text

_LANGUAGES = {"ar": ("Arabic", "العربية"), "en": ("English", "الإنجليزية")}


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Texts that lack a language."""
    yield from check_texts(subject.definition, subject.reading.source, subject.territory)
    for language in subject.territory.languages:
        if not subject.definition.words.get(language):
            yield _missing(subject.reading.source, ("words",), language)


def check_texts(part: BaseModel, source: Source, territory: Territory) -> Iterator[DefinitionProblem]:
    """Texts of one file of a territory that lack a language."""
    for path, text in _texts(part, ()):
        for language in territory.languages:
            if not getattr(text, language).strip():
                yield _missing(source, path, language)


def _missing(source: Source, path: PathInFile, language: str) -> DefinitionProblem:
    en, ar = _LANGUAGES[language]
    what = Text(en=f"the {en} text is missing.", ar=f"النص بال{ar.removeprefix('ال')} ناقص.")
    remedy = Text(en=f"Add {language}: …", ar=f"أضف {language}: …")
    return source.problem(path, what, remedy, code="text-missing")


def _texts(part: Any, path: PathInFile) -> Iterator[tuple[PathInFile, Text]]:
    if isinstance(part, Text):
        yield path, part
    elif isinstance(part, BaseModel):
        for name, field in type(part).model_fields.items():
            yield from _texts(getattr(part, name), (*path, field.alias or name))
    elif isinstance(part, tuple):
        for index, item in enumerate(part):
            yield from _texts(item, (*path, index))
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from _texts(value, (*path, key))
