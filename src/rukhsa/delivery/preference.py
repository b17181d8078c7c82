"""A person's preferences of notices: over which channels, and in which hours a telephone stays quiet."""

from datetime import datetime, time, timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.errors import RukhsaError


class NoChannel(RukhsaError):
    """Preferences by which the person would be told of nothing."""

    code = "no-channel"
    text: Promise = _("Keep SMS or email on: otherwise you would miss a last day or a decision.")


class Preference(models.Model):
    """What a person chose; without a row every channel is on and no hour is quiet."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="+")
    sms = models.BooleanField(default=True)
    mail = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sms=True) | models.Q(mail=True), name="one_channel_stays_on"
            )
        ]

    def waits_until(self, at: datetime) -> datetime | None:
        """When the quiet hours end in which a moment lies; None outside of them. Hours may pass midnight."""
        start, end = self.quiet_from, self.quiet_until
        if start is None or end is None or start == end:
            return None
        local = timezone.localtime(at)
        here = local.time()
        is_quiet = start <= here < end if start < end else here >= start or here < end
        if not is_quiet:
            return None
        day = local.date() + timedelta(days=1) if here >= end else local.date()
        return datetime.combine(day, end, tzinfo=local.tzinfo)


def preference_of(person: Person) -> Preference | None:
    """What a person chose, if anything."""
    return Preference.objects.filter(person=person).first()


@transaction.atomic
def prefer(
    *, sms: bool, mail: bool, quiet: tuple[time, time] | None, actor: Actor, at: datetime
) -> Preference:
    """Keep what the actor chose for oneself. Raises NoChannel where nothing would reach the person."""
    actor.require(Permission.READ_OWN, at=actor.oneself)
    person = actor.person
    if not ((sms and person.phone) or (mail and person.has_mail)):
        raise NoChannel
    start, end = quiet or (None, None)
    chosen, _new = Preference.objects.update_or_create(
        person=person,
        defaults={"sms": sms, "mail": mail, "quiet_from": start, "quiet_until": end, "changed_at": at},
    )
    record("change-notices", person, actor=actor, at=at, sms=sms, mail=mail, quiet=quiet is not None)
    return chosen
