"""A notice: what the applicant is told of an event, once over each channel; what fails to be sent is tried again."""

import logging
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import httpx
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.accounts.models import Person, PersonKind
from rukhsa.applications.models import Application
from rukhsa.applications.status_code import give_code
from rukhsa.applications.term import Term
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.catalogue import in_force
from rukhsa.catalogue.territory import territory
from rukhsa.consents.consent import still_holding
from rukhsa.delivery.push_subscription import preference_with_devices, push
from rukhsa.jobs import run_later
from rukhsa.mail import send_mail
from rukhsa.payments.amount import WRITTEN
from rukhsa.sms import send_sms
from rukhsa.values.names import Text
from rukhsa.values.writing import date_in_words

# Waits of 2 s, 4 s, 8 s and so on: eight minutes of tries. After them a sweep tries again for three days.
_RETRY = RetryStrategy(max_attempts=9, exponential_wait=2, retry_exceptions=[httpx.HTTPError, OSError])
logger = logging.getLogger(__name__)
_LEFT_TO_RETRIES: Final = timedelta(minutes=15)
_GIVEN_UP_AFTER: Final = timedelta(days=3)


class NoticeQuerySet(ScopedQuerySet["Notice"]):
    """Which notices are in trouble."""

    def failing(self) -> "NoticeQuerySet":
        """Those that could not be sent so far."""
        return self.filter(sent_at=None, failures__gt=0)


class Notice(Scoped):
    """One message to one person about one event of an application, or of their own, over one channel."""

    class Channel(models.TextChoices):
        SMS = "sms"
        MAIL = "mail"
        PUSH = "push"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # None: about something of the person's own, such as the file of their data.
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    event = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel)
    language = models.CharField(max_length=2)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    last_failure = models.CharField(max_length=200, blank=True)

    authority_path = "application__authority"
    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "event", "channel", "person"], name="told_once_a_channel"
            ),
            models.UniqueConstraint(
                fields=["person", "event", "channel"],
                condition=Q(application=None),
                name="told_once_of_ones_own",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(sent_at=None), name="notices_to_send")]


def tell(application: Application, event: str, *, at: datetime, **facts: Any) -> None:
    """Tell the applicant, and who acts for them, of an event over each channel, sent after this transaction commits.

    The same event of the same application is told once, however often this is called.
    """
    for person in told_of(application, at=at):
        tell_one(person, application, event, at=at, **facts)


def tell_one(person: Person, application: Application, event: str, *, at: datetime, **facts: Any) -> None:
    """Tell one person of an event of an application, over the channels that this person wants."""
    language = person.language if _is_staff(person) else application.language
    _tell(person, application, event, language, at, facts)


def tell_of_own(person: Person, event: str, *, language: str, at: datetime, **facts: Any) -> None:
    """Tell a person of something of their own, which belongs to no application; as `tell_one` otherwise."""
    _tell(person, None, event, language, at, facts)


def _tell(
    person: Person,
    application: Application | None,
    event: str,
    language: str,
    at: datetime,
    facts: dict[str, Any],
) -> None:
    addresses = {Notice.Channel.SMS: bool(person.phone), Notice.Channel.MAIL: person.has_mail}
    channels = {channel for channel, address in addresses.items() if address}
    if chosen := preference_with_devices(person):
        wanted = {Notice.Channel.SMS: chosen.sms, Notice.Channel.MAIL: chosen.mail}
        channels = {channel for channel in channels if wanted[channel]} or channels
        channels |= {Notice.Channel.PUSH} if chosen.has_device else set()  # type: ignore[attr-defined]
    if not channels:
        return
    told = Notice.objects.filter(application=application, event=event, person=person)
    known = told.values_list("channel", flat=True)
    # What was told already is not told again over a channel that was turned on since.
    if (missing := channels - set(known)) and not (chosen and known):
        notices = [
            Notice(
                application=application,
                person=person,
                event=event,
                channel=channel,
                language=language,
                facts=facts,
                created_at=at,
            )
            for channel in Notice.Channel
            if channel in missing
        ]
        _keep_and_send(notices, quiet_until=chosen.waits_until(at) if chosen else None)


def _is_staff(person: Person) -> bool:
    return person.kind == PersonKind.STAFF


def told_of(application: Application, *, at: datetime) -> list[Person]:
    """The applicant, and those who acted on it by a consent of the applicant that holds."""
    owner = application.applicant
    agents = [] if application.company_id else application.agents
    return [owner, *still_holding(agents, owner, application.service_version.service, at=at)]


@transaction.atomic
def _keep_and_send(notices: list[Notice], *, quiet_until: datetime | None) -> None:
    """Keep and queue notices; in quiet hours what makes a sound waits for their end, and a mail does not."""
    # A run at the same moment may have made the same notices first: that run sends them.
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    made = set(Notice.objects.filter(pk__in=[notice.pk for notice in notices]).values_list("pk", flat=True))
    for notice in notices:
        if notice.pk in made:
            waits = None if notice.channel == Notice.Channel.MAIL else quiet_until
            run_later(send_notice, not_before=waits, notice=str(notice.pk))


@app.task(name="delivery.send_notice", queue="delivery", retry=_RETRY)
def send_notice(*, notice: str) -> None:
    """Send a notice now unless it was sent, and record the outcome; raise what the channel raised."""
    try:
        _send_once(notice)
    except (httpx.HTTPError, OSError) as error:
        failed = Notice.objects.get(pk=notice)
        failed.failures += 1
        failed.last_failure = type(error).__name__
        failed.save(update_fields=["failures", "last_failure"])
        raise


@app.task(name="delivery.send_again", queue="delivery")
def send_again(*, notice: str) -> None:
    """Send a notice whose first tries failed; a failure is recorded, and the sweep comes back to it."""
    try:
        send_notice(notice=notice)
    except (httpx.HTTPError, OSError) as error:
        logger.info("a notice was not sent: %s", type(error).__name__)


def queue_unsent(*, at: datetime, limit: int = 1000) -> int:
    """Queue the oldest notices that were not sent and are in no job, behind all that is new; say how many."""
    due = Notice.objects.filter(
        sent_at=None, created_at__gt=at - _GIVEN_UP_AFTER, created_at__lt=at - _LEFT_TO_RETRIES
    )
    jobs = ProcrastinateJob.objects.filter(queue_name="delivery", status__in=["todo", "doing"])
    queued = set(jobs.values_list("args__notice", flat=True))
    unsent = due.order_by("created_at").values_list("pk", flat=True)[: limit + len(queued)]
    chosen = [str(pk) for pk in unsent if str(pk) not in queued][:limit]
    for pk in chosen:
        run_later(send_again, priority=-1, notice=pk)
    return len(chosen)


@transaction.atomic
def _send_once(pk: str) -> None:
    notice = Notice.objects.select_for_update(of=("self",)).select_related("application", "person").get(pk=pk)
    if notice.sent_at:
        return
    with translation.override(notice.language):
        _CHANNELS[notice.channel](notice, _text(notice))
    notice.sent_at = datetime.now(UTC)
    notice.save(update_fields=["sent_at"])


def _send_sms(notice: Notice, text: str) -> None:
    send_sms(str(notice.pk), notice.person.phone, text)


def _send_mail(notice: Notice, text: str) -> None:
    send_mail(str(notice.pk), notice.person.email, text.splitlines()[0], text)


def _send_push(notice: Notice, text: str) -> None:
    authority = _about(notice).get("authority", "")
    message = {"title": authority or str(_("Municipality services")), "body": text, "url": _path(notice)}
    about = {"tag": notice.pk.hex, "lang": notice.language}
    push(notice.person, message | about, topic=notice.pk.hex)


_CHANNELS: dict[str, Callable[[Notice, str], None]] = {
    Notice.Channel.SMS: _send_sms,
    Notice.Channel.MAIL: _send_mail,
    Notice.Channel.PUSH: _send_push,
}


def _text(notice: Notice) -> str:
    """The whole text: a short one for a phone, and a mail that also names service, authority, day and contact."""
    facts = _about(notice) | notice.facts
    told = sentence(notice.event, facts)
    if notice.channel == Notice.Channel.SMS:
        return short_text(told, facts.get("authority", ""))
    return told if notice.channel == Notice.Channel.PUSH else _mail(notice, told, facts)


def _about(notice: Notice) -> dict[str, Any]:
    """What every notice of an application knows; nothing where it is about none."""
    application = notice.application
    if application is None:
        return {}
    code = application.authority_id
    authority = territory().authority(code).name(on=timezone.localdate()) if code else Text(en="")
    return {
        "reference": application.reference,
        "service": application.definition.name.in_language(notice.language),
        "authority": authority.in_language(notice.language),
    }


def short_text(told: str, authority: str) -> str:
    """What a phone shows: who writes, the sentence, and the site without a path, since an address costs a part."""
    site = settings.CONFIG.addresses.portal_url.partition("://")[2]
    return f"{authority}: {told}\n{site}" if authority else f"{told}\n{site}"


def _mail(notice: Notice, told: str, facts: dict[str, Any]) -> str:
    application, portal = notice.application, settings.CONFIG.addresses.portal_url
    lines: list[Promise | str] = []
    if application:
        lines += [_("Service: {service}"), _("Authority: {authority}"), _("Application number: {reference}")]
    if last := _last_day(notice):
        lines.append(_("Last day: {last}"))
        facts["last"] = date_in_words(last, notice.language)
    lines += ["", _("To see the details and what to do, sign in:"), f"{portal}{_path(notice)}"]
    if application and notice.event == "submitted":
        facts["code"] = give_code(application).code
        by_code = _("To see the status without signing in, use the number {reference} and the code {code}:")
        lines += ["", by_code, f"{portal}{reverse('portal:status')}"]
    if facts.get("authority") and not _is_staff(notice.person):
        lines += ["", _("If you have a question, contact {authority} and quote {reference}.")]
    return "\n".join([told, "", *(str(line).format(**facts) for line in lines)])


def _path(notice: Notice) -> str:
    if _is_staff(notice.person):
        return reverse("desk:inspections")
    if notice.application_id is None:
        return reverse(OF_ONES_OWN[notice.event.partition(":")[0]])
    return reverse("portal:application", args=[notice.application_id])


def _last_day(notice: Notice) -> date | None:
    """The last day of what the notice asks for, if it asks for something that has a time limit."""
    if notice.event.partition(":")[0] not in _ASKING:
        return None
    term = Term.objects.filter(application=notice.application_id).first()
    return timezone.localtime(term.ends_at - timedelta(microseconds=1)).date() if term else None


def sentence(event: str, facts: dict[str, Any], *, text: str = "") -> str:
    """The sentence of an event, in the language that is active: as the desk changed it, or as the product has it.

    With `text` that one is filled in, to try it before it is in force."""
    written = dict(facts)
    if "currency" in facts:
        written["currency"] = WRITTEN.get(facts["currency"], facts["currency"])
    if "day" in facts:  # in words: digits with dashes turn round among Arabic letters
        written["day"] = date_in_words(date.fromisoformat(facts["day"]), get_language() or "ar")
    name = event.partition(":")[0]
    # Some events have a second text, for the case in which a day is promised.
    promised = f"{name}-promised" if "day" in facts else name
    named = promised if promised in SENTENCES else name
    changed = (in_force.current(in_force.NOTICE).get(named) or {}).get(get_language() or "ar", "")
    return (text or changed or str(SENTENCES[named])).format(**written)


# Events of a person's own, with the page that each leads to.
OF_ONES_OWN: Final = {"own-data": "portal:own-data", "signed-out": "portal:own-sessions"}
_ASKING = {"returned", "payment-due", "payment-due-first", "payment-due-visited"}
# What each event says, in one short sentence that fits an SMS. The word before the colon of an event names its text;
# what follows the colon tells two events of one kind apart.
SENTENCES: dict[str, Promise | str] = {
    "submitted": _("We received your application {reference}."),
    "submitted-promised": _("We received your application {reference}. We decide by {day}."),
    "returned": _("You need to act on application {reference}. Sign in to see what to change."),
    "payment-due": _("Application {reference} is approved. Pay {currency} {amount} to get your document."),
    "payment-due-first": _("Pay {currency} {amount} so we can start the review of {reference}."),
    "payment-due-visited": _(
        "Your site passed the visit. Pay {currency} {amount} so we can decide {reference}."
    ),
    "visit-offered": _("Choose a time for the visit for {reference}. Sign in to see the times."),
    "visit-moved": _(
        "The inspector cannot come for {reference} at the time you chose. Sign in to choose another."
    ),
    "visit-fixed": _("The visit for {reference} is on {day} at {time}."),
    "visit-chosen": _("The applicant chose {day} at {time} for the visit of {reference}."),
    "violation": _("Violation {number} was recorded. Sign in to see it, pay or object by {day}."),
    "violation-withdrawn": _("Violation {number} was withdrawn. Sign in to read the reason."),
    "bill": _("SADAD bill {number}: pay {currency} {amount} by {day} with {where}."),
    "paid": _("We received your payment for {reference}."),
    "paid-promised": _("We received your payment for {reference}. We decide by {day}."),
    "reopened": _("Your objection was accepted. We are reviewing {reference} again."),
    "refused": _("Application {reference} was refused. Sign in for the reasons and how to object."),
    "refused-promised": _(
        "Application {reference} was refused. You can object until {day}. Sign in for the reasons."
    ),
    "message": _("You have a new message about {reference}. Sign in to read it."),
    "pay-soon": _("Pay {currency} {amount} for {reference} by {day}, or we will close it."),
    "complete-soon": _("Change application {reference} by {day}, or we will close it."),
    "lapsed-unpaid": _("We closed application {reference} because it was not paid in time."),
    "lapsed-incomplete": _("We closed application {reference} because it was not completed in time."),
    "issued": _("Your document {number} is ready. Sign in to download it."),
    "ending": _("Your document {number} expires on {day}. Sign in to renew it."),
    "corrected": _("Your document {number} was corrected. Sign in to download the new one."),
    "suspended": _("Your document {number} was suspended. Sign in to read the reason."),
    "reinstated": _("Your document {number} is in force again."),
    "revoked": _("Your document {number} was revoked. Sign in to read the reason."),
    "deposit-released": _("We are returning your deposit for {reference} to your account."),
    "deposit-forfeited": _(
        "We kept {currency} {kept} of your deposit for {reference}. Sign in to see why and how to object."
    ),
    "own-data": _("The file of your data is ready for one day. Sign in to download it."),
    "signed-out": _("We signed you out on all devices. Sign in again when you need to."),
    "deposit-unclaimed": _("We hold a deposit of {currency} {amount} for {reference}. Sign in to claim it."),
}
