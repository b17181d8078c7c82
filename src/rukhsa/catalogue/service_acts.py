"""The acts of `rukhsa services` on the files of a territory: they need no database and no Django."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from rukhsa.catalogue import overview
from rukhsa.catalogue.compiler import problems_beside, problems_in, problems_of, warnings_in, warnings_of
from rukhsa.catalogue.definition import SCHEMA_FILE, Definition, read_definition, schema_text
from rukhsa.catalogue.finding_pages import as_json, codes, page
from rukhsa.catalogue.problems import CatalogueError, DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.reading import Reading
from rukhsa.catalogue.territory import Territory, definition_files, read_territory, service_files

NAMES = ("check", "explain", "schema", "table")


@dataclass(frozen=True, kw_only=True)
class Output:
    """The output, and whether the act succeeded."""

    text: str
    is_well: bool = True


def main(arguments: list[str], territory: Path) -> int:
    """Run the act that was typed; the exit code is 1 if something is wrong."""
    parser = ArgumentParser(prog="rukhsa services")
    parser.add_argument("act", choices=NAMES)
    parser.add_argument(
        "wanted", nargs="*", help="services or files for check, codes for explain; all when none is given"
    )
    parser.add_argument("--territory", type=Path, default=territory, help="another territory's folder")
    parser.add_argument("--check", action="store_true", help="for schema and table: compare, do not write")
    parser.add_argument("--json", action="store_true", help="for check: tell it as JSON")
    parser.add_argument("--language", choices=["ar", "en"], default="en", help="of what is told")
    # Its help is that of the whole command.
    given = parser.parse_args(arguments)
    try:
        told = act(
            given.act, given.territory, given.wanted, given.language, in_json=given.json, dry=given.check
        )
    except CatalogueError as error:
        told = Output(text=str(error), is_well=False)
    stream = sys.stdout if told.is_well or given.json else sys.stderr
    stream.write(f"{told.text}\n")
    return 0 if told.is_well else 1


def act(
    name: str, folder: Path, wanted: list[str], language: str, *, in_json: bool = False, dry: bool = False
) -> Output:
    """Do the act of that name. Raises CatalogueError."""
    if not (folder / "territory.yaml").exists():
        raise CatalogueError(f"{folder} is not a territory: it has no territory.yaml")
    match name:
        case "check":
            return check(folder, language, wanted, in_json=in_json)
        case "explain":
            return Output(text=explain(wanted, language))
        case "schema":
            return _kept(folder.parent / SCHEMA_FILE, schema_text(), name, dry=dry)
    file = folder.parent.parent / "docs" / "services.md"
    return _kept(file, overview.text(folder.parent), name, dry=dry)


def check(folder: Path, language: str, wanted: Iterable[str] = (), *, in_json: bool = False) -> Output:
    """All problems of a territory's services, or of some of them or of files, in words or as JSON.

    Raises CatalogueError for what is neither a service nor a file.
    """
    files = [_file(folder, one) for one in wanted]
    problems = (
        [each for file in files for each in _problems_alone(file, folder)] if files else _problems(folder)
    )
    if in_json:
        told = json.dumps([as_json(each) for each in problems], ensure_ascii=False, indent=1)
    elif problems:
        told = in_words(problems, language)
    else:
        count = len(files) or len(list(service_files(folder)))
        told = f"{count} service{'' if count == 1 else 's'}{' alone' if files else ''}, no problems"
        warned = [each for file in files for each in _warnings_alone(file, folder)] or (
            [] if files else list(warnings_in(folder))
        )
        told = "\n".join([told, *(f"warning: {each.in_language(language)}" for each in warned)])
    return Output(text=told, is_well=not problems)


def in_words(problems: Iterable[DefinitionProblem], language: str) -> str:
    """One line for each problem, then why each kind matters, then their number."""
    problems = list(problems)
    lines = [problem.in_language(language) for problem in problems]
    for code in dict.fromkeys(problem.code for problem in problems):
        lines += [
            "",
            f"{code}: {page(code).why.in_language(language)}",
            f"    rukhsa services explain {code}",
        ]
    return "\n".join([*lines, "", f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"])


def explain(wanted: Iterable[str], language: str) -> str:
    """The pages of these codes; without codes the list of all."""
    if wanted:
        return "\n".join(page(code).text for code in wanted)
    return "\n".join(f"{code:24} {page(code).title.in_language(language)}" for code in codes())


def _file(folder: Path, wanted: str) -> Path:
    """The file of a service of the territory, or any other file."""
    of_the_territory = {file.stem: file for file in definition_files(folder)}
    if wanted in of_the_territory:
        return of_the_territory[wanted]
    if not Path(wanted).is_file():
        raise CatalogueError(f"{wanted} is neither a file nor a service of {folder.name}")
    return Path(wanted)


def _problems_alone(file: Path, folder: Path) -> Iterator[DefinitionProblem]:
    """The problems of one text in its territory, beside the other services as far as these can be read."""
    try:
        place, reading = read_territory(folder), read_definition(file)
        yield from problems_of(reading, place, on=_today(place))
        others, is_whole = _others(reading.value.service, folder)
        yield from problems_beside(reading, others, place, is_whole=is_whole)
    except DefinitionRefused as refused:
        yield from refused.problems


def _others(service: str, folder: Path) -> tuple[list[Reading[Definition]], bool]:
    """The other services of the territory, and whether all could be read; `service` itself is what a text replaces."""
    found, is_whole = [], True
    for file in definition_files(folder):
        try:
            found.append(read_definition(file))
        except DefinitionRefused:  # `rukhsa services check` without a name says why
            is_whole = False
    return [each for each in found if each.value.service != service], is_whole


def _warnings_alone(file: Path, folder: Path) -> tuple[DefinitionProblem, ...]:
    return warnings_of(read_definition(file), read_territory(folder))


def _problems(folder: Path) -> list[DefinitionProblem]:
    try:
        return list(problems_in(folder, on=_today(read_territory(folder))))
    except DefinitionRefused as refused:  # the territory itself
        return list(refused.problems)


def _today(place: Territory) -> date:
    return datetime.now(place.zone).date()


def _kept(file: Path, text: str, name: str, *, dry: bool) -> Output:
    """Write a file that is generated from the definitions, or say whether it is up to date."""
    if dry and not (file.exists() and file.read_text(encoding="utf-8") == text):
        remedy = f"{file.name} is not up to date: write it with `rukhsa services {name}`"
        return Output(text=remedy, is_well=False)
    if not dry:
        file.write_text(text, encoding="utf-8")
    return Output(text=str(file))
