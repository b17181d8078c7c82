"""The judgement of `rukhsa fsck`, with the books of all simulators."""

from datetime import datetime, timedelta

from rukhsa.project.fsck.report import Report, check
from tests.faults.money.world import now

# Documents are made elsewhere: here what was paid is not issued.
NOTHING_IS_ISSUED = timedelta(days=1)


def fsck(sandbox: str = "", *, at: datetime | None = None) -> Report:
    """Every rule a minute from now, or at a moment of the story, and the books of the gateways at this address."""
    return check(at=at or now() + timedelta(minutes=1), grace=NOTHING_IS_ISSUED, gateways_at=sandbox)


def told(report: Report) -> list[str]:
    """What it found, in short."""
    found = [
        f"{rule.code}: {one.subject}" for rule, each in report.rules if not rule.is_waiting for one in each
    ]
    return found + [f"{gateway}: {one}" for gateway, each in report.differences.items() for one in each]
