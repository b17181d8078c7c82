"""How the matrix of the desk enters each route: those that belong to no one authority, and those that take a form."""

OF_NOBODY = {
    *("violations", "record-violation"),
    *("settings", "settings-of", "export-settings"),
    *("figures", "figure-definitions", "costs"),
    *("next-in-line", "decide-many", "workload", "distribute"),
    *("home", "keys", "queue", "search", "stalled", "referrals", "inspections", "instruments", "payouts"),
    *("gateways", "ask-gateway", "journal", "export-journal", "waivers", "deposits", "sittings", "matters"),
    *("conversations", "feedback", "shared", "statements", "differences", "cash", "catalogue", "deeds"),
    *("deed", "deed-file", "definition-schema", "check-definition", "definition-form", "definition-cost"),
    "definition-picture",
    *("definition-changes", "definition", "service-proposal", "act-on-service-proposal"),  # every authority's
    *("money", "findings", "places", "find-place"),
    *("account", "declaration", "password", "end-session", "end-other-sessions"),
    *("mandates", "absences", "act-on-absence", "rounds", "plan-round", "prepare-agenda"),
    *("field", "field-worker", "field-manifest", "field-round", "field-reports"),
}
POSTED = {
    "act-on-violation",
    *("act-on-referral", "rule-on-condition", "ask-again", "act-on-agency-post", "make-agency-key"),
    *("end-agency-key", "add-standard-condition", "end-standard-condition"),
    *("prepare-agenda", "call-off", "draw-minutes", "act-on-signed-minutes"),
    *("plan-round", "act-on-round", "field-photo", "field-report"),
    *("offer-times", "next-in-line", "distribute", "note"),
    *("search", "take", "hand-over", "check", "refer", "return", "decide", "change-instrument"),
    "act-on-revocation",
    *("act-on-payout", "ask-gateway", "propose-waiver", "act-on-waiver", "forfeit", "act-on-difference"),
    "act-on-forfeiture",
    "issue-paper",
    *("propose", "confirm", "disagree", "check-definition", "definition-form", "definition-cost"),
    *("definition-picture", "definition-changes", "act-on-service-proposal"),
    *("act-on-attempt", "find-place", "act-on-mandate", "act-on-deputy", "act-on-absence", "resolve-silence"),
    "act-on-territory-change",
    *("retry-job", "send-again", "stop-issuing", "ask-to-start", "act-on-start"),
    *("export-security-log", "export-journal", "act-on-staff", "act-on-staff-change"),
    *("end-session", "end-other-sessions"),
}
