"""Papers about money that were asked for and could not be issued: kept with the reason, listed, and tried again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.issuance import papers
from rukhsa.issuance.models import Instrument, PaperRefusal
from rukhsa.payments.models import Payout, Receipt
from rukhsa.values.money import Money


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


def refused(actor: Actor, *, only: int) -> list[RefusedPaper]:
    """Those where the actor reads about money, the longest waiting first; four statements, however many there are."""
    rows: dict[str, list[PaperRefusal]] = {}
    for row in _open(actor).select_related("application").order_by("at", "pk")[: only * 4]:
        rows.setdefault(row.origin, []).append(row)
    facts, tried = _facts(list(rows)), _tried(list(rows))
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
    fact = papers.fact_of(refusal.origin)
    if papers.paper_of(fact) is None:
        papers.issue_paper_later(fact)
        record("ask-paper", fact, actor=actor, at=at)
    return refusal


def is_refused(fact: Receipt | Payout) -> bool:
    """Whether its paper was asked for, and could not be made so far."""
    return PaperRefusal.objects.filter(origin=papers.origin_of(fact)).exists()


def _open(actor: Actor) -> QuerySet[PaperRefusal]:
    issued = Instrument.objects.filter(intent__origin=OuterRef("origin"))
    return PaperRefusal.objects.on_which(actor, Permission.READ_MONEY).exclude(Exists(issued))


def _facts(origins: list[str]) -> dict[str, Receipt | Payout]:
    keys = {origin: origin.partition(":")[2] for origin in origins}
    receipts = Receipt.objects.in_bulk(
        [int(key) for origin, key in keys.items() if origin.startswith(papers.RECEIPT)]
    )
    payouts = Payout.objects.in_bulk(
        [UUID(key) for origin, key in keys.items() if origin.startswith(papers.MONEY_BACK)]
    )
    found: list[Receipt | Payout] = [*receipts.values(), *payouts.values()]
    return {papers.origin_of(each): each for each in found}


def _tried(origins: list[str]) -> set[str | None]:
    queued = ProcrastinateJob.objects.filter(lock__in=origins, status__in=["todo", "doing"])
    return set(queued.values_list("lock", flat=True))
