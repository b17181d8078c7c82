"""`make faults`: everything that kills, fills up, cuts off, forges and races, and what it counted."""

import sys

import pytest

from rukhsa.project.config import PROJECT
from tests.faults.tally import Tally

WHERE = ("tests/faults", "tests/rooms/issuance/test_killed.py", "tests/rooms/payments/conformance")


def main() -> int:
    """Run it whole, with any further arguments for pytest; the exit code."""
    tally = Tally(whole=True)
    told = sys.argv[1:]
    places = [] if any(not one.startswith("-") for one in told) else [str(PROJECT / place) for place in WHERE]
    ended = pytest.main([*places, *told], plugins=[tally])
    sys.stdout.write("\n".join(tally.lines()) + "\n")
    return int(ended) or int(not tally.holds)


if __name__ == "__main__":
    sys.exit(main())
