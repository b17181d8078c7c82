"""What every question has, and what its type may say of it: how it is asked, read, told, compared, sealed and walked.

A type of question inherits from `Question`, in a module of its own. What it leaves out is as it stands here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from pydantic import Field

from rukhsa.catalogue.conditions import Comparison, Condition
from rukhsa.catalogue.problems import NOTHING, DefinitionProblem
from rukhsa.catalogue.provenance import ValueSource
from rukhsa.catalogue.questions.pieces import Words, Written
from rukhsa.catalogue.questions.typed import Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.shape import Id, Shape, YesNo
from rukhsa.catalogue.source import PathInFile
from rukhsa.catalogue.territory import Territory
from rukhsa.trust.seal import Fact
from rukhsa.values.names import Text

if TYPE_CHECKING:
    from rukhsa.authorities.actor import Actor

AnswerPart = Literal[
    "name", "number", "flat", "building", "road", "block", "measure", "service", "masked", "ground"
]
FactType = Literal["text", "identifier", "code", "yes-no", "integer", "decimal", "date", "address", "money"]
READ_BY_DEVICES: FactType = "identifier"
"""Of the facts that a device compares with a place or an hour."""
Known = Literal[
    "name",
    "personal-number",
    "birth-date",
    "age",
    "nationality",
    "phone",
    "email",
    "company",
    "address",
]
"""What the eKey, the profile or a register knows of an applicant."""
Use = Literal["metres", "square metres", "bands", "quota", "pieces"]
"""To what the answers of several types can be put: a price by size or number, bands of it, the count of a quota."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One line of an answer that has several: its name in the answer, and its label."""

    name: str
    label: Sentence
    is_number: bool = False
    optional: bool = False


class Place(Protocol):
    """A question in the definition that the compiler checks, as `Question.check` sees it."""

    @property
    def territory(self) -> Territory:
        """The territory of the definition."""

    @property
    def earlier(self) -> Iterable["Question"]:
        """The questions that are asked before this one."""

    @property
    def is_of_permanent(self) -> bool:
        """Whether the instrument has no end."""

    @property
    def measured(self) -> Iterable[PathInFile]:
        """Where the size of the answer counts: in a charge, a fact or a condition."""

    @property
    def included(self) -> frozenset[str]:
        """The options that conditions ask for by `includes`."""

    def is_later(self, id: str) -> bool:
        """Whether that question is asked after this one, or is this one."""

    def problem(
        self, *, code: str, en: str, ar: str, instead: Text = NOTHING, at: PathInFile | str = ""
    ) -> DefinitionProblem:
        """A problem with this question: at one of its words, or elsewhere in the definition."""


class Question(Shape):
    """What every question has."""

    id: Id
    ask: Text
    help: Text | None = None
    when: Condition | None = None
    optional: YesNo = False
    known_: Known | None = Field(None, description="what of the profile answers it, where that is known")
    whose: Literal["another"] | None = Field(
        None, description="says that it is asked of another than the applicant"
    )
    source: ValueSource | None = None
    type: str

    # How it is asked.

    template: ClassVar[str]  # of portal/fields
    input_type: ClassVar[str] = "text"
    input_mode: ClassVar[str] = "text"
    parts: ClassVar[tuple[Part, ...]] = ()  # the lines of an answer that has several
    takes_line: ClassVar[bool] = False  # whether one line of writing can fill the parts
    takes_several: ClassVar[bool] = False  # of a list, so that a condition says `includes`
    missing: ClassVar[Sentence]  # where nothing was typed: what to enter, choose, tick or draw, for each type
    cell_form: ClassVar[Sentence | None] = None  # what a cell of a spreadsheet takes, where it needs saying
    is_drawn: ClassVar[bool] = False  # on a map
    is_lasting: ClassVar[bool] = (
        False  # the answer is true of the applicant beyond one application, so it is offered again
    )
    is_place: ClassVar[bool] = False  # an address or a piece of land
    is_company: ClassVar[bool] = False  # the companies for which the applicant may act are offered
    is_private: ClassVar[bool] = False  # no agency is told the answer
    is_for_applicants: ClassVar[bool] = False  # and cannot be recorded in a review
    is_correctable: ClassVar[bool] = False  # two officers can put a slip right on the issued document

    @property
    def has_buttons(self) -> bool:
        """Whether it is answered by one of several buttons; the first has the id that ends in 1."""
        return False

    def beside(self, typed: Any, left: Mapping[str, int]) -> Mapping[str, Any]:
        """What else its template shows; `left` says how many each place of a list can still take."""
        return {}

    def in_control(self, typed: Any) -> Any:
        """What was typed, in the form that the control of its template takes."""
        return typed

    def known(self, actor: "Actor", language: str) -> Any:
        """What is known of the applicant already, as it would be typed; empty where nothing is."""
        return ""

    # How an answer is read and told.

    def read(self, typed: Any, context: Context) -> Any:
        """The answer as JSON, of what was typed. Raises BadAnswer."""
        raise NotImplementedError

    @property
    def cells(self) -> Mapping[str, Text]:
        """What a cell of a spreadsheet takes, by what a form would send; empty where it takes anything."""
        return {}

    def from_cell(self, cell: str) -> str:
        """What is written in a cell of a spreadsheet, as a form would send it."""
        return cell

    def in_words(self, answer: Any) -> Words:
        """An answer as people read it."""
        return (Written(str(answer)),)

    def is_unchecked(self, answer: Any) -> bool:
        """Whether nothing here could confirm an answer."""
        return False

    def option(self, value: str) -> Text:
        """What a condition compares the answer with, in words."""
        return Text(ar=value, en=value)

    # How a condition compares an answer.

    is_exact: ClassVar[bool] = (
        True  # an answer is written in one way only, so that it can be compared by `is`
    )
    has_zero: ClassVar[bool] = True  # whether it makes a difference that an answer in order is less than zero

    @property
    def step(self) -> Decimal | None:
        """How far two answers that follow each other lie apart; None where answers have no order."""
        return None

    @property
    def bounds(self) -> tuple[Decimal | None, Decimal | None]:
        """The least and the most that may be answered, where the question says so."""
        return None, None

    @property
    def has_no_answer(self) -> bool:
        """Whether its limits leave no answer."""
        least, most = self.bounds
        return least is not None and most is not None and least > most

    def number(self, value: str) -> Decimal:
        """The place in the order of answers of a value in a condition. Raises ValueError, InvalidOperation."""
        return Decimal(value)

    def answer_at(self, number: Decimal) -> Any:
        """The answer at a place in the order of answers."""
        return str(number)

    def is_in_order(self, value: str) -> bool:
        """Whether an answer can be compared with a value by more or less."""
        try:
            return self.step is not None and self.number(value).is_finite()
        except (ValueError, InvalidOperation):
            return False

    def every_answer(self, compared: Iterable[Comparison]) -> tuple[str, ...] | None:
        """All answers that conditions can tell apart, where the definition lists them."""
        return None

    @property
    def named_services(self) -> tuple[str, ...]:
        """The services whose instruments it may name."""
        return ()

    # What the compiler checks.

    fits: ClassVar[frozenset[Use]] = frozenset()
    known_by: ClassVar[frozenset[Known]] = frozenset()  # what of the profile can be its answer

    def check(self, place: Place) -> Iterator[DefinitionProblem]:
        """What is wrong with the question in its definition and its territory."""
        yield from ()

    # How an answer is sealed.

    sealed_as: ClassVar[tuple[FactType, ...]] = ()
    sealed_parts: ClassVar[tuple[AnswerPart, ...]] = ()
    sealed_whole: ClassVar[bool] = True

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> Fact | None:
        """The answer, or a part of it, as a fact of the seal; None for what no seal can hold."""
        return str(answer[part] if part else answer)

    @property
    def codes(self) -> Mapping[int, Text]:
        """The meaning of each code, where an answer is sealed as one."""
        return {}

    def told(self, part: AnswerPart | None) -> str:
        """What a device on the spot compares with the sealed answer, or a part of it (docs/formats/extent.md)."""
        return ""

    @property
    def measured_in(self) -> str:
        """The unit of its number, where it has one."""
        return ""

    @property
    def scale(self) -> int:
        """The decimals of a number that is sealed as a whole one."""
        return 0

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str | None:
        """The longest writing that it seals; `letters` writes so many. None: as long as a name."""
        return None

    # How a walk answers.

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> Any:
        """Something that an applicant might type, after what was `typed` before.

        `wanted` is an answer that the path asks for, None where any will do. Raises CannotAnswer.
        """
        raise NotImplementedError
