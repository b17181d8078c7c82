"""The reasons of a territory: in all its languages, and of services that exist."""

from collections.abc import Iterator
from pathlib import Path

from rukhsa.catalogue.checks.languages import check_texts
from rukhsa.catalogue.problems import DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.reason_rule import read_reasons
from rukhsa.catalogue.territory import Territory, service_files
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest


def check(folder: Path, territory: Territory) -> Iterator[DefinitionProblem]:
    """All problems of reasons.yaml; none without that file."""
    try:
        reading = read_reasons(folder)
    except DefinitionRefused as refused:
        yield from refused.problems
        return
    if reading is None:
        return
    yield from check_texts(reading.value, reading.source, territory)
    known = {file.stem for file in service_files(folder)}
    for code, rule in reading.value.reasons.items():
        for index, service in enumerate(rule.services):
            if service not in known:
                what = Text(en=f'there is no service "{service}".', ar=f'لا خدمة بالمعرّف "{service}".')
                path = ("reasons", code, "services", index)
                yield reading.source.problem(path, what, nearest(service, known), code="unknown-service")
