"""Before any key is touched: what is granted, and the intent to seal exactly that."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.audit.journal import record
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.facts import printed_conditions, sealed_facts, validity_period
from rukhsa.catalogue.instrument import Closing, EndOfParent, NewVersion
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import territory
from rukhsa.issuance.errors import NoSuchInstrument, NotGranted, NotPaid, ParentBusy, ParentEnded
from rukhsa.issuance.models import Claim, Instrument, Intent, Status
from rukhsa.payments import tariff
from rukhsa.payments.models import Charge
from rukhsa.review.models import Decision
from rukhsa.trust import profiles, text
from rukhsa.trust.statuslist import SHARD
from rukhsa.values.identifiers import instrument_number, verification_code
from rukhsa.values.names import Text
from rukhsa.values.periods import Period

# Half of a status list's places are used, so that a random one is free at the second try on average.
INSTRUMENTS_A_LIST: Final = SHARD // 2


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What may be issued: every step of the cycle begins with one of these.

    `origin` says for what, once and for all ("application:<id>"); `holder` and `masked_id` are as sealed.
    """

    origin: str
    application: Application | None
    authority: Authority
    service_version: ServiceVersion
    answers: dict[str, Any]
    holder: Text
    masked_id: str | None
    amends: Instrument | None = None


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """An intent that is committed."""

    intent: Intent


def grant(application: Application, *, at: datetime) -> Grant:
    """The grant of a decided and paid application. Raises NotGranted, NotPaid.

    1. A decision grants it.
    2. What was due at submission and after the decision has its receipt.
    """
    granted = Decision.objects.filter(application=application, outcome=Decision.Outcome.GRANTED)
    if application.stage != Stage.GRANTED or not granted.exists():  # 1
        raise NotGranted(application.reference)
    if any(not hasattr(charge, "receipt") for charge in _charges(application, at)):  # 2
        raise NotPaid(application.reference)
    assert application.authority is not None
    company, person = application.company, application.applicant
    return Grant(
        origin=f"application:{application.pk}",
        application=application,
        authority=application.authority,
        service_version=application.service_version,
        answers=application.answers,
        holder=company.name if company else person.name,
        masked_id=(company.registration if company else person.masked_number) or None,
    )


def _charges(application: Application, at: datetime) -> list[Charge]:
    """What was due; what falls due after the decision is assessed here if nobody asked for it before."""
    newest = (
        Charge.objects.select_related("receipt").filter(application=application).order_by("due", "-number")
    )
    charges = list(newest.distinct("due"))
    if not any(charge.due == Charge.Due.AFTER_DECISION for charge in charges):
        due_now = tariff.assess(application, Charge.Due.AFTER_DECISION, at=at)
        charges += [due_now] if due_now else []
    return charges


def prepare(granted: Grant, *, at: datetime) -> Prepared:
    """Commit the intent of a grant: number, place in the status list, code, facts. The same one every time."""
    found = Intent.objects.filter(origin=granted.origin).first()
    while found is None:
        try:
            found = _commit(granted, at)
        except IntegrityError:
            # Another worker was here first, or the random place in the status list is taken.
            found = Intent.objects.filter(origin=granted.origin).first()
    return Prepared(intent=found)


@transaction.atomic(durable=True)
def _commit(granted: Grant, at: datetime) -> Intent:
    definition = granted.service_version.definition
    held = _hold(granted)
    parent = _parent(granted)
    period = validity_period(
        definition,
        granted.answers,
        issued=timezone.localdate(at),
        parent_end=parent.intent.valid_until if parent else None,
    )
    sequence = _next_sequence()
    intent = Intent.objects.create(
        origin=granted.origin,
        application=granted.application,
        authority=granted.authority,
        service_version=granted.service_version,
        **_identity(granted, parent, sequence, timezone.localdate(at)),
        verification_code=verification_code(),
        status_list=sequence // INSTRUMENTS_A_LIST,
        status_index=secrets.randbelow(SHARD),
        profile=definition.profile_code,
        facts=_facts(granted, period),
        printed=_printed(granted),
        valid_from=period.start,
        valid_until=period.end,
        at=at,
    )
    if held:
        Claim.objects.create(instrument=held, intent=intent, at=at)
    record("prepare", intent, actor=None, at=at)
    return intent


def _hold(granted: Grant) -> Instrument | None:
    """Lock the earlier instrument until this intent is committed; it is given back where this one closes it.

    Two applications may have named it while it was open: the first one prepared closes it. Raises ParentEnded,
    ParentBusy, NoSuchInstrument.
    """
    effects = granted.service_version.definition.instrument.effects
    closes = [granted.answers.get(effect.closes) for effect in effects if isinstance(effect, Closing)]
    renews = [
        granted.answers.get(effect.new_version_of) for effect in effects if isinstance(effect, NewVersion)
    ]
    for number in (*closes, *renews):
        earlier = Instrument.objects.select_for_update(of=("self",)).select_related("intent")
        versions = list(
            earlier.filter(intent__number=number, intent__authority=granted.authority).order_by(
                "-intent__version"
            )
        )
        if not versions:
            raise NoSuchInstrument(str(number))
        newest = versions[0]
        if any(hasattr(each, "claim") or hasattr(each, "closure") for each in versions) or (
            newest.standing is Status.REVOKED
        ):
            raise ParentEnded(str(number))
        if Intent.objects.filter(number=number, version__gt=newest.version).exists():
            raise ParentBusy(str(number))
        if number in closes:
            return newest
    return None


def _identity(granted: Grant, parent: Instrument | None, sequence: int, day: date) -> dict[str, Any]:
    """A new number; or the parent's with its next version, where a new version is made of it."""
    effects = granted.service_version.definition.instrument.effects
    if parent and (granted.amends or any(isinstance(effect, NewVersion) for effect in effects)):
        return {"number": parent.number, "version": parent.version + 1, "supersedes": parent}
    number = instrument_number(
        authority=granted.authority.code,
        service=granted.service_version.definition.code,
        year=day.year,
        sequence=sequence,
    )
    return {"number": number, "version": 1, "supersedes": None}


def _parent(granted: Grant) -> Instrument | None:
    """The instrument that this one continues, as the definition names it, in its newest version."""
    if granted.amends:
        return granted.amends
    rule = granted.service_version.definition.instrument
    named = [effect.new_version_of for effect in rule.effects if isinstance(effect, NewVersion)]
    named += [rule.validity.end_of] if isinstance(rule.validity, EndOfParent) else []
    if not named:
        return None
    number = granted.answers.get(named[0])
    found = Instrument.objects.select_related("intent").filter(intent__number=number)
    parent = found.filter(intent__authority=granted.authority).order_by("-intent__version").first()
    if parent is None:
        raise NoSuchInstrument(str(number))
    return parent


def _facts(granted: Grant, period: Period) -> dict[str, Any]:
    definition = granted.service_version.definition
    facts = sealed_facts(
        definition,
        granted.answers,
        holder=text.clean(granted.holder.in_language(territory().languages[0])),
        masked_id=granted.masked_id,
        period=period,
    )
    profiles.check(facts, granted.service_version.profile)
    return {str(key): fact for key, fact in facts.items()}


def _printed(granted: Grant) -> dict[str, Any]:
    definition = granted.service_version.definition
    statement = definition.instrument.statement
    return {
        "statement": vars(statement) if statement else None,
        "conditions": [vars(each) for each in printed_conditions(definition, granted.answers)],
    }


def _next_sequence() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('issuance_number')")
        (number,) = cursor.fetchone()
    return int(number)
