"""Letters to the staff about their own accounts: by mail, in their language, after the act has committed."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa.accounts.models import Person
from rukhsa.jobs import run_later

# Waits of 2 s, 4 s, 8 s and so on: more than two hours of tries.
_RETRY = RetryStrategy(max_attempts=13, exponential_wait=2, retry_exceptions=[OSError])


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a letter is headed, and what it says."""

    subject: Promise
    text: Promise


LETTERS = {
    "invitation": Letter(
        subject=_("Your account at the desk"),
        text=_("Choose your password and set up your passkey by this link. It opens once."),
    ),
    "reset": Letter(
        subject=_("Your account was reset"),
        text=_(
            "Your password and your proofs of identity were removed, and you were signed out everywhere. "
            "Set them up again by this link. It opens once."
        ),
    ),
    "password-changed": Letter(
        subject=_("Your password was changed"),
        text=_("You were signed out everywhere but where you changed it."),
    ),
    "factor-added": Letter(
        subject=_("A proof of identity was added to your account"),
        text=_("You were signed out everywhere but where you added it."),
    ),
    "factor-removed": Letter(
        subject=_("A proof of identity was removed from your account"),
        text=_("You were signed out everywhere but where you removed it."),
    ),
    "recovery-codes": Letter(
        subject=_("You have new recovery codes"),
        text=_("The recovery codes that you had before open nothing any more."),
    ),
    "post-changed": Letter(
        subject=_("Your posts were changed"),
        text=_("Sign in again to see what you may do now."),
    ),
    "sessions-ended": Letter(
        subject=_("You were signed out"),
        text=_("Sessions of your account were ended. You can sign in again."),
    ),
    "guessed": Letter(
        subject=_("Somebody who knows your password guesses at your codes"),
        text=_("Change your password now, and tell your security officer. A passkey cannot be guessed."),
    ),
}
_WARNING = _("If this was not you, tell your security officer or administrator at once.")


def tell(person: Person, letter: str, *, at: datetime, link: str = "") -> None:
    """Queue a letter; `link` is a path of the portal that the letter leads to, made known by nothing else."""
    assert letter in LETTERS
    run_later(send_letter, person=str(person.pk), letter=letter, at=at.isoformat(), invitation=link)


@app.task(name="staff.send_letter", queue="delivery", retry=_RETRY)
def send_letter(*, person: str, letter: str, at: str, invitation: str = "") -> None:
    """Send it. One that is sent twice says the same twice."""
    to = Person.objects.get(pk=person)
    with translation.override(to.language):
        moment = timezone.localtime(datetime.fromisoformat(at))
        lines = [str(LETTERS[letter].text)]
        if invitation:
            lines += ["", _link(invitation)]
        else:
            lines += ["", str(_WARNING)]
        lines += ["", formats.date_format(moment, "DATETIME_FORMAT")]
        EmailMessage(str(LETTERS[letter].subject), "\n".join(lines), to=[to.email]).send()


def _link(invitation: str) -> str:
    from rukhsa.staff.invitation import address_of

    return f"{settings.CONFIG.addresses.portal_url}{address_of(invitation)}"
