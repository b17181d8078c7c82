"""The judgement of `rukhsa fsck`, with the books of all simulators."""

from datetime import timedelta

from rukhsa.project.fsck.report import Report, check
from tests.faults.money.world import now

# Documents are made elsewhere: here nobody issues what was paid.
NOTHING_IS_ISSUED = timedelta(days=1)


def fsck(sandbox: str = "") -> Report:
    """Every rule, and the gateways' own books where their address is given."""
    return check(at=now() + timedelta(minutes=1), grace=NOTHING_IS_ISSUED, gateways_at=sandbox)


def told(report: Report) -> list[str]:
    """What it found, in short."""
    found = [
        f"{rule.code}: {one.subject}" for rule, each in report.rules if not rule.is_waiting for one in each
    ]
    return found + [f"{gateway}: {one}" for gateway, each in report.differences.items() for one in each]
