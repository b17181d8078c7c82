"""Every text exists in every language of the territory."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.source import PathInFile
from rukhsa.values.names import Text

_LANGUAGES = {"ar": ("Arabic", "العربية"), "en": ("English", "الإنجليزية")}


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Texts that lack a language."""
    for path, text in _texts(subject.definition, ()):
        for language in subject.territory.languages:
            if not getattr(text, language).strip():
                yield _missing(subject, path, language)
    for language in subject.territory.languages:
        if not subject.definition.words.get(language):
            yield _missing(subject, ("words",), language)


def _missing(subject: Subject, path: PathInFile, language: str) -> DefinitionProblem:
    en, ar = _LANGUAGES[language]
    return subject.problem(
        path,
        code="text-missing",
        en=f"the {en} text is missing.",
        ar=f"النص بال{ar.removeprefix('ال')} ناقص.",
        instead=Text(en=f"Add {language}: …", ar=f"أضف {language}: …"),
    )


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
