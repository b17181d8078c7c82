"""The instrument that a service issues: validity, facts, conditions, and what it does to others."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from rukhsa.catalogue.conditions import Condition
from rukhsa.catalogue.provenance import ValueSource
from rukhsa.catalogue.questions.question import READ_BY_DEVICES, AnswerPart, FactType
from rukhsa.catalogue.shape import Id, Misread, Shape, Span, YesNo, require_one
from rukhsa.values.names import Text

FIRST_KEY: Final = 5
"""Of the facts of its own; the keys before it are those of every profile (`catalogue/profile.py`)."""


Hours = Annotated[
    str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")
]


class Lasting(Shape):
    """In force from the day of issue for a fixed span."""

    lasts: Span


class AskedPeriod(Shape):
    """In force from the day of one answer, for the days of another or until the day of another."""

    from_: Id
    for_: Id | None = None
    until: Id | None = None

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        require_one(self, "for_", "until")
        return self


class EndOfParent(Shape):
    """In force from the day of issue until the end of the earlier instrument named by an answer."""

    end_of: Id


class AfterParent(Shape):
    """In force from the day after the end of the earlier instrument, or from the day of issue when that is later.

    It lasts a fixed span, or as many days as an answer says.
    """

    after: Id
    lasts: Span | None = None
    for_: Id | None = None

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        require_one(self, "lasts", "for_")
        return self


class InSeason(Shape):
    """In force until the end of a season of the territory: from its first day, or from the day of issue within it."""

    season: Id


class Permanent(Shape):
    """In force from the day of issue, without an end."""

    permanent: Literal["yes"]


_ENDS = {
    "after": "after",
    "lasts": "lasts",
    "from_": "from",
    "end_of": "end-of",
    "season": "season",
    "permanent": "permanent",
}


def _end(value: Any) -> str | None:
    for name, word in _ENDS.items():
        if (word in value) if isinstance(value, dict) else hasattr(value, name):
            return word
    return None


Validity = Annotated[
    Annotated[Lasting, Tag("lasts")]
    | Annotated[AskedPeriod, Tag("from")]
    | Annotated[EndOfParent, Tag("end-of")]
    | Annotated[AfterParent, Tag("after")]
    | Annotated[InSeason, Tag("season")]
    | Annotated[Permanent, Tag("permanent")],
    Discriminator(
        _end,
        custom_error_type="unknown_validity",
        custom_error_message="{lasts: 1 year}, {from: start, for: days}, {end-of: permit}, "
        "{after: permit, lasts: 1 year}, {after: permit, for: days}, {season: camping}, {permanent: yes}",
    ),
]


class Fact(Shape):
    """One fact, printed and sealed: an answer, a part of it, a day of validity, or the hours of each day.

    One that is not `sealed` is printed beside the others, for reading: the file's signature covers it, the code on
    paper does not.
    """

    id: Id
    label: Text
    type: FactType
    question: Id | None = None
    part: AnswerPart | None = None
    validity: Literal["start", "end"] | None = None
    hours: Hours | None = Field(
        None, description="the hours in which it allows anything, such as 05:00-22:00"
    )
    when: Condition | None = None
    sealed: YesNo = True

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        require_one(self, "question", "validity", "hours")
        if (self.hours or self.part == "ground") and self.type != READ_BY_DEVICES:
            raise Misread(
                en="hours and the ground of a drawing are of type identifier.",
                ar="الساعات وحدود الرسم من نوع identifier.",
            )
        if self.validity and not self.sealed:
            raise Misread(
                en="the first and the last day are always sealed: leave out `sealed: no`.",
                ar="أول يوم وآخر يوم يُختمان دائمًا: احذف `sealed: no`.",
            )
        return self


class InstrumentCondition(Shape):
    """A condition printed on the instrument, where it applies."""

    text: Text
    when: Condition | None = None


class Clash(Shape):
    """No two works are in force at the same place and time."""

    place: Id
    period: Literal["validity"] = "validity"


class NewVersion(Shape):
    """The instrument is a new version of the one named by an answer, which it supersedes."""

    new_version_of: Id


class Closing(Shape):
    """It closes the instrument named by an answer and frees its deposits to the account in another."""

    closes: Id
    releases: tuple[Id, ...] = ()
    to: Id | None = None


class Renewal(Shape):
    """The next version of the instrument named by an answer, for a period of its own; the old one holds to its end."""

    renews: Id


class Copy(Shape):
    """A certified copy of the instrument named by an answer, whose state it follows."""

    copies: Id


class RegisterEntry(Shape):
    """It changes the address register: operation, address before and address after are answers."""

    changes_register: Literal["address"]
    operation: Id
    old: Id
    new: Id


class Reconsidering(Shape):
    """It sends the refused application named by an answer back to review."""

    reconsiders: Id


_EFFECTS = {
    "new_version_of": "new-version-of",
    "renews": "renews",
    "copies": "copies",
    "closes": "closes",
    "changes_register": "changes-register",
    "reconsiders": "reconsiders",
}


def _effect(value: Any) -> str | None:
    for name, word in _EFFECTS.items():
        if (word in value) if isinstance(value, dict) else hasattr(value, name):
            return word
    return None


Effect = Annotated[
    Annotated[NewVersion, Tag("new-version-of")]
    | Annotated[Renewal, Tag("renews")]
    | Annotated[Copy, Tag("copies")]
    | Annotated[Closing, Tag("closes")]
    | Annotated[RegisterEntry, Tag("changes-register")]
    | Annotated[Reconsidering, Tag("reconsiders")],
    Discriminator(
        _effect,
        custom_error_type="unknown_effect",
        custom_error_message="an effect begins with one of: "
        "new-version-of, renews, copies, closes, changes-register, reconsiders",
    ),
]


class InstrumentRule(Shape):
    """What is issued. The holder is the applicant; `address` names the answer sealed as the address."""

    title: Text
    statement: Text | None = None
    validity: Validity
    address: Id | None = None
    facts: tuple[Fact, ...] = Field(min_length=1, max_length=16)
    conditions: tuple[InstrumentCondition, ...] = ()
    shows_law: YesNo = Field(False, description="whether the law of the service is printed")
    shows_place: Id | None = Field(
        None, description="the question whose line or area is printed on a map, beside the seal"
    )
    clashes: Clash | None = None
    effects: tuple[Effect, ...] = ()
    source: ValueSource | None = None

    @property
    def sealed(self) -> Mapping[int, Fact]:
        """The facts of the seal, by their keys: the first has key 5."""
        return dict(enumerate((fact for fact in self.facts if fact.sealed), FIRST_KEY))

    @property
    def beside(self) -> Mapping[int, Fact]:
        """The facts that are printed and not sealed, numbered from 5 too."""
        return dict(enumerate((fact for fact in self.facts if not fact.sealed), FIRST_KEY))
