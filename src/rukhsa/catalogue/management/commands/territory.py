"""`rukhsa territory`: loads a territory into the database, and creates a new one."""

import argparse
import re
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from rukhsa.catalogue.load import load
from rukhsa.catalogue.new_territory import Beginning, begin
from rukhsa.catalogue.problems import CatalogueError, DefinitionRefused
from rukhsa.catalogue.territory import WEEKDAYS, territory_folder
from rukhsa.teaching import TeachingCommand

DESCRIPTION = """\
A territory is a folder: territory.yaml, blocks.csv, policies.yaml and services/. docs/formats/territory.md explains it.
Which one is served, the environment says: RUKHSA_TERRITORY=bahrain.

  rukhsa territory load      write its authorities, offices, agencies and blocks into the database;
                             a second time changes only what changed in the files
  rukhsa territory new NAME  write a new territory with one authority and one service that compiles; what is not
                             given as an option is asked for, or taken as it stands in brackets
                             (docs/operating/new-municipality.md leads from there to the first document)
"""

# The questions with their defaults; {title} is the name in words.
QUESTIONS: tuple[tuple[str, str, str], ...] = (
    ("languages", "Languages, the first one shown first", "ar, en"),
    ("name-ar", "Name of the place in Arabic", "{title}"),
    ("name-en", "Name of the place in English", "{title}"),
    ("currency", "Currency, by ISO 4217", "BHD"),
    ("time-zone", "Time zone", "Asia/Bahrain"),
    ("working-week", "Days of work", "sunday, monday, tuesday, wednesday, thursday"),
    ("holidays", "Country of the public holidays, by ISO 3166 (none: -)", "-"),
    (
        "address-form",
        "Form of an address: block (flat, building, road, block) or street (a line of text)",
        "block",
    ),
    ("phone", "Telephone: prefix of the country and number of digits after it", "973 8"),
    ("authority-ar", "Name of the issuing authority in Arabic", "{title}"),
    ("authority-en", "Name of the issuing authority in English", "{title}"),
    ("code", "Its code in the numbers of documents, two to four capital letters", "{code}"),
    ("verifier", "Host at which documents are checked", "v.{name}.example"),
)


class Command(TeachingCommand):
    help = DESCRIPTION

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and for a new territory what it is like."""
        acts = parser.add_subparsers(dest="act", required=True, parser_class=argparse.ArgumentParser)
        acts.add_parser("load", help="write the territory of this deployment into the database")
        new = acts.add_parser("new", help="write a new territory that compiles")
        new.add_argument("name", help="of its folder, such as riverside")
        new.add_argument("--into", type=Path, help="the folder of territories; that of this deployment")
        for option, question, taken in QUESTIONS:
            new.add_argument(f"--{option}", help=f"{question} [{taken}]")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the territory of this deployment, or create a new one."""
        try:
            if options["act"] == "new":
                self._begin(options)
            else:
                self._load()
        except DefinitionRefused as refused:
            raise CommandError("\n".join(str(problem) for problem in refused.problems)) from None
        except (CatalogueError, ValueError, OSError) as error:
            raise CommandError(str(error)) from None

    def _load(self) -> None:
        folder = territory_folder()
        if not (folder / "territory.yaml").exists():
            raise CommandError(f"{folder} is not a territory: it has no territory.yaml")
        loaded = load(folder)
        counts = {name: getattr(loaded, name) for name in ("authorities", "offices", "agencies", "blocks")}
        self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))

    def _begin(self, options: dict[str, Any]) -> None:
        name = options["name"]
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or len(name) > 60:
            raise CommandError("a territory's name is written in small letters, such as riverside")
        folder = begin(
            beginning_of(name, _answers(name, options)), into=options["into"] or territory_folder().parent
        )
        self.stdout.write(
            f"{folder}: a territory with one authority and the service address-certificate.\n"
            f"Serve it with RUKHSA_TERRITORY={name}. What is assumed in it is marked so."
        )


def beginning_of(name: str, answers: dict[str, str]) -> Beginning:
    """The new territory from the answers. Raises ValueError, with what to write, for an unreadable answer."""
    country, _space, digits = answers["phone"].strip().lstrip("+").partition(" ")
    if not (country.isdigit() and digits.strip().isdigit()):
        raise ValueError('a telephone is a prefix and a number of digits, such as "973 8"')
    if answers["address-form"] not in {"block", "street"}:
        raise ValueError("an address has the form block or street")
    return Beginning(
        name=name,
        name_ar=answers["name-ar"],
        name_en=answers["name-en"],
        languages=_known(answers["languages"], ("ar", "en"), "languages"),  # type: ignore[arg-type]
        currency=answers["currency"].upper(),
        time_zone=answers["time-zone"],
        working_week=_known(answers["working-week"], WEEKDAYS, "days of work"),
        holidays=None if answers["holidays"] == "-" else answers["holidays"].upper(),
        form="block" if answers["address-form"] == "block" else "street",
        phone_country=country,
        phone_digits=int(digits),
        verifier=answers["verifier"],
        authority=name,
        code=answers["code"].upper(),
        authority_ar=answers["authority-ar"],
        authority_en=answers["authority-en"],
        since=timezone.localdate().replace(month=1, day=1),
    )


def _answers(name: str, options: dict[str, Any]) -> dict[str, str]:
    """The answer to each question: the option, else what is typed at the terminal, else the default."""
    known = {"name": name, "title": name.replace("-", " ").title(), "code": name.replace("-", "")[:3].upper()}
    answers = {}
    for option, question, taken in QUESTIONS:
        given = options[option.replace("-", "_")]
        answers[option] = (_asked(question, taken.format(**known)) if given is None else given).strip()
    return answers


def _asked(question: str, taken: str) -> str:
    if not sys.stdin.isatty():
        return taken
    return input(f"{question} [{taken}]: ").strip() or taken


def _known(text: str, known: tuple[str, ...], what: str) -> tuple[str, ...]:
    said = tuple(word for word in re.split(r"[\s,،]+", text.strip().lower()) if word)
    if not said or not set(said) <= set(known):
        raise ValueError(f"{what} are among: {', '.join(known)}")
    return tuple(dict.fromkeys(said))
