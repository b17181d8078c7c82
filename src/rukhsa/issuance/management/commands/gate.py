"""`rukhsa gate`: whether the code of a printed document reads, after everything that happens to paper."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from rukhsa.issuance.errors import ReleaseRefused
from rukhsa.issuance.gate.decoders import DECODERS
from rukhsa.issuance.gate.examine import Examination, examine
from rukhsa.issuance.gate.legible import NotLegible
from rukhsa.teaching import TeachingCommand

HELP = """\
Print a document in pixels, wear it (scan, copy of a copy, fax, blur, fold, stain, shadow, ...) and read its code by two
decoders. What is asked of a document before its release is in docs/formats/gate.md.

  rukhsa gate document.pdf                       a table: what each decoder read after each wear
  rukhsa gate document.pdf --pictures worn/      and leave the worn pictures in a folder, one PNG a wear

The exit code is 0 when both decoders read all that they must, and the code is large, free and dark enough; else 1.
The code on the last page is examined. Nothing is read from the database and nothing leaves this machine.
"""
_FAULTS = {
    "qr-too-fine": "its modules are smaller than 0.40 mm: copies of copies would not read. Print it larger",
    "qr-too-close": "something stands within four modules of it. Leave them white",
    "qr-too-pale": "ink and paper differ by less than 70 %. Print it black on white",
}


class Command(TeachingCommand):
    help = HELP

    def add_arguments(self, parser: CommandParser) -> None:
        """A file."""
        parser.add_argument("file", type=Path, help="a PDF")
        parser.add_argument("--pictures", type=Path, help="folder for the worn pictures")

    def handle(self, *args: Any, file: Path, pictures: Path | None, **options: Any) -> None:
        """Examine the file."""
        found = _examined(file)
        if pictures:
            _keep(found, pictures)
        self._tell(found)
        if found.faults:
            raise CommandError(f"this document would not be released: {', '.join(found.faults)}")

    def _tell(self, found: Examination) -> None:
        symbol = found.symbol
        self.stdout.write(
            f"code: {symbol.modules} modules of {symbol.module_mm:.2f} mm, {symbol.quiet_zone:.1f} modules of white "
            f"around, contrast {symbol.contrast:.0%}"
        )
        for fault in symbol.faults:
            self.stdout.write(f"  {fault}: {_FAULTS[fault]}.")
        self.stdout.write(f"{'wear':16}" + "".join(f"{name:12}" for name in DECODERS) + "asked")
        for outcome in found.outcomes:
            read = "".join(f"{'reads' if passed else '-':12}" for passed in outcome.read.values())
            asked = "shown only" if not outcome.wear.must else "must" if outcome.passes else "must: FAILS"
            self.stdout.write(f"{outcome.wear.id:16}{read}{asked}")


def _examined(file: Path) -> Examination:
    try:
        return examine(file.read_bytes())
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    except ReleaseRefused as error:
        raise CommandError(f"{file} is not a PDF that can be read") from error
    except NotLegible as error:
        raise CommandError(f"{file}: no code reads on its last page, even clean ({error})") from error


def _keep(found: Examination, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for outcome in found.outcomes:
        outcome.picture.save(folder / f"{outcome.wear.id}.png")
