"""A question that is answered with a mail address."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from rukhsa.catalogue.questions.pieces import Code, Words
from rukhsa.catalogue.questions.question import Known, Question
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence

if TYPE_CHECKING:
    from rukhsa.authorities.actor import Actor


class EmailQuestion(Question):
    """A mail address."""

    type: Literal["email"]
    missing: ClassVar[Sentence] = Sentence("Enter an email address, like name@example.com.")

    template: ClassVar[str] = "code"
    input_type: ClassVar[str] = "email"
    known_by: ClassVar[frozenset[Known]] = frozenset({"email"})
    is_private: ClassVar[bool] = True

    def known(self, actor: "Actor", language: str) -> str:
        """The applicant's mail address, unless it was made up for someone who has none."""
        return actor.person.email if not actor.person.email.endswith(".invalid") else ""

    def read(self, typed: Any, context: Context) -> str:
        """The address as it was typed."""
        from django.core.exceptions import ValidationError
        from django.core.validators import validate_email

        text = str(typed).strip()
        try:
            validate_email(text)
        except ValidationError as error:
            hint = Sentence("Enter an email address, like name@example.com.")
            raise BadAnswer("email-unreadable", hint) from error
        return text

    def in_words(self, answer: str) -> Words:
        """The address."""
        return (Code(answer),)

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """An address that no one has."""
        return "layla@people.example"
