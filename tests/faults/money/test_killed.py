"""Killed before and after every effect of pay, settle, refund and release: the same end as without, exactly once."""

from typing import Any

import pytest

from rukhsa_rehearsal.sandbox.serve import Running
from tests import children
from tests.faults.money.checked import fsck, told
from tests.faults.money.conftest import Count
from tests.faults.money.world import World

BOUNDED = {"gateways": ["national"], "first": 2, "every": 17}
WHOLE = {"gateways": ["national", "sadad", "cards"], "first": 0, "every": 1}


@pytest.mark.slow
def test_killed_at_every_step_money_ends_as_it_would_have(
    world: World, sandbox: Running, settings: Any, whole: bool, count: Count
) -> None:
    said = children.run(
        "tests.faults.money.killing", settings, sandbox=sandbox.address, **(WHOLE if whole else BOUNDED)
    )

    other = [each["point"] for each in said if not each["same"]]
    report = fsck(sandbox.address)
    count(
        points=len(said),
        lost=sum(bool(each["lost"]) for each in said),
        double=sum(each["double"] for each in said),
        unexplained=len(other) + report.faults,
    )
    assert [each["point"] for each in said if not each["killed"]] == []
    assert len(said) >= (40 if whole else 12)
    assert [each for each in said if not each["same"]] == []
    assert told(report) == []
