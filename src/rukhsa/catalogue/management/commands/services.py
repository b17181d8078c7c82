"""`rukhsa services`: checks, lists, publishes and describes the services of a territory."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from rukhsa.catalogue import service_acts
from rukhsa.catalogue.compiler import sound_in
from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.problems import CatalogueError, DefinitionProblem, DefinitionRefused
from rukhsa.catalogue.service_version import prove, publish_sound
from rukhsa.catalogue.territory import service_files, territory_folder
from rukhsa.teaching import TeachingCommand
from rukhsa.values.suggestions import nearest

DESCRIPTION = """\
A service is one YAML file in the territory's folder `services/`. Its words are explained in docs/formats/service.md.

  rukhsa services check              say what is wrong in the files, with line and remedy
  rukhsa services check FILE         the same of one text, wherever it lies, or of one service by its name
  rukhsa services check --language ar            the same in Arabic
  rukhsa services check --json       the same for machines: line, column, code, text and remedy in both languages
  rukhsa services explain            the codes of all findings
  rukhsa services explain row-gap    what a finding means, why it matters, and an example wrong and right
  rukhsa services list               what is defined, and which version is published
  rukhsa services publish            freeze what changed as new versions (may run any number of times)
  rukhsa services publish road-works-licence     only this one
  rukhsa services publish --without-gate         without printing and wearing each one's longest document before
  rukhsa services schema             write the JSON Schema that editors use for completion
  rukhsa services table              write docs/services.md, the table of all services (--check: compare only)
  rukhsa services schema --check     say whether the written one is up to date

Nothing is published while any file of the territory has a problem, or while the longest document of a service to be
published would not be released: its code must read from worn copies (docs/formats/gate.md). Publish again after a
change of the document's template.
"""


class Command(TeachingCommand):
    """The acts of this room; what needs more of the house is added in `project`."""

    help = DESCRIPTION
    acts: tuple[str, ...] = ("check", "explain", "list", "publish", "schema", "table")

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and with what."""
        parser.add_argument("act", choices=self.acts)
        parser.add_argument(
            "services",
            nargs="*",
            help="names of services, all when none is given; a file for check; a code for explain",
        )
        parser.add_argument("--territory", type=Path, help="another territory's folder, for check and list")
        parser.add_argument(
            "--check", action="store_true", help="for schema, table and draw: compare, do not write"
        )
        parser.add_argument(
            "--without-gate", action="store_true", help="for publish: of services whose tests have done it"
        )
        parser.add_argument("--json", action="store_true", help="for check: tell it as JSON")
        parser.add_argument("--language", choices=["ar", "en"], default="en", help="of the problems")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the one act that was asked for."""
        folder = options["territory"] or territory_folder()
        if not (folder / "territory.yaml").exists():
            raise CommandError(f"{folder} is not a territory: it has no territory.yaml")
        try:
            getattr(self, f"_{options['act']}")(folder, options)
        except DefinitionRefused as refused:
            self._tell(refused.problems, options["language"])
        except CatalogueError as error:
            raise CommandError(str(error)) from None

    def _over_files(self, folder: Path, options: dict[str, Any]) -> None:
        """An act over the files alone."""
        told = service_acts.act(
            options["act"],
            folder,
            options["services"],
            options["language"],
            in_json=options["json"],
            dry=options["check"],
        )
        if not told.is_well and not options["json"]:
            raise CommandError(told.text)
        self.stdout.write(told.text)
        if not told.is_well:
            sys.exit(1)

    _check = _explain = _schema = _table = _over_files

    def _list(self, folder: Path, options: dict[str, Any]) -> None:
        published = {version.service: version for version in ServiceVersion.objects.current()}
        for file in service_files(folder):
            definition = read_definition(file).value
            version = published.get(definition.service)
            state = f"version {version.number}" if version else "not published"
            name = definition.name.in_language(options["language"])
            self.stdout.write(f"{definition.code}  {definition.service:24} {state:14} {name}")

    def _publish(self, folder: Path, options: dict[str, Any]) -> None:
        if folder != territory_folder():
            raise CommandError("only the services of this deployment's own territory are published")
        readings = {reading.value.service: reading for reading in sound_in(folder, on=timezone.localdate())}
        require_known(options["services"], readings)
        chosen = [readings[service] for service in options["services"] or readings]
        for reading in () if options["without_gate"] else chosen:
            self.stdout.write(f"{reading.value.service}: wearing its longest document")
            prove(reading.value, folder)
        for version in publish_sound(chosen, actor=None, at=timezone.now()):
            self.stdout.write(f"{version}  {version.digest[:16]}")

    def _tell(self, problems: Iterable[DefinitionProblem], language: str) -> None:
        raise CommandError(service_acts.in_words(problems, language))


def require_known(wanted: Iterable[str], names: Iterable[str]) -> None:
    """Raise CommandError for the first that is none of these services, with the nearest of them."""
    known = list(names)
    for unknown in sorted(set(wanted) - set(known)):
        raise CommandError(f'there is no service "{unknown}". {nearest(unknown, known).en}')
