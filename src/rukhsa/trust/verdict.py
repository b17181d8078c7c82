"""The verdict: the answer to "is this document genuine and in force?", with everything it rests on."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rukhsa.trust import profiles, words
from rukhsa.trust.profiles import Profile, Shown
from rukhsa.trust.seal import Claims
from rukhsa.trust.trustlist import Authority
from rukhsa.values.names import Text

MET, FAILED, NOT_REACHED, NOT_ASKED = "met", "failed", "not-reached", "not-asked"


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One numbered duty of the verdict and how it ended."""

    number: int
    outcome: str

    @property
    def name(self) -> Text:
        return words.duty(self.number)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found about one document at one moment.

    Facts, authority and profile are given only where the signature holds: without it anyone may have written them.
    """

    word: str
    reason: str
    at: datetime
    failed_duty: int | None = None  # None where every duty was met
    asked_acceptance: bool = False
    claims: Claims | None = None
    authority: Authority | None = None
    profile: Profile | None = None
    status_issued_at: int | None = None  # seconds since 1970 UTC
    log_size: int | None = None
    witnessed: bool | None = None  # None where the authority names no witnesses, or the log was not reached
    # Of a file: "stamped", "not-stamped" or "unknown-authority"; None for anything else.
    stamp: str | None = None
    stamped_at: int | None = None  # seconds since 1970 UTC, by a time stamping authority of the trust list
    detail: str = ""  # for engineers; not for people
    circular: str = ""
    policy_name: Text = field(default=Text())

    @property
    def valid(self) -> bool:
        """Whether the document may be relied on, now."""
        return self.word == "valid"

    @property
    def name(self) -> Text:
        return words.name(self.word)

    @property
    def tone(self) -> str:
        return words.tone(self.word)

    @property
    def sentence(self) -> Text:
        return words.sentence(self.word)

    @property
    def because(self) -> Text:
        return words.reason(self.reason)

    @property
    def stamp_sentence(self) -> Text | None:
        """What the time stamp of a file is worth."""
        return words.stamp(self.stamp) if self.stamp else None

    @property
    def next_step(self) -> dict[str, Text]:
        """What to do next, for each of the three audiences."""
        return {who: words.next_step(self.word, self.reason, who) for who in words.AUDIENCES}

    @property
    def duties(self) -> tuple[Duty, ...]:
        """The eight duties in their order, each with its outcome."""
        return tuple(Duty(number=number, outcome=self._outcome(number)) for number in range(8))

    @property
    def status_age_seconds(self) -> int | None:
        """How old the knowledge of the status is; None where it was not reached."""
        if self.status_issued_at is None:
            return None
        return max(0, int(self.at.timestamp()) - self.status_issued_at)

    @property
    def status_known(self) -> Text:
        """The age of the status in words, or that it is not known: said with every verdict."""
        return words.status_known(self.status_age_seconds)

    @property
    def witness_known(self) -> Text | None:
        """Whether independent witnesses have seen it in the log, in words; None where none are required."""
        return None if self.witnessed is None else words.witnessed(self.witnessed)

    def facts(self, language: str) -> list[Shown]:
        """The facts, to be compared with the paper and the card, in `language` ("ar" or "en")."""
        if self.claims is None or self.profile is None:
            return []
        return profiles.show(self.claims.facts, self.profile, language)

    @property
    def issuer(self) -> Text | None:
        """The authority's name as it was on the day of issue."""
        if self.authority is None or self.claims is None:
            return None
        return self.authority.name_on(datetime.fromtimestamp(self.claims.issued_at, UTC).date())

    def _outcome(self, number: int) -> str:
        if number == 7 and not self.asked_acceptance:
            return NOT_ASKED
        if self.failed_duty is None or number < self.failed_duty:
            return MET
        return FAILED if number == self.failed_duty else NOT_REACHED


def to_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict for other systems (docs/formats/verdict.md)."""
    claims = verdict.claims
    return {
        "word": verdict.word,
        "reason": verdict.reason,
        "at": verdict.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "instrument": claims.instrument if claims else None,
        "version": claims.version if claims else None,
        "authority": verdict.authority.id if verdict.authority else None,
        "profile": verdict.profile.service if verdict.profile else None,
        "duties": [{"number": duty.number, "outcome": duty.outcome} for duty in verdict.duties],
        "status_age_seconds": verdict.status_age_seconds,
        "log_size": verdict.log_size,
        "witnessed": verdict.witnessed,
        "stamp": verdict.stamp,
        "stamped_at": _moment(verdict.stamped_at),
        "circular": verdict.circular or None,
        "languages": {language: _in_language(verdict, language) for language in ("ar", "en")},
    }


def _moment(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _in_language(verdict: Verdict, language: str) -> dict[str, Any]:
    return {
        "name": verdict.name.in_language(language),
        "sentence": verdict.sentence.in_language(language),
        "because": verdict.because.in_language(language),
        "stamp": verdict.stamp_sentence.in_language(language) if verdict.stamp_sentence else None,
        "status_known": verdict.status_known.in_language(language),
        "witness_known": verdict.witness_known.in_language(language) if verdict.witness_known else None,
        "issuer": verdict.issuer.in_language(language) if verdict.issuer else None,
        "title": verdict.profile.name.in_language(language) if verdict.profile else None,
        "facts": [[fact.label, fact.value] for fact in verdict.facts(language)],
        "next": {audience: text.in_language(language) for audience, text in verdict.next_step.items()},
    }
