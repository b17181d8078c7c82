"""Mappings: how the columns of a register become a legacy document. They are data of the territory."""

import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from babel.core import Locale, UnknownLocaleError
from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.catalogue.reading import Reading, shaped
from rukhsa.catalogue.shape import AuthorityCode, Id, Misread, Shape, YesNo, require_one
from rukhsa.catalogue.source import load
from rukhsa.errors import RukhsaError
from rukhsa.values.hijri import hijri_months
from rukhsa.values.money import EXPONENTS

Cleaning = Literal["hyphens", "spaces", "capitals", "digits"]
Form = Literal[
    "year-month-day", "day-month-year", "month-day-year", "year-month", "month-year", "year", "excel"
]
WHOLE: Final = frozenset({"year-month-day", "day-month-year", "month-day-year", "excel"})
DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
READ_BY_ITSELF: Final = ("number", "kind", "holder", "place", "issued", "expires")


Column = Annotated[str, StringConstraints(min_length=1)]
Whole = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$")]


def _as_yes_or_no(value: object) -> object:
    return {"true": "yes", "false": "no"}.get(str(value), value)


Required = Annotated[YesNo, BeforeValidator(_as_yes_or_no)]
"""yes or no; the first mappings wrote true and false, which mean the same."""


class BadMapping(RukhsaError, ValueError):
    """The mapping file cannot be used; the text names the file, the line, the fault and what to write."""

    code = "bad-mapping"


class TextPart(Shape):
    """A text: of one column, of several joined, or the same for all rows.

    `clean` names what is put right before it is read, `nothing` the words that mean an empty cell, `values` what each
    text of the register is called here, and `form` what it must match.
    """

    column: Column | None = None
    columns: tuple[Column, ...] | None = Field(None, min_length=2)
    constant: Column | None = None
    join: str = " "
    clean: tuple[Cleaning, ...] = ("spaces",)
    nothing: tuple[str, ...] = ()
    values: dict[str, str] = {}
    form: str = ""
    required: Required = True

    @property
    def read(self) -> tuple[str, ...]:
        """The columns that it is read from."""
        return (self.column,) if self.column else self.columns or ()

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        require_one(self, "column", "columns", "constant")
        try:
            re.compile(self.form)
        except re.error as error:
            raise Misread(
                en=f'form: "{self.form}" is not a regular expression ({error}).',
                ar=f'form: الصيغة "{self.form}" ليست تعبيرًا نمطيًا صحيحًا.',
            ) from error
        return self


class DayPart(Shape):
    """A day, a month or a year, as exactly as the register says: written in one column, or in columns of its parts.

    `months` is the language of month names, `two-digit-years-from` the first year that two digits may mean.
    """

    column: Column | None = None
    written: Form | None = None
    year: Column | None = None
    month: Column | None = None
    day: Column | None = None
    calendar: Literal["gregorian", "hijri"] = "gregorian"
    months: str = ""
    two_digit_years_from: Whole | None = None
    nothing: tuple[str, ...] = ()
    required: Required = True

    @property
    def read(self) -> tuple[str, ...]:
        """The columns that it is read from."""
        return tuple(each for each in (self.column, self.year, self.month, self.day) if each)

    @property
    def form(self) -> Form:
        """How it is written; parts in columns of their own are read as if they stood in one."""
        if self.written:
            return self.written
        return "year-month-day" if self.day else "year-month" if self.month else "year"

    @property
    def is_whole(self) -> bool:
        """Whether it gives a whole day, not a month or a year."""
        return self.form in WHOLE

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        require_one(self, "column", "year")
        if bool(self.column) != bool(self.written) or (self.day and not self.month):
            raise Misread(
                en='a day is {column: …, written: "day-month-year"}, or {year: …, month: …, day: …}.',
                ar='يُكتب اليوم {column: …, written: "day-month-year"} أو {year: …, month: …, day: …}.',
            )
        if self.calendar == "hijri" and (not self.is_whole or self.form == "excel"):
            raise Misread(
                en="of the Hijri calendar whole days are read: a month of it is none of the other calendar.",
                ar="من التقويم الهجري تُقرأ أيام كاملة فقط، فالشهر الهجري لا يقابل شهرًا ميلاديًا.",
            )
        if self.months and self.calendar == "gregorian":
            _require_language(self.months)
        if self.calendar == "hijri" and self.months not in ("", "ar", "en"):
            raise Misread(
                en="the names of Hijri months are known in ar and en.",
                ar="أسماء الأشهر الهجرية معروفة بالعربية ar والإنجليزية en.",
            )
        return self

    @cached_property
    def names(self) -> dict[str, int]:
        """The names of the months in small letters, without points, with their numbers."""
        if not self.months:
            return {}
        if self.calendar == "hijri":
            months = hijri_months("ar" if self.months == "ar" else "en")
            return {name.casefold(): month for name, month in months.items()}
        locale, named = Locale.parse(self.months, sep="-"), {}
        for width in ("abbreviated", "wide"):
            for context in ("stand-alone", "format"):
                for month, name in locale.months[context][width].items():
                    named[str(name).casefold().rstrip(".")] = int(month)
        return named


def _require_language(code: str) -> None:
    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        raise Misread(
            en=f'months: "{code}" is not a language. Write its code: de, fr, ar, ar-LB.',
            ar=f'months: "{code}" ليست رمز لغة. اكتب الرمز مثل de أو fr أو ar أو ar-LB.',
        ) from error


class NumberPart(Shape):
    """A number; an empty cell means that the register does not say.

    `decimal` is the mark before the decimals, `thousands` the mark between groups of three.
    """

    column: Column
    decimal: Literal["point", "comma"] = "point"
    thousands: Literal["none", "point", "comma", "space", "apostrophe"] = "none"
    nothing: tuple[str, ...] = ()
    required: Required = False

    @model_validator(mode="after")
    def _two_marks(self) -> Self:
        if self.decimal == self.thousands:
            raise Misread(
                en="decimal and thousands have two different marks.",
                ar="علامة الكسور وعلامة الآلاف مختلفتان.",
            )
        return self


class AmountPart(NumberPart):
    """An amount of money."""

    currency: str

    @model_validator(mode="after")
    def _known_currency(self) -> Self:
        if self.currency not in EXPONENTS:
            known = ", ".join(sorted(EXPONENTS))
            raise Misread(
                en=f'"{self.currency}" is not a currency that is known. Write one of: {known}.',
                ar=f'"{self.currency}" ليست عملة معروفة. اكتب إحدى: {known}.',
            )
        return self


class SwitchPart(Shape):
    """A yes or a no, each by its words; an empty cell is neither."""

    column: Column
    yes: str | tuple[str, ...]
    no: str | tuple[str, ...]

    @property
    def words(self) -> dict[str, str]:
        """Each word of the register with its answer."""
        listed = {"yes": self.yes, "no": self.no}
        return {
            word: answer
            for answer, words in listed.items()
            for word in ((words,) if isinstance(words, str) else words)
        }


Part = TextPart | DayPart | NumberPart | SwitchPart


class Mapping(Shape):
    """Everything needed to read one register, and to answer the service's questions from what was read.

    `answers` names for each question what answers it: number, kind, holder, place, issued, expires, or the name of
    an amount, a number, a detail, a day or a switch; for an address or a company, a name for each of its parts.
    """

    register_name: Id = Field(alias="register")
    authority: AuthorityCode
    service: Id
    source: str
    encoding: str = "utf-8-sig"
    delimiter: str = "comma"
    heading_row: Whole = "1"
    number: TextPart | None = None
    kind: TextPart
    holder: TextPart
    place: TextPart
    issued: DayPart | None = None
    expires: DayPart | None = None
    amounts: dict[Id, AmountPart] = {}
    numbers: dict[Id, NumberPart] = {}
    details: dict[Id, TextPart] = {}
    days: dict[Id, DayPart] = {}
    switches: dict[Id, SwitchPart] = {}
    answers: dict[Id, Id | dict[Id, Id]]

    @cached_property
    def parts(self) -> dict[str, Part]:
        """The parts that are read, by name."""
        own = {name: getattr(self, name) for name in READ_BY_ITSELF if getattr(self, name) is not None}
        return own | self.amounts | self.numbers | self.details | self.days | self.switches

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns that the register must have."""
        return frozenset(column for part in self.parts.values() for column in columns_of(part))

    def columns_answering(self, question: str) -> str:
        """The columns from which a question is answered, for people to find."""
        given = self.answers.get(question, {})
        names = [given] if isinstance(given, str) else list(given.values())
        parts = (self.parts[name] for name in names if name in self.parts)
        return " + ".join(dict.fromkeys(column for part in parts for column in columns_of(part)))

    @model_validator(mode="after")
    def _readable(self) -> Self:
        try:
            "".encode(self.encoding)
        except (LookupError, ValueError) as error:
            raise Misread(
                en=f'encoding: "{self.encoding}" is not known. '
                "Write utf-8, utf-16, cp1252 (Western), cp1250 (Central European), cp1256 (Arabic).",
                ar=f'encoding: الترميز "{self.encoding}" غير معروف. اكتب utf-8 أو utf-16 أو cp1252 أو cp1256.',
            ) from error
        if self.delimiter not in DELIMITERS and (len(self.delimiter) != 1 or self.delimiter in '"\r\n'):
            raise Misread(
                en=f'delimiter: "{self.delimiter}" is none. Write comma, semicolon, tab, pipe or one character.',
                ar=f'delimiter: "{self.delimiter}" ليست فاصلًا. اكتب comma أو semicolon أو tab أو pipe أو رمزًا واحدًا.',
            )
        return self

    @model_validator(mode="after")
    def _each_name_once(self) -> Self:
        groups = (READ_BY_ITSELF, self.amounts, self.numbers, self.details, self.days, self.switches)
        names = [name for group in groups for name in group]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            listed = ", ".join(twice)
            raise Misread(
                en=f"{listed}: a name is used once. Choose another.",
                ar=f"{listed}: يُستخدم الاسم مرة واحدة. اختر اسمًا آخر.",
            )
        return self


def columns_of(part: Part) -> tuple[str, ...]:
    """The columns that a part is read from."""
    return part.read if isinstance(part, TextPart | DayPart) else (part.column,)


def answering(answers: dict[str, str | dict[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Each question, the part of its answer or "", and the name of what answers it."""
    for question, given in answers.items():
        if isinstance(given, str):
            yield question, "", given
        else:
            for part, name in given.items():
                yield question, part, name


def read_mapping(path: Path) -> tuple[Reading[Mapping], str]:
    """The mapping and the SHA-256 of its file in hexadecimal. Raises `BadMapping`."""
    try:
        return shaped(load(path), Mapping), hashlib.sha256(path.read_bytes()).hexdigest()
    except DefinitionRefused as error:
        raise BadMapping(str(error)) from error
