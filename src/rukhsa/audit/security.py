"""The events of the security log, which is the part of the journal about accounts, refusals and keys."""

from enum import StrEnum


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
    END_SESSIONS = "end-sessions"
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
    EXPORT_INCOME = "export-income"
    EXPORT_PERSON = "export-person"
    EXPORT_APPLICATION = "export-application"
    EXPORT_JOURNAL = "export-journal"
    EXPORT_SETTINGS = "export-settings"
    MAKE_RELYING_KEY = "make-relying-key"
    END_RELYING_KEY = "end-relying-key"
    REFUSE_KEY = "refuse-key"
    REGISTER_WEBHOOK = "register-webhook"
    END_WEBHOOK = "end-webhook"
    CREATE_KEY = "create-key"
    RETIRE_KEY = "retire-key"
    MARK_KEY_COMPROMISED = "mark-key-compromised"
    PUBLISH_TRUST_LIST = "publish-trust-list"
    STOP_ISSUING = "stop-issuing"
    START_ISSUING = "start-issuing"


# Every authority sees what operators did with keys and with the issuing of documents; and what becomes of the keys and
# addresses of agencies' systems, since an agency belongs to no authority and is answered about the documents of all.
OF_THE_HOUSE = (
    Event.CREATE_KEY,
    Event.RETIRE_KEY,
    Event.MARK_KEY_COMPROMISED,
    Event.PUBLISH_TRUST_LIST,
    Event.STOP_ISSUING,
    Event.START_ISSUING,
    Event.MAKE_RELYING_KEY,
    Event.END_RELYING_KEY,
    Event.REFUSE_KEY,
    Event.REGISTER_WEBHOOK,
    Event.END_WEBHOOK,
)
ACCOUNT = "account"  # the subject of an attempt to sign in: a mail address, as its pseudonym
_EVENTS = frozenset(Event)


def is_security(act: str) -> bool:
    """Whether entries of this act belong to the security log."""
    return act in _EVENTS
