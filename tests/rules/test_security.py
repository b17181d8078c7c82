"""Which acts wait for a fresh proof, and that every event of the security log is written somewhere and has words."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from rukhsa.audit.security import Event
from rukhsa.web.desk.entries import ACTS
from tests.rules.source import MODULES, tree

# Documents revoked and suspended, money waived, paid out, kept and settled, services and their fees published, people
# and posts, mandates and deputies, exports, and one's own password. Keys are not on the web at all.
FRESH = {
    "desk:change-instrument",
    "desk:owed",
    "desk:act-on-payout",
    "desk:bank-answers",
    "desk:make-bank-file",
    "desk:take-bank-file",
    "desk:act-on-bank-file",
    "desk:act-on-revocation",
    "desk:act-on-suspension",
    "desk:act-on-correction",
    "desk:correct-instrument",
    "desk:act-on-waiver",
    "desk:act-on-forfeiture",
    "desk:act-on-attempt",
    "desk:act-on-service-proposal",
    "desk:invite-staff",
    "desk:act-on-staff",
    "desk:act-on-staff-change",
    "desk:export-security-log",
    "desk:export-journal",
    "desk:propose-erasure",
    "desk:act-on-erasure",
    "desk:make-export",
    "desk:take-export",
    "portal:make-own-data",
    "portal:own-data-file",
    "portal:end-own-session",
    "portal:end-other-own-sessions",
    "desk:end-session",
    "desk:end-other-sessions",
    "desk:sign-out-applicant",
    "desk:propose-hold",
    "desk:act-on-hold",
    "desk:password",
    "desk:propose-mandate",
    "desk:act-on-mandate",
    "desk:act-on-deputy",
    "desk:act-on-start",
    "desk:act-on-territory-change",
    "desk:ask-to-start",
    "desk:change-setting",
    "desk:invite-to-agency",
    "desk:make-agency-key",
    "desk:name-coordinator",
    "desk:register-webhook",
    "desk:retry-job",
    "desk:send-again",
    "desk:stop-issuing",
    "desk:planned-work",
    "desk:withdraw-work",
    "desk:withdraw-violation",
    "desk:act-on-withdrawal",
}


def test_the_acts_that_wait_for_a_fresh_proof_are_these() -> None:
    assert {name for name, view in _views(get_resolver("rukhsa.project.urls")) if _is_fresh(view)} == FRESH


def test_every_event_has_words() -> None:
    assert set(Event) - ACTS.keys() == set()


def test_every_event_is_written_somewhere() -> None:
    written = {
        name
        for path in MODULES
        if path.name != "security.py" or "web" in path.parts
        for name in _events(path)
    }
    assert {event.name for event in Event} - written == set()


def _events(path: Path) -> Iterator[str]:
    """The events that a module names, and those whose act it writes as text."""
    acts = {event.value: event.name for event in Event}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Event":
            yield node.attr
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            yield acts.get(str(node.args[0].value), "")
    if path.name == "change.py":  # an agreement writes its acts by the name of its model
        yield from (event.name for event in Event if event.value.endswith("-staffchange"))


def _is_fresh(view: object) -> bool:
    return bool(getattr(getattr(view, "access", None), "fresh", False))


def _views(resolver: URLResolver, within: str = "") -> Iterator[tuple[str, object]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _views(entry, f"{entry.namespace}:" if entry.namespace else within)
        elif isinstance(entry, URLPattern):
            yield f"{within}{entry.name}", entry.callback
