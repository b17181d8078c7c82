"""Before any key is touched: what is granted, and the intent to seal exactly that."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from rukhsa.audit.journal import record_each
from rukhsa.catalogue.facts import facts_beside, printed_conditions, sealed_facts, validity_period
from rukhsa.catalogue.instrument import AfterParent, Copy, EndOfParent, NewVersion, Renewal
from rukhsa.catalogue.territory import territory
from rukhsa.issuance import parent
from rukhsa.issuance.compose import require_letters
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.grant import Grant, Recorded
from rukhsa.issuance.instrument import Instrument, NoSuchInstrument
from rukhsa.issuance.intent import Intent
from rukhsa.trust import profiles, text
from rukhsa.trust.seal import Fact
from rukhsa.trust.statuslist import SHARD
from rukhsa.values.identifiers import instrument_number, verification_code
from rukhsa.values.names import Text
from rukhsa.values.periods import Period


class VersionUnderWay(IssuanceError):
    """Another new version of the same instrument is being issued; this one follows when that one is released."""

    code = "version-under-way"


# Half of a status list's places are used, so that a random one is free at the second draw on average.
INSTRUMENTS_A_LIST: Final = SHARD // 2


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """An intent that is committed."""

    intent: Intent


def prepare(grants: Sequence[Grant], *, at: datetime) -> list[Prepared]:
    """Commit the intents of grants: number, place in the status list, code, facts. The same ones every time.

    Raises NoSuchInstrument, ParentEnded, VersionUnderWay, BadFacts, or CannotCompose for a letter that the font lacks;
    then nothing new is committed.
    """
    found: dict[str, Intent] = {}
    while waiting := [each for each in grants if each.origin not in found]:
        rows = Intent.objects.select_related("authority", "supersedes__intent__authority")
        rows = rows.prefetch_related("service_version").filter(origin__in=[each.origin for each in waiting])
        found |= {row.origin: row for row in rows}
        try:
            found |= _commit([each for each in waiting if each.origin not in found], at)
        except IntegrityError as error:
            # Another worker was here first, or took a place in a status list: look again.
            if "number_and_version_once" in str(error):
                raise VersionUnderWay("another new version of the same number is being issued") from error
    return [Prepared(intent=found[each.origin]) for each in grants]


@transaction.atomic(durable=True)
def _commit(grants: Sequence[Grant], at: datetime) -> dict[str, Intent]:
    if not grants:
        return {}
    closed = parent.lock_parents(grants)
    numbered = list(zip(grants, _next_sequences(len(grants)), strict=True))
    places = _free_places([(each.authority.pk, number // INSTRUMENTS_A_LIST) for each, number in numbered])
    intents = Intent.objects.bulk_create(
        intent_of(each, number, place, at) for (each, number), place in zip(numbered, places, strict=True)
    )
    parent.keep_claims(closed, intents, at=at)
    record_each("prepare", intents, actor=None, at=at)
    return {intent.origin: intent for intent in intents}


def intent_of(granted: Grant, sequence: int, place: int, at: datetime) -> Intent:
    """What would be sealed for a grant, not committed. Raises as `prepare` does."""
    definition = granted.service_version.definition
    original = _original(granted, at)
    parent = original or _parent(granted)
    period = _period(granted, parent, timezone.localdate(at))
    facts, printed = _facts(granted, period), _printed(granted, period)
    _require_letters(granted, facts, printed)
    return Intent(
        origin=granted.origin,
        application=granted.application,
        authority=granted.authority,
        service_version=granted.service_version,
        **_identity(granted, parent, sequence, timezone.localdate(at)),
        copies=original,
        verification_code=verification_code(),
        status_list=sequence // INSTRUMENTS_A_LIST,
        status_index=place,
        profile=definition.profile_code,
        facts={str(key): fact for key, fact in facts.items()},
        printed=printed,
        valid_from=period.start,
        valid_until=period.end,
        at=at,
    )


def _period(granted: Grant, parent: Instrument | None, today: date) -> Period:
    """From when until when it is in force; a document on paper keeps the dates that its register recorded."""
    recorded = granted.recorded or Recorded(issued=None, expires=None, remarks=())
    start = recorded.issued or min(today, recorded.expires or today)
    if recorded.expires:
        return Period(start=start, end=recorded.expires)
    end = parent.intent.valid_until if parent else None
    return validity_period(granted.service_version.definition, granted.answers, issued=start, parent_end=end)


def _free_places(lists: Sequence[tuple[str, int]]) -> list[int]:
    """A random place for each in its authority's status list, that no instrument, no decoy and no two have."""
    chosen: list[tuple[str, int, int] | None] = [None] * len(lists)
    while None in chosen:
        for at, each in enumerate(chosen):
            while chosen[at] is None:
                drawn = (*lists[at], secrets.randbelow(SHARD))
                chosen[at] = drawn if drawn not in chosen else each
        taken = _taken([each for each in chosen if each])
        chosen = [None if each in taken else each for each in chosen]
    return [index for _, _, index in filter(None, chosen)]


def _taken(places: Sequence[tuple[str, int, int]]) -> set[tuple[str, int, int]]:
    authorities, lists, indexes = (list(each) for each in zip(*places, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT authority_id, status_list, status_index FROM ("
            " SELECT authority_id, status_list, status_index FROM issuance_intent UNION ALL"
            " SELECT authority_id, status_list, status_index FROM issuance_decoy) AS known"
            " JOIN unnest(%s::text[], %s::int[], %s::int[]) AS drawn (authority, list, index)"
            " ON (authority_id, status_list, status_index) = (authority, list, index)",
            [authorities, lists, indexes],
        )
        return set(cursor.fetchall())


def _identity(granted: Grant, parent: Instrument | None, sequence: int, day: date) -> dict[str, Any]:
    """A new number; or the parent's with its next version, where one is made of it or it is renewed."""
    effects = granted.service_version.definition.instrument.effects
    if parent and (granted.amends or any(isinstance(effect, NewVersion) for effect in effects)):
        renewed = parent.intent.renews if granted.amends else None
        return {
            "number": parent.number,
            "version": parent.version + 1,
            "supersedes": parent,
            "renews": renewed,
        }
    if parent and any(isinstance(effect, Renewal) for effect in effects):
        return {"number": parent.number, "version": parent.version + 1, "renews": parent}
    number = instrument_number(
        authority=granted.authority.code,
        service=granted.service_version.definition.code,
        year=day.year,
        sequence=sequence,
    )
    return {"number": number, "version": 1}


def _original(granted: Grant, at: datetime) -> Instrument | None:
    """The instrument of which this one is a copy: the version of today, or the only one there will be."""
    if granted.amends:
        return granted.amends.intent.copies
    for effect in granted.service_version.definition.instrument.effects:
        if isinstance(effect, Copy):
            versions = _versions(granted, effect.copies)
            begun = [each for each in versions if each.period.start <= timezone.localdate(at)]
            return (begun or versions)[0]
    return None


def _parent(granted: Grant) -> Instrument | None:
    """The instrument that this one continues, as the definition names it, in its newest version."""
    if granted.amends:
        return granted.amends
    rule = granted.service_version.definition.instrument
    named = [effect.new_version_of for effect in rule.effects if isinstance(effect, NewVersion)]
    named += [effect.renews for effect in rule.effects if isinstance(effect, Renewal)]
    named += [rule.validity.end_of] if isinstance(rule.validity, EndOfParent) else []
    named += [rule.validity.after] if isinstance(rule.validity, AfterParent) else []
    return _versions(granted, named[0])[0] if named else None


def _versions(granted: Grant, question: str) -> list[Instrument]:
    """The versions of the instrument that an answer names, the newest first. Raises NoSuchInstrument."""
    number = granted.answers.get(question)
    found = Instrument.objects.select_related("intent__renews").filter(intent__number=number)
    versions = list(found.filter(intent__authority=granted.authority).order_by("-intent__version"))
    if not versions:
        raise NoSuchInstrument(str(number))
    return versions


def _facts(granted: Grant, period: Period) -> dict[int, Fact]:
    definition = granted.service_version.definition
    facts = sealed_facts(
        definition,
        granted.answers,
        holder=text.clean(granted.holder.in_language(territory().languages[0])),
        masked_id=granted.masked_id,
        period=period,
    )
    profiles.check(facts, granted.service_version.profile)
    return facts


def _printed(granted: Grant, period: Period) -> dict[str, Any]:
    definition = granted.service_version.definition
    statement = definition.instrument.statement
    beside = facts_beside(definition, granted.answers, period=period)
    conditions = printed_conditions(definition, granted.answers)
    remarks = granted.recorded.remarks if granted.recorded else ()
    return {
        "beside": {str(key): fact for key, fact in beside.items()},
        "statement": vars(statement) if statement else None,
        "conditions": [vars(each) for each in (*conditions, *remarks)],
    }


def _require_letters(granted: Grant, facts: dict[int, Fact], printed: dict[str, Any]) -> None:
    """The font of documents can set all that this one says: afterwards its seal stands in the log for ever."""
    profile = granted.service_version.profile
    beside = {int(key): fact for key, fact in printed["beside"].items()}
    shown_beside = granted.service_version.definition.beside(territory().currency)
    said = [
        text
        for language in territory().languages
        for told in (profiles.show(facts, profile, language), profiles.show(beside, shown_beside, language))
        for shown in told
        for text in (shown.label, shown.value)
    ]
    texts = [profile.name, *(Text(**each) for each in (printed["statement"], *printed["conditions"]) if each)]
    require_letters(
        said + [each.in_language(language) for each in texts for language in territory().languages]
    )


def _next_sequences(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('issuance_number') FROM generate_series(1, %s)", [count])
        return [int(number) for (number,) in cursor.fetchall()]
