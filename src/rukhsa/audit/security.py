"""The security log: which entries of the journal it has, and the line that each writes for a collector of logs."""

import json
import logging
from collections.abc import Iterable
from enum import StrEnum
from functools import partial

from django.db import transaction

from rukhsa.accounts.client import pseudonym
from rukhsa.audit.models import JournalEntry

logger = logging.getLogger("rukhsa.security")


class Event(StrEnum):
    """Everything that the security log holds; the acts of the journal with these names belong to it."""

    SIGN_IN = "sign-in"
    SIGN_OUT = "sign-out"
    FAIL_SIGN_IN = "fail-sign-in"
    REFUSE_ACCESS = "refuse-access"
    REACH_LIMIT = "reach-limit"
    PROVE_AGAIN = "prove-again"
    FAIL_PROOF = "fail-proof"
    ADD_FACTOR = "add-factor"
    REMOVE_FACTOR = "remove-factor"
    RENEW_RECOVERY_CODES = "renew-recovery-codes"
    CHANGE_PASSWORD = "change-password"  # noqa: S105 - the name of an act
    END_SESSION = "end-session"
    INVITE = "invite"
    ACCEPT_INVITATION = "accept-invitation"
    RESET_ACCOUNT = "reset-account"
    GIVE_POST = "give-post"
    MOVE_POST = "move-post"
    END_POST = "end-post"
    PROPOSE_STAFF_CHANGE = "propose-staffchange"
    APPROVE_STAFF_CHANGE = "approve-staffchange"
    REFUSE_STAFF_CHANGE = "refuse-staffchange"
    SEE_SECURITY_LOG = "see-security-log"
    EXPORT_SECURITY_LOG = "export-security-log"
    EXPORT_CASH = "export-cash"
    CREATE_KEY = "create-key"
    RETIRE_KEY = "retire-key"
    MARK_KEY_COMPROMISED = "mark-key-compromised"
    PUBLISH_TRUST_LIST = "publish-trust-list"
    STOP_ISSUING = "stop-issuing"
    START_ISSUING = "start-issuing"


# Every authority sees what operators did with keys and with issuing.
OF_THE_HOUSE = (
    Event.CREATE_KEY,
    Event.RETIRE_KEY,
    Event.MARK_KEY_COMPROMISED,
    Event.PUBLISH_TRUST_LIST,
    Event.STOP_ISSUING,
    Event.START_ISSUING,
)
ACCOUNT = "account"  # the subject of an attempt to sign in: a mail address, as its pseudonym
_EVENTS = frozenset(Event)
# Of the detail of an entry a line repeats these: codes and ids, none of them free text.
_REPEATED = (
    "authority",
    "route",
    "permission",
    "method",
    "why",
    "role",
    "limit",
    "session",
    "change",
    "person",
)


def is_security(act: str) -> bool:
    """Whether entries of this act belong to the security log."""
    return act in _EVENTS


def announce(entries: Iterable[JournalEntry]) -> None:
    """Write a log line for each new entry of the security log, after its transaction has committed."""
    lines = [_line(entry) for entry in entries if entry.is_security]
    if lines:
        transaction.on_commit(partial(_write, lines))


def _write(lines: list[str]) -> None:
    for line in lines:
        logger.info(line)


def _line(entry: JournalEntry) -> str:
    told = {
        "at": entry.at.isoformat(),
        "event": entry.act,
        "entry": entry.pk,
        "by": str(entry.actor) if entry.actor else None,
        "subject": f"{entry.subject_kind}:{entry.subject}",
        **{name: entry.detail[name] for name in _REPEATED if entry.detail.get(name)},
    }
    if network := entry.detail.get("network"):
        told["network"] = pseudonym(network)
    return json.dumps(told, ensure_ascii=True)
