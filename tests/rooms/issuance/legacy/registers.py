"""A register with its mapping, in a folder of the test's own, where each line can be changed."""

import csv
import shutil
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from rukhsa.catalogue.service_version import publish as publish_service
from rukhsa.issuance.legacy.mapping import Mapping, read_mapping
from rukhsa.issuance.legacy.register_import import Totals, import_register

ROOT = Path(__file__).parents[4]
SPEARFISH = ROOT / "territories/spearfish"
SHORTER = (
    "{id: site, type: text, at-most: 60,",
    "{id: site, type: text, at-most: 40,",
)  # the seal has so much room
AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


class Desk:
    """A desk at which a person imports a register, reads the report, and corrects register or mapping."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mapping, self.listed = folder / "mapping.yaml", folder / "report.csv"
        shutil.copy(SPEARFISH / "legacy/building-permits.mapping.yaml", self.mapping)
        example = SPEARFISH / "legacy/example-register.csv"
        self.heading = example.read_text(encoding="utf-8").splitlines()[0]

    def read(self, *rows: str, part: bool = False) -> Totals:
        """Import these rows under the heading of the city's register."""
        return self._import(self.written(*rows), part=part)

    def read_text(self, text: str, *, encoding: str = "utf-8") -> Totals:
        """Import a register of this text."""
        register = self.folder / "register.csv"
        register.write_bytes(text.encode(encoding))
        return self._import(register)

    def written(self, *rows: str) -> Path:
        """A register of these rows."""
        register = self.folder / "register.csv"
        register.write_text("\n".join([self.heading, *rows]) + "\n", encoding="utf-8")
        return register

    def read_file(self, register: Path) -> Totals:
        """Import a file that lies there."""
        return self._import(register)

    def read_mapping(self) -> Mapping:
        """The mapping as it is now."""
        return read_mapping(self.mapping)[0].value

    def report(self) -> list[dict[str, str]]:
        """The lines of the report."""
        with self.listed.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def change(self, old: str, new: str) -> None:
        """Change the mapping; `form` stands for the whole line of the number's form."""
        lines = self.mapping.read_text(encoding="utf-8")
        if old == "form":
            old = next(line for line in lines.splitlines(keepends=True) if line.startswith("  form:"))
        assert old in lines
        self.mapping.write_text(lines.replace(old, new), encoding="utf-8")

    def service(self, *changes: str) -> None:
        """Publish the service with pairs of old and new texts."""
        territory = self.folder / "territory/spearfish"
        if not territory.exists():
            shutil.copytree(SPEARFISH, territory)
            settings.RUKHSA_TERRITORY = territory
        definition = territory / "services/building-permit.yaml"
        text = definition.read_text(encoding="utf-8")
        for old, new in zip(changes[::2], changes[1::2], strict=True):
            assert old in text
            text = text.replace(old, new)
        number = int(text.partition("profile-code: ")[2].partition("\n")[0])
        definition.write_text(text.replace(f"code: {number}", f"code: {number + 1}"), encoding="utf-8")
        publish_service(definition, actor=None, at=timezone.now())

    def choice_of_kinds(self, *, values: bool = True) -> None:
        """The service asks for one of two kinds; the mapping says how the register calls them."""
        self.service(
            "{id: construction-type, type: text, at-most: 160, ask: {en: Type of construction}}",
            "{id: construction-type, type: choice, options: [[roof, {en: Roof}], [deck, {en: Deck}]], "
            "ask: {en: Type of construction}}",
            "type: text, question: construction-type",
            "type: code, question: construction-type",
        )
        if values:
            table = "{column: construction_type, values: {ROOF: roof, DECK: deck}}"
            self.change("details:\n", f"details:\n  type: {table}\n")
            self.change("construction-type: kind", "construction-type: type")

    def whole_days(self) -> None:
        """A register of nothing but days and numbers; all else is the same for each row."""
        self.mapping.write_text(
            "register: days\nauthority: SPF\nservice: building-permit\nsource: synthetic\n"
            "number: {column: number}\nkind: {constant: ROOF}\nholder: {constant: A PERSON}\n"
            "place: {constant: 1 ROAD}\nissued: {column: day, written: year-month-day}\n"
            "answers: {permit-number: number, site: place, construction-type: kind, issued-month: issued}\n"
        )

    def without_numbers(self) -> None:
        """The register has no numbers, and the service asks for one as a text."""
        self.service(
            "{id: permit-number, type: identifier, at-most: 12,",
            "{id: permit-number, type: text, at-most: 30,",
            "type: identifier, question: permit-number",
            "type: text, question: permit-number",
            *SHORTER,
        )
        start = self.mapping.read_text(encoding="utf-8")
        before, _, after = start.partition("number:\n")
        self.mapping.write_text(before + "kind:" + after.partition("\nkind:")[2], encoding="utf-8")

    def without_days(self) -> None:
        """The register does not know when anything was issued, and the service takes a text for it."""
        self.service(
            "{id: issued-month, type: identifier, at-most: 10,",
            "{id: issued-month, type: text, at-most: 30,",
            "type: identifier, question: issued-month",
            "type: text, question: issued-month",
            *SHORTER,
        )
        self.change("issued: {year: year, month: month}\n", "")

    def _import(self, register: Path, *, part: bool = False) -> Totals:
        return import_register(register, mapping=self.mapping, report=self.listed, at=AT, part=part)
