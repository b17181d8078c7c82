"""A question that is answered with a company: its commercial registration and its name."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from rukhsa.catalogue.questions.pieces import Code, Name, Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Known, Part, Question
from rukhsa.catalogue.questions.typed import BadAnswer, Context, clean_text, require_short
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.territory import territory
from rukhsa.values.identifiers import IdentifierError, parse_registration

if TYPE_CHECKING:
    from rukhsa.authorities.actor import Actor

LONGEST_NAME: Final = 160  # characters, as the register has it


class CompanyQuestion(Question):
    """A company: {number, name}."""

    type: Literal["company"]
    missing: ClassVar[Sentence] = Sentence(
        "Enter the commercial registration number, like 12345-1, and the company’s name."
    )

    template: ClassVar[str] = "parts"
    known_by: ClassVar[frozenset[Known]] = frozenset({"company"})
    is_lasting: ClassVar[bool] = True
    is_company: ClassVar[bool] = True
    parts: ClassVar[tuple[Part, ...]] = (
        Part(name="number", label=Sentence("Commercial registration number, like 12345-1"), is_number=True),
        Part(name="name", label=Sentence("Name of the company")),
    )
    is_exact: ClassVar[bool] = False
    sealed_as: ClassVar[tuple[FactType, ...]] = ("text", "identifier")
    sealed_parts: ClassVar[tuple[AnswerPart, ...]] = ("name", "number")
    sealed_whole: ClassVar[bool] = False

    def known(self, actor: "Actor", language: str) -> Any:
        """The company for which the applicant acts."""
        if not actor.company:
            return ""
        return {"number": actor.company.registration, "name": actor.company.name.in_language(language)}

    def read(self, typed: Any, context: Context) -> dict[str, str]:
        """A commercial registration, with the company's name."""
        given = typed if isinstance(typed, Mapping) else {"number": typed}
        name = clean_text(str(given.get("name", "")), part="name")
        require_short(name, LONGEST_NAME, part="name")
        if not name:
            raise BadAnswer("company-name-missing", Sentence("Enter the name of the company."), part="name")
        try:
            number = parse_registration(str(given.get("number", "")))
        except IdentifierError as error:
            hint = Sentence("Enter a commercial registration number, like 12345-1.")
            raise BadAnswer("registration-unreadable", hint, part="number") from error
        return {"number": number, "name": name}

    def in_words(self, answer: dict[str, str]) -> Words:
        """The name and the number."""
        return Name(answer["name"]), " ", Code(answer["number"])

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str | None:
        """A number of the longest form; a name is as long as a person's."""
        return "9999999-99" if part == "number" else None

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> dict[str, str]:
        """A company with a number of its own for each application."""
        names = {"ar": "شركة الخليج للمقاولات", "en": "Gulf Contracting Company"}
        return {"number": f"{12345 + setting.number}-1", "name": names[territory().languages[0]]}
