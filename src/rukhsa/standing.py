"""Where an application stands: whose turn it is, since when, and how long each party has had it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models.functions import Coalesce

from rukhsa.applications.models import Application, Step, Term
from rukhsa.applications.stages import OPEN_STAGES, Act, Stage, Turn
from rukhsa.issuance.models import Instrument
from rukhsa.payments.models import Attempt, Charge, Receipt
from rukhsa.review.deadline import Expected, Pause, expected
from rukhsa.review.examination import Beginning, is_paid_first, pauses_in
from rukhsa.review.referral import Referral


class Headline(StrEnum):
    """The one thing to say about an application."""

    DRAFT = "draft"
    RETURNED = "returned"
    PAY_AT_SUBMISSION = "pay-at-submission"
    IN_REVIEW = "in-review"
    WITH_AGENCY = "with-agency"
    PAY_VISITED = "pay-visited"
    PAY = "pay"
    CHECKING_PAYMENT = "checking-payment"
    ISSUING = "issuing"
    ISSUED = "issued"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


# So long a payment that was begun may be under way; after that the applicant has left it, and it is their turn again.
PAYING = timedelta(minutes=15)
TURNS = {
    Headline.DRAFT: Turn.APPLICANT,
    Headline.RETURNED: Turn.APPLICANT,
    Headline.PAY_AT_SUBMISSION: Turn.APPLICANT,
    Headline.IN_REVIEW: Turn.AUTHORITY,
    Headline.WITH_AGENCY: Turn.AGENCY,
    Headline.PAY_VISITED: Turn.APPLICANT,
    Headline.PAY: Turn.APPLICANT,
    Headline.CHECKING_PAYMENT: Turn.GATEWAY,
    Headline.ISSUING: Turn.SYSTEM,
    Headline.ISSUED: Turn.NOBODY,
    Headline.REFUSED: Turn.NOBODY,
    Headline.WITHDRAWN: Turn.NOBODY,
    Headline.LAPSED: Turn.NOBODY,
}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The answer to "where is it?", for the applicant and for the officer alike."""

    headline: Headline
    since: datetime
    waited: dict[Turn, timedelta]  # how long each party has had it so far
    agencies: tuple[str, ...] = ()  # the codes of those that were asked and have not answered
    instrument: Instrument | None = None
    until: datetime | None = None  # the moment at which it ends by itself, where the applicant is waited for
    expected: Expected | None = None  # by when it is decided, while it is open

    @property
    def turn(self) -> Turn:
        """Whose turn it is."""
        return TURNS[self.headline]


@dataclass(kw_only=True)
class _Facts:
    """What is known of one application beyond its own row."""

    steps: list[Step]
    charges: dict[str, tuple[datetime, datetime | None]]  # due -> assessed, settled
    checking: datetime | None
    referrals: list[tuple[str, datetime, datetime | None]]  # agency, asked, answered
    instrument: Instrument | None
    term: Term | None = None
    paid_first_at: datetime | None = None  # when a review that waits for a payment began


def standing(application: Application, *, at: datetime) -> Standing:
    """Where one application stands."""
    return standings([application], at=at)[application.pk]


def standings(applications: Iterable[Application], *, at: datetime) -> dict[UUID, Standing]:
    """Where each of several applications stands, in eight queries however many they are."""
    rows = list(applications)
    facts = _facts([row.pk for row in rows], at)
    _read_beginnings(rows, facts)
    return {row.pk: _standing(row, facts[row.pk], at) for row in rows}


def _standing(application: Application, facts: _Facts, at: datetime) -> Standing:
    headline, since = _headline(application, facts)
    asked = tuple(agency for agency, _, answered in facts.referrals if answered is None)
    return Standing(
        headline=headline,
        since=since,
        waited=_waited(application, facts, at),
        agencies=asked if headline == Headline.WITH_AGENCY else (),
        instrument=facts.instrument,
        until=facts.term.ends_at if facts.term and headline in _WAITED_FOR[facts.term.kind] else None,
        expected=_expected(application, facts, at),
    )


# A term that is answered remains for a moment, until the journey has looked at the facts.
_WAITED_FOR: dict[str, set[Headline]] = {
    Term.Kind.COMPLETE: {Headline.RETURNED},
    Term.Kind.PAY: {Headline.PAY_AT_SUBMISSION, Headline.PAY_VISITED, Headline.PAY},
}


def _headline(application: Application, facts: _Facts) -> tuple[Headline, datetime]:
    last = facts.steps[-1].at if facts.steps else application.saved_at
    match Stage(application.stage):
        case Stage.DRAFT:
            return Headline.DRAFT, application.saved_at
        case Stage.RETURNED:
            return Headline.RETURNED, last
        case Stage.REFUSED:
            return Headline.REFUSED, last
        case Stage.WITHDRAWN:
            return Headline.WITHDRAWN, last
        case Stage.LAPSED:
            return Headline.LAPSED, last
        case Stage.SUBMITTED:
            return _in_review(facts, last)
        case Stage.GRANTED:
            return _after_grant(facts, last)


def _in_review(facts: _Facts, last: datetime) -> tuple[Headline, datetime]:
    assessed, settled = facts.charges.get(Charge.Due.AT_SUBMISSION, (None, None))
    if assessed and not settled:
        return _paying(facts, Headline.PAY_AT_SUBMISSION, assessed)
    waiting = [asked for _, asked, answered in facts.referrals if answered is None]
    if waiting:
        return Headline.WITH_AGENCY, min(waiting)
    assessed, paid = facts.charges.get(Charge.Due.AFTER_INSPECTION, (None, None))
    if assessed and not paid:
        return _paying(facts, Headline.PAY_VISITED, assessed)
    settled = paid or settled
    return Headline.IN_REVIEW, max(settled or last, last)


def _after_grant(facts: _Facts, last: datetime) -> tuple[Headline, datetime]:
    if facts.instrument:
        return Headline.ISSUED, facts.instrument.released_at
    unpaid = [assessed for assessed, settled in facts.charges.values() if settled is None]
    if unpaid:
        return _paying(facts, Headline.PAY, min(unpaid))
    settled = [paid for _, paid in facts.charges.values() if paid]
    return Headline.ISSUING, max([last, *settled])


def _paying(facts: _Facts, headline: Headline, assessed: datetime) -> tuple[Headline, datetime]:
    return (Headline.CHECKING_PAYMENT, facts.checking) if facts.checking else (headline, assessed)


def _waited(application: Application, facts: _Facts, at: datetime) -> dict[Turn, timedelta]:
    """How long each party has had it: the applicant while it is returned or unpaid, an agency while it is asked."""
    if application.submitted_at is None:
        return {}
    end = _end(application, facts) or at
    applicant = _returned_time(facts, end) + sum(
        ((settled or end) - assessed for assessed, settled in facts.charges.values()), timedelta()
    )
    agency = sum(((answered or end) - asked for _, asked, answered in facts.referrals), timedelta())
    total = end - application.submitted_at
    return {
        Turn.APPLICANT: applicant,
        Turn.AGENCY: min(agency, total),
        Turn.AUTHORITY: max(total - applicant - min(agency, total), timedelta()),
    }


def _expected(application: Application, facts: _Facts, at: datetime) -> Expected | None:
    """By when it is decided, without the time for which it is returned, or waits for the payment of a visit."""
    if application.stage not in OPEN_STAGES:
        return None
    begun = next(step for step in reversed(facts.steps) if step.act in {Act.SUBMIT, Act.REOPEN})
    is_awaited = begun.act == Act.SUBMIT and is_paid_first(application.definition)
    assessed, paid = facts.charges.get(Charge.Due.AFTER_INSPECTION, (None, None))
    pauses = pauses_in(facts.steps)
    if assessed and paid:
        pauses = (*pauses, Pause(start=assessed, end=paid))
    unpaid_since = None if paid else assessed
    return expected(
        application,
        begun_at=facts.paid_first_at if is_awaited else begun.at,
        pauses=pauses,
        stands_since=facts.steps[-1].at if application.stage == Stage.RETURNED else unpaid_since,
        at=at,
    )


def _end(application: Application, facts: _Facts) -> datetime | None:
    if facts.instrument:
        return facts.instrument.released_at
    if application.stage in {Stage.REFUSED, Stage.WITHDRAWN, Stage.LAPSED}:
        return facts.steps[-1].at
    return None


def _returned_time(facts: _Facts, end: datetime) -> timedelta:
    total, began = timedelta(), None
    for step in facts.steps:
        if step.act == Act.RETURN:
            began = step.at
        elif began:
            total, began = total + (step.at - began), None
    return total + (end - began if began else timedelta())


def _facts(ids: list[UUID], at: datetime) -> dict[UUID, _Facts]:
    facts = {pk: _Facts(steps=[], charges={}, checking=None, referrals=[], instrument=None) for pk in ids}
    steps = Step.objects.filter(application__in=facts).order_by("id")
    for step in steps.only("application_id", "act", "at"):  # without the text of what was submitted
        facts[step.application_id].steps.append(step)
    _read_money(facts, at)
    referrals = Referral.objects.filter(application__in=facts).order_by("asked_at")
    ended = Coalesce("opinion__at", "dropped__at")
    for pk, agency, asked, answered in referrals.values_list(
        "application_id", "agency_id", "asked_at", ended
    ):
        facts[pk].referrals.append((agency, asked, answered))
    instruments = Instrument.objects.filter(intent__application__in=facts).select_related("intent")
    for instrument in instruments:
        facts[instrument.intent.application_id].instrument = instrument  # type: ignore[index]
    for term in Term.objects.filter(application__in=facts):
        facts[term.application_id].term = term
    return facts


def _read_beginnings(rows: list[Application], facts: dict[UUID, _Facts]) -> None:
    open_ = [row for row in rows if row.stage in OPEN_STAGES]
    paid_first = [row.pk for row in open_ if is_paid_first(row.definition)]
    if paid_first:
        begun = Beginning.objects.filter(submission__application__in=paid_first)
        for pk, at in begun.values_list("submission__application_id", "at"):
            facts[pk].paid_first_at = at


def _read_money(facts: dict[UUID, _Facts], at: datetime) -> None:
    settled = dict(Receipt.objects.filter(charge__application__in=facts).values_list("charge_id", "at"))
    # A later quote replaces an earlier one of the same moment, and has been waited for since the earlier one.
    charges = Charge.objects.filter(application__in=facts).order_by("number")
    for pk, charge, due, assessed in charges.values_list("application_id", "id", "due", "assessed_at"):
        since, _ = facts[pk].charges.get(due, (assessed, None))
        facts[pk].charges[due] = (since, settled.get(charge))
    open_attempts = Attempt.objects.filter(
        charge__application__in=facts, state=Attempt.State.REDIRECTED, started_at__gt=at - PAYING
    ).order_by("started_at")
    for pk, started in open_attempts.values_list("charge__application_id", "started_at"):
        facts[pk].checking = facts[pk].checking or started
