"""Papers about money: the receipt of a payment and the note of money returned, issued as instruments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
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
from rukhsa.errors import RukhsaError
from rukhsa.issuance import cycle
from rukhsa.issuance.grant import Grant
from rukhsa.issuance.instrument import Instrument
from rukhsa.issuance.paper_refusal import PaperRefusal
from rukhsa.jobs import run_later
from rukhsa.payments.models import Charge, ChargeLine, Payout, Receipt
from rukhsa.values.money import Money

RECEIPT, MONEY_BACK = "receipt", "money-back"
UNEXPECTED = "unexpected"
_GATEWAYS = ("national", "sadad", "cards")
_AMOUNTS = {
    ChargeLine.Kind.FEE: "fees",
    ChargeLine.Kind.FINE: "fines",
    ChargeLine.Kind.DEPOSIT: "deposit",
}


def are_issued() -> bool:
    """Whether the territory has papers: those that it defines in its folder `papers/`."""
    return ServiceVersion.objects.filter(service=RECEIPT).exists()


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
        **_about(charge.application),
        **amounts,
        "number": receipt.number,
        "paid-on": timezone.localdate(receipt.at).isoformat(),
        "total": str(Money(minor=receipt.amount, currency=receipt.currency)),
        "through": gateway if gateway in _GATEWAYS else "other",
        "reference": receipt.attempt.reference if receipt.attempt else receipt.number,
    }
    return cycle.issue_grant(_grant(origin_of(receipt), RECEIPT, charge.application, answers), at=at)


def issue_note(payout: Payout, *, at: datetime) -> Instrument:
    """The paper of money that has gone back. Raises as `issue_receipt`."""
    assert payout.state == Payout.State.DONE
    assert payout.ended_at
    application = charge_of(payout).application
    answers = {
        **_about(application),
        "why": payout.refund.reason if payout.refund else "deposit",
        "amount": str(payout.money),
        "returned-on": timezone.localdate(payout.ended_at).isoformat(),
        "through": "transfer" if payout.channel == Payout.TRANSFER else "gateway",
        "reference": payout.reference,
        **({"account": f"{payout.iban[:4]}••••{payout.iban[-4:]}"} if payout.iban else {}),
    }
    return cycle.issue_grant(_grant(origin_of(payout), MONEY_BACK, application, answers), at=at)


def paper_of(fact: Receipt | Payout) -> Instrument | None:
    """The paper of a fact, once it is issued."""
    return cycle.released(origin_of(fact))


@app.task(
    name="issuance.issue_paper", queue="issuance", retry=RetryStrategy(max_attempts=8, exponential_wait=3)
)
def issue_paper(*, origin: str) -> None:
    """Issue the paper of a receipt or of money that went back; running it twice issues it once. Where it is refused,
    the reason is kept for finance, and it is tried again."""
    at = datetime.now(UTC)
    try:
        issue_of(origin, at=at)
    except Exception as error:
        _note(fact_of(origin), error, at=at)
        raise


def _note(fact: Receipt | Payout, error: Exception, *, at: datetime) -> None:
    """Keep the lasting code of a refusal of ours, once; of anything else that it was unexpected."""
    PaperRefusal.objects.get_or_create(
        origin=origin_of(fact),
        code=error.code[:40] if isinstance(error, RukhsaError) else UNEXPECTED,
        defaults={"at": at, "application": _application_of(fact)},
    )


def issue_paper_later(fact: Receipt | Payout) -> None:
    """Queue it in the transaction that is open."""
    if not is_waiting(fact):
        origin = origin_of(fact)
        run_later(issue_paper, lock=origin, priority=1, origin=origin)


def is_waiting(fact: Receipt | Payout) -> bool:
    """Whether its paper was asked for and is not done."""
    waiting = ProcrastinateJob.objects.filter(lock=origin_of(fact), status__in=["todo", "doing"])
    return waiting.exists()


def of_applications(applications: QuerySet[Application]) -> Q:
    """Payouts of these applications."""
    refunds = Q(refund__attempt__charge__application__in=applications)
    return refunds | Q(release__line__charge__application__in=applications)


def issue_of(origin: str, *, at: datetime) -> Instrument:
    """The paper of the fact that an origin names, such as "receipt:12"."""
    fact = fact_of(origin)
    return issue_receipt(fact, at=at) if isinstance(fact, Receipt) else issue_note(fact, at=at)


def fact_of(origin: str) -> Receipt | Payout:
    """The receipt, or the money that went back, that an origin names."""
    kind, _, key = origin.partition(":")
    return Receipt.objects.get(pk=int(key)) if kind == RECEIPT else Payout.objects.get(pk=UUID(key))


def origin_of(fact: Receipt | Payout) -> str:
    """What the paper of a fact is issued for, once and for all."""
    return f"{RECEIPT if isinstance(fact, Receipt) else MONEY_BACK}:{fact.pk}"


def charge_of(payout: Payout) -> Charge:
    """The charge for which the money had come."""
    if payout.refund:
        return payout.refund.attempt.charge
    assert payout.release
    return payout.release.line.charge


def _application_of(fact: Receipt | Payout) -> Application:
    return (fact.charge if isinstance(fact, Receipt) else charge_of(fact)).application


def _about(application: Application) -> dict[str, Any]:
    # A fact says one thing in one language: that of the territory first.
    service = application.definition.name.in_language(territory().languages[0])
    return {"application": application.reference, "purpose": service[:80]}


def _grant(origin: str, paper: str, application: Application, answers: Mapping[str, Any]) -> Grant:
    # What is paid was submitted, and has an authority.
    assert application.authority
    company, person = application.company, application.applicant
    return Grant(
        origin=origin,
        application=None,
        authority=application.authority,
        service_version=ServiceVersion.objects.current().get(service=paper),
        answers=dict(answers),
        holder=company.name if company else person.name,
        masked_id=(company.registration if company else person.masked_number) or None,
    )


@dataclass(frozen=True, kw_only=True)
class RefusedPaper:
    """A paper that is not there: of which fact, its newest reason, since when, and whether it is being tried."""

    refusal: PaperRefusal
    fact: Receipt | Payout
    since: datetime
    is_tried: bool

    @property
    def money(self) -> Money:
        """What it tells of."""
        return Money(minor=self.fact.amount, currency=self.fact.currency)

    @property
    def is_receipt(self) -> bool:
        """Whether it is of a payment, and not of money that went back."""
        return isinstance(self.fact, Receipt)


def refused_papers(actor: Actor, *, only: int) -> list[RefusedPaper]:
    """Those where the actor reads about money, the longest waiting first; four statements, however many there are."""
    rows: dict[str, list[PaperRefusal]] = {}
    for row in _open_refusals(actor).select_related("application").order_by("at", "pk")[: only * 4]:
        rows.setdefault(row.origin, []).append(row)
    facts, tried = _facts_of(list(rows)), _tried(list(rows))
    return [
        RefusedPaper(refusal=each[-1], fact=facts[origin], since=each[0].at, is_tried=origin in tried)
        for origin, each in rows.items()
    ][:only]


@transaction.atomic
def try_again(actor: Actor, pk: int, *, at: datetime) -> PaperRefusal:
    """Ask once more for a paper; nothing where it is there or is being made.

    Raises NotPermitted, and PaperRefusal.DoesNotExist where the actor may not ask for it."""
    actor.require_somewhere(Permission.ISSUE_PAPER)
    refusal = PaperRefusal.objects.on_which(actor, Permission.ISSUE_PAPER).get(pk=pk)
    fact = fact_of(refusal.origin)
    if paper_of(fact) is None:
        issue_paper_later(fact)
        record("ask-paper", fact, actor=actor, at=at)
    return refusal


def is_refused(fact: Receipt | Payout) -> bool:
    """Whether its paper was asked for, and could not be made so far."""
    return PaperRefusal.objects.filter(origin=origin_of(fact)).exists()


def _open_refusals(actor: Actor) -> QuerySet[PaperRefusal]:
    issued = Instrument.objects.filter(intent__origin=OuterRef("origin"))
    return PaperRefusal.objects.on_which(actor, Permission.READ_MONEY).exclude(Exists(issued))


def _facts_of(origins: list[str]) -> dict[str, Receipt | Payout]:
    keys = {origin: origin.partition(":")[2] for origin in origins}
    receipts = Receipt.objects.in_bulk(
        [int(key) for origin, key in keys.items() if origin.startswith(RECEIPT)]
    )
    payouts = Payout.objects.in_bulk(
        [UUID(key) for origin, key in keys.items() if origin.startswith(MONEY_BACK)]
    )
    found: list[Receipt | Payout] = [*receipts.values(), *payouts.values()]
    return {origin_of(each): each for each in found}


def _tried(origins: list[str]) -> set[str | None]:
    queued = ProcrastinateJob.objects.filter(lock__in=origins, status__in=["todo", "doing"])
    return set(queued.values_list("lock", flat=True))
