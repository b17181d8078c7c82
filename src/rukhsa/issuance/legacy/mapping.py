"""A mapping says how the columns of a register become a legacy document; it is data of the territory."""

import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.catalogue.source import load

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Cleaning = Literal["hyphens", "spaces", "capitals"]


class BadMapping(ValueError):
    """The mapping file cannot be used; the text names the file, the place and the fault."""

    code = "bad-mapping"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TextColumn(_Part):
    """A column of text; `clean` names what is put right before it is read, `form` what it must match then."""

    column: str
    clean: tuple[Cleaning, ...] = ("spaces",)
    form: str = ""
    required: bool = True


class MonthColumns(_Part):
    """The month of issue, of a year and a month written as digits."""

    year: str
    month: str


class AmountColumn(_Part):
    """An amount of money; an empty cell means that the register does not say."""

    column: str
    currency: str
    required: bool = False


class SwitchColumn(_Part):
    """A yes or a no, each by its word; an empty cell says neither."""

    column: str
    yes: str
    no: str


class Mapping(_Part):
    """Everything needed to read one register, and to answer the service's questions from what was read.

    `answers` names for each question what answers it: number, kind, holder, place, issued, or the name of an
    amount, a detail or a switch.
    """

    register_name: Name = Field(alias="register")
    authority: str
    service: Name
    source: str
    encoding: str = "utf-8-sig"
    number: TextColumn
    kind: TextColumn
    holder: TextColumn
    place: TextColumn
    issued: MonthColumns
    amounts: dict[Name, AmountColumn] = {}
    details: dict[Name, TextColumn] = {}
    switches: dict[Name, SwitchColumn] = {}
    answers: dict[Name, Name]

    @property
    def columns(self) -> frozenset[str]:
        """Every column that the register must have."""
        texts = [self.number, self.kind, self.holder, self.place, *self.details.values()]
        others: list[AmountColumn | SwitchColumn] = [*self.amounts.values(), *self.switches.values()]
        columns = [part.column for part in texts] + [part.column for part in others]
        return frozenset([*columns, self.issued.year, self.issued.month])

    @model_validator(mode="after")
    def _answers_from_what_is_read(self) -> "Mapping":
        known = {"number", "kind", "holder", "place", "issued", *self.amounts, *self.details, *self.switches}
        if strange := sorted(set(self.answers.values()) - known):
            raise ValueError(f"answers: nothing is read as {', '.join(strange)}")
        return self


def read_mapping(path: Path) -> tuple[Mapping, str]:
    """The mapping and the SHA-256 of its file in hexadecimal. Raises `BadMapping`."""
    try:
        meaning = load(path).data
        return Mapping.model_validate(meaning), hashlib.sha256(path.read_bytes()).hexdigest()
    except DefinitionRefused as error:
        raise BadMapping(str(error)) from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise BadMapping(f"{path.name}: {faults}") from error


def mapping_of(register: str, folder: Path) -> Mapping:
    """The mapping of a register among those of a territory (`legacy/*.mapping.yaml`). Raises `BadMapping`."""
    for path in sorted((folder / "legacy").glob("*.mapping.yaml")):
        mapping, _ = read_mapping(path)
        if mapping.register_name == register:
            return mapping
    raise BadMapping(f"no mapping in {folder.name}/legacy is of the register {register!r}")
