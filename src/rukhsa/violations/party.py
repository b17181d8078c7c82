"""The party of a violation: the holder of the document, or whom the inspector names, as far as it is known."""

from dataclasses import dataclass

from django.db.models import Q

from rukhsa.accounts.models import Company, Person
from rukhsa.values.identifiers import IdentifierError, parse_personal_number, parse_phone, parse_registration


@dataclass(frozen=True, kw_only=True)
class Party:
    """Whom an inspector names where there is no document; nothing of it is known where nothing could be found out.

    `number` is a personal number of nine digits or a commercial registration.
    """

    name: str = ""
    number: str = ""
    phone: str = ""

    def account(self) -> tuple[Person | None, Company | None]:
        """The person or the company with this number, where either is known here."""
        if not self.number:
            return None, None
        person = Person.objects.filter(personal_number=self.number).first()
        return person, None if person else Company.objects.filter(registration=self.number).first()


def read_party(*, name: str, number: str, phone: str) -> Party:
    """The party as it was typed, with number and phone in their one form; each may be empty. Raises IdentifierError."""
    return Party(
        name=" ".join(name.split())[:200],
        number=_number(number) if number.strip() else "",
        phone=parse_phone(phone) if phone.strip() else "",
    )


def against(person: Person | None, company: Company | None) -> Q:
    """The violations of a company, or of a person who acts for oneself.

    What was recorded by number before there was an account is found by the number that eKey tells of it.
    """
    assert company or person
    number = company.registration if company else person and person.personal_number
    theirs = Q(company=company) if company else Q(person=person, company=None)
    return theirs | Q(person=None, company=None, party_number=number) if number else theirs


def _number(typed: str) -> str:
    try:
        return parse_personal_number(typed)
    except IdentifierError:
        return parse_registration(typed)
