"""The first step of the cycle: commits what is going to be sealed, before any key is used."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.db.models import Prefetch
from django.utils import timezone
from psycopg.errors import UniqueViolation

from rukhsa.audit.journal import record_each
from rukhsa.catalogue.facts import (
    facts_beside,
    place_shown,
    printed_conditions,
    sealed_facts,
    validity_period,
)
from rukhsa.catalogue.instrument import EndOfParent, NewVersion, Renewal
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import territory
from rukhsa.issuance import parent, sequencer
from rukhsa.issuance.compose import CannotCompose, require_letters
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.grant import Grant, Recorded
from rukhsa.issuance.instrument import Instrument
from rukhsa.issuance.intent import Intent
from rukhsa.issuance.status_list import INSTRUMENTS_A_LIST, free_places
from rukhsa.places.place_picture import SMALL, picture_of
from rukhsa.trust import profiles, seal_text
from rukhsa.trust.seal import Fact
from rukhsa.values.identifiers import instrument_number, verification_code
from rukhsa.values.names import Text
from rukhsa.values.periods import Period

_LABEL: Final = re.compile("<text[^>]*>([^<]*)</text>")


class VersionUnderWay(IssuanceError):
    """Another new version of the same instrument is being issued; this one waits for its release."""

    code = "version-under-way"


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """An intent that is committed."""

    intent: Intent


def prepare(grants: Sequence[Grant], *, at: datetime) -> list[Prepared]:
    """Commit the intents of grants: number, place in the status list, code, facts. Run again, give the same ones.

    Raises NoSuchInstrument, ParentEnded, VersionUnderWay, BadFacts, LogRolledBack, or CannotCompose for a letter that
    the font lacks; then nothing new is committed.
    """
    found: dict[str, Intent] = {}
    while waiting := [each for each in grants if each.origin not in found]:
        rows = Intent.objects.select_related("authority", "supersedes__intent__authority")
        rows = rows.prefetch_related(Prefetch("service_version", ServiceVersion.objects.light()))
        rows = rows.filter(origin__in=[each.origin for each in waiting])
        found |= {row.origin: row for row in rows}
        try:
            found |= _commit([each for each in waiting if each.origin not in found], at)
        except IntegrityError as error:
            if not isinstance(error.__cause__, UniqueViolation):
                raise
            # Another worker committed it first, or took the same place in a status list: look again.
            if "number_and_version_once" in str(error):
                raise VersionUnderWay("another new version of the same number is being issued") from error
    return [Prepared(intent=found[each.origin]) for each in grants]


@transaction.atomic(durable=True)
def _commit(grants: Sequence[Grant], at: datetime) -> dict[str, Intent]:
    if not grants:
        return {}
    closed = parent.lock_parents(grants)
    numbered = list(zip(grants, _numbers([each.authority.code for each in grants]), strict=True))
    places = free_places([(each.authority.pk, number // INSTRUMENTS_A_LIST) for each, number in numbered])
    intents = Intent.objects.bulk_create(
        intent_of(each, number, place, at) for (each, number), place in zip(numbered, places, strict=True)
    )
    parent.keep_claims(closed, intents, at=at)
    record_each("prepare", intents, actor=None, at=at)
    return {intent.origin: intent for intent in intents}


def _numbers(authorities: Sequence[str]) -> list[int]:
    """The next number for each. Raises LogRolledBack, and draws none, where a published log is longer than ours."""
    shown = {code: sequencer.shown_size(code) for code in sorted(set(authorities))}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN known >= shown THEN nextval('issuance_number') END, known"
            " FROM unnest(%s::text[], %s::bigint[]) AS asked (code, shown), LATERAL"
            " (SELECT coalesce(max(size), 0) AS known FROM issuance_logcheckpoint WHERE authority_id = code) AS ours",
            [list(authorities), [shown[code] for code in authorities]],
        )
        rows = cursor.fetchall()
    for code, (_, known) in zip(authorities, rows, strict=True):
        sequencer.require_not_behind(code, known, shown[code])
    return [int(number) for number, _ in rows]


def intent_of(granted: Grant, sequence: int, place: int, at: datetime) -> Intent:
    """The intent of a grant, not committed. Raises as `prepare` does."""
    original = parent.original_of(granted, on=timezone.localdate(at))
    earlier = original or parent.parent_of(granted)
    period = _period(granted, earlier, timezone.localdate(at))
    facts, printed = _facts(granted, period), _printed(granted, period)
    printed |= _place(granted, timezone.localdate(at))
    _require_letters(granted, facts, printed)
    return Intent(
        origin=granted.origin,
        application=granted.application,
        authority=granted.authority,
        service_version=granted.service_version,
        **_identity(granted, earlier, sequence, timezone.localdate(at)),
        copies=original,
        verification_code=verification_code(),
        status_list=sequence // INSTRUMENTS_A_LIST,
        status_index=place,
        profile=granted.service_version.definition.profile_code,
        facts={str(key): fact for key, fact in facts.items()},
        printed=printed,
        valid_from=period.start,
        valid_until=period.end,
        at=at,
    )


def _period(granted: Grant, earlier: Instrument | None, today: date) -> Period:
    """The days on which it is in force; a paper document keeps those that its register recorded."""
    recorded = granted.recorded or Recorded(issued=None, expires=None, remarks=())
    start = recorded.issued or min(today, recorded.expires or today)
    if recorded.expires:
        return Period(start=start, end=recorded.expires)
    end = earlier.intent.valid_until if earlier else None
    definition = granted.service_version.definition
    if granted.amends:
        # It began with the version that it amends; only answers that say the days move them.
        start = granted.amends.period.start
        end = end if isinstance(definition.instrument.validity, EndOfParent) else None
    return validity_period(definition, granted.answers, issued=start, parent_end=end)


def _identity(granted: Grant, earlier: Instrument | None, sequence: int, day: date) -> dict[str, Any]:
    """A new number; for a new version or a renewal of an earlier instrument, that one's number and next version."""
    effects = granted.service_version.definition.instrument.effects
    if earlier and (granted.amends or any(isinstance(effect, NewVersion) for effect in effects)):
        renews = earlier.intent.renews if granted.amends else None
        return {
            "number": earlier.number,
            "version": earlier.version + 1,
            "supersedes": earlier,
            "renews": renews,
        }
    if earlier and any(isinstance(effect, Renewal) for effect in effects):
        return {"number": earlier.number, "version": earlier.version + 1, "renews": earlier}
    number = instrument_number(
        authority=granted.authority.code,
        service=granted.service_version.definition.code,
        year=day.year,
        sequence=sequence,
    )
    return {"number": number, "version": 1}


def _facts(granted: Grant, period: Period) -> dict[int, Fact]:
    definition = granted.service_version.definition
    facts = sealed_facts(
        definition,
        granted.answers,
        holder=seal_text.clean(granted.holder.in_language(territory().languages[0])),
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
        "conditions": [vars(each) for each in (*conditions, *granted.conditions, *remarks)],
    }


def _place(granted: Grant, day: date) -> dict[str, Any]:
    """The place as it was drawn, on the map of the day, where the instrument shows it and it was drawn.

    It is kept whole: the page is the same however the ground is surveyed afterwards.
    """
    shown = place_shown(granted.service_version.definition, granted.answers)
    if shown is None:
        return {}
    geometry, size = shown
    language = territory().languages[0]
    title = size.in_language(language)
    svg = picture_of(geometry, on=day, language=language, title=title, use="print", size=SMALL)
    return {"place": {"drawn": geometry, "svg": _LABEL.sub(_settable, svg), "size": vars(size)}}


def _settable(label: re.Match[str]) -> str:
    """A label of the map, or none where the font lacks a letter: a name on a survey holds up no document."""
    try:
        require_letters([unescape(label[1])])
    except CannotCompose:
        return ""
    return label[0]


def _require_letters(granted: Grant, facts: dict[int, Fact], printed: dict[str, Any]) -> None:
    """Ask for the letters of every text on the page now, since the seal stays in the log permanently."""
    profile = granted.service_version.profile
    beside = {int(key): fact for key, fact in printed["beside"].items()}
    shown_beside = granted.service_version.definition.beside(territory().currency)
    said = [
        seal_text
        for language in territory().languages
        for shown_facts in (
            profiles.show(facts, profile, language),
            profiles.show(beside, shown_beside, language),
        )
        for shown in shown_facts
        for seal_text in (shown.label, shown.value)
    ]
    texts = [profile.name, *(Text(**each) for each in (printed["statement"], *printed["conditions"]) if each)]
    require_letters(
        said + [each.in_language(language) for each in texts for language in territory().languages]
    )
