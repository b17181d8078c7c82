"""The bounded form of `make outage`: three real nodes, one lost or cut off in the middle of commits."""

import asyncio
import os
import signal
from collections.abc import Callable

import pytest

from rukhsa.project.supervisor import supervise
from rukhsa_rehearsal.cluster import configuration, primary, processes_of
from rukhsa_rehearsal.cluster.layout import Layout
from rukhsa_rehearsal.cluster.parts import database_parts
from rukhsa_rehearsal.outage import breaking
from tests.opinions import AS_ROOT


def seen(layout: Layout, act: Callable[[Layout], str]) -> str:
    """What a fault tells of three nodes that are started for it."""
    told: list[str] = []

    async def beside() -> None:
        await asyncio.to_thread(primary.wait_for, lambda: primary.is_whole(layout))
        await asyncio.to_thread(primary.wait_for, lambda: primary.make_database(layout))
        told.append(await asyncio.to_thread(act, layout))
        os.kill(os.getpid(), signal.SIGTERM)

    configuration.write_all(layout)
    try:
        supervise(database_parts(layout), say=lambda line: None, when_started=beside)
    finally:
        processes_of.end_servers(layout)
    return told[0]


@pytest.mark.own_clock
@pytest.mark.slow
def test_no_acknowledged_commit_is_lost_with_the_primary(layout: Layout) -> None:
    """By the network, where root can cut it: a kill alone loses nothing even where commits wait for no standby."""
    told = seen(layout, breaking.cut_off if AS_ROOT else breaking.lose_primary)
    assert ", 0 of them lost" in told
