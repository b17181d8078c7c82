"""A question that is answered with the number of a bank account."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Literal

from rukhsa.catalogue.banks import BadAccountNumber, bank_named, is_of_no_known_bank, read_account_number
from rukhsa.catalogue.questions.pieces import Account, Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence

SAMPLE: Final = "BH67 BMAG 0000 1299 1234 56"


class IbanQuestion(Question):
    """The number of a bank account (IBAN)."""

    type: Literal["iban"]
    missing: ClassVar[Sentence] = Sentence("Enter the IBAN, like BH67BMAG00001299123456.")

    template: ClassVar[str] = "account"
    is_lasting: ClassVar[bool] = True
    is_private: ClassVar[bool] = True
    fits: ClassVar[frozenset[Use]] = frozenset({"quota"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("text", "identifier")

    def beside(self, typed: Any, left: Mapping[str, int]) -> Mapping[str, Any]:
        """The bank of the account, for the person to confirm."""
        bank = bank_named(typed) if isinstance(typed, str) else None
        return {"bank": bank, "is_of_no_known_bank": is_of_no_known_bank(typed)}

    def read(self, typed: Any, context: Context) -> str:
        """The IBAN in its one form, of a bank that is known where its country's banks are."""
        try:
            return read_account_number(str(typed))
        except BadAccountNumber as error:
            raise BadAnswer(error.code, error.text) from error

    def in_words(self, answer: str) -> Words:
        """The number with its bank."""
        return (Account(answer, bank_named(answer)),)

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str:
        """A number of the longest form that is used here."""
        return "BH99AAAA99999999999999"

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """An account that no one has."""
        return SAMPLE
