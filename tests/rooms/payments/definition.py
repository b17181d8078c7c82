"""A small service for the tests of money: a fee for each metre, a fixed fee, and a deposit."""

from typing import Any

NAME = {"ar": "رسم", "en": "Fee"}


def definition(charges: list[dict[str, Any]]) -> dict[str, Any]:
    """The meaning of a service with these charges."""
    return {
        "service": "road-works", "code": "RW", "profile-code": 9, "kind": "licence", "name": NAME, "summary": NAME,
        "words": {"ar": ["حفر"], "en": ["dig"]}, "source": "the tests", "applicants": ["citizen"],
        "authority": {"always": "CAP"},
        "sections": [{"id": "works", "title": NAME, "questions": [
            {"id": "route", "type": "line", "ask": NAME},
            {"id": "days", "type": "integer", "ask": NAME},
            {"id": "on-behalf", "type": "yes-no", "ask": NAME},
            {"id": "account", "type": "iban", "ask": NAME, "optional": True},
        ]}],
        "charges": charges,
        "review": [{"decide": "officer", "mandate": "road-works"}],
        "instrument": {
            "title": NAME, "validity": {"permanent": "yes"},
            "facts": [{"id": "days", "label": NAME, "type": "integer", "question": "days"}],
        },
    }  # fmt: skip


def fee(*rows: dict[str, Any], **other: Any) -> dict[str, Any]:
    """A fee of these rows, due after the decision, in effect since 2020."""
    rule = {
        "id": "works-fee", "kind": "fee", "name": NAME, "due": "after decision", "rows": list(rows),
        "from": "2020-09-15", "source": "assumed",
    }  # fmt: skip
    return rule | other


def deposit_rule(*rows: dict[str, Any]) -> dict[str, Any]:
    """A deposit of these rows, freed by the inspection of the reinstated road."""
    return fee(*rows, id="reinstatement", kind="deposit", **{"released-by": {"inspection": "reinstatement"}})
