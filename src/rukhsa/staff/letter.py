"""Letters to the staff about their own accounts: by mail, in their language, after the act has committed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa.accounts.models import Person
from rukhsa.jobs import run_later
from rukhsa.mail import send_mail

# Waits of 2 s, 4 s, 8 s and so on: more than two hours of tries.
_RETRY = RetryStrategy(max_attempts=13, exponential_wait=2, retry_exceptions=[OSError])


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The subject and the text of a letter."""

    subject: Promise
    text: Promise


WORDINGS = {
    "invitation": Wording(
        subject=_("Your account at the desk"),
        text=_("Use this link to choose your password and set up your passkey. It opens once."),
    ),
    "reset": Wording(
        subject=_("Your account was reset"),
        text=_(
            "We removed your password and proofs of identity and ended your sessions. Use this link to "
            "set them up again. It opens once."
        ),
    ),
    "password-changed": Wording(
        subject=_("Your password was changed"),
        text=_("You were signed out everywhere except where you changed it."),
    ),
    "factor-added": Wording(
        subject=_("A proof of identity was added to your account"),
        text=_("You were signed out everywhere except where you added it."),
    ),
    "factor-removed": Wording(
        subject=_("A proof of identity was removed from your account"),
        text=_("You were signed out everywhere except where you removed it."),
    ),
    "recovery-codes": Wording(
        subject=_("You have new recovery codes"),
        text=_("Any earlier recovery codes no longer work."),
    ),
    "post-changed": Wording(
        subject=_("Your posts were changed"),
        text=_("Sign in again to see what you can do now."),
    ),
    "sessions-ended": Wording(
        subject=_("You were signed out"),
        text=_("Sessions of your account were ended. You can sign in again."),
    ),
    "referral-came": Wording(
        subject=_("A question for your agency"),
        text=_("An authority asks for your agency's opinion. Sign in at the desk to answer."),
    ),
    "referrals-came": Wording(
        subject=_("Questions for your agency"),
        text=_(
            "Authorities ask for your agency's opinion. Sign in at the desk to answer. Number of questions:"
        ),
    ),
    "agency-more-time": Wording(
        subject=_("An agency needs more time"),
        text=_("It gives the reason and the day by which it will answer. Read them at the desk."),
    ),
    "condition-ruled": Wording(
        subject=_("The authority decided about a condition of your agency"),
        text=_("It left the condition out, or put it back. Read the reason at the desk."),
    ),
    "agency-soon": Wording(
        subject=_("A referral is due on the next working day"),
        text=_(
            "The authority waits for your agency's answer until the end of the next working day. Sign in at the "
            "desk to answer."
        ),
    ),
    "agencies-soon": Wording(
        subject=_("Referrals are due on the next working day"),
        text=_(
            "Authorities wait for your agency's answers until the end of the next working day. Sign in at the "
            "desk to answer. Number of questions:"
        ),
    ),
    "agency-silent": Wording(
        subject=_("An agency has not answered in time"),
        text=_(
            "The time to answer has passed. The agency can still answer; the supervisor can wait, ask another "
            "agency or continue with reasons."
        ),
    ),
    "agencies-silent": Wording(
        subject=_("Agencies have not answered in time"),
        text=_(
            "The time to answer has passed. The agencies can still answer; the supervisor can wait, ask "
            "another agency or continue with reasons. Number of applications:"
        ),
    ),
    "released": Wording(
        subject=_("Applications wait for an officer"),
        text=_("A post has ended. Its applications are unassigned now. Number of applications:"),
    ),
    "given": Wording(
        subject=_("An application was given to you"),
        text=_("Another person gave you an application. Sign in at the desk to open it."),
    ),
    "due-soon": Wording(
        subject=_("Applications of yours are due on the next working day"),
        text=_("They are due by the end of the next working day. Open your queue. Number of applications:"),
    ),
    "late": Wording(
        subject=_("Applications of yours are late"),
        text=_(
            "They are past their time limit, and the supervisor knows. Open your queue. Number of "
            "applications:"
        ),
    ),
    "late-here": Wording(
        subject=_("Applications or visits are late"),
        text=_(
            "They are past their time limit at your authority. Open the workload to help or to share them "
            "out. Number of applications and visits:"
        ),
    ),
    "officer-alarm": Wording(
        subject=_("Unusual decisions of an officer"),
        text=_(
            "An officer decided far more than usual, or at unusual hours. Look at the alarms at the desk. "
            "Number of alarms:"
        ),
    ),
    "second-look": Wording(
        subject=_("A second look differs from an approval"),
        text=_("A person who looked at an approval again would not have given it. Read why at the desk."),
    ),
    "visits-late": Wording(
        subject=_("Visits of yours are late"),
        text=_(
            "They are past their time limit, and the supervisor knows. Open your visits. Number of visits:"
        ),
    ),
    "second-hand": Wording(
        subject=_("Proposals wait for a second person"),
        text=_(
            "Another person proposed what you may approve or refuse. Sign in at the desk and open Today. "
            "Number of proposals:"
        ),
    ),
    "digest": Wording(
        subject=_("Your work today"),
        text=_("What waits for you at the desk this morning:"),
    ),
    "figures": Wording(
        subject=_("The figures of the week"),
        text=_(
            "What happened at your authority in the last seven days. You can stop this email at the desk."
        ),
    ),
    "sitting-called": Wording(
        subject=_("You are called to a sitting of your committee"),
        text=_("The agenda and its papers are at the desk. The calendar file is attached."),
    ),
    "sitting-called-off": Wording(
        subject=_("A sitting of your committee is called off"),
        text=_("The sitting will not be held. The calendar file removes it."),
    ),
    "export-ready": Wording(
        subject=_("The file of a person's data is ready"),
        text=_("Download it at the desk, on the page People's data, within a day. Then it is deleted."),
    ),
    "webhook-ended": Wording(
        subject=_("Your agency's system is no longer told of changes"),
        text=_(
            "It did not answer for three days. The feed still has every change. Register the address again at "
            "the desk once the system works. The address:"
        ),
    ),
    "guessed": Wording(
        subject=_("Someone who knows your password is guessing your codes"),
        text=_("Change your password now and tell your security officer. A passkey cannot be guessed."),
    ),
}
# What a text of the desk may name.
VARIABLES = frozenset({"name"})  # of the person to whom it is sent
type Changed = Callable[[str], Mapping[str, str] | None]
_changed: list[Changed] = []
_WARNING = _("If this was not you, tell your security officer or administrator at once.")


class Letter(models.Model):
    """A letter to one of the staff: it is written with the act that it tells of, and sent once."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    about = models.CharField(max_length=60, blank=True)  # a reference or a number, never a person
    details = models.TextField(blank=True)  # such as a day and a place
    calendar = models.TextField(blank=True)  # a file for a calendar (RFC 5545)
    invitation = models.ForeignKey("staff.Invitation", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)


def word_letters_by(changed: Changed) -> None:
    """Let a room above say how the desk worded a kind of letter: its subject and text in both languages."""
    _changed[:] = [changed]


def worded(kind: str, language: str, *, name: str) -> tuple[str, str]:
    """The subject and the text of a kind of letter in a language: as the desk changed them, or as they are here."""
    said = next((found for changed in _changed if (found := changed(kind))), None)
    if said:
        return said[f"subject_{language}"], said[language].format(name=name)
    with translation.override(language):
        return str(WORDINGS[kind].subject), str(WORDINGS[kind].text)


@transaction.atomic
def tell(
    person: Person,
    kind: str,
    *,
    at: datetime,
    invitation: UUID | None = None,
    about: str = "",
    details: str = "",
    calendar: str = "",
) -> None:
    """Write a letter, and queue it with the transaction that is open; one with an invitation leads to its link."""
    assert kind in WORDINGS
    more = {"about": about, "details": details, "calendar": calendar}
    letter = Letter.objects.create(person=person, kind=kind, invitation_id=invitation, at=at, **more)
    run_later(send_letter, letter=letter.pk)


@app.task(name="staff.send_letter", queue="delivery", retry=_RETRY)
@transaction.atomic
def send_letter(*, letter: int) -> None:
    """Send it now unless it was sent."""
    found = Letter.objects.select_for_update(of=("self",)).select_related("person").get(pk=letter)
    if found.sent_at:
        return
    person = found.person
    name = person.name.in_language(person.language)
    subject, text = worded(found.kind, person.language, name=name)
    with translation.override(person.language):
        send_mail(f"letter-{letter}", person.email, subject, _text(found, text), calendar=found.calendar)
    found.sent_at = timezone.now()
    found.save(update_fields=["sent_at"])


def _text(letter: Letter, text: str) -> str:
    last = (
        _link(str(letter.invitation_id))
        if letter.invitation_id
        else letter.details or letter.about or str(_WARNING)
    )
    if letter.kind == "digest":
        last = _in_lines(letter.about)
    return composed(text, last, letter.at)


def composed(text: str, last: str, at: datetime) -> str:
    """The whole letter: its text, the link or the numbers that it brings, and when it was written."""
    return "\n\n".join([text, last, formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")])


LINES = {
    "mine": _("in hand"),
    "late": _("late"),
    "soon": _("due by the end of the next working day"),
    "second": _("waiting for a second person"),
    "unassigned": _("unassigned"),
    "visits": _("visits to make by today"),
    "matters": _("before your committee"),
}


def _in_lines(about: str) -> str:
    """Numbers such as "mine=5 late=2", each on a line in words."""
    numbers = (part.partition("=") for part in about.split())
    return "\n".join(f"{LINES[name]}: {number}" for name, _is, number in numbers)


def _link(invitation: str) -> str:
    from rukhsa.staff.invitation import address_of  # which writes letters

    return f"{settings.CONFIG.addresses.portal_url}{address_of(invitation)}"
