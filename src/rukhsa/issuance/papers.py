"""Papers about money: the receipt of a payment and the note of money returned, issued as any instrument is.

No one applies for a paper. It is issued once, on request, from the fact that it reports: its facts are sealed,
logged, printed and verified as those of a licence are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import territory
from rukhsa.issuance import cycle, stall
from rukhsa.issuance.grant import grant_to_applicant
from rukhsa.issuance.instrument import Instrument
from rukhsa.issuance.stall import Stall
from rukhsa.jobs import run_later
from rukhsa.payments.models import Charge, ChargeLine, Payout, Receipt
from rukhsa.values.money import Money

RECEIPT, MONEY_BACK = "receipt", "money-back"
_GATEWAYS: Final = ("national", "sadad", "cards")
_AMOUNTS: Final = {
    ChargeLine.Kind.FEE: "fees",
    ChargeLine.Kind.FINE: "fines",
    ChargeLine.Kind.DEPOSIT: "deposit",
}

type Fact = Receipt | Payout


@dataclass(frozen=True, kw_only=True)
class StalledPaper:
    """A paper that could not be issued: its fact, its newest stall, since when, and whether a retry is queued."""

    stall: Stall
    fact: Fact
    since: datetime
    is_tried: bool

    @property
    def money(self) -> Money:
        """The amount that the paper reports."""
        return Money(minor=self.fact.amount, currency=self.fact.currency)

    @property
    def is_receipt(self) -> bool:
        """Whether it reports a payment; otherwise it reports money that was returned."""
        return isinstance(self.fact, Receipt)


def are_issued() -> bool:
    """Whether the territory has papers: those that it defines in its folder `papers/`."""
    return ServiceVersion.objects.filter(service=RECEIPT).exists()


@transaction.atomic
def ask_for_paper(fact: Fact, *, actor: Actor, at: datetime) -> None:
    """Queue the paper of a fact that the actor reached; once it is issued, nothing changes."""
    if paper_of(fact) is not None:
        return
    if not is_waiting(fact):
        origin = origin_of(fact)
        run_later(issue_paper, lock=origin, priority=1, origin=origin)
    record("ask-paper", fact, actor=actor, at=at)


@transaction.atomic
def try_again(actor: Actor, pk: int, *, at: datetime) -> Stall:
    """Queue the paper of a stall again.

    Raises NotPermitted, and Stall.DoesNotExist where the actor may not ask for it.
    """
    actor.require_somewhere(Permission.ISSUE_PAPER)
    stalled = Stall.objects.on_which(actor, Permission.ISSUE_PAPER).of_papers().get(pk=pk)
    ask_for_paper(fact_of(stalled.origin), actor=actor, at=at)
    return stalled


@app.task(
    name="issuance.issue_paper", queue="issuance", retry=RetryStrategy(max_attempts=8, exponential_wait=3)
)
def issue_paper(*, origin: str) -> None:
    """Issue the paper of a receipt or of returned money. Running it twice issues it once.

    Where it is refused, the reason is kept for finance, and it is tried again.
    """
    at = datetime.now(UTC)
    try:
        issue_of(origin, at=at)
    except Exception as error:
        fact = fact_of(origin)
        charge = fact.charge if isinstance(fact, Receipt) else charge_of(fact)
        stall.note_paper(origin, charge.application, error, at=at)
        raise


def issue_of(origin: str, *, at: datetime) -> Instrument:
    """The paper of the fact that an origin names, such as "receipt:12"."""
    fact = fact_of(origin)
    return issue_receipt(fact, at=at) if isinstance(fact, Receipt) else issue_note(fact, at=at)


def issue_receipt(receipt: Receipt, *, at: datetime) -> Instrument:
    """The paper of a receipt. Raises what the cycle raises, and ServiceVersion.DoesNotExist without a definition."""
    charge = receipt.charge
    amounts = {
        name: str(Money(minor=sum(sums), currency=charge.currency))
        for kind, name in _AMOUNTS.items()
        if any(sums := [line.amount for line in charge.lines.all() if line.kind == kind])
    }
    gateway = receipt.attempt.gateway if receipt.attempt else ""
    answers = {
        **amounts,
        "number": receipt.number,
        "paid-on": timezone.localdate(receipt.at).isoformat(),
        "total": str(Money(minor=receipt.amount, currency=receipt.currency)),
        "through": gateway if gateway in _GATEWAYS else "other",
        "reference": receipt.attempt.reference if receipt.attempt else receipt.number,
    }
    return _issue(receipt, RECEIPT, charge.application, answers, at)


def issue_note(payout: Payout, *, at: datetime) -> Instrument:
    """The paper of returned money. Raises as `issue_receipt`."""
    assert payout.state == Payout.State.DONE
    assert payout.ended_at
    answers = {
        "why": payout.refund.reason if payout.refund else "deposit",
        "amount": str(payout.money),
        "returned-on": timezone.localdate(payout.ended_at).isoformat(),
        "through": "transfer" if payout.channel == Payout.TRANSFER else "gateway",
        "reference": payout.reference,
        **({"account": f"{payout.iban[:4]}••••{payout.iban[-4:]}"} if payout.iban else {}),
    }
    return _issue(payout, MONEY_BACK, charge_of(payout).application, answers, at)


def _issue(
    fact: Fact, paper: str, application: Application, answers: dict[str, Any], at: datetime
) -> Instrument:
    # A fact is sealed in one language: the first of the territory.
    service = application.definition.name.in_language(territory().languages[0])
    granted = grant_to_applicant(
        application,
        origin=origin_of(fact),
        service_version=ServiceVersion.objects.current().get(service=paper),
        answers={"application": application.reference, "purpose": service[:80], **answers},
    )
    return cycle.issue_grant(granted, at=at)


def paper_of(fact: Fact) -> Instrument | None:
    """The paper of a fact, once it is issued."""
    return cycle.released(origin_of(fact))


def is_waiting(fact: Fact) -> bool:
    """Whether its paper is queued or being issued."""
    return bool(_queued([origin_of(fact)]))


def is_stalled(fact: Fact) -> bool:
    """Whether its paper was asked for and refused."""
    return Stall.objects.filter(origin=origin_of(fact)).exists()


def stalled_papers(actor: Actor, *, only: int) -> list[StalledPaper]:
    """Those where the actor reads about money, the longest waiting first; four statements, however many there are."""
    stalls = Stall.objects.on_which(actor, Permission.READ_MONEY).open().of_papers()
    rows: dict[str, list[Stall]] = {}
    for row in stalls.select_related("application").order_by("at", "pk")[: only * 4]:
        rows.setdefault(row.origin, []).append(row)
    facts, queued = _facts_of(rows), _queued(list(rows))
    return [
        StalledPaper(stall=each[-1], fact=facts[origin], since=each[0].at, is_tried=origin in queued)
        for origin, each in rows.items()
    ][:only]


def of_applications(applications: QuerySet[Application]) -> Q:
    """Payouts of these applications."""
    refunds = Q(refund__attempt__charge__application__in=applications)
    return refunds | Q(release__line__charge__application__in=applications)


def origin_of(fact: Fact) -> str:
    """The origin of a fact's paper, such as "receipt:12"."""
    return f"{RECEIPT if isinstance(fact, Receipt) else MONEY_BACK}:{fact.pk}"


def fact_of(origin: str) -> Fact:
    """The receipt or the payout that an origin names."""
    kind, _, key = origin.partition(":")
    return Receipt.objects.get(pk=int(key)) if kind == RECEIPT else Payout.objects.get(pk=UUID(key))


def charge_of(payout: Payout) -> Charge:
    """The charge that the returned money had paid."""
    if payout.refund:
        return payout.refund.attempt.charge
    assert payout.release
    return payout.release.line.charge


def _facts_of(origins: Iterable[str]) -> dict[str, Fact]:
    """The facts that origins name, in two statements."""
    keys: dict[str, list[str]] = {RECEIPT: [], MONEY_BACK: []}
    for kind, _, key in (origin.partition(":") for origin in origins):
        keys[kind].append(key)
    receipts = Receipt.objects.in_bulk([int(key) for key in keys[RECEIPT]])
    payouts = Payout.objects.in_bulk([UUID(key) for key in keys[MONEY_BACK]])
    found: list[Fact] = [*receipts.values(), *payouts.values()]
    return {origin_of(each): each for each in found}


def _queued(origins: list[str]) -> set[str | None]:
    """The origins whose papers are queued or being issued."""
    jobs = ProcrastinateJob.objects.filter(lock__in=origins, status__in=["todo", "doing"])
    return set(jobs.values_list("lock", flat=True))
