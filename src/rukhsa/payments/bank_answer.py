"""What a bank answers about bank files: status reports and statements, taken in row by row, each once."""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db import models, transaction

from rukhsa import reader
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import NotToBeDecided
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.catalogue.territory import territory
from rukhsa.payments.bank_file import BankFile
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.payout import Payout, confirm_payout, record_not_sent
from rukhsa.values.money import Money, MoneyError

LARGEST: Final = 8 << 20  # bytes
# ISO 20022, ExternalPaymentTransactionStatus1Code, and the status of an entry of a statement.
SETTLED: Final = frozenset({"ACSC", "ACCC", "BOOK"})
REFUSED: Final = frozenset({"RJCT", "CANC"})
UNDER_WAY: Final = frozenset(
    {"RCVD", "ACTC", "ACCP", "ACSP", "ACWC", "ACWP", "PDNG", "PATC", "PART", "INFO", "PDNG-BACK", "INFO-BACK"}
)
BACK: Final = "BOOK-BACK"


class BadBankAnswer(PaymentsError):
    """The file is no answer that can be taken in; `code` says why."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail)
        self.code = code


class BankAnswer(Scoped):
    """A file that a bank gave back, once by its digest. Written once."""

    class Kind(models.TextChoices):
        STATUS = "pain.002"
        STATEMENT = "camt.053"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    message = models.CharField(max_length=140)  # the bank's number of it
    about = models.CharField(max_length=140)  # the number of our file, or our account
    digest = models.CharField(max_length=64)  # of its bytes, which are not kept
    others = models.PositiveIntegerField()  # movements of the account that are no transfer of ours
    taken_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    objects = ScopedQuerySet["BankAnswer"].as_manager()

    class Meta:
        ordering = ["-taken_at"]
        constraints = [models.UniqueConstraint(fields=["authority", "digest"], name="bank_answer_once")]


class BankAnswerRow(models.Model):
    """What it says of one transfer, and what followed. Written once."""

    class Outcome(models.TextChoices):
        SETTLED = "settled"  # recorded as sent now
        REFUSED = "refused"  # recorded as not sent now: owed again
        UNDER_WAY = "under-way"
        KNOWN = "known"  # it agrees with what was recorded before
        # What a person must look into. Nothing was changed.
        UNKNOWN = "unknown-transfer"
        NO_STATUS = "unknown-status"
        AMOUNT = "other-amount"
        NOT_GIVEN = "not-given-to-the-bank"
        SENT_AFTER_REFUSED = "sent-after-refused"
        REFUSED_AFTER_SENT = "refused-after-sent"
        CAME_BACK = "came-back"

    answer = models.ForeignKey(BankAnswer, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()  # from 1
    payout = models.ForeignKey(Payout, models.PROTECT, null=True, related_name="bank_answers")
    reference = models.CharField(max_length=140)
    status = models.CharField(max_length=20)
    code = models.CharField(max_length=40, blank=True)  # the bank's reason
    words = models.CharField(max_length=140, blank=True)
    outcome = models.CharField(max_length=24, choices=Outcome)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["answer", "number"], name="bank_answer_row_once")]

    @property
    def is_fault(self) -> bool:
        """Whether a person must look into it."""
        return self.outcome in FAULTS


Outcome = BankAnswerRow.Outcome
FAULTS: Final = frozenset(Outcome) - {
    Outcome.SETTLED,
    Outcome.REFUSED,
    Outcome.UNDER_WAY,
    Outcome.KNOWN,
}


@transaction.atomic
def take_in_answer(content: bytes, *, actor: Actor, at: datetime) -> BankAnswer:
    """Read what a bank gave back, and record each transfer as sent or as not sent, as it says.

    1. It is about a file or an account of an authority at which the actor pays out. 2. The same bytes again return the
    first intake and change nothing. 3. A transfer is recorded only while it is given to the bank and not ended: what
    contradicts an end that is recorded changes nothing and is a fault for a person, so that nothing is owed or sent
    twice. 4. A statement counts only with the amount that we asked for. Raises BadBankAnswer, NotPermitted, Busy.
    """
    told = _read(content)
    authority = _authority_of(told, actor)
    actor.require(Permission.PROPOSE_PAYOUT, at=BankAnswer(authority=authority).scope)
    Authority.objects.select_for_update(no_key=True).get(pk=authority.pk)
    digest = hashlib.sha256(content).hexdigest()
    if known := BankAnswer.objects.filter(authority=authority, digest=digest).first():
        return known
    rows = list(_rows(told, _payouts_of(told, authority)))
    answer = BankAnswer.objects.create(
        authority=authority,
        kind=told["kind"],
        message=told["message"],
        about=told["about"],
        digest=digest,
        others=len(told["rows"]) - sum(1 for each in told["rows"] if _is_ours(told, each)),
        taken_by=actor.person,
        taken_at=at,
    )
    for number, (payout, row) in enumerate(rows, 1):
        said = {"reference": row["reference"], "status": row["status"][:20], "code": row["code"][:40]}
        outcome = _carry_out(payout, row, told["kind"], actor, at)
        BankAnswerRow.objects.create(
            answer=answer, number=number, payout=payout, **said, words=row["words"], outcome=outcome
        )
    journal.record("take-in-bank-answer", answer, actor=actor, at=at, message=answer.message, rows=len(rows))
    return answer


def _read(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST:
        raise BadBankAnswer("bank-answer-too-long")
    try:
        told = reader.ask("read-bank-answer", content)
    except reader.Busy:
        raise
    except reader.Refused as refused:
        is_long = refused.code == "bank-answer-too-long"
        raise BadBankAnswer(refused.code if is_long else "not-a-bank-answer") from refused
    texts = {name: str(told[name]) for name in ("kind", "message", "about")}
    names = ("reference", "status", "code", "words", "bank", "amount", "currency")
    return {**texts, "rows": [{name: str(row[name]) for name in names} for row in told["rows"]]}


def _authority_of(told: dict[str, Any], actor: Actor) -> Authority:
    """Whose file or account it is about. Raises BadBankAnswer for one at which the actor pays nothing out."""
    ours = Authority.objects.on_which(actor, Permission.PROPOSE_PAYOUT)
    if told["kind"] == BankAnswer.Kind.STATUS:
        files = BankFile.objects.filter(number=told["about"], authority__in=ours)
        found = files.values_list("authority", flat=True).first()
    else:
        accounts = {
            each.code
            for each in territory().authorities
            if each.account and each.account.iban == told["about"]
        }
        found = next((code for code in accounts if ours.filter(code=code).exists()), None)
    if found is None:
        raise BadBankAnswer("bank-answer-not-ours", told["about"])
    return Authority.objects.get(pk=found)


def _payouts_of(told: dict[str, Any], authority: Authority) -> dict[str, Payout]:
    """The transfers that it could be about, by what the bank names them."""
    sent = Payout.objects.filter(authority=authority, bank_file__isnull=False)
    if told["kind"] == BankAnswer.Kind.STATUS:
        sent = sent.filter(bank_file__number=told["about"])
    else:
        keys = [key for each in told["rows"] if (key := _key(each["reference"]))]
        sent = sent.filter(pk__in=keys)
    return {each.pk.hex: each for each in sent}


def _rows(told: dict[str, Any], payouts: dict[str, Payout]) -> Iterator[tuple[Payout | None, dict[str, str]]]:
    """Each transfer with what is said of it; what is said of a whole file is said of all that no row names."""
    named = {each["reference"] for each in told["rows"]}
    for row in told["rows"]:
        if row["reference"] == "*":
            rest = sorted(key for key in payouts if key not in named)
            yield from ((payouts[key], row | {"reference": key}) for key in rest)
        elif _is_ours(told, row):
            yield payouts.get(row["reference"]), row


def _is_ours(told: dict[str, Any], row: dict[str, str]) -> bool:
    """Whether a row is about a transfer: an account has movements that no file of ours asked for."""
    return told["kind"] == BankAnswer.Kind.STATUS or _key(row["reference"]) is not None


def _key(reference: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(reference) if len(reference) == 32 else None
    except ValueError:
        return None


def _carry_out(payout: Payout | None, row: dict[str, str], kind: str, actor: Actor, at: datetime) -> str:
    status = row["status"]
    if payout is None:
        return Outcome.UNKNOWN
    if status in UNDER_WAY:
        return Outcome.UNDER_WAY
    if status not in SETTLED | REFUSED | {BACK}:
        return Outcome.NO_STATUS
    if kind == BankAnswer.Kind.STATEMENT:
        try:
            money = Money.parse(row["amount"], row["currency"])
        except MoneyError:
            return Outcome.AMOUNT
        if money != payout.money:
            return Outcome.AMOUNT
    state = Payout.objects.values_list("state", flat=True).get(pk=payout.pk)
    if status == BACK:
        return Outcome.CAME_BACK
    if state == Payout.State.DONE:
        return Outcome.KNOWN if status in SETTLED else Outcome.REFUSED_AFTER_SENT
    if state == Payout.State.REFUSED:
        return Outcome.KNOWN if status in REFUSED else Outcome.SENT_AFTER_REFUSED
    try:
        if status in SETTLED:
            confirm_payout(payout, row["bank"] or row["reference"], actor=actor, at=at)
            return Outcome.SETTLED
        reason = " ".join(filter(None, (status, row["code"], row["words"])))
        record_not_sent(payout, reason, actor=actor, at=at)
    except NotToBeDecided:  # it was not given to the bank, or a colleague ended it in this moment
        return Outcome.NOT_GIVEN
    return Outcome.REFUSED
