"""What an authority spends: entered with its source and day, assumed until it is said; and the cost of one document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.catalogue.territory import territory
from rukhsa.errors import RukhsaError
from rukhsa.values.money import EXPONENTS, Money
from rukhsa.values.names import Text


class SourceMissing(RukhsaError):
    """An amount without where it comes from."""

    code = "source-missing"
    text = _("Enter where the amount comes from, such as a letter or a budget, and its day.")


class Item(models.TextChoices):
    """What something is spent on; the comments say for what the amount is."""

    WAGE = "wage"  # a minute of an officer
    SERVER = "server"  # a month of the system, with all its messages
    PAPER = "paper"  # the paper and print of one document on the paper way
    POSTAGE = "postage"  # sending one document on the paper way
    VISIT = "visit"  # one visit to the counter, to the authority


# Assumed, in units of the currency: no source says what any of them is at a municipality.
ASSUMED: Final[Mapping[str, Decimal]] = {
    Item.WAGE: Decimal("0.060"),
    Item.SERVER: Decimal("300"),
    Item.PAPER: Decimal("0.100"),
    Item.POSTAGE: Decimal("0.400"),
    Item.VISIT: Decimal("1.500"),
}
NAMES: Final[Mapping[str, Text]] = {
    Item.WAGE: Text(ar="دقيقة عمل الموظف", en="A minute of an officer"),
    Item.SERVER: Text(ar="شهر من تشغيل النظام ورسائله", en="A month of the system and its messages"),
    Item.PAPER: Text(
        ar="ورق الوثيقة وطباعتها بالطريقة الورقية", en="Paper and print of a document, the paper way"
    ),
    Item.POSTAGE: Text(ar="إرسال الوثيقة بالطريقة الورقية", en="Sending a document, the paper way"),
    Item.VISIT: Text(ar="زيارة واحدة للقاعة، على الجهة", en="One visit to the counter, to the authority"),
}


class CostInput(Scoped):
    """What one item costs an authority from a month on, who said so and on which day. Written once."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    item = models.CharField(max_length=10, choices=Item)
    amount = models.BigIntegerField()  # minor units of the territory's currency
    source = models.CharField(max_length=200)
    said_on = models.DateField()
    counts_from = models.DateField()  # the first day of a month
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedQuerySet["CostInput"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="cost_not_negative"),
            models.CheckConstraint(condition=~Q(source=""), name="cost_has_a_source"),
        ]
        indexes = [models.Index(fields=["authority", "item", "-id"], name="cost_newest_first")]

    @property
    def money(self) -> Money:
        """The amount as a value."""
        return Money(minor=self.amount, currency=territory().currency)


@transaction.atomic
def enter_cost(
    authority: Authority,
    item: str,
    money: Money,
    *,
    source: str,
    said_on: date,
    counts_from: date,
    actor: Actor,
    at: datetime,
) -> CostInput:
    """Say what an item costs from a month on; the months before keep what was said before. Raises SourceMissing."""
    actor.require(Permission.ENTER_COSTS, at=authority.scope)
    if not source.strip():
        raise SourceMissing
    said = CostInput.objects.create(
        authority=authority,
        item=Item(item),
        amount=money.minor,
        source=source.strip()[:200],
        said_on=said_on,
        counts_from=counts_from.replace(day=1),
        entered_by=actor.person,
        at=at,
    )
    record("enter-cost", said, actor=actor, at=at, item=said.item, amount=str(money))
    return said


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One item of an authority in a month; `said` is None while it is assumed."""

    item: str
    money: Money
    said: CostInput | None

    @property
    def name(self) -> Text:
        """The item in both languages."""
        return NAMES[self.item]


def costs(authorities: Iterable[str], *, month: date) -> dict[str, dict[str, Cost]]:
    """Each item of each authority in a month, in one query: what was said last for it, or what is assumed."""
    codes = list(authorities)
    said = CostInput.objects.filter(authority__in=codes, counts_from__lte=month).order_by("counts_from", "id")
    newest = {(each.authority_id, each.item): each for each in said}
    return {code: {item: _cost(item, newest.get((code, item))) for item in Item.values} for code in codes}


def _cost(item: str, said: CostInput | None) -> Cost:
    return Cost(item=item, money=said.money if said else assumed(item), said=said)


def assumed(item: str) -> Money:
    """What an item is taken to cost until it is said."""
    currency = territory().currency
    minor = ASSUMED[item].scaleb(EXPONENTS[currency]).to_integral_value(ROUND_HALF_UP)
    return Money(minor=int(minor), currency=currency)


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What an authority's documents of a month took: `share` is their part of all its documents of that month."""

    seconds: int
    visits: int
    documents: int
    share: Decimal


@dataclass(frozen=True, kw_only=True)
class PerDocument:
    """The cost of one document as it is, and as it would be on the paper way with the same minutes of officers."""

    online: Money
    paper: Money


def per_document(spent: Iterable[tuple[Mapping[str, Cost], Spent]]) -> PerDocument | None:
    """The cost of one document of these authorities, rounded to the minor unit once; None without a document.

    As it is: minutes of officers and the system. On paper: the same minutes, paper and postage of each document, and
    the visits to the counter that were avoided.
    """
    online = paper = Decimal(0)
    documents = 0
    for cost, each in spent:
        minutes = Decimal(each.seconds) / 60 * cost[Item.WAGE].money.minor
        online += minutes + cost[Item.SERVER].money.minor * each.share
        a_document = cost[Item.PAPER].money.minor + cost[Item.POSTAGE].money.minor
        paper += minutes + a_document * each.documents + cost[Item.VISIT].money.minor * each.visits
        documents += each.documents
    if not documents:
        return None
    return PerDocument(online=_rounded(online / documents), paper=_rounded(paper / documents))


def _rounded(minor: Decimal) -> Money:
    return Money(minor=int(minor.to_integral_value(ROUND_HALF_UP)), currency=territory().currency)
