"""The models of this room, for Django; each is defined with its noun."""

from rukhsa.payments.attempt import Attempt
from rukhsa.payments.bank_answer import BankAnswer, BankAnswerRow
from rukhsa.payments.bank_file import BankFile
from rukhsa.payments.charge import Charge, ChargeLine, Receipt
from rukhsa.payments.deposit import DepositMovement, HeldDeposit
from rukhsa.payments.deposit_account import DepositAccount
from rukhsa.payments.forfeiture import Forfeiture
from rukhsa.payments.gateway_contact import GatewayContact
from rukhsa.payments.gateway_notice import GatewayNotice, NoticeCount
from rukhsa.payments.ledger import Account, Entry, Posting
from rukhsa.payments.link import PaymentLink
from rukhsa.payments.payout import Payout
from rukhsa.payments.refund import Refund
from rukhsa.payments.resolution import Resolution
from rukhsa.payments.waiver import Waiver

__all__ = [
    "Account",
    "Attempt",
    "BankAnswer",
    "BankAnswerRow",
    "BankFile",
    "Charge",
    "ChargeLine",
    "DepositAccount",
    "DepositMovement",
    "Entry",
    "Forfeiture",
    "GatewayContact",
    "GatewayNotice",
    "HeldDeposit",
    "NoticeCount",
    "PaymentLink",
    "Payout",
    "Posting",
    "Receipt",
    "Refund",
    "Resolution",
    "Waiver",
]
