"""Equality: what a gateway says must be about our attempt in every part, and not merely enough."""

from rukhsa.payments.gateways.port import Told
from rukhsa.payments.models import Attempt


def differences(attempt: Attempt, told: Told, *, merchant: str) -> list[str]:
    """In what the gateway's word differs from the attempt: an empty list when it is about this attempt.

    1. our reference; 2. our account; 3. the gateway's reference, once we know it; 4. currency; 5. amount."""
    problems = []
    if told.reference != attempt.reference:  # 1
        problems.append("other-reference")
    if told.merchant != merchant:  # 2
        problems.append("other-merchant")
    if attempt.gateway_reference and told.gateway_reference != attempt.gateway_reference:  # 3
        problems.append("other-payment")
    if told.money is None or told.money.currency != attempt.currency:  # 4
        problems.append("other-currency")
    elif told.money.minor != attempt.amount:  # 5
        problems.append("underpaid" if told.money.minor < attempt.amount else "overpaid")
    return problems
