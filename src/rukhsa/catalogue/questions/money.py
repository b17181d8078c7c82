"""A question that is answered with an amount of money."""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Any, ClassVar, Literal

from rukhsa.catalogue.questions.pieces import Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.shape import Amount
from rukhsa.catalogue.territory import territory
from rukhsa.values.money import EXPONENTS, Money, MoneyError
from rukhsa.values.writing import latin_digits


class MoneyQuestion(Question):
    """An amount in the territory's currency."""

    type: Literal["money"]
    missing: ClassVar[Sentence] = Sentence("Enter an amount, like 25.500.")
    from_: Amount | None = None
    to: Amount | None = None

    template: ClassVar[str] = "money"
    is_correctable: ClassVar[bool] = True
    is_exact: ClassVar[bool] = False  # 12.5 and 12.500
    fits: ClassVar[frozenset[Use]] = frozenset({"bands"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("money",)

    def beside(self, typed: Any, left: Mapping[str, int]) -> Mapping[str, Any]:
        """The currency in which the amount is written."""
        return {"currency": territory().currency}

    def read(self, typed: Any, context: Context) -> str:
        """An amount in the territory's currency, with all its decimals: "25.000"."""
        text = latin_digits(str(typed)).strip().replace("٫", ".")
        currency = territory().currency
        try:
            amount, (least, most) = Money.parse(text, currency), self._limits(currency)
        except MoneyError as error:
            example = str(Money(minor=25_500, currency=currency))
            hint = Sentence("Enter an amount, like {example}.", example=example)
            raise BadAnswer("amount-unreadable", hint) from error
        if amount.minor < 0 or len(text) > 12:
            raise BadAnswer("number-too-large", Sentence("This amount cannot be charged."))
        if least and amount < least:
            raise BadAnswer("number-too-small", Sentence("Enter {least} or more.", least=str(least)))
        if most and amount > most:
            raise BadAnswer("number-too-large", Sentence("Enter {most} or less.", most=str(most)))
        return str(amount)

    def _limits(self, currency: str) -> tuple[Money | None, Money | None]:
        least, most = (Money.parse(each, currency) if each else None for each in (self.from_, self.to))
        return least, most

    def in_words(self, answer: str) -> Words:
        """The amount with its currency."""
        return (Money.parse(answer, territory().currency),)

    @property
    def step(self) -> Decimal:
        """The finest amount that is written, of any currency."""
        return Decimal("0.001")

    @property
    def bounds(self) -> tuple[Decimal | None, Decimal | None]:
        """Those that the question says; no amount is less than zero."""
        return Decimal(self.from_ or 0), Decimal(self.to) if self.to else None

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> int:
        """The amount in the smallest coins."""
        return Money.parse(answer, territory().currency).minor

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """25, or the nearest amount that is allowed."""
        currency = territory().currency
        least, most = self._limits(currency)
        usual = Money.parse("25", currency)
        bounded = max(usual, least) if least else usual
        if wanted:
            coin = Decimal(1).scaleb(-EXPONENTS[currency])
            return str(Decimal(wanted).quantize(coin, ROUND_FLOOR))
        return str(min(bounded, most) if most else bounded)
