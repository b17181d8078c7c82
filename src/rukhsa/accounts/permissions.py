"""The one list of what may be done, as room:object:verb, and which role may do it."""

from enum import StrEnum


class Permission(StrEnum):
    """Everything that a view may ask for."""

    APPLY = "applications:application:apply"
    READ_OWN = "applications:application:read-own"
    MIGRATE_PROCESS = "applications:process:migrate"
    READ_QUEUE = "review:application:read"
    ASSIGN = "review:application:assign"
    CHECK = "review:application:check"
    RETURN = "review:application:return"
    REFER = "review:referral:ask"
    ANSWER_REFERRAL = "review:referral:answer"
    INSPECT = "review:inspection:record"
    RESOLVE_SILENCE = "review:referral:resolve-silence"
    DECIDE = "review:decision:take"
    CONVENE = "review:sitting:convene"
    READ_ALARMS = "review:alarm:read"
    VOTE = "review:sitting:vote"
    WRITE_MESSAGE = "correspondence:message:write"
    PLAN_ROUND = "rounds:round:plan"
    PLAN_ALL_ROUNDS = "rounds:round:plan-all"
    SETTLE_REPORT = "rounds:report:settle"
    READ_FEEDBACK = "feedback:feedback:read"
    READ_FIGURES = "figures:figure:read"
    ENTER_COSTS = "figures:cost:enter"
    READ_MONEY = "payments:charge:read"
    PROPOSE_PAYOUT = "payments:payout:propose"
    APPROVE_PAYOUT = "payments:payout:approve"
    PROPOSE_WAIVER = "payments:waiver:propose"
    APPROVE_WAIVER = "payments:waiver:approve"
    RECONCILE = "reconciliation:statement:reconcile"
    PROPOSE_FORFEITURE = "payments:forfeiture:propose"
    APPROVE_FORFEITURE = "payments:forfeiture:approve"
    ISSUE_PAPER = "issuance:paper:issue"
    READ_INSTRUMENTS = "issuance:instrument:read"
    SUSPEND = "issuance:instrument:suspend"
    REINSTATE = "issuance:instrument:reinstate"
    REVOKE = "issuance:instrument:revoke"
    READ_PLACES = "places:register:read"
    READ_VIOLATIONS = "violations:violation:read"
    RECORD_VIOLATION = "violations:violation:record"
    CONFIRM_VIOLATION = "violations:violation:confirm"
    PROPOSE_SERVICE = "catalogue:service:propose"
    PUBLISH_SERVICE = "catalogue:service:publish"
    READ_JOURNAL = "audit:journal:read"
    READ_SECURITY_LOG = "audit:security:read"
    COORDINATE_AGENCY = "staff:agency:coordinate"
    END_SESSIONS = "accounts:session:end"
    MANAGE_STAFF = "staff:account:manage"
    APPROVE_STAFF = "staff:account:approve"
    CHECK_DEED = "consents:deed:check"
    READ_MANDATES = "mandates:mandate:read"
    PROPOSE_MANDATE = "mandates:mandate:propose"
    APPROVE_MANDATE = "mandates:mandate:approve"
    READ_LOOKS = "personal:look:read"
    PROPOSE_ERASURE = "personal:erasure:propose"
    APPROVE_ERASURE = "personal:erasure:approve"
    EXPORT_DATA = "personal:data:export"
    READ_HEALTH = "operations:health:read"
    OPERATE = "operations:job:retry"
    CONTROL_ISSUING = "issuance:issuing:control"
    PROPOSE_CHANGE = "catalogue:territory:propose"
    APPROVE_CHANGE = "catalogue:territory:approve"


class Role(StrEnum):
    """What a post in an authority or an agency is for."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    INSPECTOR = "inspector"
    AGENCY_OFFICER = "agency-officer"
    AGENCY_COORDINATOR = "agency-coordinator"
    AUDITOR = "auditor"
    FINANCE = "finance"
    COMMITTEE_MEMBER = "committee-member"
    ADMINISTRATOR = "administrator"
    SECURITY_OFFICER = "security-officer"
    DIRECTOR = "director"
    OPERATOR = "operator"
    DATA_PROTECTION = "data-protection"


APPLICANT = frozenset({Permission.APPLY, Permission.READ_OWN})

_OFFICER = frozenset(
    {
        Permission.READ_QUEUE,
        Permission.ASSIGN,
        Permission.CHECK,
        Permission.RETURN,
        Permission.REFER,
        Permission.DECIDE,
        Permission.CONVENE,
        Permission.WRITE_MESSAGE,
        Permission.READ_FEEDBACK,
        Permission.READ_MONEY,
        Permission.PROPOSE_WAIVER,
        Permission.PROPOSE_FORFEITURE,
        Permission.READ_INSTRUMENTS,
        Permission.READ_PLACES,
        Permission.READ_VIOLATIONS,
        Permission.RECORD_VIOLATION,
        Permission.SUSPEND,
        Permission.PROPOSE_SERVICE,
        Permission.MIGRATE_PROCESS,
        Permission.READ_MANDATES,
        Permission.CHECK_DEED,
    }
)

_MANDATES = {Permission.READ_MANDATES, Permission.PROPOSE_MANDATE, Permission.APPROVE_MANDATE}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OFFICER: _OFFICER,
    Role.SUPERVISOR: _OFFICER
    | {
        Permission.RESOLVE_SILENCE,
        Permission.READ_ALARMS,
        Permission.PLAN_ROUND,
        Permission.PLAN_ALL_ROUNDS,
        Permission.SETTLE_REPORT,
        Permission.REINSTATE,
        Permission.REVOKE,
        Permission.PUBLISH_SERVICE,
        Permission.READ_JOURNAL,
        Permission.APPROVE_PAYOUT,
        Permission.APPROVE_WAIVER,
        Permission.APPROVE_FORFEITURE,
        Permission.ISSUE_PAPER,
        Permission.CONFIRM_VIOLATION,
        Permission.APPROVE_CHANGE,
    }
    | _MANDATES,
    Role.INSPECTOR: frozenset(
        {
            Permission.READ_QUEUE,
            Permission.INSPECT,
            Permission.READ_VIOLATIONS,
            Permission.RECORD_VIOLATION,
            Permission.PLAN_ROUND,
            Permission.READ_INSTRUMENTS,
            Permission.READ_PLACES,
        }
    ),
    Role.AGENCY_OFFICER: frozenset({Permission.ANSWER_REFERRAL}),
    Role.AGENCY_COORDINATOR: frozenset({Permission.ANSWER_REFERRAL, Permission.COORDINATE_AGENCY}),
    Role.FINANCE: frozenset(
        {
            Permission.READ_MONEY,
            Permission.PROPOSE_PAYOUT,
            Permission.APPROVE_PAYOUT,
            Permission.PROPOSE_WAIVER,
            Permission.APPROVE_WAIVER,
            Permission.APPROVE_FORFEITURE,
            Permission.ISSUE_PAPER,
            Permission.RECONCILE,
            Permission.READ_FIGURES,
        }
    ),
    Role.COMMITTEE_MEMBER: frozenset({Permission.VOTE}),
    Role.AUDITOR: frozenset(
        {
            Permission.READ_JOURNAL,
            Permission.READ_MONEY,
            Permission.READ_INSTRUMENTS,
            Permission.READ_PLACES,
            Permission.READ_VIOLATIONS,
            Permission.READ_MANDATES,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.MANAGE_STAFF,
            Permission.APPROVE_STAFF,
            Permission.READ_HEALTH,
            Permission.PROPOSE_CHANGE,
            Permission.APPROVE_CHANGE,
        }
        | _MANDATES
    ),
    Role.OPERATOR: frozenset({Permission.READ_HEALTH, Permission.OPERATE, Permission.CONTROL_ISSUING}),
    Role.DIRECTOR: frozenset({Permission.READ_FIGURES, Permission.ENTER_COSTS}),
    Role.DATA_PROTECTION: frozenset(
        {
            Permission.READ_LOOKS,
            Permission.PROPOSE_ERASURE,
            Permission.APPROVE_ERASURE,
            Permission.EXPORT_DATA,
        }
    ),
    Role.SECURITY_OFFICER: frozenset(
        {
            Permission.READ_SECURITY_LOG,
            Permission.END_SESSIONS,
            Permission.READ_ALARMS,
            Permission.APPROVE_STAFF,
            Permission.READ_MANDATES,
            Permission.APPROVE_MANDATE,
        }
    ),
}
