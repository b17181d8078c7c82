"""A violation: recorded with evidence by one person, confirmed by another, then mended, settled or withdrawn."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement, State
from rukhsa.applications.interest import require_no_interest, require_no_tie
from rukhsa.audit.journal import record
from rukhsa.authorities import scope
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.catalogue.territory import territory
from rukhsa.catalogue.violation_rule import REPEATED, ViolationRule, violation_rules
from rukhsa.delivery.notice import tell
from rukhsa.errors import RukhsaError
from rukhsa.issuance.instrument import Instrument, application_behind
from rukhsa.payments.amount import Amount
from rukhsa.payments.charge import next_number
from rukhsa.payments.tariff import price
from rukhsa.values.identifiers import instrument_number
from rukhsa.values.names import Text
from rukhsa.values.periods import Period
from rukhsa.violations.party import Party, against
from rukhsa.violations.party_notice import PartyNotice, tell_party

CODE = "VN"  # in the number of a notice, where a document has the code of its service
LONGEST = 2000  # characters of what was seen
_A_YEAR = timedelta(days=365)


class ViolationError(RukhsaError):
    """The family of what is refused about violations."""

    code = "violation"
    text: Promise | str = _("Check what you entered.")


class NotRecorded(ViolationError):
    """Something that every violation needs is missing."""

    code = "not-recorded"

    def __init__(self, text: Promise | str) -> None:
        super().__init__(str(text))
        self.text = text


class NotStanding(ViolationError):
    """The violation is not confirmed, or it was mended or withdrawn before."""

    code = "not-standing"
    text = _("This violation does not wait for that. Look at its page again.")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What an inspector found on the spot."""

    kind: str  # a code of the territory's kinds
    place: str
    text: str
    at: datetime
    photos: Sequence[str]  # digests of original pictures
    latitude: Decimal | None = None
    longitude: Decimal | None = None


class ViolationQuerySet(ScopedQuerySet["Violation"]):
    """Which violations count."""

    def confirmed(self) -> "ViolationQuerySet":
        """Those that a second person confirmed and no one has withdrawn."""
        return self.filter(state=State.APPROVED, withdrawal=None)

    def waiting(self) -> "ViolationQuerySet":
        """Those that wait for a second person."""
        return self.filter(state=State.PROPOSED)

    def to_withdraw(self) -> "ViolationQuerySet":
        """The confirmed ones whose withdrawal waits for a second person."""
        return self.confirmed().filter(withdrawal_proposals__state=State.PROPOSED)

    def to_mend(self) -> "ViolationQuerySet":
        """The confirmed ones whose cause no visit has found gone."""
        return self.confirmed().filter(mending=None)

    def told_to(self, actor: Actor) -> "ViolationQuerySet":
        """What is confirmed against a person, or against the company for which the person acts."""
        return self.filter(against(actor.person, actor.company), state=State.APPROVED)


class Violation(Agreement, Amount):
    """What was found, of a document or of a place with none; it counts once a second person confirmed it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=24, unique=True)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    kind = models.SlugField(max_length=60)
    name_ar = models.CharField(max_length=200)  # of the kind, as it was then; so are the law and the fine
    name_en = models.CharField(max_length=200)
    law_ar = models.CharField(max_length=400)
    law_en = models.CharField(max_length=400)
    instrument = models.ForeignKey(Instrument, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    company = models.ForeignKey("accounts.Company", models.PROTECT, null=True, related_name="+")
    # Of a place without a document: as the party was named.
    party_name = models.CharField(max_length=200, blank=True, db_default="")
    party_number = models.CharField(max_length=20, blank=True, db_default="")
    party_phone = models.CharField(max_length=20, blank=True, db_default="")
    place = models.CharField(max_length=200)
    text = models.TextField()
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    seen_at = models.DateTimeField()
    is_repeated = models.BooleanField(default=False)
    mend_by = models.DateField()
    contest_by = models.DateField()

    objects = ViolationQuerySet.as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.CheckConstraint(condition=Q(amount__gte=0), name="violation_fine_not_negative"),
        ]
        indexes = [
            models.Index(fields=["authority", "-proposed_at"], name="violations_of_authority"),
            models.Index(fields=["person", "kind"], name="violations_of_person"),
            models.Index(
                fields=["longitude", "latitude"],
                condition=Q(longitude__isnull=False),
                name="violations_by_position",
            ),
            models.Index(
                fields=["party_number"], condition=~Q(party_number=""), name="violations_of_party_number"
            ),
        ]

    def require_no_interest(self, person: Person) -> None:
        """Raise OwnInterest for its party, and for who is close to it."""
        if self.instrument and (application := application_behind(self.instrument)):
            require_no_interest(application, person)
        require_no_tie(person, to=self.person, company=self.company, number=self.party_number)

    @property
    def name(self) -> Text:
        """Of its kind, in the words of the day on which it was recorded."""
        return Text(ar=self.name_ar, en=self.name_en)

    @property
    def law(self) -> Text:
        """On which it rests."""
        return Text(ar=self.law_ar, en=self.law_en)

    @property
    def party(self) -> Text:
        """Whose it is: the company, the person, or the name that the inspector gave; empty where none is known."""
        known = self.company or self.person
        return known.name if known else Text(ar=self.party_name, en=self.party_name)

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back as wrong."""
        return hasattr(self, "withdrawal")

    @property
    def is_mended(self) -> bool:
        """Whether a visit found its cause gone."""
        return hasattr(self, "mending")

    def journal_detail(self) -> dict[str, str]:
        """Its number and kind."""
        return {"number": self.number, "kind": self.kind}


class Evidence(models.Model):
    """A picture of a violation, by the digest of the original as it was sent; people are shown its copy."""

    violation = models.ForeignKey(Violation, models.PROTECT, related_name="evidence")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["violation", "digest"], name="picture_of_violation_once")
        ]


class Mending(models.Model):
    """That a visit found the cause of a violation gone."""

    violation = models.OneToOneField(Violation, models.PROTECT, related_name="mending")
    text = models.TextField(blank=True)
    inspector = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


@transaction.atomic
def record_violation(
    seen: Seen,
    *,
    authority: str,
    instrument: Instrument | None,
    party: Party | None = None,
    actor: Actor,
    at: datetime,
) -> Violation:
    """Record what was seen, at an authority, against the holder of a document, or a party as far as it is known.

    They are told once a second person confirmed it. The fine is that of the tariff on the day. Raises NotPermitted,
    NotRecorded.
    """
    actor.require(Permission.RECORD_VIOLATION, at=scope.authority(authority))
    rule = _require_whole(seen, at)
    application = application_behind(instrument) if instrument else None
    named = (party or Party()) if instrument is None else Party()
    person, company = (application.applicant, application.company) if application else named.account()
    violation = Violation(
        authority_id=authority,
        number=_next_number(authority, at),
        kind=seen.kind,
        **{"name_ar": rule.name.ar, "name_en": rule.name.en, "law_ar": rule.law.ar, "law_en": rule.law.en},
        **{"instrument": instrument, "person": person, "company": company},
        **{"party_name": named.name, "party_number": named.number, "party_phone": named.phone},
        **{"place": seen.place.strip()[:200], "text": seen.text.strip()[:LONGEST]},
        **{"latitude": seen.latitude, "longitude": seen.longitude, "seen_at": seen.at},
        mend_by=_last_day(rule, at, "mend"),
        contest_by=_last_day(rule, at, "contest"),
    )
    violation.is_repeated = _was_recorded_before(violation, at)
    answers = {REPEATED: "yes" if violation.is_repeated else "no"}
    fine = price(rule.charge, answers, territory().currency, authority=authority, on=timezone.localdate(at))
    violation.amount, violation.currency = fine.money.minor, fine.money.currency
    agreement.propose(violation, permission=Permission.RECORD_VIOLATION, actor=actor, at=at)
    Evidence.objects.bulk_create(
        Evidence(violation=violation, digest=digest, at=at) for digest in dict.fromkeys(seen.photos)
    )
    return violation


@transaction.atomic
def confirm_violation(violation: Violation, *, actor: Actor, at: datetime) -> Violation:
    """Confirm it as a second person: from now on it counts, and its party is told as far as an address is known.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided.
    """
    agreed = agreement.approve(violation, permission=Permission.CONFIRM_VIOLATION, actor=actor, at=at)
    if agreed.instrument and (application := application_behind(agreed.instrument)):
        told = {"number": agreed.number, "day": agreed.contest_by.isoformat()}
        tell(application, f"violation:{agreed.number}", at=at, **told)
    else:
        tell_party(agreed, PartyNotice.Event.RECORDED, at=at)
    return agreed


def refuse_violation(violation: Violation, reason: str, *, actor: Actor, at: datetime) -> Violation:
    """Refuse it with a reason, or take it back as its recorder. Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    return agreement.refuse(violation, reason, permission=Permission.CONFIRM_VIOLATION, actor=actor, at=at)


@transaction.atomic
def mend_violation(violation: Violation, text: str, *, actor: Actor, at: datetime) -> Mending:
    """Say that a visit found the cause gone. Raises NotPermitted, NotStanding, OwnInterest."""
    actor.require(Permission.RECORD_VIOLATION, at=violation.scope)
    standing = lock_standing(violation)
    standing.require_no_interest(actor.person)
    if standing.is_mended:
        raise NotStanding
    text = text.strip()[:LONGEST]
    made = Mending.objects.create(violation=standing, text=text, inspector=actor.person, at=at)
    record("mend-violation", standing, actor=actor, at=at, number=standing.number)
    return made


def lock_standing(violation: Violation) -> Violation:
    """The violation, locked, if it is confirmed and was not withdrawn. Raises NotStanding."""
    found = Violation.objects.select_for_update(of=("self",)).get(pk=violation.pk)
    if found.state != State.APPROVED or found.is_withdrawn:
        raise NotStanding
    return found


def _require_whole(seen: Seen, at: datetime) -> ViolationRule:
    rule = violation_rules().get(seen.kind)
    if rule is None:
        raise NotRecorded(_("Choose the kind of violation."))
    if not seen.text.strip():
        raise NotRecorded(_("Say what you saw."))
    if not seen.place.strip():
        raise NotRecorded(_("Say where it is."))
    if not seen.photos:
        raise NotRecorded(_("Add at least one photo."))
    if seen.at > at + timedelta(minutes=5):
        raise NotRecorded(_("The time cannot be in the future."))
    return rule


def _last_day(rule: ViolationRule, at: datetime, what: str) -> date:
    span = rule.mend_within if what == "mend" else rule.contest_within
    unit = "day" if span.unit == "working day" else span.unit
    end = Period.lasting(timezone.localdate(at) + timedelta(days=1), span.count, unit).end
    assert end  # a span of days has an end
    return end


def _was_recorded_before(violation: Violation, at: datetime) -> bool:
    theirs = Violation.objects.confirmed().filter(kind=violation.kind, seen_at__gte=at - _A_YEAR)
    if violation.company or violation.person:
        return theirs.filter(against(violation.person, violation.company)).exists()
    number = violation.party_number
    return bool(number) and theirs.filter(person=None, company=None, party_number=number).exists()


def _next_number(authority: str, at: datetime) -> str:
    year, sequence = timezone.localdate(at).year, next_number("violations_number")
    return instrument_number(authority=authority, service=CODE, year=year, sequence=sequence)
