"""Bank files: many payouts by transfer, proposed and approved together, and sent to the bank as one numbered file."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from django.db import models, transaction
from django.db.models import Q, Sum
from django.utils import timezone

from rukhsa import agreement
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement, NotToBeDecided, State
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.catalogue.banks import bank_named
from rukhsa.catalogue.territory import territory
from rukhsa.errors import RukhsaError
from rukhsa.payments.charge import next_number
from rukhsa.payments.credit_transfer import Transfer, TransferFile, as_pain_001
from rukhsa.payments.deposit import DepositMovement
from rukhsa.payments.deposit_account import prefetched_iban_of
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.payout import (
    Payout,
    application_of,
    confirm_payout,
    gateway_of,
    propose_payout,
    refunds_to_send,
    releases_to_send,
)
from rukhsa.payments.refund import Refund
from rukhsa.values.money import Money

MOST = 500  # transfers in a file


class NothingToSend(PaymentsError):
    """No transfer was chosen, or none of those that were can go in a file."""

    code = "nothing-to-send"


class AccountMissing(PaymentsError):
    """The applicant gave no account, and a file takes none that is typed."""

    code = "account-missing"


class NoAccountOfAuthority(PaymentsError):
    """The territory names no account from which the authority pays."""

    code = "no-account-of-authority"


class BankFile(Agreement):
    """Payouts of one authority that are approved together. Its number is the bank's means to take it once."""

    longest_refusal: ClassVar[int | None] = 400

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    number = models.CharField(max_length=35, unique=True)
    iban = models.CharField(max_length=34)  # of the authority, as the territory named it then

    objects = ScopedQuerySet["BankFile"].as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.CheckConstraint(condition=~Q(iban=""), name="bank_file_pays_from_an_account"),
        ]
        indexes = [models.Index(fields=["authority", "-proposed_at"], name="bank_files_of_authority")]

    def journal_detail(self) -> dict[str, str]:
        """What the journal says of it."""
        return {"number": self.number}


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """An amount that could go in a file: how much, to which account, and why it cannot go in one, if so."""

    owed: Refund | DepositMovement
    money: Money
    iban: str
    refused: RukhsaError | None = None
    payout: Payout | None = None

    @property
    def key(self) -> str:
        """What tells it apart from the others of a form."""
        return f"{'refund' if isinstance(self.owed, Refund) else 'deposit'}-{self.owed.pk}"


def rows_to_send(authority: Authority, *, actor: Actor, at: datetime) -> list[FileRow]:
    """What is owed at an authority and goes back by the bank, the oldest first; what can go through its gateway goes
    there. The same number of statements for any number of rows."""
    permission, path = Permission.PROPOSE_PAYOUT, "charge__application"
    refunds = refunds_to_send(actor, permission).filter(**{f"attempt__{path}__authority": authority})
    releases = releases_to_send(actor, permission).filter(**{f"line__{path}__authority": authority})
    about = refunds.select_related(f"attempt__{path}__service_version", f"attempt__{path}__company")
    given = about.prefetch_related(f"attempt__{path}__deposit_accounts")[:MOST]
    rows = [
        _row(each, each.money, prefetched_iban_of(application_of(each)))
        for each in given
        if not gateway_of(each, at=at)
    ]
    for each in releases.select_related(f"line__{path}__company")[:MOST]:
        minor: int = each.released  # type: ignore[attr-defined]
        rows.append(_row(each, Money(minor=minor, currency=each.line.charge.currency), each.iban))
    return rows[:MOST]


def _row(owed: Refund | DepositMovement, money: Money, iban: str) -> FileRow:
    refused = None if iban and bank_named(iban) else AccountMissing(str(owed.pk))
    return FileRow(owed=owed, money=money, iban=iban, refused=refused)


@transaction.atomic
def propose_file(
    authority: Authority, chosen: Iterable[FileRow], *, actor: Actor, at: datetime
) -> tuple[BankFile, list[FileRow]]:
    """Propose to send these amounts by one file; what became of each row. A row that is refused stays owed.

    Raises NotPermitted, NoAccountOfAuthority, NothingToSend where no row is left."""
    account = territory().authority(authority.code).account
    if account is None:
        raise NoAccountOfAuthority(authority.code)
    number = f"{authority.code}-{timezone.localdate(at).year}-{next_number('payments_bank_file_number'):06d}"
    file = BankFile(authority=authority, number=number, iban=account.iban)
    agreement.propose(file, permission=Permission.PROPOSE_PAYOUT, actor=actor, at=at)
    rows = [_proposed(row, file, actor, at) for row in chosen]
    if not any(row.payout for row in rows):
        raise NothingToSend(authority.code)
    return file, rows


def _proposed(row: FileRow, file: BankFile, actor: Actor, at: datetime) -> FileRow:
    if row.refused:
        return row
    try:
        made = propose_payout(row.owed, Payout.TRANSFER, iban=row.iban, actor=actor, at=at)
    except RukhsaError as refused:
        return replace(row, refused=refused)
    Payout.objects.filter(pk=made.pk).update(bank_file=file)
    return replace(row, payout=made)


@transaction.atomic
def approve_file(file: BankFile, *, actor: Actor, at: datetime) -> BankFile:
    """Approve it with every payout in it, as a second person; each counts as sent and can be in no other file.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided, NothingToSend."""
    file = agreement.approve(file, permission=Permission.APPROVE_PAYOUT, actor=actor, at=at)
    payouts = list(file.payouts.filter(state=Payout.State.PROPOSED))
    if not payouts:
        raise NothingToSend(file.number)
    for payout in payouts:
        agreement.approve(
            payout, permission=Permission.APPROVE_PAYOUT, becomes=Payout.State.SENT, actor=actor, at=at
        )
    return file


@transaction.atomic
def refuse_file(file: BankFile, reason: str, *, actor: Actor, at: datetime) -> BankFile:
    """Refuse it with every payout in it, or withdraw it as the proposer; each amount can be proposed again.

    Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    permission = Permission.APPROVE_PAYOUT
    file = agreement.refuse(file, reason, permission=permission, actor=actor, at=at)
    for payout in file.payouts.filter(state=Payout.State.PROPOSED):
        agreement.refuse(payout, reason, permission=permission, actor=actor, at=at)
    file.payouts.filter(state=Payout.State.REFUSED, ended_at=None).update(ended_at=at)
    return file


def confirm_file(file: BankFile, reference: str, *, actor: Actor, at: datetime) -> int:
    """Record that the bank sent every transfer of a file that was not recorded as not sent; how many.

    Raises NotPermitted, ReferenceMissing, NotToBeDecided."""
    actor.require(Permission.PROPOSE_PAYOUT, at=file.scope)
    sent = list(file.payouts.filter(state=Payout.State.SENT))
    if file.state != State.APPROVED or not sent:
        raise NotToBeDecided
    with transaction.atomic():
        for payout in sent:
            confirm_payout(payout, reference, actor=actor, at=at)
    return len(sent)


def total_of(file: BankFile) -> Money:
    """The sum of its transfers."""
    whole = file.payouts.aggregate(sum=Sum("amount", default=0))
    return Money(minor=whole["sum"], currency=territory().currency)


def content_of(file: BankFile, *, actor: Actor, at: datetime) -> bytes:
    """The bytes for the bank, the same each time; taking them is an entry of the journal.

    Raises NotPermitted, and NotToBeDecided before it is approved."""
    actor.require(Permission.PROPOSE_PAYOUT, at=file.scope)
    if file.state != State.APPROVED or file.decided_at is None:
        raise NotToBeDecided
    journal.record("take-bank-file", file, actor=actor, at=at, number=file.number)
    made_at = timezone.localtime(file.decided_at)
    name = territory().authority(file.authority_id).name(on=made_at.date())
    return as_pain_001(
        TransferFile(
            number=file.number,
            made_at=made_at,
            name=name.in_language("en"),
            iban=file.iban,
            transfers=[_transfer(each) for each in transfers_of(file)],
        )
    )


def transfers_of(file: BankFile) -> models.QuerySet[Payout]:
    """Its payouts with their receivers, in a lasting order."""
    paths = ("refund__attempt__charge", "release__line__charge")
    people = [f"{path}__application__{who}" for path in paths for who in ("applicant", "company")]
    return file.payouts.select_related(*people).order_by("proposed_at", "pk")


def _transfer(payout: Payout) -> Transfer:
    application = payout.application
    name = (application.company or application.applicant).name
    return Transfer(
        reference=payout.pk.hex,
        money=payout.money,
        name=name.in_language("en"),
        iban=payout.iban,
        about=application.reference or "",
    )
