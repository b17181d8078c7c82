"""The last line of `make faults` counts what was said, and its exit code follows."""

import pytest

from tests.faults.tally import Tally


def report(outcome: str, **counted: int) -> pytest.TestReport:
    """A test's report, with what it counted."""
    return pytest.TestReport(
        nodeid="one", location=("one", 1, "one"), keywords={}, outcome=outcome, longrepr=None, when="call",  # type: ignore[arg-type]
        user_properties=[(f"tally:{name}", number) for name, number in counted.items()],
    )  # fmt: skip


def test_what_was_tried_is_added_up_and_nothing_wrong_holds() -> None:
    tally = Tally(whole=True)
    for counted in ({"points": 40}, {"points": 2, "faults": 7}, {"forged": 41}):
        tally.pytest_runtest_logreport(report("passed", **counted))
    assert tally.lines()[-1] == "faults: 42 points, 7 faults, 41 forged: lost 0, double 0, unexplained 0"
    assert tally.holds


@pytest.mark.parametrize("wrong", ["lost", "double", "unexplained"])
def test_one_fils_that_went_wrong_is_told_and_does_not_hold(wrong: str) -> None:
    tally = Tally(whole=True)
    tally.pytest_runtest_logreport(report("passed", points=1, **{wrong: 1}))
    assert f"{wrong} 1" in tally.lines()[-1]
    assert not tally.holds


def test_a_test_that_fails_for_another_reason_is_unexplained() -> None:
    tally = Tally(whole=True)
    tally.pytest_runtest_logreport(report("failed", faults=3))
    assert tally.lines()[-1].endswith("3 faults, 0 forged: lost 0, double 0, unexplained 1")
    assert not tally.holds
