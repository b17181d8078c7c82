"""The small parts of a definition: identifiers, amounts, spans of time and moments."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from inspect import cleandoc
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from rukhsa.values.names import Text
from rukhsa.values.periods import WorkingCalendar, shifted

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
AuthorityCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,3}$")]
Amount = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,3})?$"),
    # Read as text and never through a float; an editor sees a number.
    WithJsonSchema({"type": ["string", "number"], "minimum": 0}),
]
"""An amount of money as it is written, such as "5.000"; `Money.parse(amount, currency)` makes money of it."""


# A Hijri year such as 1442 would be one of the Gregorian calendar, in which every charge has begun.
_FIRST_YEAR, _LAST_YEAR = "1850", "2200"


def _written_as_a_day(value: Any) -> Any:
    # Else 1600128000 would be a day: the seconds since 1970.
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("date_form", "not year-month-day")
    if isinstance(value, str) and not _FIRST_YEAR <= value < _LAST_YEAR:
        raise Misread(
            en=f'the year of "{value}" cannot be right. Write the day of the Gregorian calendar: 2020-09-15.',
            ar=f'"{value}" في سنة غير معقولة. اكتب اليوم بالتقويم الميلادي: 2020-09-15.',
        )
    return value


def _written_yes_or_no(value: Any) -> Any:
    if isinstance(value, str) and value not in ("yes", "no"):
        raise PydanticCustomError("yes_no_form", "neither yes nor no")
    return value


Day = Annotated[date, BeforeValidator(_written_as_a_day)]
YesNo = Annotated[bool, BeforeValidator(_written_yes_or_no)]
TimeUnit = Literal["working day", "day", "month", "year"]


class Misread(ValueError):
    """A value in the wrong form, or words that exclude each other; with a sentence in both languages."""

    def __init__(self, *, en: str, ar: str) -> None:
        super().__init__(en)
        self.text = Text(en=en, ar=ar)


def kebab(name: str) -> str:
    """The word of the definition for a name in code: `is_not` is `is-not`, `from_` is `from`."""
    return name.rstrip("_").replace("_", "-")


class Shape(BaseModel):
    """A part of a definition: frozen, with a closed list of words written-like-this."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=kebab,
        serialize_by_alias=True,
        protected_namespaces=(),
        defer_build=True,  # most shapes are used only inside a definition, and every process imports them
    )

    @model_validator(mode="before")
    @classmethod
    def _only_known_words(cls, value: Any) -> Any:
        allowed = [field.alias or name for name, field in cls.model_fields.items()]
        if isinstance(value, dict) and (unknown := [str(word) for word in value if word not in allowed]):
            raise PydanticCustomError(
                "unknown_words", "unknown words: {words}", {"words": unknown, "allowed": allowed}
            )
        return value


class Written(Shape):
    """A shape that a definition writes as a phrase instead of a mapping."""

    examples: ClassVar[tuple[str, ...]] = ()  # what an editor offers

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: object) -> object:
        return cls.parts(value) if isinstance(value, str) else value

    @model_serializer
    def _write(self) -> str:
        return str(self)

    @classmethod
    def parts(cls, phrase: str) -> dict[str, Any]:
        """The fields that a phrase names; Misread says how to write it."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_json_schema__(cls, _core: object, _handler: object) -> dict[str, Any]:
        described = {"type": "string", "description": cleandoc(cls.__doc__ or "")}
        return described | ({"examples": list(cls.examples)} if cls.examples else {})


class Span(Written):
    """A length of time: "1 working day", "30 days", "12 months", "1 year"."""

    count: int
    unit: TimeUnit

    @classmethod
    def parts(cls, phrase: str) -> dict[str, Any]:
        """The number and the unit."""
        found = re.fullmatch(r"([0-9]{1,4}) (working day|day|month|year)s?", phrase.strip())
        if not found:
            raise Misread(
                en=f'"{phrase}" is not a length of time. Write "3 working days", "6 months" or "1 year".',
                ar=f'"{phrase}" ليست مدة. اكتب "3 working days" أو "6 months" أو "1 year".',
            )
        return {"count": int(found[1]), "unit": found[2]}

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    @property
    def working_days(self) -> int:
        """About how many working days it has: five in a week, 250 in a year."""
        return self.count * {"working day": 1, "day": 1, "month": 21, "year": 250}[self.unit]


class Moment(Written):
    """A day that depends on another: "submission", "3 working days after submission", "1 day before end".

    In a question the other may be an earlier question of type date: "start", "1 day after start".
    """

    examples: ClassVar[tuple[str, ...]] = (
        "submission",
        "3 working days after submission",
        "1 day after start",
    )

    span: Span | None = None
    direction: Literal["after", "before"] = "after"
    anchor: Id

    @classmethod
    def parts(cls, phrase: str) -> dict[str, Any]:
        """The span, the direction and the day from which it counts."""
        found = re.fullmatch(r"(?:(.+) (after|before) )?([a-z][a-z0-9-]*)", phrase.strip())
        if not found:
            raise Misread(
                en=f'"{phrase}" is not a moment. Write "submission" or "3 working days after submission".',
                ar=f'"{phrase}" ليست موعدًا. اكتب "submission" أو "3 working days after submission".',
            )
        span, direction, anchor = found.groups()
        return {"span": span, "direction": direction or "after", "anchor": anchor}

    def day(self, anchors: Mapping[str, date], calendar: WorkingCalendar) -> date:
        """The day of the moment; `anchors` has "submission", "issue", "start", "end" or answered dates.

        KeyError when its anchor is not among them.
        """
        day = anchors[self.anchor]
        if self.span is None:
            return day
        count, unit = self.span.count, self.span.unit
        if unit == "working day":
            return calendar.after(day, count) if self.direction == "after" else calendar.before(day, count)
        return shifted(day, count if self.direction == "after" else -count, unit)

    def __str__(self) -> str:
        return f"{self.span} {self.direction} {self.anchor}" if self.span else self.anchor


class Measure(Written):
    """A length or an area: "5000 m", "50 m2"."""

    amount: Decimal
    unit: Literal["m", "m2"]

    @classmethod
    def parts(cls, phrase: str) -> dict[str, Any]:
        """The number and the unit."""
        found = re.fullmatch(r"([0-9]{1,7}(?:\.[0-9]{1,3})?) (m2|m)", phrase.strip())
        if not found:
            raise Misread(
                en=f'"{phrase}" is not a length or an area. Write "500 m" or "50 m2".',
                ar=f'"{phrase}" ليست طولًا أو مساحة. اكتب "500 m" أو "50 m2".',
            )
        return {"amount": found[1], "unit": found[2]}

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


class Range(Shape):
    """The least and the most that is allowed, both included."""

    from_: Measure | None = None
    to: Measure | None = None


def _from_pairs(value: Any) -> Any:
    return dict(value) if isinstance(value, list) else value


def _to_pairs(value: dict[str, Text]) -> list[tuple[str, Text]]:
    return list(value.items())


Named = Annotated[
    dict[Id, Text],
    Field(min_length=1, max_length=200),
    BeforeValidator(_from_pairs),
    PlainSerializer(_to_pairs),
]
"""Names by their ids, in order. It is stored as a list of pairs, since PostgreSQL keeps no order of keys."""


def require_one(shape: Shape, *words: str) -> None:
    """Raise Misread unless a shape has exactly one of `words`."""
    said = [word for word in words if getattr(shape, word) is not None]
    if len(said) != 1:
        names = ", ".join(kebab(word) for word in words)
        raise Misread(
            en=f"exactly one of these is said here: {names}; {len(said)} are.",
            ar=f"تُذكر هنا واحدة فقط من: {names}؛ والمذكور {len(said)}.",
        )
