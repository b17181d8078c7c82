"""What the faults counted, for the last line of `make faults`: what was tried, and what went wrong."""

from collections import Counter

import pytest


class Tally:
    """A plugin of pytest that adds up what each test says it tried; `whole` asks for everything.

    Without it the tests run in their bounded form, and what they count is only asserted.
    """

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.counts: Counter[str] = Counter()
        self.broken = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add what a test counted, whether it passed or not."""
        self.broken += report.failed
        if report.when == "call":
            for what, number in report.user_properties:
                if what.startswith("tally:"):
                    self.counts[what.removeprefix("tally:")] += int(str(number))

    def lines(self) -> list[str]:
        """What was tried, and the last line."""
        of = self.counts
        return [
            f"points tried: {of['points']} (killed before and after each step of pay, settle, refund, release)",
            f"faults tried: {of['faults']} (gateways, notices, races, clocks)",
            f"forged notices tried: {of['forged']}",
            f"faults: {of['points']} points, {of['faults']} faults, {of['forged']} forged: "
            f"lost {of['lost']}, double {of['double']}, unexplained {of['unexplained'] + self.broken}",
        ]

    @property
    def holds(self) -> bool:
        """Whether nothing went wrong."""
        wrong = sum(self.counts[what] for what in ("lost", "double", "unexplained"))
        return not wrong and not self.broken


def is_whole(config: pytest.Config) -> bool:
    """Whether everything is to be tried, or a part."""
    return any(isinstance(one, Tally) and one.whole for one in config.pluginmanager.get_plugins())
