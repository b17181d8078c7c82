"""What each role may do at the place of its post, route by route: a table that reads nothing of the product.

A person is let in where one post at the place of the object opens the route. Another post elsewhere changes only how
the refusal looks: 403 to those who enter the route nowhere, 404 to those who enter it elsewhere.
"""

from collections.abc import Set
from dataclasses import dataclass

from rukhsa.accounts.permissions import Role

OFFICER, SUPERVISOR, INSPECTOR = Role.OFFICER, Role.SUPERVISOR, Role.INSPECTOR
AGENCY, AUDITOR, FINANCE, MEMBER = Role.AGENCY_OFFICER, Role.AUDITOR, Role.FINANCE, Role.COMMITTEE_MEMBER
COORDINATOR = Role.AGENCY_COORDINATOR
ADMINISTRATOR, SECURITY, DIRECTOR = Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.DIRECTOR
DATA = Role.DATA_PROTECTION
OPERATOR = Role.OPERATOR
SEEING_WHAT_RUNS = frozenset({ADMINISTRATOR, OPERATOR})
RUNNING_ACCOUNTS = frozenset({ADMINISTRATOR, SECURITY})
ANSWERING = frozenset({AGENCY, COORDINATOR})
EXAMINING = frozenset({OFFICER, SUPERVISOR})
PAYING = frozenset({SUPERVISOR, FINANCE})
WAIVING = EXAMINING | {FINANCE}
READING_MONEY = WAIVING | {AUDITOR}
LOOKING_ROUND = EXAMINING | {INSPECTOR, AUDITOR}
RECORDING = EXAMINING | {INSPECTOR}
WATCHING = frozenset({SUPERVISOR, AUDITOR})
GIVING_MANDATES = frozenset({SUPERVISOR, ADMINISTRATOR})
SIGNING_MANDATES = GIVING_MANDATES | {SECURITY}
READING_MANDATES = SIGNING_MANDATES | {OFFICER, AUDITOR}


@dataclass(frozen=True, kw_only=True)
class Door:
    """A route with an object, tried in one way: which roles open it at the object's place, and which enter it at all.

    Those who enter without opening it get 403 for an object that they may read.
    """

    route: str
    opens: Set[Role]
    after: str = ""  # what follows the object in the address
    posted: dict[str, str] | None = None  # None: by GET
    enters: Set[Role] | None = None  # where more enter than open


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list: which roles open it, and what of a town it shows to those who may read there."""

    readers: Set[Role]
    mark: str
    posted: dict[str, str] | None = None


REASON = {"reason": "سبب", "confirmed": "yes"}
DOORS: tuple[Door, ...] = (
    Door(route="application", opens=EXAMINING | {INSPECTOR}),
    Door(route="purpose", opens=EXAMINING | {INSPECTOR}),
    Door(route="printout", opens=EXAMINING | {INSPECTOR}),
    Door(route="process", opens=EXAMINING),
    Door(route="process", opens=EXAMINING, posted=REASON),
    Door(route="journal-of-application", opens=WATCHING),
    Door(route="take", opens=EXAMINING, posted={}),
    Door(route="hand-over", opens=EXAMINING, posted={}),
    Door(route="note", opens=EXAMINING, posted={"note": "ملاحظة"}),
    Door(route="add-step", opens=EXAMINING, posted={}),
    Door(route="take-back-step", opens=EXAMINING, posted=REASON),
    Door(route="add-case-files", opens=EXAMINING, posted={}),
    Door(route="case-file", opens=EXAMINING | {INSPECTOR}),
    Door(route="check", opens=EXAMINING, posted={}),
    Door(route="second-look", opens=EXAMINING),
    Door(route="second-look", opens=EXAMINING, posted={"agrees": "yes"}),
    Door(route="refer", opens=EXAMINING, posted={}),
    Door(route="resolve-silence", opens={SUPERVISOR}, posted={}),
    Door(route="return", opens=EXAMINING, posted={"about": "", "text": "نقص"}),
    Door(
        route="decide", opens=EXAMINING, posted={"outcome": "refused", "reasons": "سبب", "confirmed": "yes"}
    ),
    Door(route="propose", opens=EXAMINING, posted={"outcome": "refused", "reasons": "سبب"}),
    Door(route="confirm", opens=EXAMINING, posted={}),
    Door(route="disagree", opens=EXAMINING, posted={"reasons": "سبب"}),
    Door(route="conversation", opens=EXAMINING),
    Door(route="conversation", opens=EXAMINING, posted={"text": "رد"}),
    Door(route="enclosure", opens=EXAMINING),
    Door(route="sitting", opens=EXAMINING),
    Door(route="conclude", opens=EXAMINING),
    Door(route="conclude", opens=EXAMINING, posted={"text": "محضر"}),
    Door(route="agenda", opens=EXAMINING | {MEMBER}),
    Door(route="papers", opens=EXAMINING | {MEMBER}),
    Door(route="bound-papers", opens=EXAMINING | {MEMBER}),
    Door(route="bind-papers", opens=EXAMINING | {MEMBER}, posted={}),
    Door(route="call-off", opens=EXAMINING, posted=REASON),
    Door(route="draw-minutes", opens=EXAMINING, posted={"chair": ""}),
    Door(route="signed-minutes", opens=EXAMINING | {MEMBER}),
    Door(route="minutes", opens=EXAMINING | {INSPECTOR, MEMBER}),
    Door(route="matter", opens={MEMBER}),
    Door(route="matter", opens={MEMBER}, posted={"choice": "grant"}),
    *(
        Door(route=route, opens=EXAMINING | ANSWERING | {INSPECTOR, MEMBER})
        for route in ("file", "original", "view-file", "file-page")
    ),
    Door(route="note-on-file", opens=EXAMINING, posted={"note": "انظر"}),
    Door(route="photo", opens=EXAMINING | {INSPECTOR}),
    Door(route="referral", opens=ANSWERING),
    Door(route="referral", opens=ANSWERING, posted={"answer": "no-objection"}),
    *(
        Door(route="act-on-referral", opens=ANSWERING, after=verb, posted=REASON)
        for verb in ("take", "give-back", "more-time")
    ),
    Door(route="opinion-file", opens=EXAMINING | ANSWERING | {INSPECTOR, MEMBER}),
    Door(route="act-on-agency-post", opens={COORDINATOR}, after="link", posted={}),
    Door(route="act-on-agency-post", opens={COORDINATOR}, after="end", posted={}),
    Door(route="end-agency-key", opens={COORDINATOR}, posted={}),
    Door(route="end-webhook", opens={COORDINATOR}, posted={}),
    Door(route="end-standard-condition", opens={COORDINATOR}, posted={}),
    Door(route="rule-on-condition", opens=EXAMINING, posted=REASON),
    Door(route="ask-again", opens=EXAMINING, posted=REASON),
    Door(route="choose-documents", opens=EXAMINING, posted={}),
    Door(route="inspection", opens={INSPECTOR}),
    Door(route="inspection", opens={INSPECTOR}, posted={"passed": "no"}),
    Door(route="offer-times", opens={INSPECTOR}, posted={}),
    Door(route="field-visit", opens={INSPECTOR}),
    Door(route="field-photo", opens={INSPECTOR}, posted={}),
    Door(route="field-report", opens={INSPECTOR}, posted={}),
    Door(route="settle-field-report", opens={SUPERVISOR}),
    Door(route="settle-field-report", opens={SUPERVISOR}, posted={"choice": "leave", "reason": "سبب"}),
    Door(route="field-report-photo", opens={SUPERVISOR}),
    Door(route="round", opens={SUPERVISOR, INSPECTOR}),
    *(
        Door(route="act-on-round", opens={SUPERVISOR}, after=verb, posted={}, enters={SUPERVISOR, INSPECTOR})
        for verb in ("take-off", "hand-on")
    ),
    Door(route="instrument", opens=LOOKING_ROUND),
    Door(route="change-instrument", opens=EXAMINING, after="suspend", posted=REASON),
    Door(route="change-instrument", opens={SUPERVISOR}, after="reinstate", posted=REASON),
    Door(route="change-instrument", opens=EXAMINING, after="revoke", posted=REASON),
    Door(route="change-instrument", opens=EXAMINING, after="propose-suspension", posted=REASON),
    Door(route="act-on-suspension", opens=EXAMINING, after="confirm", posted={}),
    Door(route="correct-instrument", opens=EXAMINING),
    Door(route="correct-instrument", opens=EXAMINING, posted=REASON),
    Door(route="act-on-correction", opens={SUPERVISOR}, after="approve", posted={}, enters=EXAMINING),
    Door(route="act-on-correction", opens={SUPERVISOR}, after="refuse", posted=REASON, enters=EXAMINING),
    Door(route="instrument-file", opens=LOOKING_ROUND),
    Door(route="act-on-revocation", opens={SUPERVISOR}, after="approve", posted={}, enters=EXAMINING),
    Door(route="act-on-revocation", opens={SUPERVISOR}, after="refuse", posted=REASON, enters=EXAMINING),
    Door(route="violation", opens=LOOKING_ROUND),
    Door(route="violation-notice", opens=LOOKING_ROUND),
    Door(route="violation-photo", opens=LOOKING_ROUND),
    Door(route="act-on-violation", opens={SUPERVISOR}, after="approve", posted={}, enters=RECORDING),
    Door(route="act-on-violation", opens={SUPERVISOR}, after="refuse", posted=REASON, enters=RECORDING),
    Door(route="act-on-violation", opens=RECORDING, after="mend", posted={}),
    Door(route="act-on-violation", opens=RECORDING, after="serve", posted={"way": "left-at-the-place"}),
    Door(route="withdraw-violation", opens=RECORDING, posted=REASON),
    Door(route="act-on-withdrawal", opens={SUPERVISOR}, after="approve", posted={}, enters=RECORDING),
    Door(route="act-on-withdrawal", opens={SUPERVISOR}, after="refuse", posted=REASON, enters=RECORDING),
    Door(route="owed", opens={FINANCE}),
    Door(route="owed", opens={FINANCE}, posted={"channel": "bank-transfer"}),
    Door(route="payout", opens=PAYING),
    Door(route="act-on-payout", opens=PAYING, after="approve", posted={}, enters=PAYING),
    Door(route="act-on-payout", opens=PAYING, after="refuse", posted=REASON, enters=PAYING),
    Door(route="act-on-payout", opens={FINANCE}, after="confirm", posted={"reference": "1"}, enters=PAYING),
    Door(route="act-on-payout", opens={FINANCE}, after="not-sent", posted=REASON, enters=PAYING),
    Door(route="bank-answer", opens=PAYING),
    Door(route="bank-file", opens=PAYING),
    Door(route="take-bank-file", opens={FINANCE}, posted={}),
    Door(route="act-on-bank-file", opens=PAYING, after="approve", posted={}, enters=PAYING),
    Door(route="act-on-bank-file", opens=PAYING, after="refuse", posted=REASON, enters=PAYING),
    Door(
        route="act-on-bank-file", opens={FINANCE}, after="confirm", posted={"reference": "1"}, enters=PAYING
    ),
    Door(route="charge", opens=READING_MONEY),
    Door(route="propose-waiver", opens=WAIVING, posted={}),
    Door(route="waiver", opens=READING_MONEY),
    Door(route="act-on-waiver", opens=PAYING, after="approve", posted={}, enters=WAIVING),
    Door(route="act-on-waiver", opens=PAYING, after="refuse", posted=REASON, enters=WAIVING),
    Door(route="attempt", opens=PAYING),
    Door(route="act-on-attempt", opens=PAYING, after="ask", posted={}),
    Door(route="deposit", opens=READING_MONEY),
    Door(route="deposit-photo", opens=READING_MONEY),
    Door(route="forfeit", opens=EXAMINING, posted={}),
    Door(route="act-on-forfeiture", opens=PAYING, after="approve", posted={}, enters=READING_MONEY),
    Door(route="act-on-forfeiture", opens=PAYING, after="refuse", posted=REASON, enters=READING_MONEY),
    Door(route="issue-paper", opens=PAYING, posted={}),
    Door(route="difference", opens={FINANCE}),
    Door(route="act-on-difference", opens={FINANCE}, after="give", posted={}),
    Door(route="act-on-difference", opens={FINANCE}, after="explain", posted={"text": "سبب"}),
    Door(route="act-on-difference", opens={FINANCE}, after="close", posted={"text": "سبب"}),
    Door(route="act-on-erasure", opens={DATA}, after="refuse", posted=REASON),
    Door(route="act-on-hold", opens={DATA}, after="approve", posted={}),
    Door(route="act-on-hold", opens={DATA}, after="refuse", posted=REASON),
    Door(route="staff-member", opens=RUNNING_ACCOUNTS),
    *(
        Door(route="act-on-staff", opens={ADMINISTRATOR}, after=verb, posted={})
        for verb in ("give", "reset", "sign-out")
    ),
    Door(route="staff-change", opens=RUNNING_ACCOUNTS),
    Door(route="act-on-staff-change", opens=RUNNING_ACCOUNTS, after="approve", posted={}),
    Door(route="act-on-staff-change", opens=RUNNING_ACCOUNTS, after="refuse", posted=REASON),
    Door(route="territory-change", opens=GIVING_MANDATES),
    Door(route="act-on-territory-change", opens=GIVING_MANDATES, after="approve", posted={}),
    Door(route="act-on-territory-change", opens=GIVING_MANDATES, after="refuse", posted=REASON),
    Door(route="send-again", opens=SEEING_WHAT_RUNS, posted={}),
    Door(route="mandate", opens=READING_MANDATES),
    Door(route="propose-mandate", opens=GIVING_MANDATES),
    Door(route="act-on-mandate", opens=SIGNING_MANDATES, after="approve", posted={}, enters=READING_MANDATES),
    Door(
        route="act-on-mandate", opens=SIGNING_MANDATES, after="refuse", posted=REASON, enters=READING_MANDATES
    ),
    Door(route="act-on-mandate", opens=GIVING_MANDATES, after="end", posted=REASON, enters=READING_MANDATES),
    Door(route="act-on-deputy", opens=SIGNING_MANDATES, after="approve", posted={}),
    *(
        Door(route=route, opens=LOOKING_ROUND)
        for route in ("governorate", "block", "road", "building", "parcels", "parcel")
    ),
)

LISTS: dict[str, Listing] = {
    # First: every list that is looked at stands in it, and it shows the newest fifty.
    "journal": Listing(readers=WATCHING, mark="{town.reference}"),
    "queue": Listing(readers=EXAMINING, mark="{town.reference}"),
    "search": Listing(readers=EXAMINING, mark="{town.reference}", posted={"wanted": "Layla"}),
    "stalled": Listing(readers=EXAMINING, mark="{town.code}-2026-000002"),
    "conversations": Listing(readers=EXAMINING, mark="{town.reference}"),
    "second-looks": Listing(readers=EXAMINING, mark="{town.code}-2026-000002"),
    "alarms": Listing(readers={SUPERVISOR, SECURITY}, mark="900{town.ordinal}"),
    "feedback": Listing(readers=EXAMINING, mark="feedback-{town.code}"),
    "sittings": Listing(readers=EXAMINING, mark="{town.name}"),
    "matters": Listing(readers={MEMBER}, mark="{town.reference}"),
    "referrals": Listing(readers=ANSWERING, mark="{town.reference}"),
    "agency": Listing(readers={COORDINATOR}, mark="{pages[end-standard-condition]}"),
    "invite-to-agency": Listing(readers={COORDINATOR}, mark='value="{town.agency}"'),
    "inspections": Listing(readers={INSPECTOR}, mark="{pages[inspection]}"),
    "violations": Listing(readers=LOOKING_ROUND, mark="{pages[violation]}"),
    "field-reports": Listing(readers={SUPERVISOR}, mark="{town.reference}"),
    "rounds": Listing(readers={SUPERVISOR, INSPECTOR}, mark="{town.reference}"),
    "instruments": Listing(readers=LOOKING_ROUND, mark="{town.code}-RW-2026-000001-1"),
    "payouts": Listing(readers=PAYING, mark="{pages[payout]}"),
    "bank-answers": Listing(readers={FINANCE}, mark="{pages[bank-answer]}"),
    "make-bank-file": Listing(readers={FINANCE}, mark="{town.name}"),
    "money": Listing(readers=READING_MONEY, mark="{town.reference}", posted={"amount": "5.000"}),
    "waivers": Listing(readers=READING_MONEY, mark="{pages[waiver]}"),
    "deposits": Listing(readers=READING_MONEY, mark="{pages[deposit]}"),
    "findings": Listing(readers=READING_MONEY, mark="{town.reference}"),
    "differences": Listing(readers={FINANCE}, mark="26111-{town.code}"),
    "cash": Listing(readers={FINANCE}, mark="{town.name}"),
    "income": Listing(readers={FINANCE}, mark="{town.name}"),
    "places": Listing(readers=LOOKING_ROUND, mark="{town.region}"),
    "staff": Listing(readers=RUNNING_ACCOUNTS, mark="{pages[staff-member]}"),
    "invite-staff": Listing(readers={ADMINISTRATOR}, mark="{town.name}"),
    "mandates": Listing(readers=READING_MANDATES, mark="{pages[mandate]}"),
    "absences": Listing(readers=EXAMINING, mark="(\u2068{town.code}\u2069)"),
    "settings": Listing(readers=GIVING_MANDATES, mark="{pages[territory-change]}"),
    "unsent": Listing(readers=SEEING_WHAT_RUNS, mark="{town.reference}"),
    "key-health": Listing(readers=SEEING_WHAT_RUNS, mark="{town.name}"),
    "security-log": Listing(readers={SECURITY}, mark="refused-{town.code}"),
    "export-security-log": Listing(readers={SECURITY}, mark="refused-{town.code}", posted={}),
    "figures": Listing(readers={DIRECTOR, FINANCE}, mark="{town.name}"),
    "costs": Listing(readers={DIRECTOR}, mark="{town.name}"),
    "retention": Listing(readers={DATA}, mark="{town.name}"),
    "export-journal": Listing(readers=WATCHING, mark=",{town.code},", posted={}),
}
# Without an authority: services belong to the territory, and gateways have one account for all.
OF_THE_TERRITORY = {
    *("today", "letters"),  # numbers of one's own, and which letters one wants
    *("home", "keys", "figure-definitions", "gateways", "ask-gateway", "statements", "find-place"),
    *("catalogue", "definition-schema", "check-definition", "definition-form", "definition-cost"),
    *("definition-picture", "definition-changes", "definition", "fees-of-service"),
    *("service-proposal", "act-on-service-proposal"),
    *(
        "field",
        "field-worker",
        "field-manifest",
        "field-round",
    ),  # the page is one for all, the rounds are one's own
    # The system and its jobs are of all authorities; test_running.py tries them.
    *("settings-of", "change-setting", "export-settings"),  # test_territory_settings.py tries them
    *(
        "running",
        "job",
        "retry-job",
        "planned-work",
        "withdraw-work",
        "stop-issuing",
        "ask-to-start",
        "act-on-start",
    ),
    "plan-round",  # the visits and the inspector are found at the actor's own authorities (tests/rooms/rounds)
    "act-on-absence",  # one's own, or that of an officer of the authority (tests/rooms/mandates)
    *("deeds", "deed", "deed-file"),  # a deed belongs to no one authority
    # Each acts on the queue of the actor's own authorities alone, as test_queue.py tries at two.
    *("next-in-line", "workload", "distribute", "decide-many"),
    "record-violation",  # at the authority of the document, or of the actor
    # The numbers of persons and kinds are looked for at the reader's authorities alone (tests/web/desk/test_people.py).
    *("people", "propose-erasure", "propose-hold"),
    *("exports", "make-export", "take-export"),  # test_exports.py tries them at two authorities
    *(
        "add-standard-condition",
        "make-agency-key",
        "register-webhook",
    ),  # of an agency that the form names: test_agency.py
    "name-coordinator",  # of any agency
    "prepare-agenda",  # of a committee that the form names: test_agendas.py
    "act-on-signed-minutes",  # by the chair alone: test_agendas.py
    "shared",  # the link is the key; what it opens is tried in test_shares.py
    "sign-out-applicant",  # accounts of applicants belong to no authority: test_lost_device.py
    *("account", "declaration", "password", "end-session", "end-other-sessions"),  # each person's own
}
